//! Whose report a file is, of which year, and from which day. In: the paragraphs of a file and the form's `title` and `date-pattern`,
//! turned round; out: [`Identity`].

use time::{Date, Month};

use crate::form::Form;
use crate::form::pattern::references;

use super::blocks::{Document, Place};
use super::cut::Piece;
use super::words::{Score, Words};

/// How many paragraphs a title may take.
const LINES: usize = 4;
/// How many paragraphs are looked through for it; sites put menus before it.
const FIRST: usize = 400;
/// How many digits the name of an organ may have; more are a date or a count.
const DIGITS: usize = 3;
/// The longest title.
const LONGEST: usize = 120;
/// Below this likeness to the words of the form's title a text is none.
const FLOOR: Score = 550;
/// How many paragraphs from the end a date may stand.
const LAST: usize = 12;

/// Whose report a file is, of which year, and from which day.
#[derive(Debug, Default)]
pub(super) struct Identity {
    /// The organ, where the title names it.
    pub organ: Option<String>,
    /// The year.
    pub year: Option<u16>,
    /// Where the title stands.
    pub place: Option<Place>,
    /// Which pieces are the title.
    pub title: std::ops::Range<usize>,
    /// The year that the file's own title (metadata) names.
    pub file_year: Option<u16>,
}

/// A stretch of a title: words, or what takes their place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    Words(String),
    Organ,
    Year,
}

/// Reads the title of a file.
pub(super) fn identity(document: &Document, pieces: &[Piece], form: &Form) -> Identity {
    let patterns = patterns(form);
    let read = |lines: &[String]| {
        let read = patterns.iter().filter_map(|slots| read(lines, slots));
        read.max_by_key(|(score, organ, _)| (*score, organ.is_some()))
    };
    let mut best: Option<(Score, Identity)> = None;
    // A menu stands before the title, and links to other years behind the tables.
    let tables = pieces.iter().position(|piece| matches!(piece, Piece::Table(_)));
    for start in 0..tables.unwrap_or(pieces.len()).min(FIRST) {
        for length in (1..=LINES).rev() {
            let Some(lines) = lines(pieces, start, length) else { continue };
            let Some((score, organ, year)) = read(&lines) else { continue };
            let named = u32::from(organ.is_some()) * 100;
            let shorter = named.saturating_sub(u32::try_from(length).unwrap_or(0));
            if best.as_ref().is_none_or(|(before, _)| score + shorter >= *before) {
                let place = super::passages::place(&pieces[start]).cloned();
                let title = start..start + length;
                // The fewer paragraphs, the surer that all of them are the title.
                let named = named.saturating_sub(u32::try_from(length).unwrap_or(0));
                best = Some((score + named, Identity { organ, year, place, title, file_year: None }));
            }
        }
    }
    let mut identity = best.map(|(_, identity)| identity).unwrap_or_default();
    let own = document.title.as_deref().and_then(|title| read(&[title.to_owned()]));
    if let Some((_, organ, year)) = own {
        identity.file_year = year;
        identity.organ = identity.organ.or(organ);
        identity.year = identity.year.or(year);
    }
    identity
}

/// So many paragraphs from a piece on, where they may be a title.
fn lines(pieces: &[Piece], start: usize, length: usize) -> Option<Vec<String>> {
    let texts: Vec<String> = pieces
        .get(start..start + length)?
        .iter()
        .map(|piece| match piece {
            Piece::Words(paragraph) => Some(paragraph.text()),
            Piece::Table(_) => None,
        })
        .collect::<Option<_>>()?;
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    (characters <= LONGEST).then_some(texts)
}

/// The titles by which reports of a form are known, in pieces.
fn patterns(form: &Form) -> Vec<Vec<Slot>> {
    let own = form.title.join(" ");
    std::iter::once(&own).chain(&form.import.titles).map(|title| slots(title, form)).collect()
}

fn slots(title: &str, form: &Form) -> Vec<Slot> {
    let (mut slots, mut from) = (Vec::new(), 0);
    for reference in references(title) {
        slots.push(Slot::Words(title[from..reference.span.start].to_owned()));
        from = reference.span.end;
        slots.push(match reference.name.as_str() {
            "year" => Slot::Year,
            name if form.author == name => Slot::Organ,
            _ => Slot::Words(String::new()),
        });
    }
    slots.push(Slot::Words(title[from..].to_owned()));
    slots.retain(|slot| !matches!(slot, Slot::Words(words) if Words::of(words).is_empty()));
    slots
}

/// How alike a text is to the title, and the organ and year in it.
fn read(lines: &[String], slots: &[Slot]) -> Option<(Score, Option<String>, Option<u16>)> {
    let text = lines.join("\n");
    let (at, year_length, year) = year_in(&text)?;
    let (before, after) = (&text[..at], &text[at + year_length..]);
    let year_slot = slots.iter().position(|slot| *slot == Slot::Year)?;
    let organ_slot = slots.iter().position(|slot| *slot == Slot::Organ);
    let words_of = |slots: &[Slot]| {
        let words = slots.iter().filter_map(|slot| match slot {
            Slot::Words(words) => Some(words.as_str()),
            _ => None,
        });
        words.collect::<String>()
    };
    let literal = words_of(slots);
    let Some(organ_slot) = organ_slot else {
        let score = Words::of(&literal).likeness(&Words::of(&format!("{before}{after}")));
        return (score >= FLOOR).then_some((score, None, Some(year)));
    };
    // What stands where the form has the organ: before all words and the year, or behind those.
    let (organ, rest) = match organ_slot < year_slot {
        true if before.trim().is_empty() => (String::new(), after.to_owned()),
        true => {
            let before = before.trim_start();
            let lead = common(before, &words_of(&slots[..organ_slot]));
            let (organ, rest) = part(&before[lead..], &words_of(&slots[organ_slot..year_slot]));
            (organ, format!("{}{rest}{after}", &before[..lead]))
        }
        false => {
            let between = common(after, &words_of(&slots[year_slot..organ_slot]));
            let (organ, rest) = part(&after[between..], &words_of(&slots[organ_slot..]));
            (organ, format!("{before}{}{rest}", &after[..between]))
        }
    };
    let score = Words::of(&literal).likeness(&Words::of(&rest));
    if score < FLOOR {
        return None;
    }
    let organ = cleaned_organ(&organ);
    let organ = organ.filter(|organ| is_organ(organ));
    // A title without its organ is one where the organ stands apart from it, or nowhere.
    (organ.is_some() || lines.len() == 1).then_some((score, organ, Some(year)))
}

/// Parts an organ from the words of the title that follow it.
fn part(text: &str, literal: &str) -> (String, String) {
    let wanted = Words::of(literal);
    if wanted.is_empty() {
        return (text.to_owned(), String::new());
    }
    let cuts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let like = |at: &usize| Words::of(&text[*at..]).likeness(&wanted);
    let best = cuts.max_by_key(|at| (like(at), *at)).unwrap_or(0);
    (text[..best].to_owned(), text[best..].to_owned())
}

/// How many bytes two texts have in common from their beginning.
fn common(text: &str, other: &str) -> usize {
    text.chars().zip(other.trim().chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum()
}

fn cleaned_organ(text: &str) -> Option<String> {
    let line = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let is_mark = |c: char| c.is_whitespace() || "《》“”\"'，,：:-—_|".contains(c);
    let line = line.trim_matches(is_mark);
    let is_chinese = line.chars().any(crate::prose::is_wide);
    let line: String = if is_chinese { line.chars().filter(|c| !c.is_whitespace()).collect() } else { line.to_owned() };
    (!line.is_empty()).then_some(line)
}

/// Whether words can be what an organ is called.
fn is_organ(words: &str) -> bool {
    let length = words.chars().count();
    (2..=60).contains(&length)
        && words.chars().any(char::is_alphabetic)
        && !words.contains(['。', '；', '？', '！', '>', '/', '\\', '：', ':', '、', '【', '|'])
        && words.chars().filter(char::is_ascii_digit).count() <= DIGITS
}

/// The first year in a text: where it stands, how many bytes it takes, and which it is.
pub(super) fn year_in(text: &str) -> Option<(usize, usize, u16)> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let digit = |c: char| match c {
        '0'..='9' => c.to_digit(10),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        '〇' | '○' | 'O' | '零' => Some(0),
        _ => "一二三四五六七八九".chars().position(|one| one == c).and_then(|at| u32::try_from(at + 1).ok()),
    };
    for (at, window) in characters.windows(4).enumerate() {
        let digits: Option<Vec<u32>> = window.iter().map(|(_, c)| digit(*c)).collect();
        let Some(digits) = digits else { continue };
        let value = digits.iter().fold(0, |value, digit| value * 10 + digit);
        let is_digit =
            |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|(_, c)| digit(*c).is_some());
        let is_longer = is_digit(at.checked_sub(1)) || is_digit(Some(at + 4));
        if (1800..2200).contains(&value) && !is_longer {
            let start = window[0].0;
            let end = characters.get(at + 4).map_or(text.len(), |(end, _)| *end);
            return Some((start, end - start, u16::try_from(value).ok()?));
        }
    }
    None
}

/// The date that stands alone in one of the last paragraphs, written as the form writes dates: with the piece that it stands in.
pub(super) fn date_at_end(pieces: &[Piece], form: &Form) -> Option<(usize, Date)> {
    let last = pieces.iter().enumerate().rev().filter(|(_, piece)| matches!(piece, Piece::Words(_))).take(LAST);
    last.into_iter().find_map(|(at, piece)| {
        let Piece::Words(paragraph) = piece else { return None };
        Some((at, date(&paragraph.text(), form)?))
    })
}

/// A date as the form writes it, or as machines do.
pub(super) fn date(text: &str, form: &Form) -> Option<Date> {
    let text: String = super::look::plain(text);
    [form.date_pattern.as_str(), "{year}-{month}-{day}", "{year}/{month}/{day}"]
        .into_iter()
        .find_map(|pattern| date_by(&text, pattern, form.months.as_ref()))
}

/// The number that a text begins with, and how long it is there.
fn number_at(text: &str) -> Option<(u16, usize)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    Some((text.get(..digits)?.parse().ok()?, digits))
}

/// The month by whose name a text begins, and how long that is there.
fn month_at(text: &str, months: Option<&[String; 12]>) -> Option<(u16, usize)> {
    let names = months.into_iter().flatten().map(|name| super::look::plain(name));
    let found = (1..).zip(names).filter(|(_, name)| !name.is_empty() && text.starts_with(name.as_str()));
    found.map(|(number, name)| (number, name.len())).max_by_key(|(_, length)| *length)
}

fn date_by(text: &str, pattern: &str, months: Option<&[String; 12]>) -> Option<Date> {
    let pattern: String = pattern.chars().filter(|c| !c.is_whitespace()).collect();
    let (mut rest, mut year, mut month, mut day) = (text, None, None, None);
    let mut left = pattern.as_str();
    while !left.is_empty() {
        let slots = [("{year}", &mut year), ("{month}", &mut month), ("{day}", &mut day)];
        let taken = slots.into_iter().find_map(|(name, slot)| left.strip_prefix(name).map(|after| (name, after, slot)));
        match taken {
            Some((name, after, slot)) => {
                let named = (name == "{month}").then(|| month_at(rest, months)).flatten();
                let (number, length) = named.or_else(|| number_at(rest))?;
                *slot = Some(number);
                (rest, left) = (rest.get(length..)?, after);
            }
            None => {
                let c = left.chars().next()?;
                rest = rest.strip_prefix(c)?;
                left = &left[c.len_utf8()..];
            }
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month?).ok()?).ok()?;
    Date::from_calendar_date(i32::from(year?), month, u8::try_from(day?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::files;

    fn of(lines: &[&str]) -> Option<(Option<String>, Option<u16>)> {
        let form = files::load("zfxxgk", None, None).expect("a built-in form");
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let read = patterns(&form).into_iter().filter_map(|slots| read(&lines, &slots));
        read.max_by_key(|(score, organ, _)| (*score, organ.is_some())).map(|(_, organ, year)| (organ, year))
    }

    #[test]
    fn titles_are_read_as_offices_write_them() {
        let some = |organ: &str, year| Some((Some(organ.to_owned()), Some(year)));
        assert_eq!(of(&["淮安市人民政府", "2024年政府信息公开工作年度报告"]), some("淮安市人民政府", 2024));
        assert_eq!(of(&["洪泽区2023年度政府信息公开年度报告"]), some("洪泽区", 2023));
        assert_eq!(of(&["2023年沭阳县发展和改革局政府信息公开工作年度报告"]), some("沭阳县发展和改革局", 2023));
        assert_eq!(of(&["湛河区应急管理局", "二〇二三年政府信息公开工作年度报告"]), some("湛河区应急管理局", 2023));
        assert_eq!(of(&["2023年度沭阳县发展和改革局政府信息公开年度报告"]), some("沭阳县发展和改革局", 2023));
        assert_eq!(of(&["政府信息公开工作年度报告（2022年度）"]), Some((None, Some(2022))));
        assert_eq!(of(&["2023年，全县共收到政府信息公开申请12件。"]), None);
        assert_eq!(of(&["当前位置：首页 > 政府信息公开 > 2023年"]), None);
    }

    #[test]
    fn dates_are_read_as_the_form_writes_them_and_as_machines_do() {
        let read = |form: &str, text: &str| {
            let form = files::load(form, None, None).expect("a built-in form");
            date(text, &form).map(|date| date.to_string())
        };
        for text in ["5 March 2026", "2026-03-05", "2026/3/5"] {
            assert_eq!(read("foia", text).as_deref(), Some("2026-03-05"), "{text}");
        }
        assert_eq!(read("foia", "31 May 2026").as_deref(), Some("2026-05-31"));
        for text in ["5 Mars 2026", "March 2026", "31 June 2026", "3/5/2026"] {
            assert_eq!(read("foia", text), None, "{text}");
        }
        assert_eq!(read("zfxxgk", "2026年3月5日").as_deref(), Some("2026-03-05"));
    }

    #[test]
    fn years_are_read_in_every_spelling() {
        assert_eq!(year_in("自2023年1月"), Some((3, 4, 2023)));
        assert_eq!(year_in("二〇二四年").map(|found| found.2), Some(2024));
        assert_eq!(year_in("２０２４年").map(|found| found.2), Some(2024));
        assert_eq!(year_in("编号20230012"), None);
    }
}
