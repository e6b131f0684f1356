//! What a value was meant to be that is not of its kind. In: the value as it was written, without quotation marks, and what
//! the form knows of its key; out: [`Meant`]: the slip in words, and what to write instead where that is known. No digit is
//! ever guessed: a number is taken over only as it stands.

use time::{Date, Month};

use super::literal::{self, in_quotes};
use crate::diag::{Applicability, Text, did_you_mean, text};
use crate::form::{FieldKind, KeyInfo, NOT_APPLICABLE};
use crate::prose::half_width;

use Applicability::{Safe, Suggested};

/// A slip in a value.
pub struct Meant {
    /// What is wrong.
    pub message: Text,
    /// What to do.
    pub help: Text,
    /// What to write there as TOML, and how sure that is.
    pub instead: Option<(String, Applicability)>,
}

impl Meant {
    fn new(message: Text, help: Text) -> Self {
        let short = |text: Text| Text { zh: shortened(text.zh), en: shortened(text.en) };
        Self { message: short(message), help: short(help), instead: None }
    }

    /// The same, where nothing but that can be meant.
    pub fn sure(self) -> Self {
        Self { instead: self.instead.map(|(instead, _)| (instead, Safe)), ..self }
    }

    fn instead(message: Text, written: String, sure: Applicability) -> Self {
        let help = text!("写成：{written}", "write: {written}");
        Self { instead: Some((written, sure)), ..Self::new(message, help) }
    }
}

/// The longest message; what is written there may be a whole paragraph.
const LONG: usize = 200;

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Words that count things and change no number.
#[rustfmt::skip]
const COUNTERS: &[&str] = &[
    "件", "条", "份", "个", "宗", "项", "人", "人次", "次", "起", "篇", "期", "家", "种", "户", "场", "封", "例", "部", "名", "天", "日",
    "件次", "request", "case", "appeal", "day", "item", "record",
];

/// Words that make a number inexact, before or behind it.
const INEXACT: &[&str] = &[
    "约", "大约", "近", "将近", "超过", "超", "不足", "余", "多", "左右", "以上", "以下", "几", "about", "around",
    "approx.", "over", "under", "nearly", "~", ">", "<", "≈", "+",
];

/// What `written` was meant to be. Where nothing is known of the key, only what looks like a number or date is taken for one.
pub fn meant(written: &str, known: Option<&KeyInfo>) -> Meant {
    let written = written.trim();
    if is_placeholder(written) {
        return placeholder(written);
    }
    let folded = folded(written);
    let kind = known.map(|known| known.kind);
    let meant = match kind {
        Some(FieldKind::Count | FieldKind::Amount) if folded.trim() == NOT_APPLICABLE => {
            let message = text!("“/”要写在半角引号里", "`/` must be in quotation marks");
            Some(Meant::instead(message, literal::not_applicable(), Safe))
        }
        Some(FieldKind::Count | FieldKind::Amount) if known.is_some_and(|known| known.has_option(folded.trim())) => {
            let shown = folded.trim();
            let message = text!("“{shown}”要写在半角引号里", "`{shown}` must be in quotation marks");
            Some(Meant::instead(message, in_quotes(shown), Safe))
        }
        // Prose that is nothing but a number may be another slip.
        Some(FieldKind::Prose) if is_number(&folded) => Some(unsure(quoted(written))),
        Some(FieldKind::Line | FieldKind::Prose) => Some(quoted(written)),
        Some(FieldKind::Lines) => Some(list(written)),
        Some(FieldKind::Choice) => known.map(|known| choice(written, &folded, &known.options)),
        Some(FieldKind::Flag) => flag(&folded),
        Some(FieldKind::Date) => date(written, &folded),
        Some(FieldKind::Count | FieldKind::Amount) => number(written, &folded, known),
        // A date is one whatever the key; a number could be text.
        None => date(written, &folded).or_else(|| number(written, &folded, None).or_else(|| flag(&folded)).map(unsure)),
    };
    meant.unwrap_or_else(|| unknown(written, known))
}

/// Whether the text is what stands where a value is still to be written.
fn is_placeholder(written: &str) -> bool {
    !written.is_empty() && written.chars().all(|c| "….。·_?？-—–【】[]".contains(c))
        || written.starts_with('【') && written.ends_with('】')
}

fn placeholder(written: &str) -> Meant {
    Meant::new(
        text!("“{written}”的地方还没有写上内容", "`{written}` stands where the value is still to be written"),
        text!(
            "写上内容；数字没有的写 0，可以省略的，删去这一行",
            "write the value; write 0 for none; where the key may be left out, delete the line"
        ),
    )
}

/// Full-width letters, digits and signs as ASCII, every dash and minus as `-`; what cannot be seen is left out.
pub fn folded(text: &str) -> String {
    let fold = |c: char| match c {
        '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{fe63}' => Some('-'),
        '\u{3000}' | '\u{a0}' | '\u{202f}' | '\u{2000}'..='\u{200a}' => Some(' '),
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        c => Some(half_width(c)),
    };
    text.chars().filter_map(fold).collect()
}

/// The number that a text is, where it is nothing but one.
pub fn digits(text: &str) -> Option<String> {
    let folded = folded(text.trim());
    let Meant { instead, .. } = is_number(&folded).then(|| plain_number(text.trim(), &folded))?;
    instead.filter(|(_, sure)| *sure == Safe).map(|(number, _)| number)
}

/// What the year was meant to be, where it is four digits and a word at most.
pub fn year(written: &str) -> Meant {
    let folded = folded(written);
    let digits = folded.trim().trim_end_matches("度").trim_end_matches('年').trim();
    let message =
        text!("年份写四位数字，不加引号和“年”：{written}", "the year is four digits and nothing else: {written}");
    match digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Meant::instead(message, digits.to_owned(), Safe),
        false => Meant::new(message, text!("例如：year = 2026", "for example: year = 2026")),
    }
}

/// Text that stands without quotation marks.
pub fn quoted(written: &str) -> Meant {
    let message = text!("文字要写在引号里：{written}", "text must be in quotation marks: {written}");
    let is_mark = |c: char| "\"'“”‘’＂＇「」『』".contains(c);
    if !written.contains(is_mark) {
        return Meant::instead(message, in_quotes(written), Safe);
    }
    // A single mark at one end has lost the other.
    let inner = written.trim_matches(is_mark);
    let is_half = written.chars().filter(|c| is_mark(*c)).count() == 1 && !inner.contains(is_mark);
    Meant::instead(message, in_quotes(if is_half { inner } else { written }), Suggested)
}

fn list(written: &str) -> Meant {
    let parts: Vec<&str> = written.split(['、', '，', '；', ';', ',']).map(str::trim).collect();
    let sure = if parts.len() == 1 { Safe } else { Suggested };
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let list = literal::list(&parts);
    Meant::instead(
        text!("这里是一组文字，要写在方括号里", "a list of texts must stand here, in square brackets"),
        list,
        sure,
    )
}

fn choice(written: &str, folded: &str, options: &[String]) -> Meant {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    if let Some(option) = options.iter().find(|option| bare(option) == bare(folded) || *option == written) {
        let message = text!("选项要照原样写在引号里：{written}", "an option must be in quotation marks: {written}");
        return Meant::instead(message, in_quotes(option), Safe);
    }
    let (zh, en) = (options.join("、"), options.join(", "));
    let help = did_you_mean(written, options.iter().map(String::as_str))
        .unwrap_or_else(|| text!("可以写：{zh}", "the options are: {en}"));
    Meant::new(text!("没有“{written}”这个选项", "there is no option `{written}`"), help)
}

/// A truth value in Chinese or English words.
pub fn flag(folded: &str) -> Option<Meant> {
    let truth = match folded.to_lowercase().as_str() {
        "是" | "对" | "yes" | "true" | "√" => true,
        "否" | "不" | "no" | "false" | "×" => false,
        _ => return None,
    };
    let message = text!(
        "是与否在 TOML 中写 true 和 false，不加引号",
        "yes and no are written `true` and `false`, without quotation marks"
    );
    Some(Meant::instead(message, literal::flag(truth), Safe))
}

/// A date written year first in any of the usual ways, or in English with the month by its name.
fn date(written: &str, folded: &str) -> Option<Meant> {
    let Some(date) = year_first(folded).or_else(|| english(folded)) else {
        let digits = folded.split('-').map(|part| part.chars().filter(char::is_ascii_digit).count());
        let is_iso = digits.eq([4, 2, 2]) && folded.len() == 10;
        let message = text!("日历上没有这一天：{written}", "there is no such day: {written}");
        return is_iso.then(|| Meant::new(message, text!("核对月和日", "look up the month and the day")));
    };
    let message = text!(
        "日期要写成“年-月-日”，月和日各两位，不加引号：{written}",
        "a date is written year-month-day, two digits for month and day, without quotation marks: {written}"
    );
    Some(Meant::instead(message, literal::day(date), Safe))
}

fn year_first(folded: &str) -> Option<Date> {
    let bare: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_suffix(['日', '号']).unwrap_or(&bare);
    let parts: Vec<&str> = bare.split(['年', '月', '.', '/', '-', '。', '、']).collect();
    let [year, month, day] = parts[..] else { return None };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    Date::from_calendar_date(year.parse().ok()?, Month::try_from(month.parse::<u8>().ok()?).ok()?, day.parse().ok()?)
        .ok()
}

fn english(folded: &str) -> Option<Date> {
    let words: Vec<&str> = folded.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let [a, b, year] = words[..] else { return None };
    let month = |word: &str| (1..=12).filter_map(|m| Month::try_from(m).ok()).find(|m| m.to_string() == word);
    let (month, day) = month(a).map(|m| (m, b)).or_else(|| month(b).map(|m| (m, a)))?;
    let year = Some(year).filter(|year| year.len() == 4)?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn number(written: &str, folded: &str, known: Option<&KeyInfo>) -> Option<Meant> {
    if is_number(folded) {
        return Some(plain_number(written, folded));
    }
    let compact = folded.replace(['，', '、'], ",");
    if let Some(number) = grouped(&compact, ',') {
        let message = text!("数字中间不能有逗号：{written}", "a number is written without commas: {written}");
        return Some(Meant::instead(message, number, Safe));
    }
    if let Some(number) = grouped(folded, ' ') {
        let message = text!("数字中间不能有空格：{written}", "a number is written without spaces: {written}");
        return Some(Meant::instead(message, number, Suggested));
    }
    let tight: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(number) = tight.strip_suffix(['%', '﹪', '‰']) {
        return is_number(number).then(|| {
            let message =
                text!("这里要写数字，不能写百分比：{written}", "a number must stand here, not a percentage: {written}");
            Meant::new(message, text!("写表中要求的数字", "write the figure that the table asks for"))
        });
    }
    let bare = tight.trim_matches(|c: char| "\"'“”‘’()[]【】〔〕".contains(c));
    if bare.len() < tight.len() && is_number(bare) {
        let message = text!("数字外面不要引号和括号：{written}", "a number stands without marks around it: {written}");
        return Some(Meant::instead(message, bare.to_owned(), Suggested));
    }
    inexact(written, &tight).or_else(|| unit(written, &tight, known)).or_else(|| chinese_number(written, &tight))
}

/// A number in digits that stands in quotation marks, in full-width digits, with zeros before it or with an odd sign.
fn plain_number(written: &str, folded: &str) -> Meant {
    let (sign, digits) = match folded.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", folded.strip_prefix('+').unwrap_or(folded)),
    };
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let stripped = whole.trim_start_matches('0');
    let stripped = if stripped.is_empty() { "0" } else { stripped };
    let number = match decimals {
        Some("") | None => format!("{sign}{stripped}"),
        Some(decimals) => format!("{sign}{stripped}.{decimals}"),
    };
    if folded != written && written.chars().any(|c| ('\u{ff10}'..='\u{ff19}').contains(&c)) {
        let message = text!("数字要用半角：{written}", "digits are written as ASCII digits: {written}");
        return Meant::instead(message, number, Safe);
    }
    if folded != written && folded.chars().count() < written.chars().count() {
        let message = text!("数字里有看不见的字符：{written}", "the number has invisible characters: {written}");
        return Meant::instead(message, number, Safe);
    }
    if folded != written {
        let message = text!("负号或小数点要用半角：{written}", "signs and points are written as ASCII: {written}");
        return Meant::instead(message, number, Safe);
    }
    if whole.is_empty() {
        let message = text!("小数点前面要有数字：{written}", "a digit must stand before the point: {written}");
        return Meant::instead(message, number, Safe);
    }
    if stripped != whole {
        let message =
            text!("数字前面不能有多余的 0：{written}", "a number is written without zeros before it: {written}");
        return Meant::instead(message, number, Safe);
    }
    if decimals == Some("") {
        let message = text!("小数点后面没有数字：{written}", "no digit follows the point: {written}");
        return Meant::instead(message, number, Suggested);
    }
    Meant::instead(
        text!("数字不加引号：{written}", "a number is written without quotation marks: {written}"),
        number,
        Safe,
    )
}

/// Digits, perhaps with a sign, a point and decimals.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() || !decimals.is_empty()) && all_digits(whole) && all_digits(decimals)
}

/// A number whose digits stand in groups of three, as one.
fn grouped(text: &str, between: char) -> Option<String> {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut groups = whole.split(between).map(str::trim);
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| digits(first) && first.len() <= 3 && !first.starts_with('0'))?;
    let rest: Vec<&str> = groups.collect();
    if rest.is_empty() || rest.iter().any(|group| !digits(group) || group.len() != 3) {
        return None;
    }
    let number = format!("{first}{}", rest.concat());
    match decimals {
        None => Some(number),
        Some(decimals) => digits(decimals).then(|| format!("{number}.{decimals}")),
    }
}

fn inexact(written: &str, tight: &str) -> Option<Meant> {
    let has_digit = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    let found = INEXACT.iter().any(|word| {
        let before = tight.strip_prefix(word).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let behind = || {
            let bare = COUNTERS.iter().filter_map(|unit| tight.strip_suffix(unit)).chain([tight]);
            bare.filter_map(|bare| bare.strip_suffix(word)).find(|rest| has_digit(rest))
        };
        before.is_some() || behind().is_some()
    });
    found.then(|| {
        let message = text!("这里要写确切的数字：{written}", "an exact number must stand here: {written}");
        Meant::new(message, text!("核对后只写数字", "look the figure up and write it alone"))
    })
}

/// A number with a word behind it. Only a word that changes no number may be taken away, or the very unit of the form.
fn unit(written: &str, tight: &str, known: Option<&KeyInfo>) -> Option<Meant> {
    let end = tight.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',' || c == '-'))?;
    let (digits, unit) = tight.split_at(end);
    let number = if is_number(digits) { digits.to_owned() } else { grouped(digits, ',')? };
    let message = text!("数字后面不能写“{unit}”：{written}", "only the number may stand here: {written}");
    let is_unit_of_form = known.is_some_and(|known| [&known.label, &known.guide].iter().any(|text| names(text, unit)));
    let is_counter = COUNTERS.contains(&unit) || unit.strip_suffix('s').is_some_and(|one| COUNTERS.contains(&one));
    if is_unit_of_form || is_counter {
        return Some(Meant::instead(message, number, Safe));
    }
    let label = known.map(|known| known.label.as_str()).unwrap_or_default();
    let help = match label.is_empty() {
        _ if !unit.chars().any(char::is_alphabetic) => text!("只写数字", "write the number alone"),
        true => text!("按规定的单位换算后，只写数字", "write the number alone, in the unit that is asked for"),
        false => {
            text!(
                "按规定的单位换算后，只写数字：{label}",
                "write the number alone, in the unit that is asked for: {label}"
            )
        }
    };
    Some(Meant::new(message, help))
}

/// Whether a text names a unit, and not a larger one that ends in it.
fn names(text: &str, unit: &str) -> bool {
    text.match_indices(unit).any(|(at, _)| !text[..at].ends_with(['十', '百', '千', '万', '亿']))
}

fn chinese_number(written: &str, tight: &str) -> Option<Meant> {
    let bare = COUNTERS.iter().filter_map(|unit| tight.strip_suffix(unit)).next().unwrap_or(tight);
    let is_number = !bare.is_empty() && bare.chars().all(|c| "〇零一二三四五六七八九十百千万亿两".contains(c));
    is_number.then(|| {
        let message = text!("数字要用阿拉伯数字：{written}", "a number is written in Arabic digits: {written}");
        Meant::new(message, text!("例如：35", "for example: 35"))
    })
}

/// What is only a guess because nothing is known of the key.
fn unsure(meant: Meant) -> Meant {
    Meant { instead: meant.instead.map(|(text, _)| (text, Suggested)), ..meant }
}

fn unknown(written: &str, known: Option<&KeyInfo>) -> Meant {
    if let Some((message, help)) = known.and_then(|known| known.kind.wanted(written)) {
        return Meant::new(message, help);
    }
    let quoted = in_quotes(written);
    let mut meant = Meant::new(
        text!("文字要写在引号里：{written}", "text must be in quotation marks: {written}"),
        text!("是文字的，写成：{quoted}；是数字的，只写数字", "for text write: {quoted}; for a number, digits alone"),
    );
    meant.instead = Some((quoted, Suggested));
    meant
}
