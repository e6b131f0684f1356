//! What `new` writes: every key of every form, by its label, as its kind, in the language of the form; and nothing that is
//! typed into it is passed over.

use std::sync::Arc;

use crate::support::{Project, text};
use nianbao::check;
use nianbao::consolidate::Alone;
use nianbao::diag::Diagnostic;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{FieldKind, Form, KeyInfo, files};
use nianbao::report::Report;
use nianbao::source::Source;
use nianbao::start;

/// The built-in forms, one of another test, and one with every kind in rows and alone.
fn forms() -> Vec<Arc<Form>> {
    let built_in = files::names(None).into_iter().map(|name| files::load(&name, None, None).expect("a built-in form"));
    let census = files::parse("census", &text("tests/second_form/templates/census/form.toml")).expect("a form");
    let kinds = files::parse("kinds", KINDS).expect("a form");
    built_in.chain([census, kinds]).map(Arc::new).collect()
}

const KINDS: &str = r#"
label = "各种各样的值"
language = "zh-CN"
title = ["{{ name }}"]
author = "name"

[fonts.body]
families = ["Noto Serif CJK SC"]

[[field]]
key = "name"
kind = "line"
label = "名称"
required = true

[[field]]
key = "about.day"
kind = "date"
label = "日子"
required = true

[[field]]
key = "about.other_day"
kind = "date"
label = "另一个日子"

[[field]]
key = "about.season"
kind = "choice"
label = "季节"
options = ["春\"天\"", "秋"]

[[field]]
key = "about.open"
kind = "flag"
label = "开放"

[[field]]
key = "about.guests"
kind = "lines"
label = "来客"
required = true

[[field]]
key = "about.words"
kind = "prose"
label = "说明"
default = "没有说明。"

[[table]]
name = "halls"
key = "halls"
label = "各厅"
widths = [2, 1, 1, 1, 1, 1]

[[table.block]]
corner = "厅"
label-columns = 1
columns = [
  { key = "seats", label = "座位" },
  { key = "area", label = "面积", kind = "amount" },
  { key = "heated", label = "供暖", kind = "flag" },
  { key = "owner", label = "归属", kind = "choice", options = ["公", "私"] },
  { key = "names", label = "别名", kind = "lines", optional = true },
]
rows = [{ key = "east", label = "东厅" }, { key = "upper.west", label = "西厅" }]

[[section]]
block = [{ table = "halls" }, { prose = "about.words" }]
"#;

/// A line with the statement that stands behind `#` in it, where one does.
fn statement(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("# ")?;
    rest.parse::<toml::Table>().is_ok_and(|table| !table.is_empty()).then_some(rest)
}

/// A value of the kind.
fn plausible(known: &KeyInfo, form: &Form) -> toml_edit::Value {
    let zh = form.language.starts_with("zh");
    match known.kind {
        FieldKind::Line => if zh { "甲" } else { "A. Bell" }.into(),
        FieldKind::Prose => if zh { "逐件审核，按季度清理。" } else { "Each was read twice." }.into(),
        FieldKind::Date => "2026-01-15".parse::<toml_edit::Datetime>().expect("a date").into(),
        FieldKind::Flag => true.into(),
        FieldKind::Choice => known.options[known.options.len() - 1].as_str().into(),
        FieldKind::Lines => ["一"].into_iter().collect(),
        FieldKind::Count => 0.into(),
        FieldKind::Amount => "0.00".parse().expect("a number"),
    }
}

/// The file with every `#` before a statement taken away but the one given, and values in it; whatever may be left out
/// is left as it stands, or filled in too.
fn filled(form: &Form, new: &str, but: Option<&str>, all: bool) -> String {
    let lines = new.lines().map(|line| match statement(line) {
        Some(rest) if Some(line) != but => rest,
        _ => line,
    });
    let bare: String = lines.map(|line| format!("{line}\n")).collect();
    let mut document: toml_edit::DocumentMut = bare.parse().unwrap_or_else(|error| panic!("{error}\n{bare}"));
    for (key, known) in form.keys.iter().filter(|(_, known)| known.required || (all && known.may_be_blank())) {
        let mut item = Some(document.as_item_mut());
        for name in key.split('.') {
            item = item.and_then(|item| item.get_mut(name));
        }
        if let Some(item) = item.filter(|_| *key != form.author)
            && let Some(value) = item.as_value_mut()
        {
            *value = plausible(known, form);
        }
    }
    document.to_string()
}

fn check(form: &Arc<Form>, facts: &str) -> Result<Report, Vec<Diagnostic>> {
    let source = Source::new("2025.toml", facts);
    let facts = Facts::parse(&source)?;
    check::check(&facts, form, &YearsBefore::of(std::path::Path::new("/nowhere/2025.toml")), &Alone)
        .map(|(report, _)| report)
}

fn said(problems: &[Diagnostic]) -> String {
    problems.iter().map(|problem| format!("[{}] {}\n", problem.code, problem.message.zh)).collect()
}

#[test]
fn filled_in_by_its_own_comments_every_file_is_in_order() {
    for form in forms() {
        let new = start::facts(&form, "示例机关", 2025);
        for all in [false, true] {
            let facts = filled(&form, &new, None, all);
            let report = check(&form, &facts).unwrap_or_else(|wrong| panic!("{}\n{facts}", said(&wrong)));
            for (key, known) in form.keys.iter().filter(|(_, known)| known.required || (all && known.may_be_blank())) {
                let kind = known.kind;
                assert!(report.values.contains_key(key), "{}: {key} ({kind:?}) is not in\n{facts}", form.name);
            }
        }
    }
}

/// As it stands, a file is refused, and each value that is still to be written is asked for.
#[test]
fn what_stays_behind_its_mark_is_asked_for_and_never_taken_for_zero() {
    for form in forms() {
        let new = start::facts(&form, "示例机关", 2025);
        assert!(check(&form, &new).is_err(), "{}", form.name);
        let mut marked = 0;
        for line in new.lines().filter(|line| statement(line).is_some()) {
            // A clerk types a figure and leaves the mark.
            let typed = line.replace(" = 0", " = 35");
            let new = new.replace(line, &typed);
            let problems = check(&form, &filled(&form, &new, Some(&typed), false)).expect_err(&typed);
            let said = said(&problems);
            let name = statement(line).and_then(|rest| rest.split(" = ").next()).expect("a key");
            assert!(said.contains("[missing-value]") && said.contains(name), "{}: {line}\n{said}", form.name);
            marked += 1;
        }
        assert!(marked > 1, "{}", form.name);
    }
}

#[test]
fn every_key_stands_under_its_label_and_as_its_kind() {
    for form in forms() {
        let new = start::facts(&form, "示例机关", 2025);
        let bare: String =
            new.lines().map(|line| statement(line).unwrap_or(line)).map(|line| format!("{line}\n")).collect();
        let facts: toml::Table = bare.parse().expect("TOML");
        for (key, known) in form.keys.iter().filter(|(_, known)| known.sums.is_empty()) {
            let mut value = Some(&toml::Value::Table(facts.clone())).cloned();
            for name in key.split('.') {
                value = value.and_then(|value| value.get(name).cloned());
            }
            let value = value.unwrap_or_else(|| panic!("{}: {key} is not in\n{new}", form.name));
            let fits = match known.kind {
                FieldKind::Lines => value.is_array(),
                FieldKind::Line | FieldKind::Prose => value.is_str(),
                _ if !known.required => value.as_str() == Some(""),
                FieldKind::Date => value.is_datetime(),
                FieldKind::Flag => value.is_bool(),
                FieldKind::Choice => {
                    value.as_str().is_some_and(|value| known.options.iter().any(|option| option == value))
                }
                FieldKind::Count | FieldKind::Amount => value.is_integer(),
            };
            assert!(fits, "{}: {key} = {value}", form.name);
            for part in known.label.split('·').filter(|part| *part != "内容") {
                assert!(new.contains(part), "{}: {part}", form.name);
            }
            assert!(known.options.iter().all(|option| new.contains(option.as_str())), "{key}");
        }
    }
}

/// Those who fill in an English form read English, and the others Chinese.
#[test]
fn the_comments_are_in_the_language_of_the_form() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for form in forms() {
        let new = start::facts(&form, "Agency", 2025);
        match form.language.starts_with("zh") {
            true => {
                for word in ["optional", "true or", "line that", "computed"] {
                    assert!(!new.contains(word), "{}: {word}\n{new}", form.name);
                }
                assert!(new.contains("以 # 开头的行不算数"), "{new}");
            }
            false => {
                assert!(!new.contains(is_chinese), "{new}");
                assert!(new.contains("# A line that begins with # does not count"), "{new}");
            }
        }
    }
}

/// Each row of a table that is one column wide is called what it is, and not what its column is.
#[test]
fn rows_stand_under_their_own_labels() {
    let form = files::load("wznb", None, None).expect("the form");
    let new = start::facts(&form, "示例县人民政府办公室", 2025);
    for lines in [
        "[report.site]\n# 基本信息\n# 网站名称\nname = \"\"\n# 首页网址\nurl = \"\"\n",
        "# 网站类型\n# type = \"政府门户网站\"    # 从中选一个：政府门户网站、部门网站、专项网站\n",
        "# 是否发布服务事项目录\n# catalogue = false    # true 是，false 否\n",
        "# 办事服务·办件量（件）\n# 总数：不必写，由程序计算\n# 自然人办件量\n# cases.natural = 0\n",
        "# 平均办理时间（天）\n# messages.days = 0    # 可以有小数\n",
        "# 其他\nother = []    # 可省略；几项都写在括号里，如 [\"甲\", \"乙\"]\n",
    ] {
        assert!(new.contains(lines), "{lines}\n---\n{new}");
    }
    let form = files::load("zfxxgk", None, None).expect("the form");
    let new = start::facts(&form, "甲局", 2025);
    for lines in [
        "# 本年收费金额（单位：万元）\n# 行政事业性收费：单位是万元，可以有小数。\n# fees = 0\n",
        "\n# 三、本年度办理结果\n# （一）予以公开：全部公开的；一件申请只计一种结果。\n# results.granted = { natural = 0, business = 0, ",
        "[disputes]\n# 行政复议\n# upheld 结果维持，corrected 结果纠正，other 其他结果，pending 尚未审结，total 总计（不必写，由程序计算）\n\
# review = { upheld = 0, corrected = 0, other = 0, pending = 0 }\n\n# 行政诉讼\n# 未经复议直接起诉\n# litigation.direct = {",
    ] {
        assert!(new.contains(lines), "{lines}\n---\n{new}");
    }
    let kinds = files::parse("kinds", KINDS).expect("a form");
    let new = start::facts(&kinds, "甲", 2025);
    let row = "# 东厅\n# seats 座位，area 面积（可以有小数），heated 供暖（true 是，false 否），owner 归属（从中选一个：公、私），\
names 别名（可省略；几项都写在括号里，如 [\"甲\", \"乙\"]）\n\
# east = { seats = 0, area = 0, heated = false, owner = \"公\", names = [] }\n\
# 西厅\n# upper.west = { seats = 0, area = 0, heated = false, owner = \"公\", names = [] }\n";
    assert!(new.contains(row), "{new}");
}

#[test]
fn new_is_ready_for_an_editor_and_overwrites_nothing() {
    for name in files::names(None) {
        let project = Project::new();
        let organ = "示例市“水务”局";
        let run = project.run(["new", organ, "--form", &name, "--year", "2026"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        let path = format!("reports/{organ}/2026.toml");
        let facts = String::from_utf8(project.read(&path)).expect("UTF-8");
        assert!(facts.starts_with(&format!("#:schema ../../schemas/{name}.json\n")));
        assert!(project.path(&format!("schemas/{name}.json")).is_file());
        assert!(facts.contains(&format!("name = \"{organ}\"\n")), "{facts}");
        assert_eq!(project.run(["fmt", "--check"]).stdout, "", "{facts}");
        assert_eq!(project.run(["check"]).status, 1);
        let again = project.run(["new", organ, "--form", &name, "--year", "2026"]);
        assert!(again.status == 2 && again.stderr.contains("[already-exists]"), "{}", again.stderr);
    }
    for organ in ["../外", "a/b", ""] {
        assert_eq!(Project::new().run(["new", organ, "--form", "zfxxgk", "--year", "2026"]).status, 2, "{organ}");
    }
}
