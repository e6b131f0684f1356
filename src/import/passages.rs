//! Which text of a section belongs to which fact. In: the pieces of each section; out: [`Passages`], the pieces of each prose fact, and
//! the text that belongs to none.
//!
//! Within a section the parts are told by their own headings: by the words of the form's heading or of the fact's label, or by the
//! number in front and some words in common. What cannot be told is kept whole, never parted by guess.

use std::collections::BTreeMap;

use crate::diag::{Code, text};
use crate::form::grid::CellRole;
use crate::form::{Content, Form, Key, Section, Table};

use super::align::monotone;
use super::blocks::Place;
use super::cut::{Candidate, Parts, Piece, candidates, place_of, slice};
use super::finding::{Finding, brief};
use super::words::{SAME, Score, Wordings, share};

/// Below this likeness a line is no heading of a part.
const FLOOR: Score = 580;
/// From this likeness on it is one beyond doubt.
const SURE: Score = 800;
/// What an equal number adds to some words in common.
const NUMBER: Score = 100;
/// What an equal number alone is worth, before words in common count.
const NUMBER_ALONE: Score = 500;
/// How many characters a heading of a part may have beyond those of the form.
const BEYOND: usize = 24;

/// The text of each prose fact.
#[derive(Debug, Default)]
pub(super) struct Passages {
    /// The pieces of each fact, and the place of the first.
    pub texts: BTreeMap<Key, Passage>,
    /// The pieces that belong to no fact.
    pub unplaced: Vec<Piece>,
    /// What could not be parted, or is not sure.
    pub findings: Vec<Finding>,
}

/// The text of a prose fact.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// Its pieces.
    pub pieces: Vec<Piece>,
    /// The heading that stands over it in the file.
    pub heading: String,
}

/// A part of a section: the fact, what may stand over it, and how long that is.
struct Wanted<'f> {
    key: &'f Key,
    headings: Wordings,
    longest: usize,
    /// Whether the form has a heading for it, and not a label alone.
    is_headed: bool,
}

/// Parts the sections of a file.
pub(super) fn passages(parts: &Parts, form: &Form) -> Passages {
    let mut passages = Passages::default();
    for (number, pieces) in &parts.sections {
        let section = &form.sections[*number];
        let wanted = wanted(section, form);
        match wanted.is_empty() {
            // A line that says what the table is called is no text.
            true => passages.unplaced.extend(pieces.iter().filter(|piece| !is_caption(piece, section, form)).cloned()),
            false => passages.section(section, &wanted, pieces, form),
        }
    }
    passages
}

fn wanted<'f>(section: &'f Section, form: &'f Form) -> Vec<Wanted<'f>> {
    let of_block = |block: &'f Content| {
        let Content::Prose { heading, also, key } = block else { return None };
        let field = form.fields.iter().find(|field| field.key == *key);
        let label = field.map(|field| std::iter::once(&field.label).chain(&field.also));
        let all: Vec<&str> =
            heading.iter().chain(also).chain(label.into_iter().flatten()).map(String::as_str).collect();
        let longest = all.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        Some(Wanted { key, headings: Wordings::of(all), longest, is_headed: heading.is_some() })
    };
    section.blocks.iter().filter_map(of_block).collect()
}

impl Passages {
    fn section(&mut self, section: &Section, wanted: &[Wanted<'_>], pieces: &[Piece], form: &Form) {
        let heading = section.heading.as_deref().unwrap_or_default();
        let pieces: Vec<Piece> = pieces.iter().filter(|piece| !is_caption(piece, section, form)).cloned().collect();
        if wanted.len() == 1 && !wanted[0].is_headed {
            self.add(wanted[0].key, String::new(), pieces);
            return;
        }
        let found = candidates(&pieces, 0..pieces.len());
        let like = |candidate: usize, part: usize| likeness(&found[candidate], &wanted[part]);
        let pairs = monotone(found.len(), wanted.len(), like, FLOOR);
        let cuts: Vec<(&Wanted<'_>, &Candidate, Score)> = pairs
            .iter()
            .enumerate()
            .filter_map(|(at, pair)| pair.map(|(part, score)| (&wanted[part], &found[at], score)))
            .collect();
        if cuts.is_empty() {
            let key = form.import.unparted.get(heading).unwrap_or(wanted[0].key);
            let others = wanted.iter().filter(|part| part.key != key);
            self.findings.extend(others.map(|part| not_parted(section, part.key, form)));
            self.add(key, String::new(), pieces);
            return;
        }
        for part in wanted.iter().filter(|part| !cuts.iter().any(|(found, ..)| found.key == part.key)) {
            self.findings.push(not_parted(section, part.key, form));
        }
        self.before_first(heading, slice(&pieces, None, Some(cuts[0].1)), cuts[0].0.key, form);
        for (at, (part, candidate, score)) in cuts.iter().enumerate() {
            let next = cuts.get(at + 1).map(|(_, next, _)| *next);
            if *score < SURE {
                self.findings.push(guessed(part.key, candidate, &pieces, form));
            }
            self.add(part.key, candidate.text.clone(), slice(&pieces, Some(candidate), next));
        }
    }

    /// Text between the heading of a section and its first part.
    fn before_first(&mut self, heading: &str, pieces: Vec<Piece>, first: &Key, form: &Form) {
        if pieces.is_empty() {
            return;
        }
        let key = form.import.before.get(heading).unwrap_or(first);
        let label = form.label_of(key).unwrap_or(key);
        let message = text!(
            "“{heading}”下面、第一个小标题前面的文字，放在了“{label}”里",
            "the text between `{heading}` and its first part was put into `{label}`"
        );
        let finding = Finding::warning(Code::ImportTextUnplaced, message).about(key);
        self.findings.push(finding.seen_at(pieces.first().and_then(place)));
        self.add(key, String::new(), pieces);
    }

    fn add(&mut self, key: &Key, heading: String, pieces: Vec<Piece>) {
        let passage = self.texts.entry(key.clone()).or_default();
        if passage.heading.is_empty() {
            passage.heading = heading;
        }
        passage.pieces.extend(pieces);
    }
}

/// The place of a piece.
pub(super) fn place(piece: &Piece) -> Option<&Place> {
    match piece {
        Piece::Words(paragraph) => paragraph.lines.first().map(|line| &line.place),
        Piece::Table(_) => None,
    }
}

/// How alike a line is to the heading of a part.
fn likeness(candidate: &Candidate, part: &Wanted<'_>) -> Score {
    if candidate.text.chars().count() > part.longest + BEYOND {
        return 0;
    }
    let score = part.headings.likeness(&candidate.words);
    let official = part.headings.iter().next();
    let numbers = official.and_then(|official| official.number).zip(candidate.words.number);
    let is_numbered = candidate.words.number.is_some();
    let by_number = match numbers {
        Some((wanted, seen)) if wanted == seen => {
            let common = official.map_or(0, |official| in_common(official.bare(), candidate.words.bare()));
            if common == 0 { 0 } else { (score + NUMBER).max(NUMBER_ALONE + common * 9 / 20) }
        }
        _ => 0,
    };
    // A line without a number is a heading only where its words are those of one.
    let score = if is_numbered || score >= SURE { score } else { score * 4 / 5 };
    let score = score.max(by_number).min(SAME);
    if candidate.is_within && score < SURE { 0 } else { score }
}

/// How many pairs of characters that follow each other in a text follow each other in another, in thousandths.
fn in_common(text: &str, other: &str) -> Score {
    let characters: Vec<char> = text.chars().collect();
    let pairs: Vec<String> = characters.windows(2).map(|pair| pair.iter().collect()).collect();
    share(pairs.iter().filter(|pair| other.contains(pair.as_str())).count(), pairs.len())
}

/// Whether a paragraph only says what a table of the section, or a part of it, is called.
fn is_caption(piece: &Piece, section: &Section, form: &Form) -> bool {
    const ALIKE: Score = 800;
    let Piece::Words(paragraph) = piece else { return false };
    let words = super::words::Words::of(&paragraph.text());
    let names = section.blocks.iter().filter_map(|block| match block {
        Content::Table(name) => form.table(name),
        _ => None,
    });
    let bars = |table: &'_ Table| {
        let heads = table.grid.blocks.iter().flat_map(|block| block.head.iter().flatten());
        heads.filter(|cell| cell.role == CellRole::Bar).map(|cell| cell.label.clone()).collect::<Vec<_>>()
    };
    let said = |table: &Table| {
        let all = bars(table);
        let all = std::iter::once(table.label.as_str()).chain(all.iter().map(String::as_str));
        Wordings::of(all).likeness(&words) >= ALIKE
    };
    names.into_iter().any(said)
}

fn not_parted(section: &Section, key: &Key, form: &Form) -> Finding {
    let (heading, label) = (section.heading.as_deref().unwrap_or_default(), form.label_of(key).unwrap_or(key));
    let message = text!(
        "“{heading}”中没有找到“{label}”的小标题，文字没有分开",
        "no heading for `{label}` was found under `{heading}`; the text was not parted"
    );
    let help = text!("从同一节的文字中剪出来，放到这里", "cut it out of the text of the section, and put it here");
    Finding::error(Code::ImportNotParted, message).about(key).help(help)
}

fn guessed(key: &Key, candidate: &Candidate, pieces: &[Piece], form: &Form) -> Finding {
    let (seen, label) = (brief(&candidate.text), form.label_of(key).unwrap_or(key));
    let message = text!("小标题“{seen}”当作“{label}”", "the heading `{seen}` was taken for `{label}`");
    let finding = Finding::warning(Code::ImportHeadingGuessed, message).about(key);
    finding.seen_at(place_of(candidate, pieces))
}
