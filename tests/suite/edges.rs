//! Checks at the edge of what they allow: the last that is passed over and the first that is told. In: facts of a small form,
//! and of the built-in one; out: the problems, with their words and places.

use std::path::Path;
use std::sync::Arc;

use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::diag::Diagnostic;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::report::Report;
use nianbao::source::Source;

use crate::support::{Project, plain_facts, text};

/// The small form in which the check of one kind has a rule of its own, called `edge`.
fn form(check: &str, change: impl Fn(&str) -> String) -> Arc<Form> {
    let rule = "\n[rule.edge]\nseverity = \"warning\"\nmessage = { zh = '边', en = 'edge' }\nsource = '本表'\nright = ''\nwrong = ''\n";
    let form = text("tests/data/small-form.toml") + rule;
    let own = form.replace(&format!("[[{check}]]\nrule = \"marked\""), &format!("[[{check}]]\nrule = \"edge\""));
    assert_ne!(own, form, "there is a check of that kind");
    Arc::new(files::parse("mine", &change(&own)).expect("a form"))
}

fn small(year: u16, more: &str) -> String {
    format!("form = \"mine\"\nyear = {year}\nmark = \"甲\"\n{more}\n")
}

/// The problems with the code `edge`, and the report where there are no errors.
fn judged(form: &Arc<Form>, facts: &str, last: Option<&str>) -> (Option<Report>, Vec<Diagnostic>) {
    let source = Source::new("2025.toml", facts);
    let last = last.map(|last| (2024, Source::new("2024.toml", last)));
    let years = YearsBefore::given(Path::new("2025.toml"), last);
    let (report, problems) = match check(&Facts::parse(&source).expect("TOML"), form, &years, &Alone) {
        Ok((report, warnings)) => (Some(report), warnings),
        Err(problems) => (None, problems),
    };
    let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    (report, problems.into_iter().filter(|problem| problem.code.as_str() == "edge").collect())
}

/// Half of the sentences may be last year's, and with fewer than four nothing is said.
#[test]
fn as_many_sentences_as_are_allowed_may_be_last_years_and_not_one_more() {
    let sentence = |number: usize| format!("第{}个栏目的说明文字。", ["甲", "乙", "丙", "丁", "戊"][number]);
    let new = |number: usize| format!("另外{}项工作已经完成。", ["子", "丑", "寅", "卯"][number]);
    let notes = |kept: usize, own: usize| {
        let sentences = (0..kept).map(sentence).chain((0..own).map(new));
        format!("notes = \"{}\"\n[items]\nrest = 0", sentences.collect::<String>())
    };
    let form = form("unchanged", |form| form.replace("percent = 50\nleast = 1", "percent = 50\nleast = 4"));
    let last = small(2024, &notes(5, 0));
    let said = |kept, own| judged(&form, &small(2025, &notes(kept, own)), Some(&last)).1;
    assert!(said(2, 2).is_empty(), "{:?}", said(2, 2));
    assert!(said(3, 0).is_empty(), "{:?}", said(3, 0));
    for (kept, own, told) in [
        (3, 2, "5句中有3句（60%）除数字外与上年相同，表式允许的最多是50%"),
        (3, 1, "4句中有3句（75%）除数字外与上年相同，表式允许的最多是50%"),
        (4, 0, "4句中有4句（100%）除数字外与上年相同，表式允许的最多是50%"),
    ] {
        let problems = said(kept, own);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].notes.iter().any(|note| note.zh == told), "{told}: {problems:?}");
        let place = problems[0].primary().expect("a place");
        assert!(place.text().starts_with("\"第甲个栏目"), "{problems:?}");
    }
}

/// Whether it matters is not known, so it does not.
#[test]
fn a_condition_whose_when_reads_a_value_that_is_not_there_is_passed_over() {
    let form = form("condition", str::to_owned);
    let said = |count: &str| {
        let facts = small(2025, &format!("{count}\n[items]\nrest = 0\na.x = {{ one = 6 }}"));
        judged(&form, &facts, None).1
    };
    let told = said("count = 1");
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].primary().expect("a place").text(), "6");
    assert_eq!(said("count = 0").len(), 0, "it does not matter");
    assert_eq!(said("").len(), 0, "nobody knows whether it matters");
}

#[test]
fn figures_of_fifteen_digits_are_read_and_those_of_sixteen_refused() {
    let with = |licences: &str, fees: &str| {
        let facts = plain_facts().replace("licences = 0", &format!("licences = {licences}"));
        Project::with(&facts.replace("fees = 0", &format!("fees = {fees}")))
    };
    let most = with("999_999_999_999_999", "999999999999999.99");
    most.build_in_spite_of_warnings(&["--format", "html"]);
    let page = String::from_utf8(most.read("build/机关/2025.html")).expect("UTF-8");
    assert!(page.contains(">999999999999999<") && page.contains(">999999999999999.99<"), "{page}");
    for (licences, fees, place) in
        [("1000000000000000", "0", "17:12"), ("0", "1000000000000000", "20:8"), ("0", "1000000000000000.0", "20:8")]
    {
        let run = with(licences, fees).run(["check"]);
        assert_eq!((run.status, run.stderr.matches("错误[").count()), (1, 1), "{}", run.stderr);
        assert!(run.stderr.contains("错误[number-too-large]: 数字超过 15 位"), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("2025.toml:{place}\n")), "{place}: {}", run.stderr);
    }
}

/// What is escaped is text, wherever the same name stands as a reference beside it.
#[test]
fn an_escaped_reference_is_text_and_is_not_taken_for_the_one_beside_it() {
    let prose = |text: &str| plain_facts().replace("信息发布前逐件审核。", text);
    let facts = prose("写作 \\\\{{ nobody.knows }}、\\\\{{ proactive.licences }} 或 \\\\{{year}} 即可。");
    let project = Project::with(&facts);
    project.build(&["--format", "html"]);
    let page = String::from_utf8(project.read("build/机关/2025.html")).expect("UTF-8");
    assert!(page.contains("写作 {{ nobody.knows }}、{{ proactive.licences }} 或 {{year}} 即可。"), "{page}");
    let facts = prose("写作 \\\\{{ nobody.knows }}，读作 {{ nobody.knows }}。");
    let run = Project::with(&facts).run(["check"]);
    assert_eq!((run.status, run.stderr.matches("错误[").count()), (1, 1), "{}", run.stderr);
    assert!(run.stderr.contains("错误[unknown-reference]: 正文引用的“nobody.knows”不存在"), "{}", run.stderr);
    let line = facts.lines().position(|line| line.starts_with("management")).expect("the text");
    let column = facts.lines().nth(line).and_then(|line| line.rfind("nobody").map(|at| line[..at].chars().count()));
    let place = format!("2025.toml:{}:{}\n", line + 1, column.expect("the name") + 1);
    assert!(run.stderr.contains(&place), "{place}: {}", run.stderr);
}
