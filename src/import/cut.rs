//! Where the sections of a form stand in a file. In: the paragraphs and tables of a file, and the headings of the form; out: [`Parts`],
//! what stands before the first heading and under each.
//!
//! Headings are found by laying all short lines beside the headings of the form, in one order. A heading of a section with a table
//! stands before that table and after the one before, so that a list of contents or a menu is no rival of the page itself.

use crate::diag::{Code, text};
use crate::form::{Content, Form, Section};

use super::align::monotone_late;
use super::blocks::{Block, Document, Line, Paragraph, Place};
use super::finding::{Finding, brief};
use super::wanted::WantedTable;
use super::words::{SAME, Score, Wordings, Words};
use crate::prose::is_wide;

/// Below this likeness a line is another heading, or none.
const FLOOR: Score = 600;
/// Below this likeness a line within a paragraph is none.
const WITHIN: Score = 850;
/// From this likeness on a heading is that of the form beyond doubt.
const SURE: Score = 800;
/// What an equal number in front adds, and another one takes.
const NUMBER: Score = 60;
/// How many characters a line may have beyond those of a heading.
const BEYOND: usize = 24;
/// How many characters a heading may have that text follows on the same line.
const RUN_IN: usize = 40;

/// A paragraph or table of a file.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// A paragraph.
    Words(Paragraph),
    /// A table, by its number among the tables of the file.
    Table(usize),
}

/// The sections of a form in a file.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What stands before the first heading.
    pub before: Vec<Piece>,
    /// What stands in each section of the form that was found, by the section's number.
    pub sections: Vec<(usize, Vec<Piece>)>,
    /// What was not found or is not sure.
    pub findings: Vec<Finding>,
}

/// A stretch of a paragraph that may be a heading.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The paragraph's number among the pieces.
    pub piece: usize,
    /// The first line of it.
    pub line: usize,
    /// The line after its last.
    pub end: usize,
    /// For a heading that text follows on its line: how many bytes of the line it takes.
    pub run_in: Option<usize>,
    /// Its words.
    pub words: Words,
    /// The words as they stand there.
    pub text: String,
    /// Whether it is a part of a longer paragraph.
    pub is_within: bool,
}

/// The paragraphs and tables of a file. Lines of a page that begin with a number, as headings do, begin a paragraph, and so does what
/// follows them.
pub(super) fn pieces(document: &Document) -> Vec<Piece> {
    let (mut pieces, mut table) = (Vec::new(), 0);
    for block in &document.blocks {
        match block {
            Block::Paragraph(paragraph) => pieces.extend(parted(paragraph).into_iter().map(Piece::Words)),
            Block::Grid(_) => {
                pieces.push(Piece::Table(table));
                table += 1;
            }
        }
    }
    pieces
}

fn parted(paragraph: &Paragraph) -> Vec<Paragraph> {
    let is_heading = |line: &Line| {
        line.text.chars().count() <= RUN_IN && may_be_heading(&line.text) && Words::of(&line.text).number.is_some()
    };
    let mut parts: Vec<Vec<Line>> = vec![Vec::new()];
    for (at, line) in paragraph.lines.iter().enumerate() {
        let begins = at > 0 && (is_heading(line) || is_heading(&paragraph.lines[at - 1]));
        if begins {
            parts.push(Vec::new());
        }
        parts.last_mut().into_iter().for_each(|part| part.push(line.clone()));
    }
    parts.into_iter().map(|lines| Paragraph { lines, ..paragraph.clone() }).collect()
}

/// Finds the sections of a form among the pieces of a file; `owners` says which table of the form each table is.
pub(super) fn cut(pieces: &[Piece], form: &Form, wanted: &[WantedTable<'_>], owners: &[Option<usize>]) -> Parts {
    let headed: Vec<(usize, &Section)> =
        form.sections.iter().enumerate().filter(|(_, section)| section.heading.is_some()).collect();
    let headings: Vec<(usize, Wordings)> = headed
        .iter()
        .map(|(_, section)| {
            let heading = section.heading.as_deref().unwrap_or_default();
            let length = |text: &str| text.chars().count();
            let longest = section.also.iter().map(|also| length(also)).max().unwrap_or(0).max(length(heading));
            (longest, Wordings::of(std::iter::once(heading).chain(section.also.iter().map(String::as_str))))
        })
        .collect();
    let ranges: Vec<(usize, usize)> = ranges(pieces, &headed, wanted, owners);
    let found = candidates(pieces, 0..pieces.len());
    let like = |candidate: usize, heading: usize| {
        let (candidate, (length, wordings)) = (&found[candidate], &headings[heading]);
        let (from, to) = ranges[heading];
        let is_long = candidate.text.chars().count() > length + BEYOND;
        if is_long || candidate.piece < from || candidate.piece >= to {
            return 0;
        }
        likeness(candidate, wordings)
    };
    let pairs = monotone_late(found.len(), headings.len(), like, FLOOR);
    let mut parts = Parts::default();
    let cuts: Vec<(usize, &Candidate, Score)> = pairs
        .iter()
        .enumerate()
        .filter_map(|(at, pair)| pair.map(|(heading, score)| (headed[heading].0, &found[at], score)))
        .collect();
    for (section, candidate, score) in &cuts {
        if *score < SURE {
            parts.findings.push(guessed(&form.sections[*section], candidate, pieces));
        }
    }
    for (number, section) in &headed {
        let has_table = section.blocks.iter().any(|block| matches!(block, Content::Table(_)));
        if !has_table && !cuts.iter().any(|(found, ..)| found == number) {
            parts.findings.push(missing(section));
        }
    }
    parts.before = slice(pieces, None, cuts.first().map(|(_, cut, _)| *cut));
    for (at, (section, cut, _)) in cuts.iter().enumerate() {
        let next = cuts.get(at + 1).map(|(_, next, _)| *next);
        parts.sections.push((*section, slice(pieces, Some(cut), next)));
    }
    parts
}

/// How alike a stretch of text is to a heading.
pub(super) fn likeness(candidate: &Candidate, heading: &Wordings) -> Score {
    let score = heading.likeness(&candidate.words);
    let numbers = heading.iter().next().and_then(|official| official.number).zip(candidate.words.number);
    let score = match numbers {
        Some((wanted, seen)) if wanted == seen => (score + NUMBER).min(SAME),
        Some(_) => score.saturating_sub(NUMBER),
        None => score,
    };
    if candidate.is_within && score < WITHIN { 0 } else { score }
}

/// Every stretch of text that may be a heading, in order.
pub(super) fn candidates(pieces: &[Piece], range: std::ops::Range<usize>) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (piece, paragraph) in pieces.iter().enumerate().take(range.end).skip(range.start) {
        let Piece::Words(paragraph) = paragraph else { continue };
        let whole = paragraph.text();
        let lines = paragraph.lines.len();
        if whole.chars().count() <= 2 * RUN_IN && may_be_heading(&whole) {
            found.push(Candidate::new(piece, (0, lines), None, &whole, false));
        }
        if let Some(run_in) = paragraph.lines.first().and_then(|line| run_in(&line.text)) {
            let text = paragraph.lines[0].text[..run_in].to_owned();
            found.push(Candidate::new(piece, (0, 1), Some(run_in), &text, false));
        }
        let within =
            paragraph.lines.iter().enumerate().filter(|(_, line)| lines > 1 && line.text.chars().count() <= 2 * RUN_IN);
        found.extend(within.map(|(at, line)| Candidate::new(piece, (at, at + 1), None, &line.text, true)));
    }
    found
}

impl Candidate {
    fn new(piece: usize, (line, end): (usize, usize), run_in: Option<usize>, text: &str, is_within: bool) -> Self {
        Self { piece, line, end, run_in, words: Words::of(text), text: text.to_owned(), is_within }
    }
}

/// Whether a paragraph can be a heading and nothing else: no sentence ends in it, and it is none, unless a number stands before it.
fn may_be_heading(text: &str) -> bool {
    let text = text.trim();
    let inner = text.trim_end_matches(['。', '：', ':', '；']);
    let is_sentence = text.ends_with('。') && Words::of(text).number.is_none();
    !is_sentence && !inner.contains(['。', '；', '：', ':'])
}

/// How many bytes of a line its first words take, where a mark parts them from what follows.
fn run_in(line: &str) -> Option<usize> {
    let after_number = line.find(|c: char| c.is_alphabetic()).unwrap_or(0);
    let mut before = None;
    let mut is_mark = |c: char| {
        // A space parts words only in scripts that have none between them.
        let is_gap = c.is_whitespace() && before.is_some_and(is_wide);
        before = Some(c);
        is_gap || matches!(c, '。' | '：' | ':')
    };
    let (end, mark) = line[after_number..].char_indices().find(|(_, c)| is_mark(*c))?;
    let end = after_number + end;
    let has_rest = line[end + mark.len_utf8()..].chars().any(char::is_alphanumeric);
    (has_rest && line[..end].chars().count() <= RUN_IN && end > 0).then_some(end)
}

/// Between which pieces the heading of each section may stand.
fn ranges(
    pieces: &[Piece],
    headed: &[(usize, &Section)],
    wanted: &[WantedTable<'_>],
    owners: &[Option<usize>],
) -> Vec<(usize, usize)> {
    // Where the tables of a section stand: the first and the last.
    let stand = |section: &Section| {
        let is_of = |piece: &&(usize, &Piece)| {
            let Piece::Table(table) = piece.1 else { return false };
            let owner = owners.get(*table).copied().flatten().and_then(|owner| wanted.get(owner));
            owner.is_some_and(|owner| {
                section.blocks.iter().any(|block| matches!(block, Content::Table(name) if *name == owner.table.name))
            })
        };
        let all: Vec<(usize, &Piece)> = pieces.iter().enumerate().collect();
        let mut found = all.iter().filter(is_of).map(|(at, _)| *at);
        let first = found.next()?;
        Some((first, found.next_back().unwrap_or(first)))
    };
    let stands: Vec<Option<(usize, usize)>> = headed.iter().map(|(_, section)| stand(section)).collect();
    let before = |at: usize| stands[..at].iter().rev().flatten().next().map_or(0, |(_, last)| last + 1);
    let after = |at: usize| stands[at..].iter().flatten().next().map_or(pieces.len(), |(first, _)| *first);
    (0..headed.len()).map(|at| (before(at), after(at))).collect()
}

/// The pieces between two headings.
pub(super) fn slice(pieces: &[Piece], from: Option<&Candidate>, to: Option<&Candidate>) -> Vec<Piece> {
    let start = from.map_or(0, |from| from.piece);
    let end = to.map_or(pieces.len(), |to| to.piece + 1);
    let mut found = Vec::new();
    for (at, piece) in pieces.iter().enumerate().take(end).skip(start) {
        let Piece::Words(paragraph) = piece else {
            found.push(piece.clone());
            continue;
        };
        let mut kept = paragraph.clone();
        if let Some(to) = to.filter(|to| to.piece == at) {
            kept.lines.truncate(to.line);
        }
        if let Some(from) = from.filter(|from| from.piece == at) {
            match from.run_in {
                Some(bytes) => {
                    if let Some(line) = kept.lines.first_mut() {
                        let rest = line.text.get(bytes..).unwrap_or_default();
                        line.text = rest
                            .trim_start_matches(|c: char| !c.is_alphanumeric() && !"“《（(【〔".contains(c))
                            .to_owned();
                    }
                }
                None => drop(kept.lines.drain(..from.end.min(kept.lines.len()))),
            }
            kept.is_heading = false;
        }
        if kept.lines.iter().any(|line| !line.text.trim().is_empty()) {
            found.push(Piece::Words(kept));
        }
    }
    found
}

/// Where a candidate stands.
pub(super) fn place_of<'p>(candidate: &Candidate, pieces: &'p [Piece]) -> Option<&'p Place> {
    match pieces.get(candidate.piece) {
        Some(Piece::Words(paragraph)) => paragraph.lines.get(candidate.line).map(|line| &line.place),
        _ => None,
    }
}

fn guessed(section: &Section, candidate: &Candidate, pieces: &[Piece]) -> Finding {
    let (seen, heading) = (brief(&candidate.text), section.heading.as_deref().unwrap_or_default());
    let message = text!("标题“{seen}”当作“{heading}”", "the heading `{seen}` was taken for `{heading}`");
    let finding = Finding::warning(Code::ImportHeadingGuessed, message);
    finding.seen_at(place_of(candidate, pieces))
}

fn missing(section: &Section) -> Finding {
    let heading = section.heading.as_deref().unwrap_or_default();
    let message = text!("没有找到标题“{heading}”", "the heading `{heading}` was not found");
    Finding::error(Code::ImportHeadingMissing, message)
}
