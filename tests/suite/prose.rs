//! That prose arrives whole: random texts of marks, Chinese punctuation and what is pasted along are checked, built by a form
//! of the test's own that prints nothing else, and read back with Poppler. The letters and digits of each are on the page in
//! their order, or the text was refused at its place. `just prose` takes 100,000 of them.

use std::env;
use std::path::Path;
use std::sync::Arc;

use crate::support::{self, Project, pdf, text};
use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::diag::Diagnostic;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::source::Source;

/// How many texts are tried where nobody says otherwise.
const TEXTS: usize = 6_000;
/// How much prose one report holds, in bytes.
const REPORT: usize = 60_000;

/// Words: Latin letters but those of [`ADDRESS`].
const WORDS: [&str; 14] =
    ["甲", "办理", "公开", "申请", "云", "12", "7", "2025年", "3.5", "abc", "Wor", "〇三", "件", "条例"];
/// Marks of any way of writing, and Chinese punctuation.
const MARKS: [&str; 52] = [
    "*", "**", "***", "_", "__", "`", "```", "~~", "#", "# ", "> ", "- ", "* ", "+ ", "1. ", "2. ", "10. ", "1) ",
    "(1)", "|", "|-|", "\\", "[", "]", "(", ")", "](", "[^", "![", "<!--", "-->", "<b>", "</b>", "&nbsp;", "&amp;",
    "<", "&", "=", "===", "---", "{", "}", "（", "）", "“", "”", "《", "》", "〔", "〕", "：", "；",
];
const ENDS: [&str; 20] = [
    "，", "。", "、", "！", "…", "\n", "\n", "\n\n", "\n  ", "\n    ", "\n　　", " ", "　", "\t", "\u{a0}", "\r\n",
    "\u{b}", "\u{85}", "\u{2028}", "\u{2029}",
];
const STRAYS: [&str; 12] = [
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{200e}",
    "\u{202e}",
    "\u{2060}",
    "\u{7}",
    "\u{f0b7}",
    "\u{fffc}",
    "\u{f0e0}",
    "\u{200d}",
    "\u{e0041}",
];
const REFUSED: [&str; 8] =
    ["<<<<<<< 甲\n", "=======\n", ">>>>>>> 乙\n", "【2024】", "{{ 总计 }}", "{ year }", "{{ year }}", "…件"];
/// The address of a link is no part of the text; its letters are used nowhere else.
const ADDRESS: &str = "https://hztq.zq/";

fn random_text(random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    for _ in 0..random.usize(2..18) {
        let pick = |random: &mut fastrand::Rng, from: &[&str]| from[random.usize(..from.len())].to_owned();
        text += &match random.usize(..100) {
            0..40 => pick(random, &WORDS),
            40..70 => pick(random, &MARKS),
            70..90 => pick(random, &ENDS),
            90..96 => pick(random, &STRAYS),
            96..98 => format!("[公开]({ADDRESS})"),
            _ => pick(random, &REFUSED),
        };
    }
    text
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\n".to_owned(),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"\"\"\n{}\"\"\"", escaped.collect::<String>())
}

fn facts(prose: &str) -> String {
    format!("form = \"prose\"\nyear = 2025\nname = \"甲\"\ntext = {}\n", quoted(prose))
}

/// What is wrong with a text.
fn said(form: &Arc<Form>, prose: &str) -> Vec<Diagnostic> {
    let source = Source::new("2025.toml", facts(prose));
    let facts = Facts::parse(&source).expect("TOML");
    check(&facts, form, &YearsBefore::of(Path::new("/nowhere/2025.toml")), &Alone)
        .map_or_else(|problems| problems, |(_, warnings)| warnings)
}

/// The Chinese and Latin letters and the digits of a text.
fn letters(text: &str) -> String {
    let counts =
        |c: &char| (c.is_ascii_alphanumeric() || matches!(c, '〇' | '\u{4e00}'..='\u{9fff}')) && !ADDRESS.contains(*c);
    text.chars().filter(counts).collect()
}

#[test]
fn the_letters_and_digits_of_any_prose_are_on_the_page_or_it_is_refused() {
    let wanted = env::var("NIANBAO_PROSE").ok().and_then(|count| count.parse().ok()).unwrap_or(TEXTS);
    let project = Project::new();
    for file in ["form.toml", "report.typ.tera"] {
        project.write(&format!("templates/prose/{file}"), text(format!("tests/prose/{file}")));
    }
    let form = files::load("prose", Some(&project.path("templates")), None).expect("the form");
    let form = Arc::new(form);
    let mut random = fastrand::Rng::with_seed(2025);
    let (mut refused, mut reports, mut whole) = (0, Vec::new(), String::new());
    for _ in 0..wanted {
        let prose = random_text(&mut random);
        let problems = said(&form, &prose);
        // The check that compares is never needed: the reader loses nothing.
        assert!(problems.iter().all(|problem| problem.code.as_str() != "text-lost"), "[text-lost] {prose:?}");
        if let Some(error) = problems.iter().find(|problem| problem.is_error()) {
            assert!(error.primary().is_some(), "{prose:?} is refused at no place");
            refused += 1;
            continue;
        }
        whole += &format!("〇\n\n{}\n\n", prose.replace("{{ year }}", "2025"));
        if whole.len() > REPORT {
            reports.push(std::mem::take(&mut whole));
        }
    }
    reports.push(whole);
    assert!(refused > wanted / 50 && refused < wanted / 2, "{refused} of {wanted} were refused");
    for (number, prose) in reports.iter().enumerate() {
        project.write(&format!("reports/{number}/2025.toml"), facts(prose));
    }
    project.build_in_spite_of_warnings(&["--engine", support::ENGINE, "--format", "pdf"]);
    for (number, prose) in reports.iter().enumerate() {
        let read = letters(&pdf::plain(&project.path(&format!("build/{number}/2025.pdf"))));
        let written = letters(prose);
        if read != written {
            let at = read.chars().zip(written.chars()).take_while(|(a, b)| a == b).count();
            let around = |text: &str| text.chars().skip(at.saturating_sub(20)).take(40).collect::<String>();
            panic!("report {number} differs at letter {at}:\nwritten {}\nread    {}", around(&written), around(&read));
        }
    }
    println!("{wanted} texts: {refused} refused at their place, {} read back whole", wanted - refused);
}
