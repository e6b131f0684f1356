//! Where paragraphs begin, by the look of their lines. In: lines in reading order; out: paragraphs. A line that is set in, one
//! after a gap, and one whose first word had room in the line before, begin a paragraph; the end of a page does not.

use super::lines::TextLine;

/// A line and the page that it stands on, from 0.
pub(super) type Placed = (usize, TextLine);

/// How far a first line is set in, at least, by its size.
const INDENT: f32 = 1.2;
/// How far a line in the middle is set in, at least, by its size.
const CENTRED: f32 = 3.0;
/// How many times the usual distance of lines is a gap.
const LEADING: f32 = 1.45;
/// How far apart lines are usual at most, by their size: a page of single lines says nothing of it.
const WIDEST: f32 = 2.5;

/// Between which sides lines are set, and how far apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    left: f32,
    right: f32,
    leading: f32,
}

impl Measure {
    /// What is usual among lines.
    pub(super) fn of(lines: &[Placed]) -> Self {
        let level = || lines.iter().map(|(_, line)| line).filter(|line| line.is_level);
        let size = median(level().map(|line| line.size).collect());
        let pairs = lines.iter().zip(lines.iter().skip(1));
        let steps =
            pairs.filter(|((page, _), (next, _))| page == next).map(|((_, line), (_, next))| next.base - line.base);
        let leading = median(steps.filter(|step| *step > 0.0).collect());
        let left = shared(level().map(|line| line.left).collect(), size);
        let right = -shared(level().map(|line| -line.right).collect(), size);
        Self { left, right, leading }
    }

    /// Whether a line stands in the middle, set in further than a first line is.
    fn is_centred(&self, line: &TextLine) -> bool {
        let (left, right) = (line.left - self.left, self.right - line.right);
        left > CENTRED * line.size && (left - right).abs() < line.size
    }

    fn begins(&self, before: &Placed, after: &Placed) -> bool {
        let ((page, before), (next, after)) = (before, after);
        let step = after.base - before.base;
        let is_apart =
            page == next && (step <= 0.0 || step > LEADING * self.leading.clamp(after.size, WIDEST * after.size));
        let is_other_size = (before.size - after.size).abs() > 0.15 * before.size.max(after.size);
        let is_set_in = after.left > self.left + INDENT * after.size && !self.is_centred(after);
        let had_room = before.right + after.first_word < self.right - 0.3 * after.size;
        !before.is_level || !after.is_level || is_apart || is_other_size || is_set_in || had_room
    }
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The least value that several lines share.
fn shared(mut values: Vec<f32>, size: f32) -> f32 {
    values.sort_by(f32::total_cmp);
    let enough = (values.len() / 10).max(2);
    let shares =
        |(at, value): &(usize, &f32)| values.get(at + enough - 1).is_some_and(|other| other - *value < 0.7 * size);
    let found = values.iter().enumerate().find(shares).map(|(_, value)| *value);
    found.or(values.first().copied()).unwrap_or_default()
}

/// Lines that follow each other as paragraphs.
pub(super) fn paragraphs(lines: Vec<Placed>, measure: &Measure) -> Vec<Vec<Placed>> {
    let mut paragraphs: Vec<Vec<Placed>> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(open) if open.last().is_some_and(|last| !measure.begins(last, &line)) => open.push(line),
            _ => paragraphs.push(vec![line]),
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pdf::lines::lines;
    use crate::import::pdf::lines::samples::set;

    /// Lines of twenty characters at 100, each with its page, how many characters it is set in, and its base.
    fn joined(sample: &[(usize, f32, f32, &str)]) -> Vec<String> {
        let line = |(page, indent, base, text): &(usize, f32, f32, &str)| {
            (*page, lines(&set(text, 100.0 + indent * 10.0, *base)).remove(0))
        };
        let placed: Vec<Placed> = sample.iter().map(line).collect();
        let measure = Measure::of(&placed);
        let text = |lines: Vec<Placed>| lines.iter().map(|(_, line)| line.text.clone()).collect::<Vec<_>>().join("⏎");
        paragraphs(placed, &measure).into_iter().map(text).collect()
    }

    const FULL: &str = "二十个字二十个字二十个字二十个字二十个字";

    #[test]
    fn lines_set_in_begin_paragraphs() {
        let full = FULL.chars().take(18).collect::<String>();
        let text =
            joined(&[(0, 2.0, 100.0, &full), (0, 0.0, 120.0, FULL), (0, 2.0, 140.0, &full), (0, 0.0, 160.0, FULL)]);
        assert_eq!(text, [format!("{full}⏎{FULL}"), format!("{full}⏎{FULL}")]);
    }

    #[test]
    fn a_line_with_room_ends_a_paragraph() {
        let short = FULL.chars().take(17).collect::<String>();
        let text =
            joined(&[(0, 0.0, 100.0, FULL), (0, 0.0, 120.0, &short), (0, 0.0, 140.0, FULL), (0, 0.0, 160.0, "完")]);
        assert_eq!(text, [format!("{FULL}⏎{short}"), format!("{FULL}⏎完")]);
        let text = joined(&[
            (0, 0.0, 100.0, FULL),
            (0, 0.0, 120.0, &short),
            (0, 0.0, 140.0, "2024120年"),
            (0, 0.0, 160.0, FULL),
        ]);
        assert_eq!(text.len(), 2, "a number that had no room does not: {text:?}");
    }

    #[test]
    fn the_end_of_a_page_ends_none() {
        let text =
            joined(&[(0, 0.0, 100.0, FULL), (0, 0.0, 120.0, FULL), (1, 0.0, 100.0, "完"), (1, 2.0, 120.0, "又")]);
        assert_eq!(text, [format!("{FULL}⏎{FULL}⏎完"), "又".into()]);
    }

    #[test]
    fn what_is_left_of_a_title_stands_in_the_middle() {
        let text = joined(&[
            (0, 0.0, 100.0, FULL),
            (0, 9.0, 120.0, "报告"),
            (0, 2.0, 140.0, "一、情况"),
            (0, 0.0, 160.0, FULL),
        ]);
        assert_eq!(text[0], format!("{FULL}⏎报告"));
    }

    #[test]
    fn a_gap_ends_a_paragraph() {
        let text =
            joined(&[(0, 0.0, 100.0, FULL), (0, 0.0, 120.0, FULL), (0, 0.0, 140.0, FULL), (0, 0.0, 180.0, FULL)]);
        assert_eq!(text.len(), 2);
    }
}
