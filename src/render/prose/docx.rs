//! Writes prose as WordprocessingML. In: events of prose; out: the paragraphs and tables of a document's body, and the numbered
//! lists that it needs numberings for. Paragraphs have no style, those of lists `ListParagraph`, bold text `Strong`, tables
//! `TableGrid`, and text in them `TableText`.

use serde::Serialize;

use crate::prose::{Event, Placed, Side, Tag, is_wide};
use crate::render::escape;

/// The numbering of lists with bullets; those of lists with numbers follow.
const BULLETS: usize = 1;
/// The deepest level that a numbering has, from 0.
const DEEPEST_LEVEL: usize = 8;

/// What the page says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// How wide its text is, in twentieths of a point.
    pub width: u64,
    /// How wide a character is, in twentieths of a point.
    pub em: u64,
    /// The first numbering that no list has yet.
    pub first: usize,
    /// Whether its end stays on a page with what follows.
    pub keep: bool,
}

/// Numbers that follow each other, which want a numbering of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Their level, from 0.
    pub level: usize,
    /// The first of them.
    pub start: u32,
}

/// The greatest number that a numbering can begin with.
const GREATEST: u32 = 32_767;

/// Text as a run, in another size than its paragraph where one is given, in half points.
pub fn run(text: &str, size: Option<u64>) -> String {
    let mut out = String::new();
    push_run(text, Look { is_bold: false, is_chinese: is_chinese(text), size }, &mut out);
    out
}

/// Prose as paragraphs and tables.
pub fn body(events: &[Placed<'_>], room: Room) -> String {
    let mut writer = Writer::new(room);
    // Whoever quotes a word in bold writes the first mark before it, in a run that has no other character.
    writer.is_chinese = events.iter().any(|placed| matches!(placed.event, Event::Text(text) if is_chinese(text)));
    events.iter().for_each(|placed| writer.take(&placed.event));
    if let (true, Some((at, has_properties))) = (room.keep, writer.last) {
        writer.out.insert_str(at, if has_properties { "<w:keepNext/>" } else { "<w:pPr><w:keepNext/></w:pPr>" });
    }
    writer.out
}

/// The numberings that prose needs, in order.
pub fn numbers(events: &[Placed<'_>]) -> Vec<Numbers> {
    let mut writer = Writer::new(Room { width: 0, em: 0, first: 0, keep: false });
    events.iter().for_each(|placed| writer.take(&placed.event));
    writer.numbers
}

struct Writer {
    out: String,
    room: Room,
    numbers: Vec<Numbers>,
    /// The lists that are open, outermost first.
    lists: Vec<List>,
    /// The mark of an item that no paragraph has yet.
    mark: Option<Mark>,
    /// The text that waits for its run to end.
    text: String,
    is_bold: bool,
    is_chinese: bool,
    /// How wide each cell of the last table is.
    cell_width: u64,
    /// Where the properties of the last paragraph stand or would stand, and whether it has any; none behind a table.
    last: Option<(usize, bool)>,
}

/// What stands before an item.
enum Mark {
    /// The next number, or the bullet, of a numbering.
    Numbering(usize),
    /// A number that no numbering can give.
    Typed(u32),
}

/// How a run looks.
#[derive(Clone, Copy)]
struct Look {
    is_bold: bool,
    is_chinese: bool,
    /// In half points, where it is not that of the paragraph.
    size: Option<u64>,
}

struct List {
    /// The number that goes on in its numbering; none before the first.
    next: Option<u32>,
    numbering: usize,
}

impl Writer {
    fn new(room: Room) -> Self {
        let (out, text) = (String::new(), String::new());
        Self {
            out,
            room,
            numbers: Vec::new(),
            lists: Vec::new(),
            mark: None,
            text,
            is_bold: false,
            is_chinese: false,
            cell_width: 0,
            last: None,
        }
    }

    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => self.text.push_str(text),
            Event::Space => self.text.push(' '),
            Event::Start(tag) => {
                self.end_run();
                self.start(*tag);
            }
            Event::End(tag) => {
                self.end_run();
                self.end(*tag);
            }
        }
    }

    fn end_run(&mut self) {
        if !self.text.is_empty() {
            let look = Look { is_bold: self.is_bold, is_chinese: self.is_chinese, size: None };
            push_run(&std::mem::take(&mut self.text), look, &mut self.out);
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.paragraph(),
            // The first item says which numbering it is.
            Tag::List { .. } => self.lists.push(List { next: None, numbering: BULLETS }),
            Tag::Item(number) => self.item(number),
            Tag::Table { columns } => self.table_start(columns),
            Tag::Row { head } => {
                let head = if head { "<w:tblHeader/>" } else { "" };
                self.out.push_str(&format!("<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>"));
            }
            Tag::Cell(side) => self.cell_start(side),
            Tag::Bold => self.is_bold = true,
            Tag::Link(address) => self.out.push_str(&format!(
                "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> HYPERLINK \"{}\" \
                 </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
                escape::html_text(&field_text(address))
            )),
        }
    }

    fn end(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.out.push_str("</w:p>\n"),
            Tag::List { .. } => drop(self.lists.pop()),
            // An item without text has its mark all the same.
            Tag::Item(_) if self.mark.is_some() => {
                self.paragraph();
                self.out.push_str("</w:p>\n");
            }
            Tag::Item(_) => {}
            // Two tables that touch would be one.
            Tag::Table { .. } => {
                self.out.push_str("</w:tbl>\n<w:p><w:pPr><w:pStyle w:val=\"TableGap\"/></w:pPr></w:p>\n");
            }
            Tag::Row { .. } => self.out.push_str("</w:tr>"),
            Tag::Cell(_) => self.out.push_str("</w:p></w:tc>"),
            Tag::Bold => self.is_bold = false,
            Tag::Link(_) => self.out.push_str("<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"),
        }
    }

    fn item(&mut self, number: Option<u32>) {
        let (level, known) = (self.level(), self.numbers.len());
        // Levels below the last would count together.
        let is_too_deep = self.lists.len() > DEEPEST_LEVEL + 1;
        let Some(list) = self.lists.last_mut() else { return };
        if let Some(number) = number.filter(|number| is_too_deep || *number > GREATEST) {
            self.mark = Some(Mark::Typed(number));
            return;
        }
        if let Some(number) = number {
            // A number that does not follow the one before begins a numbering of its own, so that it stands as it was typed.
            if list.next != Some(number) {
                list.numbering = self.room.first + known;
                self.numbers.push(Numbers { level, start: number });
            }
            list.next = number.checked_add(1);
        }
        self.mark = Some(Mark::Numbering(list.numbering));
    }

    fn level(&self) -> usize {
        self.lists.len().saturating_sub(1).min(DEEPEST_LEVEL)
    }

    fn paragraph(&mut self) {
        self.out.push_str("<w:p>");
        if self.lists.is_empty() {
            self.last = Some((self.out.len(), false));
            return;
        }
        let depth = number(self.lists.len());
        // What is deep still has half of the page.
        let left = depth.saturating_mul(2).saturating_add(2).saturating_mul(self.room.em).min(self.room.width / 2);
        let hanging = left.min(self.room.em.saturating_mul(2));
        let level = self.level();
        let mark = self.mark.take();
        let first = if mark.is_some() { format!("w:hanging=\"{hanging}\"") } else { "w:firstLine=\"0\"".to_owned() };
        let (number, typed) = match mark {
            Some(Mark::Numbering(id)) => {
                (format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{id}\"/></w:numPr>"), String::new())
            }
            Some(Mark::Typed(number)) => (String::new(), format!("<w:r><w:t>{number}.</w:t></w:r><w:r><w:tab/></w:r>")),
            None => (String::new(), String::new()),
        };
        self.out.push_str("<w:pPr><w:pStyle w:val=\"ListParagraph\"/>");
        self.last = Some((self.out.len(), true));
        self.out.push_str(&format!("{number}<w:ind w:left=\"{left}\" w:firstLineChars=\"0\" {first}/></w:pPr>{typed}"));
    }

    fn table_start(&mut self, columns: usize) {
        let columns = columns.max(1);
        let width = self.room.width / number(columns);
        (self.cell_width, self.last) = (width, None);
        let whole = width * number(columns);
        let grid = format!("<w:gridCol w:w=\"{width}\"/>").repeat(columns);
        self.out.push_str(&format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"{whole}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/>\
             <w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0020\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" \
             w:lastColumn=\"0\" w:noHBand=\"0\" w:noVBand=\"0\"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        ));
    }

    fn cell_start(&mut self, side: Side) {
        let width = self.cell_width;
        let side = match side {
            Side::Middle => "center",
            Side::Start => "left",
            Side::End => "right",
        };
        self.out.push_str(&format!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/><w:vAlign w:val=\"center\"/></w:tcPr>\
             <w:p><w:pPr><w:pStyle w:val=\"TableText\"/><w:jc w:val=\"{side}\"/></w:pPr>"
        ));
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Whether characters of it are Chinese, and not only marks that other scripts have too.
fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| c >= '\u{2e80}' && is_wide(c))
}

/// Writes a run. What is written in Chinese has its quotation marks, dashes and dots from the Chinese face.
fn push_run(text: &str, look: Look, out: &mut String) {
    out.push_str("<w:r>");
    if look.is_chinese || look.is_bold || look.size.is_some() {
        out.push_str("<w:rPr>");
        out.push_str(if look.is_bold { "<w:rStyle w:val=\"Strong\"/>" } else { "" });
        out.push_str(if look.is_chinese { "<w:rFonts w:hint=\"eastAsia\"/>" } else { "" });
        if let Some(size) = look.size {
            out.push_str(&format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>"));
        }
        out.push_str("</w:rPr>");
    }
    out.push_str("<w:t xml:space=\"preserve\">");
    // A tab has an element of its own in Word; where facts have one, a page shows white space.
    out.push_str(&escape::html_text(&text.replace(['\t', '\n'], " ")));
    out.push_str("</w:t></w:r>");
}

/// An address within the quotation marks of a field, where nothing of it can end them or be a switch.
fn field_text(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '"' | '\\' => text.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_whitespace() || c.is_control() => text.push_str("%20"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::events;

    const ROOM: Room = Room { width: 8_000, em: 320, first: 2, keep: false };

    fn written(text: &str) -> String {
        body(&events(text), ROOM)
    }

    /// The text of the runs, each in brackets.
    fn runs(text: &str) -> String {
        let written = written(text);
        let texts =
            written.split("<w:t xml:space=\"preserve\">").skip(1).filter_map(|rest| rest.split("</w:t>").next());
        texts.map(|text| format!("[{text}]")).collect()
    }

    #[test]
    fn paragraphs_are_paragraphs() {
        let written = written("甲\n乙\n\n**丙**\"a\"");
        assert_eq!(written.matches("<w:p>").count(), 2);
        assert_eq!(runs("甲\n乙\n\n**丙**\"a\""), "[甲乙][丙][&quot;a&quot;]");
        assert!(written.contains("<w:rPr><w:rStyle w:val=\"Strong\"/><w:rFonts w:hint=\"eastAsia\"/></w:rPr>"));
    }

    #[test]
    fn the_last_paragraph_stays_with_what_follows_where_that_is_wanted() {
        let kept = |text: &str| body(&events(text), Room { keep: true, ..ROOM });
        let is_last =
            |text: &str, last: &str| kept(text).rsplit("<w:p>").next().is_some_and(|end| end.starts_with(last));
        assert!(is_last("甲\n\n乙", "<w:pPr><w:keepNext/></w:pPr><w:r>"));
        assert!(is_last("甲\n\n- 乙", "<w:pPr><w:pStyle w:val=\"ListParagraph\"/><w:keepNext/><w:numPr>"));
        assert_eq!(kept("甲\n\n乙").matches("keepNext").count(), 1);
        assert_eq!(kept("甲\n\n| 乙 |\n|---|\n| 丙 |"), written("甲\n\n| 乙 |\n|---|\n| 丙 |"));
        assert_eq!(kept(""), "");
    }

    #[test]
    fn the_chinese_face_draws_the_marks_of_chinese_text_only() {
        assert!(run("“甲”", None).contains("hint"));
        assert!(!run("“a” …", None).contains("hint"));
        assert_eq!(written("“**甲**”").matches("hint").count(), 3);
    }

    #[test]
    fn lists_have_numberings_that_give_the_numbers_that_were_typed() {
        let text = "1. 甲\n2. 乙\n5. 丙\n\n二\n\n3. 丁\n  1. 戊\n  2. 己\n\n- 庚";
        let numbers = numbers(&events(text));
        let all: Vec<_> = numbers.iter().map(|one| (one.level, one.start)).collect();
        assert_eq!(all, [(0, 1), (0, 5), (0, 3), (1, 1)]);
        let written = written(text);
        let ids: Vec<_> =
            written.split("<w:numId w:val=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids, ["2", "2", "3", "4", "5", "5", "1"]);
    }

    #[test]
    fn a_number_that_no_numbering_gives_is_typed() {
        let text = "40000. 甲\n40001. 乙";
        assert_eq!(numbers(&events(text)), []);
        assert_eq!(written(text).matches("numPr").count(), 0);
        assert!(written(text).contains("<w:r><w:t>40000.</w:t></w:r><w:r><w:tab/></w:r>"));
        let deep: String = (0..12).map(|depth| format!("{}2. 甲\n", "   ".repeat(depth))).collect();
        assert_eq!((numbers(&events(&deep)).len(), written(&deep).matches("<w:t>2.</w:t>").count()), (9, 3));
    }

    #[test]
    fn a_tab_is_white_space() {
        assert!(
            run("a\tb\nc", Some(18))
                .ends_with("<w:szCs w:val=\"18\"/></w:rPr><w:t xml:space=\"preserve\">a b c</w:t></w:r>")
        );
    }

    #[test]
    fn rows_of_a_table_are_all_as_wide() {
        let written = written("| 月 | 件 |\n|---|---:|\n| 一 | 3 |\n\n- 甲");
        assert_eq!(written.matches("<w:tc>").count(), 4);
        assert_eq!(written.matches("<w:gridCol w:w=\"4000\"/>").count(), 2);
        assert_eq!(written.matches("<w:tblHeader/>").count(), 1);
        let short = self::written("| 月 | 件 | 元 |\n|---|---|---|\n| 一 |");
        assert_eq!((short.matches("<w:tc>").count(), short.matches("<w:tcW w:w=\"2666\"").count()), (6, 6), "{short}");
        assert!(written.contains("</w:tbl>\n<w:p><w:pPr><w:pStyle w:val=\"TableGap\"/></w:pPr></w:p>"));
    }

    #[test]
    fn an_address_cannot_end_its_field() {
        assert_eq!(field_text("https://a.cn/\" \\o \"x"), "https://a.cn/%22%20%5Co%20%22x");
        let written = written("[甲](https://a.cn/?a&b)");
        assert!(written.contains(" HYPERLINK \"https://a.cn/?a&amp;b\" "), "{written}");
        assert_eq!(written.matches("fldCharType").count(), 3);
    }

    #[test]
    fn what_xml_cannot_hold_is_replaced_and_the_rest_is_text() {
        assert_eq!(runs("]]>&<b>"), "[]]&gt;&amp;&lt;b&gt;]");
        assert_eq!(
            run("\u{1}\u{fffe}\u{ffff}", None),
            "<w:r><w:t xml:space=\"preserve\">\u{fffd}\u{fffd}\u{fffd}</w:t></w:r>"
        );
    }
}
