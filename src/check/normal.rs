//! Text as patterns look at it, so that one thing is written in one way. In: a text; out: its words without marks and
//! strays, and for each of them where it stands in the text.
//!
//! * Digits and Latin letters are narrow, separators of thousands are left out, and Chinese numerals before a counter or in
//!   a date are digits: １２件, 1,200件, 十二件, 二〇二五年.
//! * Punctuation is that of Chinese text: `,;:()!?` are wide, but not inside of numbers, times and addresses.
//! * White space stands only between words that need it; the end of a paragraph, item or cell is a line feed.
//! * What makes text bold or a link, and what nobody sees, is left out.

use std::ops::Range;

use crate::prose::stray::is_left_out;
use crate::prose::{Event, Placed, Tag, half_width, is_wide};

/// A normalised text.
#[derive(Debug, Default)]
pub(super) struct Normal {
    /// The text.
    pub text: String,
    /// For each character where it begins in the text, and the bytes of the source that it stands for.
    marks: Vec<(u32, Range<u32>)>,
}

/// A character and the bytes of the source that it stands for.
#[derive(Clone, Copy, Debug)]
struct Unit {
    c: char,
    /// Texts are shorter than a file may be, which is some megabytes.
    start: u32,
    end: u32,
}

impl Unit {
    fn new(c: char, at: Range<usize>) -> Self {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { c, start: short(at.start), end: short(at.end) }
    }
}

impl Normal {
    /// Normalises prose.
    pub(super) fn of_events(events: &[Placed<'_>]) -> Self {
        let length = |placed: &Placed<'_>| placed.at.end - placed.at.start;
        let mut units: Vec<Unit> = Vec::with_capacity(events.iter().map(length).sum::<usize>() / 2 + events.len());
        for Placed { event, at } in events {
            match event {
                Event::Text(text) => add(&mut units, text, at.start),
                Event::Space => units.push(Unit::new(' ', at.clone())),
                Event::Start(Tag::Paragraph | Tag::Cell(_)) if units.last().is_some_and(|unit| unit.c != '\n') => {
                    units.push(Unit::new('\n', at.clone()));
                }
                _ => {}
            }
        }
        Self::of(units)
    }

    /// Normalises a text of one line, in which no mark means anything.
    pub(super) fn of_line(text: &str) -> Self {
        let mut units = Vec::new();
        add(&mut units, text, 0);
        Self::of(units)
    }

    fn of(units: Vec<Unit>) -> Self {
        let units = numerals(tight(punctuated(units)));
        let mut normal = Self { text: String::with_capacity(3 * units.len()), marks: Vec::with_capacity(units.len()) };
        for Unit { c, start, end } in units {
            normal.marks.push((u32::try_from(normal.text.len()).unwrap_or(u32::MAX), start..end));
            normal.text.push(c);
        }
        normal
    }

    /// The bytes of the source that a stretch of the text stands for.
    pub(super) fn source(&self, stretch: Range<usize>) -> Range<usize> {
        let long = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let unit = |at: usize| self.marks.partition_point(|(begin, _)| long(*begin) <= at).checked_sub(1);
        let mark =
            |at: usize| unit(at).and_then(|unit| self.marks.get(unit)).map(|(_, at)| long(at.start)..long(at.end));
        let (Some(first), Some(last)) = (mark(stretch.start), mark(stretch.end.saturating_sub(1).max(stretch.start)))
        else {
            return 0..0;
        };
        first.start..last.end.max(first.start)
    }
}

fn add(units: &mut Vec<Unit>, text: &str, start: usize) {
    for (at, c) in text.char_indices().filter(|(_, c)| !is_left_out(*c)) {
        units.push(Unit::new(narrow(c), start + at..start + at + c.len_utf8()));
    }
}

/// Letters, digits and spaces in the one width that patterns are written in.
fn narrow(c: char) -> char {
    if matches!(c, '!'..='~' | '\u{4e00}'..='\u{9fff}') {
        return c;
    }
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '％' | '＋' | '＝' | '～' | '－' => half_width(c),
        _ if c.is_whitespace() && c != '\n' => ' ',
        _ => c,
    }
}

/// Punctuation as in Chinese text, and numbers without separators of thousands.
fn punctuated(mut units: Vec<Unit>) -> Vec<Unit> {
    // Another language has punctuation of its own.
    let is_chinese = units.iter().any(|unit| is_wide(unit.c));
    let mut parts_thousands = false;
    for index in 0..units.len() {
        let c = units[index].c;
        if !matches!(c, ',' | ';' | ':' | '(' | ')' | '?' | '!') {
            continue;
        }
        let at = |index: usize| units.get(index).map(|unit| unit.c);
        let before = index.checked_sub(1).and_then(at);
        let next = at(index + 1);
        let is_inside = before.is_some_and(|c| c.is_ascii_alphanumeric())
            && next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '/');
        let is_query = before.is_some_and(|c| c.is_ascii_graphic()) && next.is_some_and(|c| c.is_ascii_alphanumeric());
        units[index].c = match c {
            ',' if is_thousands(&units, index) => {
                parts_thousands = true;
                THOUSANDS
            }
            c if !is_chinese => c,
            ',' => '，',
            ';' => '；',
            ':' if !is_inside => '：',
            '(' => '（',
            ')' => '）',
            '?' if !is_query => '？',
            '!' => '！',
            c => c,
        };
    }
    if parts_thousands {
        units.retain(|unit| unit.c != THOUSANDS);
    }
    units
}

/// Stands for a separator of thousands until it is left out; no text has it, since it is a control character.
const THOUSANDS: char = '\0';

/// Whether a comma parts the thousands of a number: three digits follow it and no more, and one to three stand before it.
fn is_thousands(units: &[Unit], index: usize) -> bool {
    let is_digit = |unit: &Unit| unit.c.is_ascii_digit();
    let after = units[index + 1..].iter().take(4).take_while(|unit| is_digit(unit)).count();
    let before = units[..index].iter().rev().take(4).take_while(|unit| is_digit(unit)).count();
    after == 3 && (1..=3).contains(&before)
}

/// Without the white space that no word needs.
fn tight(units: Vec<Unit>) -> Vec<Unit> {
    if !units.iter().any(|unit| unit.c == ' ') {
        return units;
    }
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    // All white space in one place is one.
    let mut runs = units.chunk_by(|a, b| (a.c == ' ') == (b.c == ' ')).peekable();
    while let Some(run) = runs.next() {
        let is_narrow = |unit: Option<&Unit>| unit.is_some_and(|unit| unit.c.is_ascii() && unit.c != '\n');
        match run.first().filter(|unit| unit.c == ' ') {
            None => out.extend_from_slice(run),
            Some(space) if is_narrow(out.last()) && is_narrow(runs.peek().and_then(|next| next.first())) => {
                out.push(*space)
            }
            Some(_) => {}
        }
    }
    out
}

/// The counters before which Chinese numerals are numbers.
const COUNTERS: [&str; 13] = ["件", "条", "份", "宗", "起", "篇", "封", "期", "项", "次", "人次", "部分", "元"];

/// Whether a counter may begin with a character, or a numeral of a date end before it.
fn is_counted(c: char) -> bool {
    "年月日".contains(c) || COUNTERS.iter().any(|counter| counter.starts_with(c))
}

/// With digits in the place of Chinese numerals that count something, or that say a date.
fn numerals(units: Vec<Unit>) -> Vec<Unit> {
    let follows = |pair: &[Unit]| value(pair[0].c).is_some() && value(pair[1].c).is_none() && is_counted(pair[1].c);
    if !units.windows(2).any(follows) {
        return units;
    }
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    let mut index = 0;
    while index < units.len() {
        let length = units[index..].iter().take_while(|unit| value(unit.c).is_some()).count();
        let (numeral, rest) = units[index..].split_at(length);
        let before = index.checked_sub(1).and_then(|before| units.get(before)).map(|unit| unit.c);
        match number(numeral, rest, before).filter(|_| length > 0) {
            Some(digits) => {
                let (start, end) = (numeral[0].start, numeral[length - 1].end);
                // All of the numeral stands behind each of its digits.
                out.extend(digits.chars().map(|c| Unit { c, start, end }));
            }
            None => out.extend_from_slice(&units[index..index + length.max(1)]),
        }
        index += length.max(1);
    }
    out
}

/// What a Chinese numeral is worth: a digit, or what it multiplies by.
fn value(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        _ => return None,
    })
}

/// The digits of a numeral, where what stands around it says that it is a number.
fn number(numeral: &[Unit], rest: &[Unit], before: Option<char>) -> Option<String> {
    let values: Vec<u64> = numeral.iter().filter_map(|unit| value(unit.c)).collect();
    let follows = |word: &str| word.chars().enumerate().all(|(at, c)| rest.get(at).is_some_and(|unit| unit.c == c));
    let next = rest.get(1).map_or('。', |unit| unit.c);
    if follows("年") && values.len() == 4 && values.iter().all(|value| *value < 10) {
        return Some(values.iter().map(u64::to_string).collect());
    }
    // 第三条 and 逐一 count nothing, and 12十件 is no number.
    if before.is_some_and(|c| "第每逐唯同另任专统之星期周".contains(c) || c.is_ascii_digit()) {
        return None;
    }
    let is_date = (follows("月") || follows("日")) && !follows("月份");
    if !is_date && !COUNTERS.iter().any(|counter| follows(counter)) {
        return None;
    }
    // 一起, 一次性, 一件事 and the like are words.
    let is_counted = !follows("起") && (next.is_ascii_punctuation() || "，、。；：！？）\n申".contains(next));
    if values == [1] && !is_date && !is_counted {
        return None;
    }
    worth(&values).map(|number| number.to_string())
}

/// The number that numerals say: 三百五十 is 350, 一万二千 is 12000.
fn worth(values: &[u64]) -> Option<u64> {
    let (mut sum, mut section, mut digit) = (0u64, 0u64, None);
    for value in values {
        match value {
            0..=9 if digit.is_none_or(|digit| digit == 0) => digit = Some(*value),
            0..=9 => return None,
            10_000 => {
                sum = (sum + section + digit.take().unwrap_or(0)).checked_mul(10_000)?;
                section = 0;
            }
            unit => section += digit.take().unwrap_or(1) * unit,
        }
    }
    Some(sum + section + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prose::events;

    fn normal(text: &str) -> String {
        Normal::of_events(&events(text)).text
    }

    #[test]
    fn one_thing_is_written_in_one_way() {
        for text in [
            "全年新收申请12件。",
            "全年新收申请１２件。",
            "全年新收申请 12 件。",
            "全年新收申请\n12件。",
            "全年新收申请**12**件。",
            "全年新收申请1\u{200b}2件。",
            "全年新收申请十二件。",
            "全年　新收申请12 件 。",
        ] {
            assert_eq!(normal(text), "全年新收申请12件。", "{text}");
        }
        assert_eq!(normal("1,234件,12,34件(其中:3件;4件)"), "1234件，12，34件（其中：3件；4件）");
        assert_eq!(normal("二〇二五年十二月三十一日"), "2025年12月31日");
        assert_eq!(normal("三百五十件，一万二千条，两次。"), "350件，12000条，2次。");
        assert_eq!(normal("8:30，http://a.cn:80/?x，见[甲](https://a.cn)"), "8:30，http://a.cn:80/?x，见甲");
        assert_eq!(normal("the  open data"), "the open data");
        assert_eq!(normal("- 甲\n- 乙\n\n| 丙 |\n|-|"), "甲\n乙\n丙");
    }

    #[test]
    fn words_with_numerals_in_them_stay() {
        for text in ["第三条", "高效办成一件事", "一次性告知", "一起", "逐一", "十四五规划", "统一", "每一项"]
        {
            assert_eq!(normal(text), text);
        }
    }

    #[test]
    fn every_stretch_knows_where_it_stands() {
        let text = "甲**乙 １,２３４** 件\n丙十二件。";
        let normal = Normal::of_events(&events(text));
        let source = |words: &str| {
            let start = normal.text.find(words).expect("it is there");
            &text[normal.source(start..start + words.len())]
        };
        assert_eq!(normal.text, "甲乙1234件丙12件。");
        assert_eq!(source("1234"), "１,２３４");
        assert_eq!(source("12件。"), "十二件。");
        assert_eq!(source("乙1234件"), "乙 １,２３４** 件");
        assert_eq!(source("甲"), "甲");
    }
}
