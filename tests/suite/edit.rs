//! Edits of facts: each goes where a person would write it, and nothing else of the file changes by a byte.

mod written;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::support::{Project, text};
use nianbao::check;
use nianbao::consolidate::Alone;
use nianbao::diag::Code;
use nianbao::facts::Facts;
use nianbao::facts::edit::{self, Change};
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{FieldKind, Form, files};
use nianbao::report::{Accepted, Value, value};
use nianbao::source::{Place, Source};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use toml::de::{DeTable, DeValue};
use written::Tape;

static FIRST: LazyLock<Arc<Form>> = LazyLock::new(|| form("zfxxgk"));

fn form(name: &str) -> Arc<Form> {
    Arc::new(files::load(name, None, None).expect("a built-in form"))
}

/// The form of another test's folder, which the program has never heard of.
fn census() -> Arc<Form> {
    Arc::new(files::parse("census", &text("tests/second_form/templates/census/form.toml")).expect("a form"))
}

fn figure(number: &str) -> Value {
    Value::Figure(number.parse().expect("a number"))
}

fn set(key: &str, number: &str) -> Change {
    Change::Set(key.to_owned(), figure(number))
}

fn line(key: &str, text: &str) -> Change {
    Change::Set(key.to_owned(), Value::Line(text.to_owned()))
}

fn prose(key: &str, text: &str) -> Change {
    Change::Set(key.to_owned(), Value::Prose(text.to_owned()))
}

fn remove(key: &str) -> Change {
    Change::Remove(key.to_owned())
}

fn bytes(form: &Form, facts: &str, changes: &[Change]) -> Result<String, String> {
    match edit::apply("2025.toml", facts.as_bytes(), form, changes) {
        Ok(edited) => Ok(String::from_utf8(edited.bytes).expect("UTF-8")),
        Err(problems) => Err(problems.iter().map(|problem| problem.message.en.clone()).collect::<Vec<_>>().join("; ")),
    }
}

/// Facts of the first form after the changes.
fn edited(facts: &str, changes: &[Change]) -> String {
    bytes(&FIRST, facts, changes).unwrap_or_else(|why| panic!("{why}\n{facts}"))
}

fn refused(facts: &str, changes: &[Change]) -> String {
    bytes(&FIRST, facts, changes).expect_err("the edit is refused")
}

#[test]
fn a_value_that_is_there_changes_alone() {
    let facts = "\u{feff}form='zfxxgk'\r\nyear = 2025\n[ requests ]  # {\r\n  \"received\" = { natural =0x10 , 'business' = 1_000 } # \"=\r\n";
    assert_eq!(
        edited(facts, &[set("requests.received.natural", "7"), set("requests.received.business", "1000")]),
        facts.replace("0x10", "7")
    );
    assert_eq!(edited(facts, &[set("requests.received.natural", "16")]), facts);
    let facts = "[organ]\npublished = 2026-01-20 # day\nname = '甲'";
    assert_eq!(edited(facts, &[line("organ.name", "乙'\"")]), facts.replace("'甲'", "\"乙'\\\"\""));
}

#[test]
fn a_missing_cell_goes_into_its_row() {
    let set = [set("requests.received.business", "2")];
    assert_eq!(
        edited("[requests]\nreceived = { natural = 1 } # x\n", &set),
        "[requests]\nreceived = { natural = 1, business = 2 } # x\n"
    );
    assert_eq!(
        edited("[requests]\r\nreceived = {\r\n  natural = 1 # }\r\n}\r\n", &set),
        "[requests]\r\nreceived = {\r\n  natural = 1, # }\r\n  business = 2\r\n}\r\n"
    );
    assert_eq!(
        edited("requests = { received = { natural = 1 } }", &set),
        "requests = { received = { natural = 1, business = 2 } }"
    );
    assert_eq!(
        edited("requests = { received.natural = 1 }", &set),
        "requests = { received.natural = 1, received.business = 2 }"
    );
    assert_eq!(edited("requests = {}\n", &set), "requests = { received.business = 2 }\n");
    assert_eq!(
        edited("[requests.'received']\n  natural = 1\n[disputes]\n", &set),
        "[requests.'received']\n  natural = 1\n  business = 2\n[disputes]\n"
    );
}

#[test]
fn a_line_behind_a_hash_is_written_over_and_what_says_more_stays() {
    let cell = [set("requests.received.natural", "2")];
    assert_eq!(
        edited("[requests]\n# 新收\n# received = { natural = 0, business = 0 }   # x\n# 上年结转\n", &cell),
        "[requests]\n# 新收\nreceived = { natural = 2 }   # x\n# 上年结转\n"
    );
    assert_eq!(
        edited("[requests]\n# 新收\n#received = { natural = …, total = … }\ncarried_in = {natural=1}\n", &cell),
        "[requests]\n# 新收\nreceived = { natural = 2 }\ncarried_in = {natural=1}\n"
    );
    // A figure that somebody wrote is not lost.
    assert_eq!(
        edited("[requests]\n# 新收\n# received = { natural = 0, business = 7 }\n# 上年结转\n", &cell),
        "[requests]\n# 新收\n# received = { natural = 0, business = 7 }\nreceived = { natural = 2 }\n# 上年结转\n"
    );
    assert_eq!(
        edited("[proactive]\n# licences = 0    # 可以有小数\n", &[set("proactive.licences", "3")]),
        "[proactive]\nlicences = 3    # 可以有小数\n"
    );
    let draft = "[overview]\n# 主动公开\n# proactive = \"\"\"\n# 【2024】年\n# 多件。\n# \"\"\"\n\n# 依申请\n";
    assert_eq!(
        edited(draft, &[prose("overview.proactive", "甲。\n乙。")]),
        draft.replace("# \"\"\"\n", "# \"\"\"\nproactive = \"\"\"\n甲。\n乙。\"\"\"\n")
    );
    // What stands behind `#` under another header is meant for that.
    assert_eq!(
        edited(
            "[requests]\nreceived = {}\n# [disputes]\n# carried_in = { natural = 0 }\n",
            &[set("requests.carried_in.natural", "2")]
        ),
        "[requests]\nreceived = {}\ncarried_in = { natural = 2 }\n# [disputes]\n# carried_in = { natural = 0 }\n"
    );
}

#[test]
fn a_missing_row_goes_last_in_its_table_or_beside_its_kind() {
    assert_eq!(
        edited(
            "[requests]\nrest = 0 # [x]\n\n# next\n[disputes]\nrest = 0\n",
            &[set("requests.received.natural", "2")]
        ),
        "[requests]\nrest = 0 # [x]\nreceived = { natural = 2 }\n\n# next\n[disputes]\nrest = 0\n"
    );
    assert_eq!(
        edited(
            "[disputes]\n  litigation . direct = { upheld = 1 } # x\nreview = { upheld = 1 }\n",
            &[set("disputes.litigation.after_review.other", "2")]
        ),
        "[disputes]\n  litigation . direct = { upheld = 1 } # x\n  litigation . after_review = { other = 2 }\nreview = { upheld = 1 }\n"
    );
    assert_eq!(
        edited("[requests]\n\"received\".natural = 1\nrest = 0", &[set("requests.received.other", "2")]),
        "[requests]\n\"received\".natural = 1\n\"received\".other = 2\nrest = 0"
    );
    assert_eq!(
        edited(
            "[requests]\nreceived.natural = 1\nreceived.business = 2\nrest = 0\n",
            &[set("requests.received.other", "3")]
        ),
        "[requests]\nreceived.natural = 1\nreceived.business = 2\nreceived.other = 3\nrest = 0\n"
    );
    // A table defined after those in it.
    assert_eq!(
        edited(
            "[requests.received]\nnatural = 1\n[requests]\n",
            &[set("requests.carried_in.other", "2"), set("requests.received.other", "3")]
        ),
        "[requests.received]\nnatural = 1\nother = 3\n[requests]\ncarried_in = { other = 2 }\n"
    );
}

#[test]
fn a_missing_table_stands_at_its_place_in_the_form() {
    let facts = "form = \"zfxxgk\"\nyear = 2025\n\n# 上面的\n[overview]\nproactive = \"甲\"\n";
    assert_eq!(
        edited(facts, &[line("organ.name", "甲局")]),
        facts.replace("# 上面的", "[organ]\nname = \"甲局\"\n\n# 上面的")
    );
    assert_eq!(
        edited(
            "form = \"zfxxgk\"\r\nyear = 2025\r\n",
            &[
                set("requests.received.other", "1"),
                set("requests.results.granted.other", "1"),
                Change::Rest("requests".to_owned())
            ]
        ),
        "form = \"zfxxgk\"\r\nyear = 2025\r\n\r\n[requests]\r\nrest = 0\r\nreceived = { other = 1 }\r\nresults.granted = { other = 1 }\r\n"
    );
    assert_eq!(
        edited("year = 2025\n[[accept]]\ncheck = \"x\"\n[organ]", &[line("organ.name", "甲局")]),
        "year = 2025\n[[accept]]\ncheck = \"x\"\n[organ]\nname = \"甲局\""
    );
    // One of its tables is there, the one above is not.
    assert_eq!(
        edited("[requests.received]\nother = 1\n", &[set("requests.carried_in.other", "2")]),
        "[requests.received]\nother = 1\n\n[requests]\ncarried_in = { other = 2 }\n"
    );
    let census = census();
    let of =
        |facts: &str, changes: &[Change]| bytes(&census, facts, changes).unwrap_or_else(|why| panic!("{why}\n{facts}"));
    assert_eq!(
        of("form = \"census\"\nyear = 1881\n", &[prose("notes", "None."), set("bridges.iron.cast.open", "3")]),
        "form = \"census\"\nyear = 1881\nnotes = \"None.\"\n\n[bridges]\niron.cast = { open = 3 }\n"
    );
}

#[test]
fn rest_stands_first() {
    let rest = [Change::Rest("requests".to_owned())];
    assert_eq!(edited("[requests] # x\nreceived = {}\n", &rest), "[requests] # x\nrest = 0\nreceived = {}\n");
    assert_eq!(edited("[requests]\n# rest = 0\nreceived = {}\n", &rest), "[requests]\nrest = 0\nreceived = {}\n");
    assert_eq!(edited("[requests]\nrest = 0\n", &rest), "[requests]\nrest = 0\n");
    assert_eq!(edited("requests = { received = {} }\n", &rest), "requests = { received = {}, rest = 0 }\n");
    assert!(refused("", &[Change::Rest("organ".to_owned())]).contains("organ.rest"));
}

#[test]
fn what_is_emptied_goes_with_its_comma_and_comments_stay() {
    let natural = [remove("requests.received.natural")];
    assert_eq!(
        edited("[requests]\nreceived = { natural = 1, business = 2 } # x\n", &natural),
        "[requests]\nreceived = { business = 2 } # x\n"
    );
    assert_eq!(
        edited("[requests]\na = 1\n  received = { natural = 1 }\nb = 1\n", &natural),
        "[requests]\na = 1\nb = 1\n"
    );
    assert_eq!(edited("[requests]\nreceived = { natural = 1 } # x\nb = 1\n", &natural), "[requests]\n# x\nb = 1\n");
    assert_eq!(
        edited("[requests]\nreceived = {\n  natural = 1, # x\n}\n", &natural),
        "[requests]\nreceived = {\n  # x\n}\n"
    );
    assert_eq!(edited("requests = { received.natural = 1 }\nx = 1\n", &natural), "x = 1\n");
    assert_eq!(
        edited("[requests]\n[requests.received]\nnatural = 1\n[disputes]\n", &natural),
        "[requests]\n[disputes]\n"
    );
    assert_eq!(edited("[requests.received]\n# x\nnatural = 1\n", &natural), "[requests.received]\n# x\n");
    assert_eq!(edited("[organ]\nname = \"甲\"\n", &[remove("organ.name")]), "[organ]\n");
    assert_eq!(edited("year = 2025\n", &natural), "year = 2025\n");
    assert!(refused("[requests.received]\nnatural = 1\n", &[remove("requests.received")]).contains("is a table"));
}

#[test]
fn prose_is_written_as_it_was_and_only_when_it_says_something_else() {
    let facts = "[overview]\r\nproactive = \"\"\"\r\n甲\\\r\n  乙。\r\n\"\"\" # x\r\n";
    assert_eq!(edited(facts, &[prose("overview.proactive", "甲乙。\n")]), facts);
    assert_eq!(
        edited(facts, &[prose("overview.proactive", "甲\\。\n\"\"\"丙\"")]),
        "[overview]\r\nproactive = \"\"\"\r\n甲\\\\。\r\n\"\"\\\"丙\\\"\"\"\" # x\r\n"
    );
    let done = edit::apply("a", facts.as_bytes(), &FIRST, &[prose("overview.proactive", "丙")]).expect("an edit");
    assert!(
        done.notes.iter().any(|note| note.en.contains("overview.proactive") && note.en.contains("joined")),
        "{:?}",
        done.notes
    );
    assert_eq!(
        edited("[overview]\nproactive = '甲'\n", &[prose("overview.proactive", "乙")]),
        "[overview]\nproactive = \"乙\"\n"
    );
}

#[test]
fn lines_change_one_by_one() {
    let media = form("wznb");
    let facts = "[report.media]\nweibo.names = [\n  \"甲\", # a\n  \"乙\" # b ]\n  ,\n  '丙',\n]\n";
    let lines = |lines: &[&str]| {
        let lines = Value::Lines(lines.iter().map(|line| (*line).to_owned()).collect());
        bytes(&media, facts, &[Change::Set("report.media.weibo.names".to_owned(), lines)]).expect("an edit")
    };
    assert_eq!(lines(&["甲", "乙", "丙"]), facts);
    assert_eq!(lines(&["甲", "丁", "丙"]), facts.replace("乙", "丁"));
    assert_eq!(lines(&["甲", "丁", "乙", "丙"]), facts.replace("  \"乙\"", "  \"丁\",\n  \"乙\""));
    assert_eq!(lines(&["甲", "乙", "丙", "丁"]), facts.replace("'丙',", "'丙',\n  \"丁\","));
    assert_eq!(lines(&["乙", "丙"]), facts.replace("\"甲\", # a", "# a"));
    assert_eq!(lines(&["甲", "丙"]), "[report.media]\nweibo.names = [\n  \"甲\", # a\n  # b ]\n  '丙',\n]\n");
    assert_eq!(lines(&[]), "[report.media]\nweibo.names = [\n  # a\n  # b ]\n]\n");
}

#[test]
fn a_statement_goes_behind_a_hash_and_comes_back() {
    let facts = "[proactive]\r\nlicences = 3 # x\r\nfees = 1.50";
    let out = edited(facts, &[Change::CommentOut("proactive.licences".to_owned())]);
    assert_eq!(out, facts.replace("licences", "# licences"));
    let facts = "[overview]\nproactive = \"\"\"\n甲\n\n乙\"\"\" # y\n";
    let out = edited(facts, &[Change::CommentOut("overview.proactive".to_owned())]);
    assert_eq!(out, "[overview]\n# proactive = \"\"\"\n# 甲\n#\n# 乙\"\"\" # y\n");
    let row = "[requests]\nreceived = { natural = 1 }\n";
    assert!(refused(row, &[Change::CommentOut("requests.received.natural".to_owned())]).contains("shares its row"));
    assert_eq!(
        edited(row, &[Change::CommentOut("requests.received".to_owned())]),
        row.replace("received", "# received")
    );
}

#[test]
fn acceptances_come_and_go() {
    let one = Accepted {
        check: "odd".to_owned(),
        key: Some("requests".into()),
        figure: Some("3".to_owned()),
        reason: "因为\"甲\"".to_owned(),
    };
    let facts = "year = 2025\n[organ]\nname = \"甲\" # x\n# y\n";
    let accepted = edited(facts, &[Change::Accept(one.clone())]);
    assert_eq!(
        accepted,
        format!("{facts}\n[[accept]]\ncheck = \"odd\"\nkey = \"requests\"\nfigure = \"3\"\nreason = '因为\"甲\"'\n")
    );
    assert_eq!(edited(&accepted, &[Change::Unaccept(one.clone())]), facts);
    let written = "# a\n\n# 说明\n[[accept]] # b\ncheck = 'odd'\n# c\nreason = '因为\"甲\"' # d\nkey = \"requests\"\nfigure = 3\n# e\n\n# f\n[organ]\n";
    assert_eq!(edited(written, &[Change::Unaccept(one.clone())]), "# a\n\n# e\n\n# f\n[organ]\n");
    let inline = "accept = [{ check = \"other\", reason = \"x\" }]\n[organ]\n";
    let both = edited(inline, &[Change::Accept(one.clone())]);
    assert_eq!(
        both,
        "accept = [{ check = \"other\", reason = \"x\" }, { check = \"odd\", key = \"requests\", figure = \"3\", reason = '因为\"甲\"' }]\n[organ]\n"
    );
    assert_eq!(edited(&both, &[Change::Unaccept(one.clone())]), inline);
    assert!(refused(inline, &[Change::Unaccept(one)]).contains("no such"));
}

#[test]
fn what_is_typed_is_read_by_what_the_form_knows() {
    let typed = |key: &str, text: &str| {
        bytes(&FIRST, "year = 2025\n[proactive]\n[organ]\n", &[Change::Type(key.to_owned(), text.to_owned())])
    };
    let value = |key: &str, text: &str| {
        let facts = typed(key, text).unwrap_or_else(|why| panic!("{why}"));
        facts
            .lines()
            .find_map(|line| {
                line.split_once(" = ").filter(|(name, _)| *name != "year").map(|(_, value)| value.to_owned())
            })
            .expect("a value")
    };
    for (text, wanted) in [
        ("12", "12"),
        ("１２", "12"),
        (" 1,234 ", "1234"),
        ("12件", "12"),
        ("/", "\"/\""),
        ("／", "\"/\""),
        ("007", "7"),
    ] {
        assert_eq!(value("proactive.licences", text), wanted, "{text}");
    }
    assert_eq!(value("proactive.fees", "12.50"), "12.50");
    assert_eq!(value("organ.published", "2026年1月5日"), "2026-01-05");
    assert_eq!(value("organ.name", "甲\"局"), "'甲\"局'");
    for text in ["", "1.5", "-1", "约12", "1e3", "0x10", "1_000", "12 3", "十二", "9999999999999999", "12\n"] {
        let read = typed("proactive.licences", text);
        if text == "12\n" { assert!(read.is_ok()) } else { assert!(read.is_err(), "{text}: {read:?}") }
    }
    assert!(typed("organ.published", "2026-02-30").is_err());
    assert!(typed("organ.name", "甲\n乙").is_err());
    let media = form("wznb");
    let of = |key: &str, text: &str| bytes(&media, "[report]\n", &[Change::Type(key.to_owned(), text.to_owned())]);
    assert_eq!(of("report.media.any", "是").as_deref(), Ok("[report]\nmedia.any = true\n"));
    assert_eq!(of("report.site.type", "部门网站").as_deref(), Ok("[report]\nsite.type = \"部门网站\"\n"));
    assert_eq!(
        of("report.media.weibo.names", "甲\r\n\r\n 乙").as_deref(),
        Ok("[report]\nmedia.weibo.names = [\"甲\", \"乙\"]\n")
    );
    assert!(of("report.site.type", "网站").is_err());
}

/// A text as TOML in which each character is escaped, so that no writer of the program has a hand in it.
fn escaped(text: &str) -> String {
    format!("\"{}\"", text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect::<String>())
}

/// What the reader has against a literal under a key.
fn reader_refuses(form: &Form, key: &str, literal: &str) -> Option<Code> {
    let source = Source::new("2025.toml", format!("x = {literal}"));
    let table = DeTable::parse(source.text()).expect("TOML");
    let value = &table.get_ref()["x"];
    let place = Place::new(&source, value.span());
    let read = value::read(form.keys.get(key).expect("a key"), value.get_ref(), &place);
    read.err().map(|problem| problem.code.clone())
}

/// What the writer has against a change; of two things, the first.
fn writer_refuses(form: &Form, change: Change) -> Option<Code> {
    let edited = edit::apply("2025.toml", b"", form, &[change]);
    edited.err().map(|problems| problems.first().expect("a problem").code.clone())
}

/// The writer and the reader say the same of a text, as a line, as prose and as one of several lines.
fn is_refused_by_both(text: &str, media: &Form) -> [Option<Code>; 3] {
    let typed = |key: &str| writer_refuses(&FIRST, Change::Type(key.to_owned(), text.to_owned()));
    let (name, overview, names) = ("organ.name", "overview.proactive", "report.media.weibo.names");
    let as_line = reader_refuses(&FIRST, name, &escaped(text));
    assert_eq!((writer_refuses(&FIRST, line(name, text)), typed(name)), (as_line.clone(), as_line.clone()), "{text:?}");
    let as_prose = reader_refuses(&FIRST, overview, &escaped(text));
    let written = (writer_refuses(&FIRST, prose(overview, text)), typed(overview));
    assert_eq!(written, (as_prose.clone(), as_prose.clone()), "{text:?}");
    let in_list = reader_refuses(media, names, &format!("['甲', {}]", escaped(text)));
    let lines = Value::Lines(vec!["甲".to_owned(), text.to_owned()]);
    assert_eq!(writer_refuses(media, Change::Set(names.to_owned(), lines)), in_list, "{text:?}");
    [as_line, as_prose, in_list]
}

#[test]
fn no_text_is_written_that_would_not_be_read() {
    let media = form("wznb");
    let refused = |text: &str| is_refused_by_both(text, &media);
    let control = Some(Code::ControlCharacter);
    for c in "\0\t\n\r\u{b}\u{c}\u{1b}\u{7f}\u{85}\u{2028}\u{2029}".chars() {
        assert_eq!(refused(&format!("甲{c}乙")), [control.clone(), None, control.clone()], "{c:?}");
    }
    for c in "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}".chars() {
        assert_eq!(refused(&format!("甲{c}乙")), [control.clone(), None, control.clone()], "{c:?}");
    }
    let large = Some(Code::TooLarge);
    assert_eq!(refused(&"甲".repeat(10_000)), [None, None, None]);
    assert_eq!(refused(&"甲".repeat(10_001)), [large.clone(), None, large.clone()]);
    assert_eq!(refused(&"甲".repeat(100_000)), [large.clone(), None, large.clone()]);
    assert_eq!(refused(&"甲".repeat(100_001)), [large.clone(), large.clone(), large]);
}

/// A figure may have words in its place that the form knows, and no others.
#[test]
fn what_stands_for_a_figure_is_an_option_of_the_form() {
    let american = form("foia");
    let (key, known) =
        american.keys.iter().find(|(_, known)| known.kind.is_figure() && !known.options.is_empty()).expect("one");
    let option = known.options[0].as_str();
    for text in [option, "甲"] {
        let wanted = reader_refuses(&american, key, &escaped(text));
        assert_eq!(wanted.is_none(), text == option, "{text}");
        assert_eq!(writer_refuses(&american, line(key, text)), wanted);
        assert_eq!(writer_refuses(&american, Change::Type(key.to_string(), text.to_owned())), wanted);
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_writer_refuses_what_the_reader_would(text in "[a\"'\\\\ 甲\u{0}\u{7f}\u{85}\u{2028}\u{200b}\u{202e}\u{feff}\n\r\t/]{0,6}") {
        is_refused_by_both(&text, &form("wznb"));
    }
}

#[test]
fn what_cannot_be_edited_is_refused_with_its_reason() {
    assert_eq!(refused("year = \n", &[line("organ.name", "甲")]), "nothing is written behind the `=` of `year`");
    assert!(refused("", &[line("organ.nickname", "甲")]).contains("organ.nickname"));
    assert!(refused("[requests]\nreceived = 3\n", &[set("requests.received.natural", "1")]).contains("no row"));
    assert!(refused("[organ.name]\nx = 1\n", &[line("organ.name", "甲")]).contains("is a table"));
    assert!(refused("[[requests]]\n", &[set("requests.received.natural", "1")]).contains("list of tables"));
    assert!(refused("[organ]\nname = [ # x\n]\n", &[line("organ.name", "甲")]).contains("comments"));
    assert!(refused("", &[line("organ.name", "甲"), remove("organ.name")]).contains("twice"));
    assert!(refused("", &[remove("form")]).contains("form"));
    for (key, wrong) in [
        ("organ.name", figure("1")),
        ("proactive.licences", Value::Line("1".to_owned())),
        ("proactive.licences", figure("1.0")),
        ("proactive.fees", figure("-1")),
        ("proactive.fees", figure("1000000000000000")),
        ("organ.published", Value::Prose("2026-01-20".to_owned())),
        // What would be read as text.
        ("organ.name", Value::NotApplicable),
    ] {
        assert!(refused("", &[Change::Set(key.to_owned(), wrong)]).contains("cannot be"), "{key}");
    }
    assert_eq!(edited("", &[line("organ.name", "甲")]), "[organ]\nname = \"甲\"\n");
    assert_eq!(edited("\u{feff}", &[line("organ.name", "甲")]), "\u{feff}[organ]\nname = \"甲\"\n");
    assert_eq!(edited("# x", &[line("organ.name", "甲")]), "# x\n\n[organ]\nname = \"甲\"\n");
    // Names with dots in quotation marks are other keys.
    assert_eq!(
        edited("\"organ.name\" = 1\n", &[line("organ.name", "甲")]),
        "\"organ.name\" = 1\n\n[organ]\nname = \"甲\"\n"
    );
}

#[test]
fn what_only_looks_like_a_place_is_none() {
    // In texts, in comments behind values, under names with dots in quotation marks, and in acceptances.
    let facts = concat!(
        "form = \"zfxxgk\"\nyear = 2025\n\"requests.received\" = { natural = 9 }\n",
        "[overview]\nproactive = \"\"\"\n[requests]\n# received = { natural = 0 }\nreceived = { natural = 1 }\n\"\"\" # received = {}\n",
        "[requests]\nrest = 0 # received = { natural = 0 }\n# {\n",
        "[[accept]]\ncheck = \"x\"\nreason = '''\n[requests]\nreceived = {}'''\n# received = { natural = 0 }",
    );
    let before = "rest = 0 # received = { natural = 0 }\n";
    assert_eq!(
        edited(facts, &[set("requests.received.natural", "2")]),
        facts.replace(before, &format!("{before}received = {{ natural = 2 }}\n"))
    );
}

#[test]
fn edits_at_one_place_stand_in_the_order_of_the_form() {
    let facts = "form = \"zfxxgk\"\nyear = 2025\n[requests] # x";
    let mut all = [
        Change::Rest("requests".to_owned()),
        set("requests.received.natural", "1"),
        set("requests.received.business", "2"),
        set("requests.carried_in.legal", "3"),
        set("requests.results.granted.other", "4"),
        set("requests.results.other.misc.other", "5"),
        line("organ.name", "甲"),
        prose("overview.proactive", "乙"),
    ];
    let wanted = concat!(
        "form = \"zfxxgk\"\nyear = 2025\n\n[organ]\nname = \"甲\"\n\n[overview]\nproactive = \"乙\"\n\n",
        "[requests] # x\nrest = 0\nreceived = { natural = 1, business = 2 }\ncarried_in = { legal = 3 }\n",
        "results.granted = { other = 4 }\nresults.other.misc = { other = 5 }",
    );
    assert_eq!(edited(facts, &all), wanted);
    all.reverse();
    assert_eq!(edited(facts, &all), wanted);
}

#[test]
fn a_whole_skeleton_is_filled_in_line_by_line_and_emptied() {
    let is_statement = |line: &str| line.parse::<toml::Table>().is_ok_and(|table| !table.is_empty());
    for form in [Arc::clone(&FIRST), form("wznb"), form("foia"), census()] {
        let skeleton = nianbao::start::facts(&form, "甲", 2025);
        let mut tape = Tape::new(&[]);
        let keys = form.keys.iter().filter(|(_, known)| known.sums.is_empty() && known.kind != FieldKind::Prose);
        let changes: Vec<Change> =
            keys.map(|(key, known)| Change::Set(key.to_string(), written::value(known, &mut tape))).collect();
        let filled = bytes(&form, &skeleton, &changes).unwrap_or_else(|why| panic!("{why}"));
        // Each example gave way to a value, and no line came or went.
        assert_eq!(filled.lines().count(), skeleton.lines().count(), "{filled}");
        for (old, new) in skeleton.lines().zip(filled.lines()) {
            let was_draft = old.starts_with('#') && is_statement(old.trim_start_matches(['#', ' ']));
            assert!(is_statement(new) || !was_draft, "{old}\n{new}");
        }
        let emptied: Vec<Change> = form.keys.iter().map(|(key, _)| remove(key)).collect();
        let emptied = bytes(&form, &filled, &emptied).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(flat(&emptied).into_keys().collect::<Vec<_>>(), ["/form", "/year"], "{emptied}");
    }
}

#[test]
fn a_row_over_several_lines_rolls_into_comments() {
    let project = Project::new();
    let row = "received = {\n  natural = 4, # 自然人\n  business = 1,\n}\n";
    let facts = text("templates/zfxxgk/example.toml").replace("received = { natural = 4, business = 1 }\n", row);
    assert!(facts.contains(row), "{facts}");
    project.write("reports/甲局/2025.toml", &facts);
    let run = project.run(["roll", "甲局"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let next = String::from_utf8(project.read("reports/甲局/2026.toml")).expect("UTF-8");
    assert!(next.contains("# received = {\n#   natural = …, # 自然人\n#   business = …,\n#  }\n"), "{next}");
    assert_eq!(next.parse::<toml::Table>().expect("TOML")["year"].as_integer(), Some(2026));
}

/// A text as a reader sees it who knows TOML and nothing else.
type Flat = BTreeMap<String, String>;

/// A value as a text; facts say the same whichever way their lines end.
fn said(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => format!("{:?}", text.replace("\r\n", "\n")),
        toml::Value::Array(list) => format!("{:?}", list.iter().map(said).collect::<Vec<_>>()),
        value => value.to_string(),
    }
}

fn flat(facts: &str) -> Flat {
    fn collect(value: &toml::Value, key: &str, found: &mut Flat) {
        match value {
            toml::Value::Table(table) => {
                table.iter().for_each(|(name, value)| collect(value, &format!("{key}/{name}"), found))
            }
            value => {
                found.insert(key.to_owned(), said(value));
            }
        }
    }
    let table: toml::Table =
        facts.trim_start_matches('\u{feff}').parse().unwrap_or_else(|error| panic!("{error}\n{facts}"));
    let mut found = Flat::new();
    collect(&toml::Value::Table(table), "", &mut found);
    found
}

fn slashed(key: &str) -> String {
    format!("/{}", key.replace('.', "/"))
}

/// The values as this program reads them, without totals.
fn read(form: &Arc<Form>, facts: &str) -> BTreeMap<String, Value> {
    let source = Source::new("2025.toml", facts.trim_start_matches('\u{feff}'));
    let facts = Facts::parse(&source).expect("TOML");
    let (report, _) =
        check::draft(&facts, form, &YearsBefore::of(Path::new("nowhere/2025.toml")), &Alone).expect("a year");
    let is_written = |key: &str| facts.get(key).is_some();
    report
        .values
        .into_iter()
        .filter(|(key, _)| is_written(key))
        .map(|(key, entry)| (key.to_string(), entry.value))
        .collect()
}

/// The comments that are to stay, found without any reader of TOML: each has a number of its own.
fn numbered(facts: &str) -> Vec<&str> {
    facts.split('〔').skip(1).filter_map(|rest| rest.split_once('〕')).map(|(number, _)| number).collect()
}

/// Where the value of a key stands.
fn span(facts: &str, key: &str) -> Option<Range<usize>> {
    let root = DeTable::parse(facts).expect("TOML");
    let (mut parts, mut table) = (key.split('.').peekable(), root.get_ref());
    loop {
        let value = table.get(parts.next()?)?;
        if parts.peek().is_none() {
            return (!value.get_ref().is_table()).then(|| value.span());
        }
        let DeValue::Table(inner) = value.get_ref() else { return None };
        table = inner;
    }
}

/// One to five changes, none of which touches another.
fn changes(form: &Form, facts: &str, tape: &mut Tape<'_>) -> Vec<Change> {
    let keys: Vec<&str> = form.keys.iter().map(|(key, _)| key.as_str()).collect();
    let (mut changes, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..1 + tape.below(5) {
        let key = keys[tape.below(keys.len())];
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let known = form.keys.get(key).expect("a key");
        changes.push(match tape.below(8) {
            0..4 => Change::Set(key.to_string(), written::value(known, tape)),
            4 | 5 => Change::Remove(key.to_owned()),
            6 if span(facts, key).is_some() => Change::CommentOut(key.to_owned()),
            _ => {
                let written = flat(facts);
                let there = written.keys().filter_map(|key| key.strip_prefix('/')).map(|key| key.replace('/', "."));
                let there: Vec<String> = there.filter(|there| keys.contains(&there.as_str())).collect();
                let Some(key) = there.get(tape.below(there.len())).filter(|key| !seen.contains(&key.as_str())) else {
                    continue;
                };
                seen.extend(keys.iter().find(|known| *known == key));
                Change::Set(key.clone(), written::value(form.keys.get(key).expect("a key"), tape))
            }
        });
    }
    if !form.tables.is_empty() && tape.one_in(5) {
        changes.push(Change::Rest(form.tables[tape.below(form.tables.len())].key.to_string()));
    }
    if tape.one_in(5) {
        changes
            .push(Change::Accept(Accepted { check: "甲".into(), key: None, figure: None, reason: "理由 #".into() }));
    }
    if tape.one_in(5) && (facts.contains("[[accept]]") || facts.contains("accept = [")) {
        changes
            .push(Change::Unaccept(Accepted { check: "甲".into(), key: None, figure: None, reason: "理由".into() }));
    }
    changes
}

fn key_of(change: &Change) -> Option<String> {
    match change {
        Change::Set(key, _) | Change::Type(key, _) | Change::Remove(key) | Change::CommentOut(key) => Some(key.clone()),
        Change::Rest(table) => Some(format!("{table}.rest")),
        Change::Accept(_) | Change::Unaccept(_) => None,
    }
}

/// Makes changes in facts and looks at everything that must hold.
fn holds(form: &Arc<Form>, choices: &[u32]) {
    let mut tape = Tape::new(choices);
    let unix = written::facts(form, &mut tape);
    let before = String::from_utf8(written::bytes(&unix, &mut tape)).expect("UTF-8");
    let changes = changes(form, before.trim_start_matches('\u{feff}'), &mut tape);
    let shown = || format!("{changes:#?}\n{before}");
    let after = match bytes(form, &before, &changes) {
        Ok(after) => after,
        Err(why) => {
            assert!(why.contains("shares its row"), "{why}\n{}", shown());
            return;
        }
    };
    let shown = || format!("{}\n=====\n{after}", shown());
    only_the_edited_differ(form, &before, &after, &changes, &shown);
    every_comment_stays(&before, &after, &changes, &shown);
    acceptances_are_right(&before, &after, &changes, &shown);
    // No line of another kind, and nothing at the beginning or the end but what was there.
    let lines = |text: &str| (text.contains("\r\n"), text.replace("\r\n", "").contains('\n'));
    let kinds = lines(&before);
    let is_of_one_kind = kinds == (true, false) || kinds == (false, true);
    assert!(!is_of_one_kind || lines(&after) == kinds, "{}", shown());
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'), "{}", shown());
    if let [Change::Set(key, _)] = &changes[..] {
        let before = before.trim_start_matches('\u{feff}');
        let after = after.trim_start_matches('\u{feff}');
        if let Some(span) = span(before, key) {
            assert!(after.starts_with(&before[..span.start]) && after.ends_with(&before[span.end..]), "{}", shown());
        }
    }
    the_inverse_gives_it_back(form, &before, &after, &changes, &shown);
}

fn only_the_edited_differ(form: &Arc<Form>, before: &str, after: &str, changes: &[Change], shown: &dyn Fn() -> String) {
    let (mut old, mut new) = (flat(before), flat(after));
    let (mut old_values, mut new_values) = (read(form, before), read(form, after));
    for change in changes {
        let Some(key) = key_of(change) else {
            old.remove("/accept");
            new.remove("/accept");
            continue;
        };
        old.remove(&slashed(&key));
        old_values.remove(&key);
        let wanted = match change {
            Change::Set(_, value) => Some(said(&written::toml_of(value))),
            Change::Rest(_) => Some("0".to_owned()),
            _ => None,
        };
        assert_eq!(new.remove(&slashed(&key)), wanted, "{key}\n{}", shown());
        let read = new_values.remove(&key);
        if let (Change::Set(_, value @ (Value::Figure(_) | Value::Date(_) | Value::Flag(_))), Some(read)) =
            (change, read)
        {
            assert_eq!(read, *value, "{key}\n{}", shown());
        }
    }
    assert_eq!(old, new, "{}", shown());
    assert_eq!(old_values, new_values, "{}", shown());
}

/// What goes with its comments: the stretch of a list that is taken away, and that of the last acceptance, from the comments
/// directly above its header to the end of the line on which its last value ends.
fn goes_with_its_comments(before: &str, change: &Change) -> Option<Range<usize>> {
    match change {
        Change::Remove(key) => span(before, key).filter(|span| before[span.clone()].starts_with('[')),
        Change::Unaccept(_) => {
            let header = before.rfind("[[accept]]")?;
            let mut start = header;
            while let Some(above) = before[..start].strip_suffix('\n') {
                let line = above.rfind('\n').map_or(0, |end| end + 1);
                if !above[line..].trim_start().starts_with('#') {
                    break;
                }
                start = line;
            }
            let below = before[header + 2..].find("\n[").map_or(before.len(), |next| header + 2 + next);
            let is_of_value =
                |line: &str| (line.contains('=') && !line.trim_start().starts_with('#')) || line.starts_with("理由");
            let (mut at, mut end) = (header, header);
            for line in before[header..below].split_inclusive('\n') {
                at += line.len();
                if is_of_value(line) {
                    end = at;
                }
            }
            Some(start..end)
        }
        _ => None,
    }
}

/// All others stay, in their order; those that go with what they belong to do go.
fn every_comment_stays(before: &str, after: &str, changes: &[Change], shown: &dyn Fn() -> String) {
    let before = before.trim_start_matches('\u{feff}');
    let gone: Vec<&str> = changes
        .iter()
        .filter_map(|change| goes_with_its_comments(before, change))
        .flat_map(|stretch| numbered(&before[stretch]))
        .collect();
    let staying: Vec<&str> = numbered(before).into_iter().filter(|number| !gone.contains(number)).collect();
    assert_eq!(numbered(after), staying, "{gone:?} {}", shown());
}

/// The acceptances are those that there were, without the last of those that go, and with the new ones behind them.
fn acceptances_are_right(before: &str, after: &str, changes: &[Change], shown: &dyn Fn() -> String) {
    let accepted = |facts: &str| {
        let facts: toml::Table = facts.trim_start_matches('\u{feff}').parse().expect("TOML");
        facts.get("accept").and_then(toml::Value::as_array).cloned().unwrap_or_default()
    };
    let written = |Accepted { check, key, figure, reason }: &Accepted| {
        assert!(key.is_none() && figure.is_none());
        let fields = [("check", check), ("reason", reason)];
        let fields = fields.map(|(name, text)| (name.to_owned(), toml::Value::String(text.clone())));
        toml::Value::Table(fields.into_iter().collect())
    };
    let mut wanted = accepted(before);
    for change in changes {
        if let Change::Unaccept(gone) = change {
            let last = wanted.iter().rposition(|one| *one == written(gone)).expect("one that goes");
            wanted.remove(last);
        }
    }
    wanted.extend(changes.iter().filter_map(|change| match change {
        Change::Accept(new) => Some(written(new)),
        _ => None,
    }));
    assert_eq!(accepted(after), wanted, "{}", shown());
}

fn the_inverse_gives_it_back(
    form: &Arc<Form>,
    before: &str,
    after: &str,
    changes: &[Change],
    shown: &dyn Fn() -> String,
) {
    let old = read(form, before);
    let written = flat(before);
    let inverse: Option<Vec<Change>> = changes
        .iter()
        .filter_map(|change| {
            let key = key_of(change)?;
            Some(match (written.contains_key(&slashed(&key)), change) {
                (false, _) => Some(Change::Remove(key)),
                (true, Change::Rest(table)) => Some(Change::Rest(table.clone())),
                // What this program does not take for a value cannot be given back by one.
                (true, _) => old.get(&key).map(|value| Change::Set(key, value.clone())),
            })
        })
        .collect();
    let Some(inverse) = inverse else { return };
    let back = bytes(form, after, &inverse).unwrap_or_else(|why| panic!("{why}\n{inverse:#?}\n{}", shown()));
    assert_eq!(read(form, &back), old, "{back}\n{}", shown());
    let without_list = |facts: &str| {
        let mut flat = flat(facts);
        flat.remove("/accept");
        flat.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(without_list(&back), without_list(before), "{back}\n{}", shown());
    let values_only: Vec<Change> = changes.iter().filter(|change| key_of(change).is_some()).cloned().collect();
    assert_eq!(bytes(form, after, &values_only).as_deref(), Ok(after), "once more\n{}", shown());
}

/// How many facts of each form are edited; `NIANBAO_EDITS` says another number.
const CASES: u32 = 150;

fn any_facts_any_edit(form: &Arc<Form>) {
    let cases = std::env::var("NIANBAO_EDITS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let choices = proptest::collection::vec(any::<u32>(), 0..3000);
    let run = runner.run(&choices, |choices| {
        holds(form, &choices);
        Ok(())
    });
    // The choices say nothing to a person; what they make stands in the message.
    if let Err(TestError::Fail(why, _) | TestError::Abort(why)) = run {
        panic!("{why}");
    }
}

#[test]
fn any_facts_of_the_first_form_any_edit() {
    any_facts_any_edit(&FIRST);
}

#[test]
fn any_facts_of_the_websites_form_any_edit() {
    any_facts_any_edit(&form("wznb"));
}

#[test]
fn any_facts_of_the_american_form_any_edit() {
    any_facts_any_edit(&form("foia"));
}

#[test]
fn any_facts_of_a_form_of_another_folder_any_edit() {
    any_facts_any_edit(&census());
}
