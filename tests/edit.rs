//! Edits of facts: each goes where a person would write it, and nothing else of the file changes by a byte.

mod support;

use std::sync::{Arc, LazyLock};

use nianbao::check::{Accepted, Value};
use nianbao::facts::edit::{self, Change};
use nianbao::form::{Form, files};
use support::text;

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
        key: Some("requests".to_owned()),
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
    // Names with dots in quotation marks are other keys.
    assert_eq!(
        edited("\"organ.name\" = 1\n", &[line("organ.name", "甲")]),
        "\"organ.name\" = 1\n\n[organ]\nname = \"甲\"\n"
    );
}
