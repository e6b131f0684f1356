//! Reads a PDF. In: its bytes; out: its paragraphs and tables. Lines come first: what is ruled is a table, cell by cell. Where
//! there are none, what the file says of itself tells, if it says enough, and else the look of the lines of text.
//!
//! ```text
//! bytes ─glyphs→ PageMarks ─sheet→ Sheet ──────┐
//!                              ▲ lattice       ├─flow→ blocks
//! bytes ─tags→ Tree ─outline→ Part ────────────┘
//! ```
//!
//! Text that is not shown is not read: recognition puts it under scans, and it is not what a person sees.
//!
//! What is drawn is counted, and too much of it refused. What the interpreter takes to open a file is not in our hands: arrays
//! within arrays without end exhaust its stack, ranges of widths or saved states its memory. So this runs in a process of its
//! own, with limits to its time and memory.

// Places on a page are measured; the figures of a report are text here.
#![allow(clippy::float_arithmetic)]

mod characters;
mod flow;
mod furniture;
mod glyphs;
mod lattice;
mod lines;
mod marks;
mod outline;
mod paragraphs;
mod sheet;
mod tables;
mod tags;

use self::glyphs::File;
use self::marks::PageMarks;
use self::sheet::Sheet;
use super::blocks::{Document, Limit, Remark, Unread};

/// The paragraphs and tables of a PDF.
///
/// # Errors
/// It asks for a password, is damaged or too large, or holds no text that can be read.
pub fn read(bytes: Vec<u8>) -> Result<Document, Unread> {
    if bytes.len() > Limit::Bytes.most() {
        return Err(Unread::TooLarge(Limit::Bytes));
    }
    let file = File::open(bytes)?;
    let pages = file.pages()?;
    refuse(&pages)?;
    let mut squares = lattice::SQUARES;
    let sheets = pages.iter().enumerate().map(|(page, marks)| Sheet::of(page, marks, &mut squares));
    let sheets = sheets.collect::<Result<Vec<_>, _>>()?;
    let parts = tags::tree(&file).map(|tree| outline::parts(&tree)).unwrap_or_default();
    Ok(Document { blocks: flow::blocks(sheets, &parts), title: file.title(), remarks: remarks(&pages, file.missing()) })
}

/// Refuses what holds no text that can be read.
fn refuse(pages: &[PageMarks]) -> Result<(), Unread> {
    let all = || pages.iter().flat_map(|page| &page.glyphs).filter(|glyph| !glyph.is_blank());
    let (unknown, of) = (pages.iter().map(|page| page.unknown).sum::<usize>(), all().count());
    if of == 0 {
        let pictures = pages.iter().filter(|page| page.pictures > 0).count();
        return Err(if pictures > 0 { Unread::PicturesOnly { pages: pictures } } else { Unread::Empty });
    }
    if unknown * 2 > of { Err(Unread::Unreadable { unknown, of }) } else { Ok(()) }
}

fn remarks(pages: &[PageMarks], missing: usize) -> Vec<Remark> {
    let unknown = pages.iter().map(|page| page.unknown).sum();
    let of = pages.iter().flat_map(|page| &page.glyphs).filter(|glyph| !glyph.is_blank()).count();
    let pictures = pages.iter().map(|page| page.pictures).sum();
    let unreadable = (unknown > 0).then_some(Remark::Unreadable { unknown, of });
    let pictures = (pictures > 0).then_some(Remark::Pictures(pictures));
    let missing = (missing > 0).then_some(Remark::MissingPages(missing));
    unreadable.into_iter().chain(pictures).chain(missing).collect()
}

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::samples::{Sample, drawing, marked, table, text, turned};
    use super::*;
    use crate::import::blocks::{Block, Grid};

    /// A document in short: paragraphs as they are, headings after `#`, tables by rows, one that goes on after `+`.
    fn short(sample: &Sample) -> Vec<String> {
        read(sample.bytes()).unwrap().blocks.iter().map(shown).collect()
    }

    fn shown(block: &Block) -> String {
        match block {
            Block::Paragraph(paragraph) => {
                let lines: Vec<&str> = paragraph.lines.iter().map(|line| line.text.as_str()).collect();
                format!("{}{}", if paragraph.is_heading { "#" } else { "" }, lines.join("⏎"))
            }
            Block::Grid(grid) => format!("{}{}", if grid.continues { "+" } else { "" }, rows(grid).join("/")),
        }
    }

    fn rows(grid: &Grid) -> Vec<String> {
        let row = |row| {
            let cells = grid.cells.iter().filter(|cell| cell.row == row);
            cells.map(|cell| format!("{}{}", cell.column, cell.text)).collect::<Vec<_>>().join("|")
        };
        (0..grid.rows).map(row).collect()
    }

    #[test]
    fn tables_and_paragraphs_stand_in_reading_order() {
        let page =
            table(600, &[&["规章", "1"], &["文件", "２0"]], true) + &text(100, 500, "下") + &text(100, 700, "⼀、⻅义");
        let sample = Sample::of(&[&page]);
        assert_eq!(short(&sample), ["一、见义", "0规章|11/0文件|1２0", "下"]);
        let place = match &read(sample.bytes()).unwrap().blocks[1] {
            Block::Grid(grid) => grid.cells[3].place.to_string(),
            Block::Paragraph(_) => unreachable!(),
        };
        assert_eq!(place, "p1 x200 y220");
    }

    #[test]
    fn a_table_goes_on_on_the_next_page() {
        let (first, second) = (table(300, &[&["规章", "1"]], false), table(750, &[&["文件", "2"]], true));
        let askew = turned("0.7 0.7 -0.7 0.7 150 300", "草稿");
        let number = |n: &str| text(300, 40, n);
        let sample = Sample::of(&[&(first.clone() + &askew + &number("1")), &(second.clone() + &number("2"))]);
        assert_eq!(short(&sample), ["0规章|11", "草稿", "+0文件|12"]);
        let between = Sample::of(&[&(first.clone() + &text(100, 200, "注")), &second]);
        assert_eq!(short(&between)[2], "0文件|12", "not after a paragraph");
        let other = second.replace("200 750 m 200 730", "160 750 m 160 730");
        assert_eq!(short(&Sample::of(&[&first, &other])), ["0规章|11", "0文件|12"], "nor with other columns");
    }

    #[test]
    fn a_word_across_the_page_is_in_no_cell() {
        let askew = turned("0.7 0.7 -0.7 0.7 120 585", "稿");
        let sample = Sample::of(&[&(table(600, &[&["规章", "1"]], true) + &askew)]);
        assert_eq!(short(&sample), ["0规章|11", "稿"]);
    }

    #[test]
    fn page_numbers_are_left_out_and_other_figures_kept() {
        let page =
            |number: &str, below: &str| text(100, 600, "一行文字") + &text(100, 60, below) + &text(300, 30, number);
        let sample = Sample::of(&[&page("- 1 -", "7"), &page("- 2 -", "5")]);
        assert_eq!(short(&sample), ["一行文字", "7", "一行文字", "5"]);
    }

    #[test]
    fn turned_and_doubled_labels_read_well() {
        let turned = turned("0 1 -1 0 148 581", "三") + &turned("0 1 -1 0 148 590", "办");
        let bold = text(205, 586, "总计11") + &text(205, 586, "总计11").replace("205 586", "205.3 586");
        let sample = Sample::of(&[&(table(600, &[&["", ""]], true) + &turned + &bold)]);
        assert_eq!(short(&sample), ["0三办|1总计11"]);
    }

    #[test]
    fn tags_tell_paragraphs_and_what_is_no_text() {
        let head = "/Artifact BMC ".to_owned() + &text(100, 780, "页眉") + " EMC\n";
        let one = head.clone()
            + &marked(0, &text(100, 700, "标题"))
            + &marked(1, &text(100, 680, "一段"))
            + &marked(2, &text(100, 660, "二"));
        let two = head + &marked(0, &text(100, 700, "段"));
        let sample = Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&[&one, &two]) };
        let sample = sample
            .with(200, "<</K[201 0 R 202 0 R 203 0 R]/RoleMap<</Standard/P>>>>")
            .with(201, "<</S/H1/Pg 10 0 R/K 0>>")
            .with(202, "<</S/Standard/Pg 10 0 R/K[1]>>")
            .with(203, "<</S/P/Pg 10 0 R/K[2 <</Type/MCR/Pg 12 0 R/MCID 0>>]>>");
        assert_eq!(short(&sample), ["#标题", "一段", "二⏎段"]);
        let untagged = Sample { catalog: String::new(), ..sample };
        assert!(short(&untagged).concat().contains("标题"));
        assert!(!short(&untagged).concat().contains("页眉"), "a running head");
        let aside = |words: &str| "/Artifact BMC ".to_owned() + &text(100, 500, words) + " EMC\n";
        assert_eq!(short(&Sample::of(&[&aside("只此")])), ["只此"], "what nothing is said of is text");
        let said = |beside: &str| {
            let page = marked(0, &text(100, 700, "所说的话")) + &aside(beside);
            let sample = Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&[&page]) };
            short(&sample.with(200, "<</K 201 0 R>>").with(201, "<</S/P/Pg 10 0 R/K 0>>"))
        };
        assert_eq!(said("旁注"), ["所说的话"]);
        assert_eq!(said("比所说的还要多"), ["所说的话", "比所说的还要多"], "too little is said to be believed");
    }

    #[test]
    fn tags_tell_tables_without_lines() {
        let cell = |mark: i32, x: i32, y: i32, words: &str| marked(mark, &text(x, y, words));
        let page =
            [(0, 100, 700, "项"), (1, 200, 700, "甲"), (2, 300, 700, "乙"), (3, 100, 680, "子"), (4, 302, 680, "7")];
        let page: String = page.iter().map(|(mark, x, y, words)| cell(*mark, *x, *y, words)).collect();
        let sample = Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&[&page]) }
            .with(200, "<</K 201 0 R>>")
            .with(201, "<</S/Table/Pg 10 0 R/K[<</S/TR/K[<</S/TH/K 0>><</S/TH/K 1>><</S/TH/K 2>>]>><</S/TR/K[<</S/TD/K 3>><</S/TD/K 4>>]>>]>>");
        assert_eq!(short(&sample), ["0项|1甲|2乙/0子|27"]);
    }

    #[test]
    fn lines_are_believed_before_tags() {
        let page =
            marked(0, &text(105, 586, "规章")) + &marked(1, &text(205, 586, "7")) + &table(600, &[&["", ""]], true);
        let sample = Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&[&page]) }
            .with(200, "<</K 201 0 R>>")
            .with(201, "<</S/Table/Pg 10 0 R/K[<</S/TR/K[<</S/TD/K 1>><</S/TD/K 0>>]>>]>>");
        assert_eq!(short(&sample), ["0规章|17"]);
    }

    #[test]
    fn borders_may_be_filled() {
        let bars = "100 599 200 1 re 100 579 200 1 re 100 580 1 20 re 200 580 1 20 re 299 580 1 20 re f\n".to_owned();
        let frames = "100 550 100 20 re 101 551 98 18 re f* 200 550 100 20 re 201 551 98 18 re f*\n";
        let sample =
            Sample::of(&[&(bars + frames + &text(105, 586, "甲") + &text(205, 586, "1") + &text(205, 556, "2"))]);
        assert_eq!(short(&sample), ["0甲|11", "0|12"]);
    }

    #[test]
    fn what_is_clipped_away_or_off_the_page_is_not_read() {
        let clipped = "q 100 580 45 20 re W n ".to_owned() + &text(105, 586, "规章规章规章") + " Q\n";
        let sample = Sample::of(&[&(clipped + &text(-100, 500, "外"))]);
        assert_eq!(short(&sample), ["规章规章"]);
    }

    #[test]
    fn pictures_are_told_and_their_hidden_text_is_not_read() {
        let picture = drawing("/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x");
        let scan = "q 600 0 0 800 0 0 cm /I Do Q\n".to_owned();
        let hidden = scan.clone() + "3 Tr " + &text(100, 600, "识别");
        let sample =
            |pages: &[&str]| Sample { drawings: "/I 200 0 R".into(), ..Sample::of(pages) }.with(200, picture.clone());
        let unread = read(sample(&[&scan, &hidden]).bytes()).unwrap_err();
        assert_eq!(unread, Unread::PicturesOnly { pages: 2 });
        let one = read(sample(&[&hidden, &text(100, 600, "文")]).bytes()).unwrap();
        assert_eq!((one.blocks.len(), one.remarks), (1, vec![Remark::Pictures(1)]));
        assert_eq!(read(Sample::of(&[""]).bytes()).unwrap_err(), Unread::Empty);
    }

    #[test]
    fn characters_that_only_the_font_knows_are_told() {
        let unknown = "BT /F2 10 Tf 100 500 Td (aa) Tj ET\n";
        let some = read(Sample::of(&[&(text(100, 600, "一二三") + unknown)]).bytes()).unwrap();
        assert_eq!(some.remarks, [Remark::Unreadable { unknown: 2, of: 5 }]);
        assert!(some.blocks.iter().any(|block| shown(block) == "\u{fffd}\u{fffd}"));
        let most = Sample::of(&[&(text(100, 600, "一") + unknown)]);
        assert_eq!(read(most.bytes()).unwrap_err(), Unread::Unreadable { unknown: 2, of: 3 });
    }

    #[test]
    fn values_of_forms_are_read_as_they_are_drawn() {
        let drawn = drawing("/Subtype/Form/BBox[0 0 90 20]/Resources<</Font<</F1 3 0 R>>>>", &text(2, 5, "12"));
        let sample = Sample { page: "/Annots[200 0 R]".into(), ..Sample::of(&[&table(600, &[&["规章", ""]], true)]) }
            .with(200, "<</Type/Annot/Subtype/Widget/FT/Tx/Rect[205 581 295 599]/AP<</N 201 0 R>>>>")
            .with(201, drawn);
        assert_eq!(short(&sample), ["0规章|112"]);
    }

    #[test]
    fn pages_that_are_not_there_are_told() {
        let sample = Sample::of(&[&text(100, 600, "文")]).with(2, "<</Type/Pages/Kids[10 0 R 90 0 R]/Count 2>>");
        assert_eq!(read(sample.bytes()).unwrap().remarks, [Remark::MissingPages(1)]);
    }

    #[test]
    fn the_title_is_that_of_the_metadata() {
        let titled = |title: &str| {
            let sample = Sample::of(&[&text(100, 600, "文")]).with(200, title).with_trailer("/Info 200 0 R");
            read(sample.bytes()).unwrap().title
        };
        assert_eq!(titled("<</Title<FEFF5E74000A62A5>>>").as_deref(), Some("年 报"));
        assert_eq!(titled("<</Title(Report)>>").as_deref(), Some("Report"));
        assert_eq!(titled("<</Title()>>"), None);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(matches!(read(b"%PDF-1.7\nnothing".to_vec()), Err(Unread::Damaged(_))));
        let key = "00".repeat(32);
        let locked = format!("/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{key}>/U<{key}>>>/ID[<00><00>]");
        let locked = Sample { trailer: locked, ..Sample::of(&[&text(100, 600, "文")]) };
        assert_eq!(read(locked.bytes()).unwrap_err(), Unread::Encrypted);
        let many = Sample::of(&vec![""; 301]);
        assert_eq!(read(many.bytes()).unwrap_err(), Unread::TooLarge(Limit::Pages));
        assert_eq!(read(vec![0; Limit::Bytes.most() + 1]).unwrap_err(), Unread::TooLarge(Limit::Bytes));
    }

    #[test]
    fn what_goes_round_in_circles_ends() {
        let pages = Sample::of(&[&text(100, 600, "文")]).with(2, "<</Type/Pages/Kids[10 0 R 2 0 R]/Count 1>>");
        assert_eq!(short(&pages), ["文"]);
        let nested =
            (0..14).fold(Sample { drawings: "/X0 200 0 R".into(), ..Sample::of(&["/X0 Do"]) }, |sample, depth| {
                let entries =
                    format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X{} {} 0 R>>>>", depth + 1, 201 + depth);
                sample.with(200 + depth, drawing(&entries, &format!("/X{} Do ", depth + 1).repeat(20)))
            });
        assert_eq!(read(nested.bytes()).unwrap_err(), Unread::TooLarge(Limit::Pieces));
        let itself =
            Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&[&marked(0, &text(100, 600, "文"))]) }
                .with(200, "<</K 201 0 R>>")
                .with(201, "<</S/P/Pg 10 0 R/K[201 0 R 0]>>");
        assert_eq!(short(&itself), ["文"]);
    }
}
