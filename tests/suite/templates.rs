//! Templates that are wrong: each is told at its line and column in the file as it is written, in both languages, and
//! without the marks that lines get before they are read.

use crate::support::{Project, Run};

/// A project with a form of its own, and files of it changed.
fn with(files: &[(&str, &str)]) -> Project {
    let project = Project::new();
    assert_eq!(project.run(["forms", "new", "mine"]).status, 0);
    for (name, text) in files {
        project.write(&format!("templates/{name}"), text);
    }
    project
}

fn told(project: &Project, lang: &str) -> Run {
    let run = project.run(["--lang", lang, "forms", "check", "mine"]);
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    let is_mark = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{f0000}';
    assert!(!run.stderr.contains(is_mark) && !run.stderr.contains("u{f000"), "{:?}", run.stderr);
    run
}

/// The files, what is said of them, and all the places that are shown, the first one first.
fn case(files: &[(&str, &str)], said: &str, places: &[&str]) {
    let project = with(files);
    for (lang, error) in
        [("zh", "错误[template-error]: 模板有误："), ("en", "error[template-error]: the template is wrong: ")]
    {
        let run = told(&project, lang);
        assert!(run.stderr.contains(error), "{}", run.stderr);
        let said = if lang == "zh" { said.split(" / ").next() } else { said.split(" / ").last() };
        assert!(run.stderr.contains(said.expect("words")), "{said:?}\n{}", run.stderr);
        let first = run.stderr.split("--> ").nth(1).and_then(|rest| rest.lines().next()).expect("a place");
        assert_eq!(first.trim(), places[0], "{}", run.stderr);
        for place in places {
            assert!(run.stderr.contains(place), "{place}\n{}", run.stderr);
        }
    }
}

const PAGE: &str = "mine/report.html.tera";

#[test]
fn values_that_there_are_not() {
    let page = "<html>\n  <p>标题</p>\n  <h1>标题：{{ full_titel }}</h1>\n</html>\n";
    case(
        &[(PAGE, page)],
        "没有变量“full_titel”；可用的变量：author, / Variable `full_titel` is not defined",
        &["templates/mine/report.html.tera:3:13"],
    );
    let page = "<p>甲</p>\n{% for section in sections %}\n  <h2>{{ section.heading }}</h2>\n  <p>{{ section.haeding }}</p>\n{% endfor %}\n";
    case(
        &[(PAGE, page)],
        "没有“haeding”这一项；可用的项：blocks, heading / Field `haeding` is not defined",
        &["templates/mine/report.html.tera:4:17"],
    );
}

#[test]
fn the_nearest_name_is_offered() {
    let project = with(&[(PAGE, "<h1>{{ full_titel }}</h1>\n")]);
    assert!(told(&project, "zh").stderr.contains("建议: 是否为“full_title”？"));
    assert!(told(&project, "en").stderr.contains("help: did you mean `full_title`?"));
}

#[test]
fn in_included_templates_at_any_depth() {
    let files = [
        (PAGE, "<p>一</p>\n<p>二</p>\n{% include \"own/a.html.tera\" %}\n"),
        ("mine/own/a.html.tera", "<p>三</p>\n\n<div>{% include \"own/b.html.tera\" %}</div>\n"),
        ("mine/own/b.html.tera", "甲\n乙\n丙 {{ nothing.at.all }}\n"),
    ];
    case(&files, "没有变量“nothing” / `nothing` is not defined", &["templates/mine/own/b.html.tera:3:6"]);
    // The shared folder, and characters of several bytes before the place.
    let files = [
        (PAGE, "{% include \"partials/c.html.tera\" %}\n"),
        ("partials/c.html.tera", "一二三\n四五六{{ full_title | lenght }}\n"),
    ];
    case(&files, "没有过滤器“lenght” / Unknown filter `lenght`", &["templates/partials/c.html.tera:2:20"]);
}

#[test]
fn what_calls_a_wrong_component_is_shown_too() {
    let files = [(
        PAGE,
        "{% component head(words) %}\n<h1>{{ wrods }}</h1>\n{% endcomponent head %}\n<p>甲</p>\n{{ <head words=\"a\" /> }}\n",
    )];
    case(&files, "由这里引入 / called from here", &["templates/mine/report.html.tera:2:8"]);
}

#[test]
fn filters_and_expressions() {
    case(
        &[(PAGE, "<p>甲</p>\n<p>{{ full_title | truncate(length=\"many\") }}</p>\n")],
        "expected `usize` but got `string`",
        &["templates/mine/report.html.tera:2:7"],
    );
    case(
        &[(PAGE, "甲\n乙\n  {{ full_title + 1 }}\n")],
        "requires both operands to be numbers",
        &["templates/mine/report.html.tera:3:6"],
    );
    case(&[(PAGE, "甲\n{% if full_title > 1 %}乙{% endif %}\n")], "", &["templates/mine/report.html.tera:2:7"]);
    case(&[(PAGE, "甲\n\n{{ full_title | }}\n")], "", &["templates/mine/report.html.tera:3:17"]);
    case(
        &[(PAGE, "甲\n{{ full_title | replace(from=\"a\") }}\n")],
        "缺少参数“to” / Missing keyword argument `to`",
        &["templates/mine/report.html.tera:2:17"],
    );
    // All that is unknown is told, each at its place.
    case(
        &[(PAGE, "甲{{ author | one }}\n乙\n丙{{ author | two }}\n")],
        "没有过滤器“one” / Unknown filter `one`",
        &["templates/mine/report.html.tera:1:14", "3 | 丙{{ author | two }}"],
    );
}

#[test]
fn what_is_never_closed() {
    let said = "这里打开的标签没有结束 / the tag that is opened here is never closed";
    case(
        &[(PAGE, "甲\n乙{% for section in sections %}\n{% if draft %}丙{% endif %}\n丁\n")],
        said,
        &["templates/mine/report.html.tera:2:2"],
    );
    case(
        &[(PAGE, "甲\n{% for section in sections %}\n{% if draft %}\n丙\n{% endfor %}\n")],
        "没有这个标签，或它在这里没有可以结束的 / Unknown tag",
        &["templates/mine/report.html.tera:5:4", "3 | {% if draft %}\n  | -------------- "],
    );
    case(
        &[(PAGE, "甲\n  {{ full_title\n<p>乙</p>\n")],
        "这里打开的还没有结束 / what is opened here is not closed yet",
        &["templates/mine/report.html.tera:3:4", "2 |   {{ full_title"],
    );
    case(&[(PAGE, "甲\n{# 没有完的说明\n乙\n")], "Closing comment tag", &["templates/mine/report.html.tera:2:1"]);
    case(&[(PAGE, "甲\n{% raw %}乙\n{{ 丙 }}\n")], "raw", &["templates/mine/report.html.tera:2:1"]);
    case(&[(PAGE, "甲\n{{ \"乙 }}\n丙\n")], "missing its closing", &["templates/mine/report.html.tera:2:4"]);
}

#[test]
fn templates_that_name_others() {
    case(
        &[(PAGE, "甲\n{% include \"partials/nowhere.html.tera\" %}\n")],
        "partials/nowhere.html.tera",
        &["templates/mine/report.html.tera:2:12"],
    );
    let circle = [
        (PAGE, "甲\n{% include \"own/a.html.tera\" %}\n"),
        ("mine/own/a.html.tera", "乙\n\n{% include \"own/a.html.tera\" %}\n"),
    ];
    case(&circle, "Circular include", &["templates/mine/own/a.html.tera:3:12"]);
    case(
        &[(PAGE, "{% extends \"own/no.html.tera\" %}\n{% block a %}{% endblock %}\n")],
        "own/no.html.tera",
        &["templates/mine/report.html.tera:1:12"],
    );
}

/// What a template says itself, with text that it took from its own lines, has no marks in it.
#[test]
fn words_taken_from_the_lines_of_a_template() {
    let page = "甲\n{% set words %}\n  第一行\n  第二行\n{% endset %}\n\n{{ throw(message=words) }}\n";
    case(&[(PAGE, page)], "第一行 第二行", &["templates/mine/report.html.tera:7:4"]);
    // What goes wrong by the marks alone is made without them.
    let page = "<html>\n{% set number %}\n  12{% endset %}\n<p>{{ number | trim | int + 1 }}</p>\n</html>\n";
    let project = with(&[(PAGE, page)]);
    project.write("reports/甲/2025.toml", project.read("templates/mine/example.toml"));
    let run = project.run(["build", "--format", "html"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(String::from_utf8(project.read("build/甲/2025.html")).expect("UTF-8").contains("<p>13</p>"));
}
