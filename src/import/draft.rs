//! Facts as a file says them. In: a document, a form, and what somebody says of it; out: [`Draft`]: values, where each was read, and
//! all that has to be said.

mod sums;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::{Markup, Sources};
use crate::diag::{Code, Text, text};
use crate::form::{Content, Form, Key, KeyInfo};
use crate::report::{Value, Values};

use super::blocks::{Block, Document, Grid, Paragraph, Place, Remark};
use super::cut::{self, Piece};
use super::finding::{Finding, brief};
use super::identity::{self, Identity};
use super::listing::{self, Listed};
use super::markdown;
use super::passages::{self, Passages};
use super::place::{How, Placed, PlacedCell};
use super::settle::{self, Reading};
use super::wanted::WantedTable;

/// What somebody says of a file.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The organ.
    pub organ: Option<String>,
    /// The year.
    pub year: Option<u16>,
}

/// Facts as a file says them.
#[derive(Debug, Default)]
pub struct Draft {
    /// The organ.
    pub organ: Option<String>,
    /// The year.
    pub year: Option<u16>,
    /// The values.
    pub values: BTreeMap<Key, Value>,
    /// The tables of which every cell that is not written was seen blank.
    pub rests: BTreeSet<Key>,
    /// Where each fact of the form was read.
    pub traces: BTreeMap<Key, Trace>,
    /// All that has to be said.
    pub findings: Vec<Finding>,
    /// What is doubtful about the cells of each row.
    pub doubts: BTreeMap<Key, BTreeMap<String, Text>>,
    /// Text that belongs to no fact.
    pub unplaced: Vec<String>,
}

/// Cells that are in doubt for one reason.
struct Doubted {
    said: Text,
    place: Place,
    cells: usize,
    rows: BTreeSet<Key>,
}

impl Doubted {
    fn new(said: &Text, cell: &PlacedCell) -> Self {
        Self { said: said.clone(), place: cell.place.clone(), cells: 0, rows: BTreeSet::new() }
    }
}

/// Where a fact was read, and how.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The words there.
    pub raw: String,
    /// Where they stand.
    pub place: Option<Place>,
    /// What the row is called there.
    pub row_label: String,
    /// What the column is called there.
    pub column_label: String,
    /// How it was found.
    pub how: How,
    /// Whether it is beyond doubt.
    pub is_sure: bool,
}

/// Reads the facts of a form out of a document whose cells are placed.
pub(super) fn draft(
    document: &Document,
    placed: Placed,
    form: &Form,
    wanted: &[WantedTable<'_>],
    asked: &Asked,
) -> Draft {
    let pieces = cut::pieces(document);
    let identity = identity::identity(document, &pieces, form);
    let mut settling = Settling { form, draft: Draft::default(), blanks: BTreeMap::new() };
    settling.identity(&identity, asked);
    settling.remarks(document);
    settling.cells(placed.cells);
    settling.draft.findings.extend(placed.findings);
    settling.blanks(&placed.open, !document.remarks.is_empty());
    settling.against_all_sums();
    for (text, place) in placed.notes {
        settling.unplaced(text, Some(&place));
    }
    settling.texts(document, &pieces, &identity, wanted, &placed.owners);
    settling.draft
}

struct Settling<'f> {
    form: &'f Form,
    draft: Draft,
    /// The required cells that were seen blank, with the table of each.
    blanks: BTreeMap<Key, Key>,
}

impl Settling<'_> {
    fn find(&mut self, finding: Finding) {
        self.draft.findings.push(finding);
    }

    /// Whose report it is and of which year; what somebody says goes before what the file says.
    fn identity(&mut self, seen: &Identity, asked: &Asked) {
        let at = |finding: Finding| finding.seen_at(seen.place.as_ref());
        if let (Some(asked), Some(seen)) = (asked.year, seen.year)
            && asked != seen
        {
            let message = text!(
                "标题写的是 {seen} 年，命令写的是 {asked} 年，按命令",
                "the title says {seen}, the command {asked}; the command is followed"
            );
            self.find(at(Finding::warning(Code::ImportIdentity, message)));
        }
        if let (Some(asked), Some(seen)) = (&asked.organ, &seen.organ)
            && asked != seen
        {
            let message = text!(
                "标题写的机关是“{seen}”，命令写的是“{asked}”，按命令",
                "the title names `{seen}`, the command `{asked}`; the command is followed"
            );
            self.find(at(Finding::warning(Code::ImportIdentity, message)));
        }
        if let (Some(own), Some(seen), None) = (seen.file_year, seen.year, asked.year)
            && own != seen
        {
            let message = text!(
                "标题写的是 {seen} 年，文件自己的标题（属性）写的是 {own} 年，按标题",
                "the title says {seen}, the title in the file's properties {own}; the first is followed"
            );
            self.find(at(Finding::warning(Code::ImportIdentity, message)));
        }
        self.draft.organ = asked.organ.clone().or_else(|| seen.organ.clone());
        self.draft.year = asked.year.or(seen.year);
        if let (Some(organ), None) = (&seen.organ, &asked.organ) {
            let trace = Trace {
                raw: organ.clone(),
                place: seen.place.clone(),
                row_label: String::new(),
                column_label: String::new(),
                how: How::Identity,
                is_sure: true,
            };
            self.draft.traces.insert(self.form.author.clone(), trace);
        }
    }

    fn remarks(&mut self, document: &Document) {
        for remark in &document.remarks {
            self.find(Finding::warning(Code::ImportTextUnreadable, said(remark)));
        }
    }

    fn cells(&mut self, cells: Vec<PlacedCell>) {
        let form = self.form;
        let units: BTreeMap<Key, &str> = form
            .tables
            .iter()
            .flat_map(|table| table.cells())
            .filter_map(|cell| Some((cell.key, cell.unit?)))
            .collect();
        let mut doubts: BTreeMap<String, Doubted> = BTreeMap::new();
        for cell in cells {
            let Some(known) = form.keys.get(&cell.key) else { continue };
            match settle::read(&cell.text, known, units.get(&cell.key).copied(), form) {
                Reading::Value(value) => drop(self.draft.values.insert(cell.key.clone(), value)),
                Reading::Blank => self.blank(&cell, known),
                Reading::Unread(message) => {
                    let finding = Finding::error(Code::ImportCellUnread, message).seen_at(&cell.place);
                    self.find(finding.about(&cell.key));
                }
            }
            for doubt in &cell.doubts {
                let row = cell.key.split_last().0;
                self.draft.doubts.entry(row.clone()).or_default().insert(doubt.zh.clone(), doubt.clone());
                let doubted = doubts.entry(doubt.zh.clone());
                let doubted = doubted.or_insert_with(|| Doubted::new(doubt, &cell));
                doubted.cells += 1;
                doubted.rows.insert(row);
            }
            let trace = Trace {
                raw: cell.text,
                place: Some(cell.place),
                row_label: cell.row_label,
                column_label: cell.column_label,
                how: cell.how,
                is_sure: cell.doubts.is_empty(),
            };
            self.draft.traces.insert(cell.key, trace);
        }
        for Doubted { said: Text { zh, en }, place, cells, rows } in doubts.into_values() {
            let message = text!("{cells} 格存疑：{zh}", "{cells} cells are in doubt: {en}");
            let finding = Finding::warning(Code::ImportCellDoubtful, message).seen_at(&place);
            self.find(rows.first().map_or(finding.clone(), |row| finding.about(row)));
        }
    }

    fn blank(&mut self, cell: &PlacedCell, known: &KeyInfo) {
        let table = self.form.tables.iter().find(|table| cell.key.is_within(&table.key));
        if let (true, true, Some(table)) = (known.required, known.kind.is_figure(), table) {
            self.blanks.insert(cell.key.clone(), table.key.clone());
        }
    }

    /// The values outside tables: lists with labels, the date, and prose.
    fn texts(
        &mut self,
        document: &Document,
        pieces: &[Piece],
        identity: &Identity,
        wanted: &[WantedTable<'_>],
        owners: &[Option<usize>],
    ) {
        let grids: Vec<&Grid> = document
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Grid(grid) => Some(grid),
                Block::Paragraph(_) => None,
            })
            .collect();
        let pieces = self.up_to_the_end(pieces);
        let mut taken: BTreeSet<usize> = identity.title.clone().collect();
        for listed in listing::listed(&pieces, self.form) {
            taken.extend(listed.pieces.clone());
            self.listed(listed);
        }
        self.signature(&pieces, &mut taken);
        // What stands before the title is the site's.
        let is_free = |piece: usize| !taken.contains(&piece) && piece >= identity.title.end;
        let kept: Vec<Piece> = pieces
            .iter()
            .enumerate()
            .map(|(at, piece)| match piece {
                // An empty paragraph keeps the numbers of the others.
                Piece::Words(paragraph) if !is_free(at) => {
                    Piece::Words(Paragraph { lines: Vec::new(), ..paragraph.clone() })
                }
                _ => piece.clone(),
            })
            .collect();
        let parts = cut::cut(&kept, self.form, wanted, owners);
        let opening = opening(&parts.before);
        if !identity.title.is_empty() {
            self.left_before(&parts.before, &opening);
        }
        self.year_of(&opening);
        let mut passages = passages::passages(&parts, self.form);
        self.opening(opening, &mut passages);
        self.draft.findings.extend(parts.findings);
        self.draft.findings.append(&mut passages.findings);
        self.lost_tables(&kept, &passages, &grids, owners, identity.title.end);
        self.prose(passages, &grids, owners);
    }

    /// What stands between the title and the first heading and is no text of the report: sites put dates and buttons there, and a
    /// section whose heading was not found may be among it.
    fn left_before(&mut self, before: &[Piece], opening: &[Piece]) {
        let kept: BTreeSet<String> = opening.iter().map(words).collect();
        let left: Vec<String> =
            before.iter().map(words).filter(|text| !text.trim().is_empty() && !kept.contains(text)).collect();
        self.unplaced(left.join(" | "), before.first().and_then(passages::place));
    }

    /// Tables that are none of the form's and stand in no text are told, with their words.
    fn lost_tables(
        &mut self,
        pieces: &[Piece],
        passages: &Passages,
        grids: &[&Grid],
        owners: &[Option<usize>],
        from: usize,
    ) {
        let in_text: BTreeSet<usize> = passages
            .texts
            .values()
            .flat_map(|passage| &passage.pieces)
            .filter_map(|piece| match piece {
                Piece::Table(table) => Some(*table),
                Piece::Words(_) => None,
            })
            .collect();
        for piece in pieces.iter().skip(from) {
            let Piece::Table(table) = piece else { continue };
            let is_owned = owners.get(*table).is_some_and(Option::is_some);
            let Some(grid) = grids.get(*table).filter(|_| !is_owned && !in_text.contains(table)) else { continue };
            let words: Vec<&str> =
                grid.cells.iter().map(|cell| cell.text.trim()).filter(|text| !text.is_empty()).collect();
            let Some(place) = grid.cells.first().map(|cell| cell.place.clone()) else { continue };
            self.unplaced(words.join(" | "), Some(&place));
        }
    }

    /// Text that belongs to no fact is kept in a comment.
    fn unplaced(&mut self, text: String, place: Option<&Place>) {
        if !text.chars().any(char::is_alphanumeric) {
            return;
        }
        let said = brief(&text);
        let message = text!(
            "这段文字没有归入任何一项，写在文件末尾的注释里：{said}",
            "this text belongs to no fact; it stands in a comment at the end of the file: {said}"
        );
        let finding = Finding::warning(Code::ImportTextUnplaced, message);
        self.find(finding.seen_at(place));
        self.draft.unplaced.push(text);
    }

    /// The text between title and first heading says which year the report covers, too.
    fn year_of(&mut self, opening: &[Piece]) {
        let Some(year) = self.draft.year else { return };
        let mut years = BTreeSet::new();
        for text in opening.iter().map(words) {
            let mut rest = text.as_str();
            while let Some((at, length, seen)) = identity::year_in(rest) {
                years.insert(seen);
                rest = &rest[at + length..];
            }
        }
        if let Some(seen) = years.last().filter(|_| !years.contains(&year)) {
            let message =
                text!("标题写的是 {year} 年，引言写的是 {seen} 年", "the title says {year}, the text under it {seen}");
            let finding = Finding::warning(Code::ImportIdentity, message);
            self.find(finding.seen_at(opening.first().and_then(passages::place)));
        }
    }

    /// The pieces before the words that stand at the foot of a site.
    fn up_to_the_end(&self, pieces: &[Piece]) -> Vec<Piece> {
        /// The longest line at the foot of a site, in characters.
        const SHORT: usize = 40;
        let last_table = pieces.iter().rposition(|piece| matches!(piece, Piece::Table(_))).unwrap_or(0);
        let ends = |piece: &Piece| {
            let Piece::Words(paragraph) = piece else { return false };
            let text = super::look::plain(&paragraph.text());
            // A sentence that happens to have the words is text of the report.
            let is_short = text.chars().count() <= SHORT && !text.contains('。');
            let is_end = |end: &String| text.contains(&super::look::plain(end));
            is_short && self.form.import.ends.iter().any(is_end)
        };
        let end = pieces.iter().skip(last_table).position(ends).map_or(pieces.len(), |at| last_table + at);
        pieces[..end].to_vec()
    }

    fn listed(&mut self, listed: Listed) {
        let Some(known) = self.form.keys.get(&listed.key) else { return };
        let trace = Trace {
            raw: listed.text.clone(),
            place: listed.place.clone(),
            row_label: listed.label,
            column_label: String::new(),
            how: How::Listing,
            is_sure: true,
        };
        match settle::read(&listed.text, known, None, self.form) {
            Reading::Value(value) => {
                self.draft.values.entry(listed.key.clone()).or_insert(value);
            }
            Reading::Blank => {}
            Reading::Unread(message) => {
                let finding = Finding::error(Code::ImportCellUnread, message).about(&listed.key);
                self.find(finding.seen_at(listed.place.as_ref()));
            }
        }
        if listed.key == self.form.author
            && let (Some(Value::Line(organ)), None) = (self.draft.values.get(&listed.key), &self.draft.organ)
        {
            self.draft.organ = Some(organ.clone());
        }
        self.draft.traces.entry(listed.key).or_insert(trace);
    }

    /// The organ and the date that stand at the end, as under a letter.
    fn signature(&mut self, pieces: &[Piece], taken: &mut BTreeSet<usize>) {
        let Some((at, date)) = identity::date_at_end(pieces, self.form) else { return };
        if let Some(key) = &self.form.dated
            && !self.draft.values.contains_key(key)
        {
            self.draft.values.insert(key.clone(), Value::Date(date));
            let trace = Trace {
                raw: words(&pieces[at]),
                place: passages::place(&pieces[at]).cloned(),
                row_label: String::new(),
                column_label: String::new(),
                how: How::Identity,
                is_sure: true,
            };
            self.draft.traces.insert(key.clone(), trace);
        }
        taken.insert(at);
        let organ = self.draft.organ.as_deref().map(super::look::plain);
        let is_organ = |at: &usize| organ.as_deref() == Some(super::look::plain(&words(&pieces[*at])).as_str());
        taken.extend(at.checked_sub(1).filter(is_organ));
    }

    /// The text between the title and the first heading.
    fn opening(&mut self, opening: Vec<Piece>, passages: &mut Passages) {
        let unheaded = self.form.sections.iter().take_while(|section| section.heading.is_none());
        let key = unheaded.flat_map(|section| &section.blocks).find_map(|block| match block {
            Content::Prose { key, .. } => Some(key),
            _ => None,
        });
        let Some(key) = key else { return };
        if !opening.is_empty() {
            passages.texts.entry(key.clone()).or_default().pieces.splice(0..0, opening);
        }
    }

    fn prose(&mut self, passages: Passages, grids: &[&Grid], owners: &[Option<usize>]) {
        for (key, passage) in passages.texts {
            let own: Vec<Piece> = passage
                .pieces
                .into_iter()
                .filter(
                    |piece| !matches!(piece, Piece::Table(table) if owners.get(*table).is_some_and(Option::is_some)),
                )
                .collect();
            let text = markdown::prose(&own, grids);
            if text.is_empty() {
                continue;
            }
            let trace = Trace {
                raw: own.iter().map(words).collect::<Vec<_>>().join("\n"),
                place: own.iter().find_map(passages::place).cloned(),
                row_label: passage.heading,
                column_label: String::new(),
                how: How::Heading,
                is_sure: true,
            };
            let is_default = self.is_default(&key, &trace.raw);
            self.draft.traces.insert(key.clone(), trace);
            if !is_default {
                self.draft.values.insert(key, Value::Prose(text));
            }
        }
        for piece in &passages.unplaced {
            self.unplaced(words(piece), passages::place(piece));
        }
    }

    /// Whether a text is the one that the form prints where the facts have none.
    fn is_default(&self, key: &Key, printed: &str) -> bool {
        let field = self.form.fields.iter().find(|field| field.key == *key);
        let (Some(default), Some(year)) = (field.and_then(|field| field.default.as_deref()), self.draft.year) else {
            return false;
        };
        let values = Values::new();
        let own = Sources { form: self.form, year, values: &values }.expand(default, Markup::Plain).text;
        letters(&own) == letters(printed)
    }
}

fn letters(text: &str) -> String {
    super::look::plain(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a piece.
fn words(piece: &Piece) -> String {
    match piece {
        Piece::Words(paragraph) => paragraph.text(),
        Piece::Table(_) => String::new(),
    }
}

/// The paragraphs between the title and the first heading that say something; sites put dates and buttons there.
fn opening(before: &[Piece]) -> Vec<Piece> {
    const SHORTEST: usize = 15;
    let says = |piece: &&Piece| {
        let text = words(piece);
        let ends = ['。', '；', '！', '.', ';', '：', ':', '”', '）'];
        text.trim_end().ends_with(ends) && text.chars().count() > SHORTEST
    };
    before.iter().filter(says).cloned().collect()
}

/// What could not be read of a file, in words.
pub(super) fn said(remark: &Remark) -> Text {
    match remark {
        Remark::Unreadable { unknown, of } => text!(
            "{of} 个字中有 {unknown} 个，文件没有说是什么字，读作 �",
            "of {of} characters the file does not say which {unknown} are; they are read as �"
        ),
        Remark::MissingPages(count) => text!(
            "有 {count} 页损坏或不在文件里，没有读",
            "{count} pages are damaged or not in the file; they were not read"
        ),
        Remark::Pictures(count) => {
            text!("有 {count} 处是图片，图片里的字没有读", "{count} places are pictures; what is in them was not read")
        }
    }
}
