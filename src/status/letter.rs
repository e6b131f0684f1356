//! A letter to an organ that has something to mend, for a clerk who never saw this program. In: what was found of a report; out:
//! [`Letter`], all its words in one language, from which a web page and a Word file are written (`status/letters.rs`).

mod plain;
mod point;
mod written;

use serde::Serialize;

use super::rows::OrganStatus;
use super::survey::Surveyed;
use crate::diag::{Code, Diagnostic, Language, Text, text};
use crate::facts::Facts;
use crate::report::Values;
use point::{Point, Seen, points};

/// With more points than these, the answer has blank lines without their numbers.
const NUMBERED: usize = 12;
/// How many blank lines it has otherwise, at least.
const LINES: usize = 4;
/// Numbers of the parts of a Chinese letter.
const CHINESE: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// A letter.
#[derive(Debug, Serialize)]
pub(super) struct Letter {
    /// BCP 47 tag of its language.
    pub language: &'static str,
    /// Its title, as templates of Word files know it: in lines, and in one.
    title: Vec<String>,
    full_title: String,
    /// Whose report it is about.
    organ: String,
    author: String,
    /// When the file says that it was made; the same letter has the same bytes.
    stamp: String,
    /// Nothing that a report's file has and a letter's has not.
    draft: Option<String>,
    /// To whom.
    greeting: String,
    /// What it is about, paragraph by paragraph.
    opening: Vec<String>,
    /// What must be mended, and what must be looked at.
    parts: Vec<Part>,
    /// What is asked for.
    closing: Vec<String>,
    /// Words of the page.
    words: Words,
    /// The numbers of the lines of the answer; empty where it has as many as there is room for.
    answers: Vec<String>,
}

/// Points of one weight.
#[derive(Debug, Serialize)]
struct Part {
    heading: String,
    intro: String,
    groups: Vec<Group>,
}

/// A point with its number.
#[derive(Debug, Serialize)]
struct Group {
    heading: String,
    to_do: String,
    source: String,
    /// The number of its first place, less one.
    before: usize,
    point: Point,
    more: String,
}

#[derive(Debug, Serialize)]
struct Words {
    number: String,
    place: String,
    written: String,
    known: String,
    sender: String,
    date: String,
    answer: String,
    answer_lines: String,
    filled_by: String,
}

/// What the letter is about.
struct About<'a> {
    row: &'a OrganStatus,
    /// The report, with its year.
    report: String,
    due: Option<String>,
    language: Language,
}

impl Letter {
    /// The letter to an organ, if there is anything to mend; `other` is what the organ is called whose report is the same.
    pub(super) fn of(surveyed: &Surveyed, other: Option<&str>, language: Language) -> Option<Self> {
        let row = &surveyed.row;
        let kind = surveyed.form.as_ref().map(|form| form.label.clone());
        let kind = kind.unwrap_or_else(|| text!("年度报告", "yearly report").get(language).to_owned());
        let about = About {
            row,
            report: titled(row.year, &kind, language),
            due: row.due.as_deref().and_then(|day| long_day(day, language)),
            language,
        };
        if row.facts.is_none() {
            return Some(about.missing(surveyed.form.is_some(), &kind));
        }
        let points = points_of(surveyed, other, language);
        (!points.is_empty()).then(|| about.to_mend(points, &kind))
    }
}

/// All that is wrong with a report, as its clerk understands it.
fn points_of(surveyed: &Surveyed, other: Option<&str>, language: Language) -> Vec<Point> {
    let none = Values::new();
    let facts = surveyed.source.as_ref().and_then(|source| Facts::parse(source).ok());
    let seen = Seen {
        facts: facts.as_ref(),
        source: surveyed.source.as_ref(),
        form: surveyed.form.as_deref(),
        year: surveyed.row.year,
        values: surveyed.report.as_ref().map_or(&none, |report| &report.values),
        language,
    };
    let same = other.map(|name| {
        let message = text!("与“{name}”的相同", "the same as that of {name}");
        Diagnostic::warning(Code::SameAsOther, message.clone()).note(message)
    });
    points(surveyed.problems.iter().chain(&same), &seen)
}

impl About<'_> {
    fn said(&self, text: &Text) -> String {
        text.get(self.language).to_owned()
    }

    /// The lines of a title that begins with these words, parted where its words part.
    fn title(&self, kind: &str, words: &Text) -> Vec<String> {
        let (Text { zh, en }, year) = (words, self.row.year);
        [text!("{zh}{year}年", "{en}"), text!("{kind}的函", "{kind} for {year}")].map(|line| self.said(&line)).to_vec()
    }

    /// Nothing was received.
    fn missing(&self, has_last: bool, kind: &str) -> Letter {
        let report = &self.report;
        let last = titled(self.row.year.saturating_sub(1), kind, self.language);
        let mut opening = vec![self.said(&text!(
            "截至本函发出，尚未收到贵单位{report}。",
            "As we write, we have not received your {report}."
        ))];
        opening.extend(has_last.then(|| {
            self.said(&text!(
                "贵单位上一年报送了{last}，本年仍应报送。",
                "Last year you sent your {last}, and this year's is due as well."
            ))
        }));
        opening.extend(
            self.due
                .as_ref()
                .map(|due| self.said(&text!("这份报告应在{due}前公布。", "The report must be published by {due}."))),
        );
        let closing = match &self.due {
            Some(due) => text!(
                "请于{due}前报送。已经报送的，请告知报送的时间和方式；不需要报送的，请说明理由。",
                "Please send it by {due}. If you have sent it, please tell us when and how; if no report is due from you, please tell us why."
            ),
            None => text!(
                "请尽快报送。已经报送的，请告知报送的时间和方式；不需要报送的，请说明理由。",
                "Please send it as soon as you can. If you have sent it, please tell us when and how; if no report is due from you, please tell us why."
            ),
        };
        let title = self.title(kind, &text!("关于催报", "Request for your"));
        self.letter(title, opening, Vec::new(), vec![self.said(&closing)], 0)
    }

    /// Points to be mended or answered.
    fn to_mend(&self, points: Vec<Point>, kind: &str) -> Letter {
        let report = &self.report;
        let count = points.iter().map(Point::count).sum::<usize>();
        let errors = points.iter().filter(|point| point.is_error).map(Point::count).sum::<usize>();
        let warnings = count - errors;
        let places = in_english(count);
        let mut opening = vec![self.said(&text!(
            "贵单位{report}收悉。经核对，有{count}处需要处理，逐条列在下面；每一处按报告上的表名、行名和列名指明。",
            "Thank you for your {report}. We have looked through it and found {places} to be dealt with, listed below by the names that tables, rows and columns have in the report."
        ))];
        opening.extend(
            self.due
                .as_ref()
                .map(|due| self.said(&text!("这份报告应在{due}前公布。", "The report must be published by {due}."))),
        );
        let parts = self.parts(points, errors, warnings);
        let title = self.title(kind, &text!("关于请补正", "Corrections to your"));
        let (zh, en) = match &self.due {
            Some(due) => (format!("请于{due}前"), format!("by {due}")),
            None => ("请尽快".to_owned(), "as soon as you can".to_owned()),
        };
        let closing = text!(
            "以上共{count}处，{zh}逐条答复：改正的，写明改正后的内容；确实无误的，说明理由。",
            "That is {places} in all. Please answer each {en}: say what it is to be, or, where nothing is wrong, why."
        );
        self.letter(title, opening, parts, vec![self.said(&closing)], count)
    }

    /// Errors first, then what may be answered with a reason.
    fn parts(&self, points: Vec<Point>, errors: usize, warnings: usize) -> Vec<Part> {
        let (wrong, doubtful): (Vec<Point>, Vec<Point>) = points.into_iter().partition(|point| point.is_error);
        let (wrong_places, doubtful_places) = (in_english(errors), in_english(warnings));
        let kinds = [
            (
                wrong,
                text!("必须改正的（{errors}处）", "To be corrected ({wrong_places})"),
                text!("下列各处不改正，报告不能定稿。", "The report cannot be made final before these are corrected."),
            ),
            (
                doubtful,
                text!("需要核实的（{warnings}处）", "To be looked at ({doubtful_places})"),
                text!(
                    "下列各处可能有误。有误的请改正；确实无误的，可以不改，逐条说明理由。",
                    "These may be wrong. Please correct what is; where nothing is wrong, leave it and give the reason."
                ),
            ),
        ];
        let (mut parts, mut before) = (Vec::new(), 0);
        for (points, heading, intro) in kinds.into_iter().filter(|(points, ..)| !points.is_empty()) {
            let number = parts.len();
            let heading = self.numbered(&heading, number);
            let groups = points.into_iter().enumerate().map(|(at, point)| self.group(at, point, &mut before));
            parts.push(Part { heading, intro: self.said(&intro), groups: groups.collect() });
        }
        parts
    }

    fn numbered(&self, heading: &Text, number: usize) -> String {
        let zh = CHINESE.get(number).copied().unwrap_or_default();
        let (words_zh, words_en, number) = (&heading.zh, &heading.en, number + 1);
        self.said(&text!("{zh}、{words_zh}", "{number}. {words_en}"))
    }

    fn group(&self, number: usize, point: Point, before: &mut usize) -> Group {
        let own = *before;
        *before += point.count();
        let heading = match (self.language, CHINESE.get(number)) {
            (Language::Zh, Some(number)) => format!("（{number}）{}", point.what),
            (Language::Zh, None) => format!("（{}）{}", number + 1, point.what),
            (Language::En, _) => format!("({}) {}", number + 1, capital(&point.what)),
        };
        let more = point.more;
        let source = &point.source;
        Group {
            heading,
            to_do: sentence(&point.to_do, self.language),
            source: if source.is_empty() {
                String::new()
            } else {
                self.said(&text!("依据：{source}", "Source: {source}"))
            },
            before: own,
            more: if more == 0 {
                String::new()
            } else {
                self.said(&text!("另有同样的{more}处。", "{more} more of the same kind."))
            },
            point,
        }
    }

    fn letter(
        &self,
        title: Vec<String>,
        opening: Vec<String>,
        parts: Vec<Part>,
        closing: Vec<String>,
        count: usize,
    ) -> Letter {
        let Self { row, language, .. } = *self;
        let name = &row.name;
        let full_title = title.join(if language == Language::Zh { "" } else { " " });
        let answers = match count {
            0 => vec![String::new(); LINES],
            1..=NUMBERED => (1..=count).map(|number| number.to_string()).collect(),
            _ => vec![String::new(); NUMBERED],
        };
        Letter {
            language: language.tag(),
            title,
            full_title: format!("{full_title} · {name}"),
            organ: name.clone(),
            author: String::new(),
            stamp: format!("{}T00:00:00Z", row.due.clone().unwrap_or_else(|| format!("{:04}-12-31", row.year))),
            draft: None,
            greeting: self.said(&text!("{name}：", "To {name}")),
            opening,
            parts,
            closing,
            words: words(language, count > 0),
            answers,
        }
    }
}

fn words(language: Language, is_received: bool) -> Words {
    let said = |text: Text| text.get(language).to_owned();
    Words {
        number: said(text!("序号", "No.")),
        place: said(text!("报告中的位置", "Where in the report")),
        written: said(text!("现在写的", "Written now")),
        known: said(text!("有关情况", "What we see")),
        sender: said(text!("（发函单位）", "(sender)")),
        date: said(text!("年　　月　　日", "(date)")),
        answer: said(text!("答　　复", "Your answer")),
        answer_lines: said(match is_received {
            true => text!("改正后的内容，或者无误的理由", "What it is to say, or why it is right"),
            false => text!(
                "报送的时间和方式，或者不需要报送的理由",
                "When and how it was or will be sent, or why none is due"
            ),
        }),
        filled_by: said(text!(
            "填写人：＿＿＿＿＿＿　电话：＿＿＿＿＿＿＿＿　日期：＿＿＿＿＿＿",
            "Name: ________________  Phone: ________________  Date: ____________"
        )),
    }
}

/// A report with its year.
fn titled(year: u16, kind: &str, language: Language) -> String {
    text!("{year}年{kind}", "{kind} for {year}").get(language).to_owned()
}

/// How many points there are; English has another word for one.
fn in_english(count: usize) -> String {
    format!("{count} {}", if count == 1 { "point" } else { "points" })
}

/// A day as letters write it.
fn long_day(day: &str, language: Language) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = day.split('-').map(str::parse::<usize>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let name = MONTHS.get(month.checked_sub(1)?)?;
    Some(text!("{year}年{month}月{day}日", "{day} {name} {year}").get(language).to_owned())
}

/// Advice as a sentence.
fn sentence(words: &str, language: Language) -> String {
    match language {
        _ if words.is_empty() || words.ends_with(['。', '.', '？', '?']) => words.to_owned(),
        Language::Zh => format!("{words}。"),
        Language::En => format!("{}.", capital(words)),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
