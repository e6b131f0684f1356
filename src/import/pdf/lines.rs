//! From characters to lines of text. In: characters that belong together, of a cell or of the rest of a page; out: [`TextLine`]s
//! from top to bottom, then what is turned, in the order in which it is drawn.

use super::super::docx::symbols::raised;
use super::marks::{Glyph, Turn};
use crate::prose::is_wide;

/// How far characters of one line may stand from its base, by their size.
const LEVEL: f32 = 0.45;
/// A digit this much smaller than others beside it, and above their line, is raised.
const RAISED: f32 = 0.8;
/// A gap wider than this parts words, by the size of the characters.
const SPACE: f32 = 0.22;
/// Where one side is Chinese it must be wider: such sides are set a quarter apart, and justified lines are stretched there.
const MIXED_SPACE: f32 = 0.6;

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextLine {
    /// Its words.
    pub text: String,
    /// Where its first character begins.
    pub left: f32,
    /// Where its last character ends.
    pub right: f32,
    /// The line that it stands on.
    pub base: f32,
    /// The size of most of its characters.
    pub size: f32,
    /// The width of what it begins with that cannot be broken.
    pub first_word: f32,
    /// Whether it is level.
    pub is_level: bool,
}

impl TextLine {
    /// Its upper side.
    pub(super) fn top(&self) -> f32 {
        self.base - self.size
    }
}

/// The lines of characters that belong together.
pub(super) fn lines(glyphs: &[Glyph]) -> Vec<TextLine> {
    let (mut level, turned): (Vec<Glyph>, Vec<Glyph>) =
        glyphs.iter().copied().partition(|glyph| glyph.turn == Turn::Upright);
    level.sort_by(|one, other| one.base.total_cmp(&other.base));
    let mut lines = Vec::new();
    let mut line: Vec<Glyph> = Vec::new();
    for glyph in level {
        let is_next =
            line.first().is_some_and(|first| (glyph.base - first.base).abs() > LEVEL * glyph.size.max(first.size));
        if is_next {
            lines.extend(level_line(std::mem::take(&mut line)));
        }
        line.push(glyph);
    }
    lines.extend(level_line(line));
    lines.extend(turned_line(&turned));
    lines
}

/// The text of characters that are one line, whichever way they are turned.
pub(super) fn text(glyphs: &[Glyph]) -> String {
    let lines = lines(glyphs);
    crate::import::blocks::join(lines.iter().map(|line| line.text.as_str()))
}

fn level_line(mut glyphs: Vec<Glyph>) -> Option<TextLine> {
    glyphs.sort_by(|one, other| one.left.total_cmp(&other.left));
    undouble(&mut glyphs);
    let seen = glyphs.iter().position(|glyph| !glyph.is_blank())?;
    let glyphs = glyphs.get(seen..)?;
    let visible = || glyphs.iter().filter(|glyph| !glyph.is_blank());
    let mut sizes: Vec<f32> = visible().map(|glyph| glyph.size).collect();
    sizes.sort_by(f32::total_cmp);
    Some(TextLine {
        text: spaced(glyphs, |before, after| after.left - before.right),
        left: glyphs.first()?.left,
        right: visible().map(|glyph| glyph.right).reduce(f32::max)?,
        base: glyphs.first()?.base,
        size: sizes.get(sizes.len() / 2).copied()?,
        first_word: first_word(glyphs),
        is_level: true,
    })
}

/// What is turned as one line.
fn turned_line(glyphs: &[Glyph]) -> Option<TextLine> {
    let mut order: Vec<usize> = (0..glyphs.len()).collect();
    let middle = |at: &usize| glyphs.get(*at).map(Glyph::middle).unwrap_or_default();
    order.sort_by(|one, other| {
        let ((x, y), (u, v)) = (middle(one), middle(other));
        y.total_cmp(&v).then(x.total_cmp(&u))
    });
    let mut sorted: Vec<(usize, Glyph)> = order.into_iter().filter_map(|at| Some((at, *glyphs.get(at)?))).collect();
    sorted.dedup_by(|(_, after), (_, before)| is_double(before, after));
    sorted.sort_by_key(|(at, _)| *at);
    let glyphs: Vec<Glyph> = sorted.into_iter().map(|(_, glyph)| glyph).collect();
    let first = glyphs.iter().find(|glyph| !glyph.is_blank())?;
    let apart = |before: &Glyph, after: &Glyph| {
        let ((x, y), (u, v)) = (before.middle(), after.middle());
        (x - u).hypot(y - v) - (before.right - before.left + after.right - after.left) / 2.0
    };
    Some(TextLine {
        text: spaced(&glyphs, apart),
        left: glyphs.iter().map(|glyph| glyph.left).reduce(f32::min)?,
        right: glyphs.iter().map(|glyph| glyph.right).reduce(f32::max)?,
        base: first.base,
        size: first.size,
        first_word: 0.0,
        is_level: false,
    })
}

/// Leaves out characters that are drawn twice, a hair apart, to look bold.
fn undouble(glyphs: &mut Vec<Glyph>) {
    glyphs.dedup_by(|after, before| is_double(before, after));
}

fn is_double(before: &Glyph, after: &Glyph) -> bool {
    let near = (0.25 * after.size).min(0.5 * (after.right - after.left)).max(0.01);
    before.c == after.c
        && (before.left - after.left).abs() < near
        && (before.base - after.base).abs() < 0.25 * after.size
        && (before.size - after.size).abs() < 0.1 * after.size
}

/// Whether a digit is the mark of a note beside larger ones: 12 with a raised 1 is not 121.
fn is_raised(glyph: &Glyph, largest: &Glyph) -> bool {
    glyph.c.is_ascii_digit()
        && glyph.turn == Turn::Upright
        && glyph.size < RAISED * largest.size
        && glyph.base < largest.base - 0.1 * largest.size
}

/// The characters as a text, with a space for each gap between words. Chinese characters far apart are one word set widely.
fn spaced(glyphs: &[Glyph], apart: impl Fn(&Glyph, &Glyph) -> f32) -> String {
    let mut text = String::new();
    let mut last: Option<&Glyph> = None;
    let largest = glyphs.iter().filter(|glyph| !glyph.is_blank()).max_by(|one, other| one.size.total_cmp(&other.size));
    for glyph in glyphs {
        let c = if largest.is_some_and(|largest| is_raised(glyph, largest)) { raised(glyph.c) } else { glyph.c };
        if glyph.is_blank() {
            if !text.ends_with(char::is_whitespace) {
                text.push(glyph.c);
            }
        } else {
            let is_gap = last.is_some_and(|last| {
                let space = match (is_wide(last.c), is_wide(glyph.c)) {
                    (true, true) => f32::INFINITY,
                    (false, false) => SPACE,
                    _ => MIXED_SPACE,
                };
                apart(last, glyph) > space * last.size.min(glyph.size)
            });
            if is_gap && !text.ends_with(char::is_whitespace) {
                text.push(' ');
            }
            text.push(c);
        }
        last = Some(glyph);
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.trim_start().to_owned()
}

/// How wide the start of a line is up to where it could have been broken.
fn first_word(glyphs: &[Glyph]) -> f32 {
    let Some(first) = glyphs.first() else { return 0.0 };
    let goes_on = |before: char, after: char| {
        let opens = matches!(before, '（' | '(' | '《' | '“' | '‘' | '【' | '〔' | '「' | '『' | '〈' | '[');
        let closes = matches!(
            after,
            '）' | ')'
                | '》'
                | '”'
                | '’'
                | '】'
                | '〕'
                | '」'
                | '』'
                | '〉'
                | ']'
                | '，'
                | '。'
                | '、'
                | '；'
                | '：'
                | '？'
                | '！'
                | '％'
                | '%'
                | '…'
        );
        let is_word = |c: char| !is_wide(c) && !c.is_whitespace();
        opens || closes || (is_word(before) && is_word(after))
    };
    let pairs = glyphs.iter().zip(glyphs.iter().skip(1)).take(60);
    let last = pairs.take_while(|(before, after)| goes_on(before.c, after.c)).last().map_or(first, |(_, after)| after);
    last.right - first.left
}

/// Characters as they stand on a page, for tests.
#[cfg(test)]
pub(super) mod samples {
    use super::*;

    /// A line of a text of size 10; Latin characters are half as wide as Chinese ones.
    pub(crate) fn set(text: &str, left: f32, base: f32) -> Vec<Glyph> {
        spread(text, left, base, 0.0)
    }

    /// The same with a gap after each character.
    pub(crate) fn spread(text: &str, left: f32, base: f32, gap: f32) -> Vec<Glyph> {
        let mut left = left;
        let place = |c: char| {
            let right = left + if is_wide(c) { 10.0 } else { 5.0 };
            let glyph = Glyph { c, left, right, base, size: 10.0, turn: Turn::Upright, mark: None, is_artifact: false };
            left = right + gap;
            glyph
        };
        text.chars().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{set, spread};
    use super::*;

    fn texts(glyphs: &[Glyph]) -> Vec<String> {
        lines(glyphs).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_run_from_top_to_bottom_whatever_was_drawn_first() {
        let mut glyphs = set("第二行", 50.0, 120.0);
        glyphs.extend(set("行", 70.0, 101.0));
        glyphs.extend(set("第一", 50.0, 100.0));
        assert_eq!(texts(&glyphs), ["第一行", "第二行"]);
    }

    #[test]
    fn a_raised_digit_is_no_part_of_a_figure() {
        let mut glyphs = set("12", 0.0, 100.0);
        let mut note = set("3", glyphs.last().map_or(0.0, |glyph| glyph.right), 96.0);
        note.iter_mut().for_each(|glyph| glyph.size *= 0.6);
        glyphs.append(&mut note);
        assert_eq!(texts(&glyphs), ["12³"]);
    }

    #[test]
    fn a_gap_is_a_space_where_a_side_is_not_chinese() {
        assert_eq!(texts(&spread("总计", 50.0, 100.0, 25.0)), ["总计"]);
        assert_eq!(texts(&spread("ab", 50.0, 100.0, 3.0)), ["a b"]);
        assert_eq!(texts(&spread("ab", 50.0, 100.0, 2.0)), ["ab"]);
        assert_eq!(texts(&spread("年2", 50.0, 100.0, 4.0)), ["年2"], "as it is set");
        assert_eq!(texts(&spread("年2", 50.0, 100.0, 7.0)), ["年 2"]);
    }

    #[test]
    fn spaces_that_are_drawn_are_kept_once() {
        assert_eq!(texts(&set("  总  计 ", 50.0, 100.0)), ["总 计"]);
        assert_eq!(lines(&set("  总", 50.0, 100.0))[0].left, 60.0, "and do not count where it begins");
        assert_eq!(texts(&set("一、　总体", 50.0, 100.0)), ["一、　总体"]);
    }

    #[test]
    fn what_is_drawn_twice_to_look_bold_is_one() {
        let mut glyphs = set("11小计ll", 50.0, 100.0);
        glyphs.extend(set("11小计ll", 50.4, 100.3));
        assert_eq!(texts(&glyphs), ["11小计ll"]);
    }

    #[test]
    fn columns_of_characters_read_as_they_are_drawn() {
        let mut glyphs = Vec::new();
        for (x, text) in [(80.0, "行政处罚"), (60.0, "决定")] {
            glyphs.extend(text.chars().enumerate().map(|(row, c)| Glyph {
                turn: Turn::Turned,
                base: 100.0 + 12.0 * row as f32,
                ..set(&c.to_string(), x, 0.0)[0]
            }));
        }
        let twice: Vec<Glyph> = glyphs.iter().chain(&glyphs).copied().collect();
        assert_eq!(texts(&glyphs), ["行政处罚决定"]);
        assert_eq!(texts(&twice), ["行政处罚决定"], "bold ones too");
    }

    #[test]
    fn the_first_word_is_as_long_as_it_cannot_be_broken() {
        assert_eq!(lines(&set("年度", 0.0, 0.0))[0].first_word, 10.0);
        assert_eq!(lines(&set("2024年", 0.0, 0.0))[0].first_word, 20.0);
        assert_eq!(lines(&set("（一）主", 0.0, 0.0))[0].first_word, 30.0);
    }
}
