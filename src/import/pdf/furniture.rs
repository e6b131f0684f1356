//! What stands on a page and is no part of the text: page numbers and running heads. In: the lines of each page; out: which ones
//! to leave out. Only what proves itself is: numbers that count the pages, words that every page repeats at the same place.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::TextLine;
use crate::prose::half_width;

/// How much of a page's height above and below holds page numbers.
const NUMBERS: f32 = 0.13;
/// How much of it holds running heads.
const HEADS: f32 = 0.1;
/// How far a running head may wander from page to page.
const STEADY: i32 = 3;

/// The lines of a page.
pub(super) struct Lines<'a> {
    /// Which page, from 0.
    pub page: usize,
    /// Its height.
    pub height: f32,
    /// Its lines, from top to bottom.
    pub lines: &'a [TextLine],
}

/// Which lines are not part of the text: for each page in the same order, their numbers. `pages` is how many there are.
pub(super) fn furniture(sheets: &[Lines<'_>], pages: usize) -> Vec<BTreeSet<usize>> {
    let numbers = numbers(sheets, pages);
    let heads = heads(sheets, pages);
    let both = numbers.into_iter().zip(heads);
    both.map(|(numbers, heads)| numbers.into_iter().chain(heads).collect()).collect()
}

fn is_outer(line: &TextLine, height: f32, part: f32) -> bool {
    line.is_level && (line.base < height * part || line.top() > height * (1.0 - part))
}

/// The lines that are page numbers: those that count the pages as most of them do.
fn numbers(sheets: &[Lines<'_>], pages: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut starts: BTreeMap<i64, usize> = BTreeMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        let outer = |(_, line): &(usize, &TextLine)| is_outer(line, sheet.height, NUMBERS);
        for (index, line) in sheet.lines.iter().enumerate().filter(outer) {
            let is_edge = index < 2 || index + 2 >= sheet.lines.len();
            if let Some(printed) = page_number(&line.text).filter(|_| is_edge) {
                let start = printed.number - sheet.page as i64;
                *starts.entry(start).or_default() += 1;
                found.push((at, index, start, printed.is_plain));
            }
        }
    }
    let usual =
        starts.iter().max_by_key(|(start, count)| (**count, -start.abs())).map(|(start, count)| (*start, *count));
    let mut numbers = vec![Vec::new(); sheets.len()];
    for (at, index, start, is_plain) in found {
        // A lone figure on a lone page counts it only if it is 1.
        let proves =
            usual.is_some_and(|(usual, count)| start == usual && (count > 1 || !is_plain || start == 1 && pages == 1));
        numbers.get_mut(at).filter(|_| proves).into_iter().for_each(|page| page.push(index));
    }
    numbers
}

/// A page number as it is printed.
struct PageNumber {
    number: i64,
    /// Whether it is only a figure.
    is_plain: bool,
}

/// A page number: 2, - 2 -, 第 2 页, 第2页 共6页, 2/6.
fn page_number(text: &str) -> Option<PageNumber> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
    if text.chars().count() > 24 {
        return None;
    }
    let mut figures: Vec<String> = Vec::new();
    let mut around = String::new();
    for c in text.chars() {
        match figures.last_mut().filter(|_| around.ends_with('#')) {
            Some(figure) if c.is_ascii_digit() => figure.push(c),
            _ if c.is_ascii_digit() => {
                around.push('#');
                figures.push(c.into());
            }
            _ => around.push(c),
        }
    }
    let core = around.trim_matches(|c| matches!(c, '-' | '—' | '–' | '―' | '－' | '~' | '·' | '•' | '|' | '_'));
    let which = match core {
        "#" | "第#页" | "第#页共#页" | "第#页,共#页" | "第#页/共#页" | "第#页(共#页)" | "#/#" | "#/#页" | "Page#"
        | "Page#of#" | "#of#" | "P#" | "#页" => 0,
        "共#页第#页" | "共#页,第#页" | "共#页/第#页" => 1,
        _ => return None,
    };
    let number = figures.get(which).filter(|figure| figure.len() <= 4)?.parse().ok()?;
    Some(PageNumber { number, is_plain: around == "#" })
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' | '，' | '（' | '）' | '／' => half_width(c),
        _ => c,
    }
}

/// The lines that stand at the same place of every page, figures aside; the first page may go without.
fn heads(sheets: &[Lines<'_>], pages: usize) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<String, Vec<(usize, usize, i32)>> = BTreeMap::new();
    for (at, sheet) in sheets.iter().enumerate() {
        let outer = sheet.lines.iter().enumerate().filter(|(_, line)| is_outer(line, sheet.height, HEADS));
        for (index, line) in outer {
            // Figures alone are no head, and count the pages only beside some words.
            let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
            if letters == 0 {
                continue;
            }
            let words: String =
                line.text.chars().map(|c| if c.is_ascii_digit() && letters > 3 { '0' } else { c }).collect();
            places.entry(words).or_default().push((at, index, line.base as i32));
        }
    }
    let mut heads = vec![Vec::new(); sheets.len()];
    let enough = if pages > 2 { pages - 1 } else { pages };
    for found in places.into_values().filter(|found| pages > 1 && found.len() >= enough) {
        let mut bases: Vec<i32> = found.iter().map(|(_, _, base)| *base).collect();
        bases.sort_unstable();
        let middle = bases.get(bases.len() / 2).copied().unwrap_or_default();
        let steady: Vec<_> =
            found.iter().filter(|(_, _, base)| base.saturating_sub(middle).saturating_abs() <= STEADY).collect();
        if steady.len() >= enough {
            for (at, index, _) in steady {
                heads.get_mut(*at).into_iter().for_each(|page: &mut Vec<usize>| page.push(*index));
            }
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pdf::lines::lines;
    use crate::import::pdf::lines::samples::set;

    /// What is left of pages of 1000 points, each with some lines of which each has its base.
    fn left(pages: &[&[(&str, f32)]]) -> Vec<Vec<String>> {
        let texts = |page: &&[(&str, f32)]| {
            let glyphs: Vec<_> = page.iter().flat_map(|(text, base)| set(text, 100.0, *base)).collect();
            lines(&glyphs)
        };
        let pages: Vec<Vec<TextLine>> = pages.iter().map(texts).collect();
        let sheets = pages.iter().enumerate().map(|(page, lines)| Lines { page, height: 1000.0, lines });
        let out = furniture(&sheets.collect::<Vec<_>>(), pages.len());
        let kept = pages.iter().zip(out).map(|(lines, out)| {
            let kept = lines.iter().enumerate().filter(|(index, _)| !out.contains(index));
            kept.map(|(_, line)| line.text.clone()).collect()
        });
        kept.collect()
    }

    #[test]
    fn numbers_that_count_the_pages_are_left_out() {
        for [one, two] in [
            ["1", "2"],
            ["- 5 -", "- 6 -"],
            ["— 1 —", "— 2 —"],
            ["第 1 页 共 2 页", "第 2 页 共 2 页"],
            ["1 / 2", "2 / 2"],
        ] {
            let pages = left(&[&[("甲", 500.0), (one, 950.0)], &[("乙", 500.0), (two, 950.0)]]);
            assert_eq!(pages, [["甲"], ["乙"]], "{one}");
        }
    }

    #[test]
    fn other_figures_below_are_kept() {
        assert_eq!(left(&[&[("甲", 500.0), ("17", 950.0)], &[("乙", 500.0), ("3", 950.0)]])[0], ["甲", "17"]);
        assert_eq!(left(&[&[("甲", 500.0), ("0", 950.0)]]), [["甲", "0"]]);
        assert_eq!(
            left(&[&[("1", 500.0), ("甲", 600.0)], &[("2", 500.0), ("乙", 600.0)]])[1],
            ["2", "乙"],
            "in the middle"
        );
        let one = [("甲", 500.0), ("乙", 890.0), ("1", 910.0), ("丙", 930.0), ("丁", 950.0)];
        let two = [("戊", 500.0), ("己", 890.0), ("2", 910.0), ("庚", 930.0), ("辛", 950.0)];
        assert_eq!(left(&[&one, &two])[1], ["戊", "己", "2", "庚", "辛"], "among other lines");
    }

    #[test]
    fn heads_of_every_page_are_left_out() {
        let pages = left(&[
            &[("标题", 80.0), ("甲", 500.0)],
            &[("年报", 40.0), ("乙", 500.0)],
            &[("年报", 41.0), ("丙", 500.0)],
        ]);
        assert_eq!(pages, [vec!["标题", "甲"], vec!["乙"], vec!["丙"]]);
    }

    #[test]
    fn figures_below_are_no_running_head() {
        assert_eq!(left(&[&[("甲", 500.0), ("70", 980.0)], &[("乙", 500.0), ("70", 980.0)]])[1], ["乙", "70"]);
        assert_eq!(left(&[&[("甲", 500.0), ("收7件", 980.0)], &[("乙", 500.0), ("收8件", 980.0)]])[1], ["乙", "收8件"]);
        assert_eq!(left(&[&[("甲", 500.0), ("年报全文7", 980.0)], &[("乙", 500.0), ("年报全文8", 980.0)]])[1], ["乙"]);
    }

    #[test]
    fn words_that_wander_or_stand_on_some_pages_are_kept() {
        let pages = left(&[&[("合计", 40.0), ("甲", 500.0)], &[("合计", 60.0), ("乙", 500.0)]]);
        assert_eq!(pages, [["合计", "甲"], ["合计", "乙"]]);
        let pages = left(&[&[("合计", 40.0)], &[("甲", 500.0)], &[("乙", 500.0)], &[("合计", 40.0)]]);
        assert_eq!(pages[0], ["合计"]);
    }
}
