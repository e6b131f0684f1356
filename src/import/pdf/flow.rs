//! Pages as one document. In: [`Sheet`]s, and what the file says of its structure; out: blocks in reading order. Where the file
//! says what its paragraphs are, that is followed; else the look of lines tells. Ruled tables stand where they are drawn.

use std::collections::{BTreeMap, BTreeSet};

use super::furniture::{Lines, furniture};
use super::lines::{TextLine, lines, text};
use super::marks::Glyph;
use super::outline::{Mark, Part, TableCell};
use super::paragraphs::{Measure, Placed, paragraphs};
use super::sheet::{Ruled, Sheet, line_place, place};
use super::tables::{Said, grid};
use crate::import::blocks::{Block, Grid, Line, Paragraph};

/// How much of the text must be said to be something for what is said to be followed.
const COVERED: f32 = 0.9;
/// How far the columns of a table may stand from those of the table that it goes on with.
const ALIGNED: f32 = 4.0;

/// A block where it stands.
struct Entry {
    page: usize,
    top: f32,
    block: Block,
    /// The sides of the columns of a ruled table.
    xs: Vec<f32>,
    /// Whether it lies across the page, and ends no table.
    is_aside: bool,
}

/// The blocks of a document; `parts` is what the file says of its structure.
pub(super) fn blocks(mut sheets: Vec<Sheet>, parts: &[Part]) -> Vec<Block> {
    let entries = match Marked::of(&mut sheets, parts) {
        Some(marked) => marked.entries(&mut sheets, parts),
        None => Vec::new(),
    };
    let entries = with_the_rest(entries, sheets);
    let mut last: Option<Torn> = None;
    let mut blocks = Vec::new();
    for Entry { page, block, xs, is_aside, .. } in entries {
        let mut block = block;
        if let Block::Grid(grid) = &mut block {
            grid.continues = last.as_ref().is_some_and(|torn| torn.page + 1 == page && is_aligned(&torn.xs, &xs));
            let mut torn = last.take().filter(|_| grid.continues).unwrap_or_default();
            torn.go_on(page, xs, grid, &mut blocks);
            torn.parts.push(blocks.len());
            last = Some(torn);
            // Lines without a word are a drawing, unless they go on with a table.
            if !grid.continues && grid.cells.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
        } else if !is_aside {
            last = None;
        }
        blocks.push(block);
    }
    blocks
}

/// A table that may go on, on the next page.
#[derive(Default)]
struct Torn {
    /// The page of its last part.
    page: usize,
    /// The sides of its columns.
    xs: Vec<f32>,
    /// Which blocks its parts are.
    parts: Vec<usize>,
}

impl Torn {
    /// Goes on with a part; where that or those before it have some columns more, all get them.
    fn go_on(&mut self, page: usize, xs: Vec<f32>, grid: &mut Grid, blocks: &mut [Block]) {
        self.page = page;
        if self.parts.is_empty() || xs.len() == self.xs.len() {
            self.xs = xs;
        } else if xs.len() < self.xs.len() {
            widen(grid, &xs, &self.xs);
        } else {
            for part in &self.parts {
                if let Some(Block::Grid(before)) = blocks.get_mut(*part) {
                    widen(before, &self.xs, &xs);
                }
            }
            self.xs = xs;
        }
    }
}

/// Gives a table the columns of another, of which its own are some.
fn widen(grid: &mut Grid, from: &[f32], to: &[f32]) {
    let side = |column: usize| {
        let x = from.get(column)?;
        let near = |(_, a): &(usize, &f32), (_, b): &(usize, &f32)| (**a - x).abs().total_cmp(&(**b - x).abs());
        to.iter().enumerate().min_by(near).map(|(side, _)| side)
    };
    for cell in &mut grid.cells {
        if let (Some(start), Some(end)) = (side(cell.column), side(cell.column + cell.colspan))
            && start < end
        {
            (cell.column, cell.colspan) = (start, end - start);
        }
    }
    grid.columns = to.len().saturating_sub(1);
}

/// Whether two tables have the same columns, or one has some more.
fn is_aligned(one: &[f32], other: &[f32]) -> bool {
    let near = |x: f32, among: &[f32]| among.iter().any(|at| (at - x).abs() <= ALIGNED);
    let ends = [one.first().zip(other.first()), one.last().zip(other.last())];
    let same_ends = ends.iter().all(|ends| ends.is_some_and(|(one, other)| (one - other).abs() <= ALIGNED));
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    same_ends && few.iter().all(|x| near(*x, many))
}

/// The characters of the marked content that the file says something of.
struct Marked {
    glyphs: BTreeMap<Mark, Vec<Glyph>>,
    /// Which table of its page each piece of marked content is in.
    tables: BTreeMap<Mark, usize>,
}

impl Marked {
    /// Takes what is said to be something out of the pages, and what is said not to be part of the text; `None` if too little is
    /// said for it to be believed.
    fn of(sheets: &mut [Sheet], parts: &[Part]) -> Option<Self> {
        let said: BTreeSet<Mark> = parts.iter().flat_map(Part::marks).collect();
        let of =
            |page: usize, glyph: &Glyph| glyph.mark.map(|number| (page, number)).filter(|mark| said.contains(mark));
        let (mut owned, mut artifacts, mut all) = (0_usize, 0_usize, 0_usize);
        for sheet in sheets.iter() {
            for glyph in sheet.loose.iter().filter(|glyph| !glyph.is_blank()) {
                let is_owned = of(sheet.page, glyph).is_some();
                all += 1;
                owned += usize::from(is_owned);
                artifacts += usize::from(!is_owned && glyph.is_artifact);
            }
        }
        if said.is_empty() || artifacts > owned || (owned as f32) < COVERED * (all - artifacts) as f32 {
            return None;
        }
        let mut marked = Self { glyphs: BTreeMap::new(), tables: BTreeMap::new() };
        for sheet in sheets {
            let mut rest = Vec::new();
            for glyph in std::mem::take(&mut sheet.loose) {
                match of(sheet.page, &glyph) {
                    Some(mark) => marked.glyphs.entry(mark).or_default().push(glyph),
                    None if glyph.is_artifact => {}
                    None => rest.push(glyph),
                }
            }
            sheet.loose = rest;
            sheet.askew.retain(|glyph| !glyph.is_artifact);
            for (number, table) in sheet.tables.iter().enumerate() {
                marked.tables.extend(table.marks.iter().map(|mark| ((sheet.page, *mark), number)));
            }
        }
        Some(marked)
    }

    /// The blocks that are said to be, in the order in which they are, with the ruled tables that hold parts of them.
    fn entries(mut self, sheets: &mut [Sheet], parts: &[Part]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for part in parts {
            let marks = part.marks();
            let tables: BTreeSet<Mark> =
                marks.iter().filter_map(|mark| Some((mark.0, i32::try_from(*self.tables.get(mark)?).ok()?))).collect();
            for (page, number) in &tables {
                let table = sheets.iter_mut().find(|sheet| sheet.page == *page);
                let table = table.and_then(|sheet| sheet.tables.get_mut(usize::try_from(*number).ok()?));
                if let Some(table) = table.filter(|table| table.grid.rows > 0) {
                    entries.push(ruled(*page, table));
                }
            }
            match part {
                Part::Table(rows) if tables.is_empty() => entries.extend(self.table(rows)),
                Part::Table(_) => entries.extend(self.text(&marks, false)),
                Part::Text { is_heading, .. } => entries.extend(self.text(&marks, *is_heading)),
            }
        }
        entries
    }

    /// A paragraph of what is left of some marked content.
    fn text(&mut self, marks: &[Mark], is_heading: bool) -> Option<Entry> {
        paragraph(self.lines(marks), is_heading)
    }

    fn lines(&mut self, marks: &[Mark]) -> Vec<Placed> {
        let mut pages: BTreeMap<usize, Vec<Glyph>> = BTreeMap::new();
        for mark in marks {
            pages.entry(mark.0).or_default().extend(self.glyphs.remove(mark).unwrap_or_default());
        }
        pages.into_iter().flat_map(|(page, glyphs)| lines(&glyphs).into_iter().map(move |line| (page, line))).collect()
    }

    fn table(&mut self, rows: &[Vec<TableCell>]) -> Option<Entry> {
        let mut corner = None;
        let mut said: Vec<Vec<Said>> = Vec::new();
        for row in rows {
            let mut cells = Vec::new();
            for cell in row {
                let paragraphs: Vec<Vec<Placed>> = cell.paragraphs.iter().map(|marks| self.lines(marks)).collect();
                let first = paragraphs.iter().flatten().next().map(|(page, line)| (*page, line.left, line.top()));
                corner = corner.or(first);
                cells.push(say(cell, &paragraphs, first));
            }
            said.push(cells);
        }
        let (page, x, y) = corner?;
        for said in said.iter_mut().flatten().filter(|said| said.reach.is_none()) {
            said.place = place(page, x, y);
        }
        Some(Entry { page, top: y, block: Block::Grid(grid(said)?), xs: Vec::new(), is_aside: false })
    }
}

fn say(cell: &TableCell, paragraphs: &[Vec<Placed>], first: Option<(usize, f32, f32)>) -> Said {
    let texts = paragraphs.iter().map(|lines| joined(lines)).filter(|text| !text.is_empty());
    let all = || paragraphs.iter().flatten();
    let from = all().map(|(_, line)| line.left).reduce(f32::min);
    let to = all().map(|(_, line)| line.right).reduce(f32::max);
    let (page, x, y) = first.unwrap_or_default();
    Said {
        rowspan: cell.rowspan,
        colspan: cell.colspan,
        text: texts.collect::<Vec<_>>().join("\n"),
        reach: from.zip(to),
        place: place(page, x, y),
    }
}

fn joined(lines: &[Placed]) -> String {
    crate::import::blocks::join(lines.iter().map(|(_, line)| line.text.as_str()))
}

fn paragraph(placed: Vec<Placed>, is_heading: bool) -> Option<Entry> {
    let (page, top) = placed.first().map(|(page, line)| (*page, line.top()))?;
    let line = |(page, line): Placed| Line { place: line_place(page, &line), text: line.text };
    let lines: Vec<Line> = placed.into_iter().map(line).filter(|line| !line.text.is_empty()).collect();
    let block = Block::Paragraph(Paragraph { lines, is_heading, item: None });
    Some(Entry { page, top, block, xs: Vec::new(), is_aside: false })
}

/// Takes a table out of its page.
fn ruled(page: usize, table: &mut Ruled) -> Entry {
    let grid: Grid = std::mem::take(&mut table.grid);
    Entry { page, top: table.top, block: Block::Grid(grid), xs: std::mem::take(&mut table.xs), is_aside: false }
}

/// Adds what is on the pages still, at its place.
fn with_the_rest(entries: Vec<Entry>, mut sheets: Vec<Sheet>) -> Vec<Entry> {
    let loose: Vec<Placed> = loose(&sheets);
    let measure = Measure::of(&loose);
    let is_plain = entries.is_empty();
    let mut loose = loose.into_iter().peekable();
    let (mut rest, mut open) = (Vec::new(), Vec::new());
    for sheet in &mut sheets {
        let page = sheet.page;
        for table in sheet.tables.iter_mut().filter(|table| table.grid.rows > 0) {
            let above = |(on, line): &Placed| *on == page && line.base <= table.top + line.size / 2.0;
            open.extend(std::iter::from_fn(|| loose.next_if(above)));
            settle(&mut rest, &mut open, &measure);
            rest.push(ruled(page, table));
        }
        open.extend(std::iter::from_fn(|| loose.next_if(|(on, _)| *on == page)));
        let askew = text(&sheet.askew);
        // Where the order of the file is followed, what is loose belongs to its page.
        if !is_plain || !askew.is_empty() {
            settle(&mut rest, &mut open, &measure);
        }
        if !askew.is_empty() {
            let place = sheet.askew.first().map_or(place(page, 0.0, 0.0), |glyph| place(page, glyph.left, glyph.base));
            let block = Block::Paragraph(Paragraph::new(askew, place));
            rest.push(Entry { page, top: f32::MAX, block, xs: Vec::new(), is_aside: true });
        }
    }
    settle(&mut rest, &mut open, &measure);
    woven(entries, rest)
}

/// The lines that are in no block yet, without page numbers and running heads.
fn loose(sheets: &[Sheet]) -> Vec<Placed> {
    let all: Vec<Vec<TextLine>> = sheets.iter().map(|sheet| by_height(lines(&sheet.loose))).collect();
    let seen = sheets.iter().zip(&all).map(|(sheet, lines)| Lines { page: sheet.page, height: sheet.height, lines });
    let out = furniture(&seen.collect::<Vec<_>>(), sheets.len());
    let kept = sheets.iter().zip(all).zip(out).flat_map(|((sheet, lines), out)| {
        let kept = lines.into_iter().enumerate().filter(move |(index, _)| !out.contains(index));
        kept.map(|(_, line)| (sheet.page, line))
    });
    kept.collect()
}

fn by_height(mut lines: Vec<TextLine>) -> Vec<TextLine> {
    lines.sort_by(|one, other| one.base.total_cmp(&other.base));
    lines
}

/// Ends the paragraphs that are open.
fn settle(entries: &mut Vec<Entry>, open: &mut Vec<Placed>, measure: &Measure) {
    let settled = paragraphs(std::mem::take(open), measure);
    entries.extend(settled.into_iter().filter_map(|lines| paragraph(lines, false)));
}

/// Puts each of the rest behind the last entry that stands before it.
fn woven(entries: Vec<Entry>, rest: Vec<Entry>) -> Vec<Entry> {
    // The uppermost place of each entry and all behind it: these never go up.
    let mut uppermost: Vec<(usize, f32)> = Vec::new();
    let mut least = (usize::MAX, f32::MAX);
    for entry in entries.iter().rev() {
        if (entry.page, entry.top) < least {
            least = (entry.page, entry.top);
        }
        uppermost.push(least);
    }
    uppermost.reverse();
    let behind = |entry: &Entry| uppermost.partition_point(|place| *place <= (entry.page, entry.top));
    let mut rest: Vec<(usize, Entry)> = rest.into_iter().map(|entry| (behind(&entry), entry)).collect();
    rest.sort_by_key(|(behind, _)| *behind);
    let mut rest = rest.into_iter().peekable();
    let mut woven = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        woven.extend(std::iter::from_fn(|| rest.next_if(|(behind, _)| *behind <= index)).map(|(_, entry)| entry));
        woven.push(entry);
    }
    woven.extend(rest.map(|(_, entry)| entry));
    woven
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(page: usize, top: f32, words: &str) -> Entry {
        let block = Block::Paragraph(Paragraph::new(words, place(page, 0.0, top)));
        Entry { page, top, block, xs: Vec::new(), is_aside: false }
    }

    fn words(entries: &[Entry]) -> String {
        let text = |entry: &Entry| match &entry.block {
            Block::Paragraph(paragraph) => paragraph.text(),
            Block::Grid(_) => String::new(),
        };
        entries.iter().map(text).collect()
    }

    #[test]
    fn the_rest_stands_behind_what_is_above_it() {
        let entries = vec![entry(0, 10.0, "一"), entry(0, 50.0, "二"), entry(0, 30.0, "三"), entry(1, 10.0, "四")];
        let rest = vec![entry(0, 5.0, "甲"), entry(0, 40.0, "乙"), entry(0, 41.0, "丙"), entry(2, 0.0, "丁")];
        assert_eq!(words(&woven(entries, rest)), "甲一二三乙丙四丁");
        assert_eq!(words(&woven(Vec::new(), vec![entry(0, 9.0, "甲"), entry(0, 1.0, "乙")])), "甲乙");
    }

    #[test]
    fn tables_with_the_same_sides_and_some_more_columns_go_on() {
        assert!(is_aligned(&[10.0, 50.0, 90.0], &[12.0, 30.0, 49.0, 91.0]));
        assert!(!is_aligned(&[10.0, 50.0, 90.0], &[10.0, 40.0, 90.0]));
        assert!(!is_aligned(&[10.0, 90.0], &[10.0, 70.0]));
        assert!(!is_aligned(&[10.0, 90.0], &[]));
    }
}
