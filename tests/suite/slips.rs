//! Slips of the pen that people make who have never seen TOML. `tests/slips/<name>/` holds `facts.toml`, what `check` says of
//! it in each language, and where there is anything that `check --fix` mends, `fixed.toml`. A file that is missing or
//! belongs to nothing fails the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::support::{self, Project, golden, repository, text};
use nianbao::diag::{Code, Diagnostic, Fix, Problems, edited};
use nianbao::facts::Facts;
use nianbao::form::{Form, files};
use nianbao::source::Source;

const REPORT: &str = "reports/机关/2025.toml";

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/slips")).expect("the slips");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn facts(folder: &Path) -> Vec<u8> {
    for entry in fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let known = ["facts.toml", "expected.zh.stderr", "expected.en.stderr", "fixed.toml"];
        assert!(known.contains(&name.as_str()), "{}/{name} belongs to no test", folder.display());
    }
    fs::read(folder.join("facts.toml")).expect("facts.toml")
}

fn project(facts: impl AsRef<[u8]>) -> Project {
    let project = Project::new();
    project.write(REPORT, facts);
    project
}

#[test]
fn every_slip_is_told_once_in_both_languages() {
    for folder in folders() {
        for language in ["zh", "en"] {
            let run = project(facts(&folder)).run(["--lang", language, "check"]);
            assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{}:\n{}", folder.display(), run.stderr);
            golden(&folder.join(format!("expected.{language}.stderr")), &run.stderr);
        }
    }
}

/// What is beyond doubt is mended, all else stays to the byte, and a second time there is nothing to mend.
#[test]
fn what_is_beyond_doubt_is_mended_and_no_other_byte_is_touched() {
    for folder in folders() {
        let (facts, shown) = (facts(&folder), folder.display());
        let project = project(&facts);
        let dry = project.run(["check", "--fix", "--dry-run"]);
        assert_eq!(project.read(REPORT), facts, "{shown}: a dry run writes nothing");
        let run = project.run(["check", "--fix"]);
        let fixed = project.read(REPORT);
        let mended = run.stdout.lines().filter(|line| line.starts_with("已改正 reports/")).count();
        assert_eq!(mended > 0, fixed != facts, "{shown}:\n{}", run.stdout);
        assert_eq!(
            dry.stdout.starts_with("--- a/reports/机关/2025.toml\n+++ b/"),
            fixed != facts,
            "{shown}:\n{}",
            dry.stdout
        );
        let expected = folder.join("fixed.toml");
        match fixed == facts {
            true => assert!(!expected.exists(), "{} belongs to no test", expected.display()),
            false => golden(&expected, &String::from_utf8(fixed.clone()).expect("UTF-8")),
        }
        let again = project.run(["check", "--fix"]);
        assert_eq!(project.read(REPORT), fixed, "{shown}: mended twice:\n{}", again.stdout);
        assert_eq!(again.stderr, run.stderr, "{shown}");
    }
}

/// A byte order mark and Windows line ends stay as they are.
#[test]
fn marks_and_line_ends_of_a_mended_file_stay() {
    let mut seen = 0;
    for folder in folders().iter().filter(|folder| folder.join("fixed.toml").exists()) {
        let windows =
            |path: PathBuf| fs::read_to_string(path).expect("text").replace("\r\n", "\n").replace('\n', "\r\n");
        let facts = windows(folder.join("facts.toml"));
        // Where line ends are the slip, they do not stay.
        if facts.replace("\r\n", "").contains('\r') {
            continue;
        }
        let project = project(format!("\u{feff}{facts}"));
        project.run(["check", "--fix"]);
        let expected = format!("\u{feff}{}", windows(folder.join("fixed.toml")));
        assert_eq!(String::from_utf8(project.read(REPORT)).expect("UTF-8"), expected, "{}", folder.display());
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn a_guess_is_never_made_and_the_call_is_checked() {
    let project = project(text("tests/slips/row-of-cells/facts.toml"));
    let json = project.run(["check", "--message-format", "json"]).stdout;
    let fix = serde_json::from_str::<serde_json::Value>(&json).expect("one object")["fix"].clone();
    assert_eq!((&fix["safe"], fix["line"].as_u64()), (&serde_json::json!(false), Some(26)), "{fix}");
    for call in [&["check", "--dry-run"][..], &["check", "--fix", "--dry-run", "--message-format", "json"]] {
        assert_eq!(project.run(call).status, 2, "{call:?}");
    }
}

/// Several edits of one problem are each told, and as one for those who read no more.
#[test]
fn several_edits_are_told_one_by_one_and_as_a_whole() {
    let project = project(text("tests/slips/quotes-around/facts.toml"));
    let json = project.run(["check", "--message-format", "json"]).stdout;
    let fix = serde_json::from_str::<serde_json::Value>(&json).expect("one object")["fix"].clone();
    assert_eq!((fix["replacement"].as_str(), fix["safe"].as_bool()), (Some("\"无。\""), Some(true)));
    assert_eq!((fix["column"].as_u64(), fix["end_column"].as_u64()), (Some(8), Some(12)));
    let edits = fix["edits"].as_array().expect("a list");
    let places: Vec<_> = edits.iter().map(|edit| (edit["column"].as_u64(), edit["replacement"].as_str())).collect();
    assert_eq!(places, [(Some(8), Some("\"")), (Some(11), Some("\""))]);
    let sarif = project.run(["check", "--message-format", "sarif"]).stdout;
    let log: serde_json::Value = sarif.parse().expect("JSON");
    let fix = &log["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(fix["artifactChanges"][0]["replacements"].as_array().map(Vec::len), Some(2));
    assert_eq!(fix["properties"]["safe"], true);
}

/// Labels are known of every form, those of a project too.
#[test]
fn labels_of_a_form_of_the_project_are_known() {
    let project = Project::new();
    for file in ["form.toml", "report.html.tera"] {
        let path = format!("templates/census/{file}");
        project.write(&path, text(format!("tests/second_form/{path}")));
    }
    let (good, report) = (text("tests/second_form/facts.toml"), "reports/town/1881.toml");
    for (key, label) in [("name =", "Town ="), ("open =", "Open ="), ("[bridges]", "[Bridges by material]")] {
        assert!(good.contains(key), "{good}");
        project.write(report, good.replacen(key, label, 1));
        let run = project.run(["check", "--fix"]);
        assert_eq!(run.status, 0, "{label}: {}", run.stderr);
        assert_eq!(String::from_utf8(project.read(report)).expect("UTF-8"), good);
    }
}

#[test]
fn the_last_line_says_how_many_warnings_there_were() {
    let facts =
        text("tests/slips/comma-full-width/facts.toml").replace('，', ",").replacen("issued = 1,", "issued = 9,", 1);
    let facts = facts.replace("解读形式较少,", "解读形式较少，");
    for (language, said) in [("zh", "已检查 1 份，没有错误，1 处警告\n"), ("en", "checked 1, no errors, warnings: 1\n")]
    {
        let run = project(&facts).run(["--lang", language, "check"]);
        assert_eq!((run.status, run.stdout.as_str()), (0, said), "{}", run.stderr);
    }
}

fn form() -> Arc<Form> {
    Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"))
}

fn problems(source: &Arc<Source>, form: &Arc<Form>) -> Problems {
    Facts::parse_with(source, &|_| Some(Arc::clone(form))).err().unwrap_or_default()
}

fn mended(source: &Source, problems: &[Diagnostic]) -> Option<String> {
    let fixes = problems.iter().filter_map(|problem| problem.fix.as_ref()).filter(|fix| Fix::is_safe(fix));
    let mut edits: Vec<_> =
        fixes.flat_map(|fix| &fix.edits).map(|edit| (edit.place.span.clone(), edit.replacement.as_str())).collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    edited(source.text(), 0..source.text().len(), &edits)
}

/// Punctuation of TOML turned full-width anywhere outside strings: one problem, and the edit gives the very text back.
#[test]
fn one_full_width_character_is_one_problem_and_is_mended() {
    let (form, good) = (form(), text("tests/cases/accept/full/facts.toml"));
    assert!(good.is_ascii() || good.parse::<toml::Table>().is_ok());
    let wide = [('=', '＝'), (',', '，'), ('{', '｛'), ('}', '｝'), ('[', '【'), (']', '］'), ('.', '．')];
    let mut seen = 0;
    for (line_start, line) in lines(&good) {
        // Lines of text have punctuation of their own.
        if line.contains(['"', '\'', '#']) || !(line.contains(" = {") || line.starts_with('[')) {
            continue;
        }
        for (at, c) in line.char_indices() {
            let Some((_, wide)) = wide.iter().find(|(narrow, _)| *narrow == c) else { continue };
            let place = line_start + at;
            let slip = format!("{}{wide}{}", &good[..place], &good[place + 1..]);
            let source = Source::new("2025.toml", slip);
            let found = problems(&source, &form);
            assert_eq!(
                found.len(),
                1,
                "{line}: {wide}: {:?}",
                found.iter().map(|one| &one.message.en).collect::<Vec<_>>()
            );
            assert_eq!(found[0].primary().map(|at| at.span.start), Some(place), "{line}");
            assert_eq!(mended(&source, &found).as_deref(), Some(good.as_str()), "{line}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.trim_end()))
    })
}

/// What people paste, type and leave: whatever it is, the text is either TOML or told, quickly, and edits can be made.
#[test]
fn texts_of_any_kind_are_told_and_mended_without_end() {
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "，", "＝", "：", "［", "］", "【", "】", "｛", "｝", "（", "）", "．", "＃", "－", "＋", "“", "”", "‘", "’", "「", "」", "＂", "、", "；", "。",
        "３５", "35件", "约35", "3,500", "\t3\t4\t5", "2026年1月15日", "行政许可", "自然人 = 3", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}",
        "\r", "\r\n", "\n", "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "{", "}", "=", ",", "#", ".", "…", "<<<<<<< a\n", "=======\n",
        ">>>>>>> b\n", "||||||| c\n", "\\", "\u{2028}", "\u{0}", "[organ]\n", "licences = 1\n", "rest = 0", "是", "−",
    ];
    let (form, good) = (form(), text("tests/cases/accept/full/facts.toml"));
    let mut random = fastrand::Rng::with_seed(7);
    let (mut wrong, count) = (0, 4_000);
    for _ in 0..count {
        let mut slip = good.clone();
        for _ in 0..random.usize(1..5) {
            let from = slip.floor_char_boundary(random.usize(0..=slip.len()));
            let to = slip.floor_char_boundary((from + random.usize(0..4)).min(slip.len())).max(from);
            slip.replace_range(from..to, PIECES[random.usize(0..PIECES.len())]);
        }
        let source = Source::new("2025.toml", slip.as_str());
        let found = problems(&source, &form);
        assert_eq!(found.is_empty(), slip.parse::<toml::Table>().is_ok(), "{slip}");
        wrong += usize::from(!found.is_empty());
        for problem in &found {
            assert_eq!(problem.code, Code::TomlSyntax);
            let labels = problem.labels.iter().all(|label| slip.get(label.place.span.clone()).is_some());
            assert!(labels && !problem.labels.is_empty(), "{problem:?}\n{slip}");
            assert!(problem.fix.as_ref().is_none_or(|fix| fix.whole().is_some()), "{problem:?}\n{slip}");
        }
    }
    assert!(wrong > count / 2, "{wrong}");
}

/// A long file of nothing but slips takes no longer than it is long.
#[test]
fn long_files_of_slips_are_told_in_time() {
    let pieces = [
        "a，",
        "[",
        "{ a = ",
        "“",
        "\"\"\"\n",
        "甲 乙 ",
        "a = [1, ",
        "\u{a0}",
        "1,234,",
        "<<<<<<< a\n",
        "a：",
        "'",
        "\r",
        "#＃",
    ];
    for piece in pieces {
        for before in ["", "a = ", "a = [", "a = { b = ", "a = \"\"\"\n"] {
            let slip = format!("{before}{}", piece.repeat(300_000 / piece.len()));
            let began = std::time::Instant::now();
            let found = Facts::parse(&Source::new("a.toml", slip)).map(|_| ()).map_err(|found| found.len());
            let taken = began.elapsed();
            assert!(found.is_ok() || found.is_err_and(|count| (1..=60).contains(&count)));
            assert!(taken.as_secs() < 10, "{before}{piece}: {taken:?}");
        }
    }
}

/// Where the edits of two problems overlap, the file is left alone.
#[test]
fn edits_that_overlap_are_not_made() {
    let facts = text("tests/slips/edits-overlap/facts.toml");
    let project = project(&facts);
    let run = project.run(["--lang", "en", "check", "--fix"]);
    assert!(
        run.stderr.contains("error[fix-conflict]: the edits of reports/机关/2025.toml overlap, and none was made"),
        "{}",
        run.stderr
    );
    assert_eq!((run.status, String::from_utf8(project.read(REPORT)).expect("UTF-8")), (1, facts));
}

/// What is said of settings and declarations, which no form explains.
#[test]
fn settings_and_declarations_are_told_in_both_languages() {
    let settings = [
        ("［build］", "有 2 个标点不是 TOML 的", "2 punctuation marks are not those of TOML"),
        (
            "[build]\nformats = [\"pdf\"，\"html\"]",
            "这里的 ，（U+FF0C）是全角或中文标点",
            "`，` (U+FF0C) is not the punctuation of TOML",
        ),
        ("[build]\nengine = “embedded”", "“（U+201C）不是 TOML 的引号", "`“` (U+201C) is not a quotation mark of TOML"),
        ("[build]\ncharts = 是", "是与否在 TOML 中写 true 和 false", "yes and no are written `true` and `false`"),
        (
            "[build]\ncharts = \"是\"",
            "这里应是 true 或 false，写的却是引号里的文字 \"是\"",
            "this must be true or false, but it is text in quotation marks: \"是\"",
        ),
        ("[build]\nformats = \"pdf\"", "写成：[\"pdf\"]", "write: [\"pdf\"]"),
        ("font_paths = []", "没有“font_paths”这个键", "there is no key `font_paths`"),
        ("font_paths = []", "是否为“font-paths”？", "did you mean `font-paths`?"),
        ("[build]\nengine = \"embeded\"", "是否为“embedded”？", "did you mean `embedded`?"),
        ("[build]\ncharts = true\ncharts = true", "键 charts 写了两次", "the key `charts` is written twice"),
    ];
    for (settings, zh, en) in settings {
        for (language, said) in [("zh", zh), ("en", en)] {
            let project = Project::with(&support::plain_facts());
            project.write("nianbao.toml", settings);
            let run = project.run(["--lang", language, "check"]);
            assert!(run.stderr.contains(said) && run.stderr.contains("[project-file]"), "{settings}: {}", run.stderr);
            assert_eq!((run.status, run.stderr.matches("[project-file]").count()), (2, 1), "{}", run.stderr);
        }
    }
    let form = text("tests/second_form/templates/census/form.toml");
    let declarations = [
        ("required = true", "requierd = true", "是否为“required”？", "did you mean `required`?"),
        ("kind = \"line\"", "kind = \"lien\"", "是否为“line”？", "did you mean `line`?"),
        ("widths = [2, 2, 1, 1, 1]", "widths = 5", "这里应是一组值", "this must be a list"),
        (
            "author = ",
            "author ＝ ",
            "这里的 ＝（U+FF1D）是全角或中文标点",
            "`＝` (U+FF1D) is not the punctuation of TOML",
        ),
        ("label = \"Bridge census\"\n", "", "缺少 label", "`label` is missing"),
    ];
    for (right, wrong, zh, en) in declarations {
        for (language, said) in [("zh", zh), ("en", en)] {
            let project = project(text("tests/second_form/facts.toml"));
            project.write("templates/census/form.toml", form.replacen(right, wrong, 1));
            let run = project.run(["--lang", language, "check"]);
            assert!(run.stderr.contains(said) && run.stderr.contains("[form-file]"), "{wrong}: {}", run.stderr);
            assert_eq!((run.status, run.stderr.matches("[form-file]").count()), (2, 1), "{}", run.stderr);
        }
    }
    for (language, said) in [("zh", "没有“rules”这个键"), ("en", "there is no key `rules`")] {
        let project = project(support::plain_facts());
        project.write("templates/zfxxgk/override.toml", "[rules.leftover]\noff = true\n");
        let run = project.run(["--lang", language, "check"]);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

/// The text with a stretch replaced, and what is wrong with it: one problem, at `place`.
fn one_problem(
    good: &str,
    span: std::ops::Range<usize>,
    slip: &str,
    place: usize,
    form: &Arc<Form>,
) -> (Arc<Source>, Diagnostic) {
    let text = format!("{}{slip}{}", &good[..span.start], &good[span.end..]);
    let line = good[..span.start].matches('\n').count() + 1;
    let source = Source::new("2025.toml", text);
    let mut found = problems(&source, form);
    let said: Vec<String> =
        found.iter().map(|one| format!("{} {}", one.primary().expect("a place"), one.message.en)).collect();
    assert_eq!(found.len(), 1, "line {line}, {:?} for {:?}: {said:#?}", slip, &good[span]);
    let problem = found.remove(0);
    assert_eq!(problem.primary().map(|at| at.span.start), Some(place), "line {line}: {said:?}");
    (source, problem)
}

/// Each text of a report, in marks that TOML does not know, or never closed: one problem, where the text begins.
#[test]
fn each_text_of_a_report_in_odd_marks_or_never_closed_is_one_problem() {
    let form = form();
    let mut seen = 0;
    for name in ["full", "markdown", "zeros", "sparse"] {
        let good = text(format!("tests/cases/accept/{name}/facts.toml"));
        for (at, line) in lines(&good) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            let (start, end) = (at + key.len() + 3, at + line.len());
            if key.contains('#') {
                continue;
            }
            if let Some(marks) = ["\"\"\"", "'''"].into_iter().find(|marks| value.starts_with(marks)) {
                let close = good[start + 3..].find(marks).expect("a closed text") + start + 3;
                one_problem(&good, close..close + 3, "", start, &form);
                seen += 1;
            } else if value.len() > 2 && value.starts_with('"') && value.ends_with('"') && !value.contains('\\') {
                one_problem(&good, end - 1..end, "", start, &form);
                for (open, close) in [("“", "”"), ("”", "”"), ("「", "」"), ("＂", "＂"), ("“", "\"")] {
                    let slip = format!("{open}{}{close}", &value[1..value.len() - 1]);
                    let (source, problem) = one_problem(&good, start..end, &slip, start, &form);
                    assert_eq!(mended(&source, &[problem]).as_deref(), Some(good.as_str()), "{slip}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

/// Each mark of a row or header that is left out: one problem on its line.
#[test]
fn each_mark_that_is_left_out_is_one_problem() {
    let (form, good) = (form(), text("tests/cases/accept/full/facts.toml"));
    let mut seen = 0;
    for (start, line) in lines(&good) {
        if line.contains(['"', '\'', '#']) || !(line.contains(" = {") || line.starts_with('[')) {
            continue;
        }
        for (at, c) in line.char_indices().filter(|(_, c)| matches!(c, ',' | '}' | ']' | '=')) {
            let place = start + at;
            let slip = format!("{}{}", &good[..place], &good[place + 1..]);
            if slip.parse::<toml::Table>().is_ok() {
                continue;
            }
            let source = Source::new("2025.toml", slip);
            let found = problems(&source, &form);
            let said: Vec<String> =
                found.iter().map(|one| format!("{} {}", one.primary().expect("a place"), one.message.en)).collect();
            assert_eq!(found.len(), 1, "{c} left out of {line}: {said:#?}");
            let (on, _) = source.line_column(found[0].primary().map_or(0, |at| at.span.start));
            assert_eq!(on, good[..place].matches('\n').count() + 1, "{c} left out of {line}: {said:?}");
            seen += 1;
        }
    }
    assert!(seen > 150, "{seen}");
}
