//! Letters: what is wrong in the words of the report, for a clerk who never saw the program.

use std::fs;
use std::path::Path;

use super::{facts, is_what_it_allows, json, status, with};
use crate::support::{Project, docx, repository, squeezed, text, web};
use scraper::Html;

/// The letter to an organ, as text: the page, and the Word file.
fn letter(project: &Project, folder: &str, year: u16) -> (String, String) {
    let page = String::from_utf8(project.read(&format!("letters/{folder}/{year}.html"))).expect("UTF-8");
    let page = Html::parse_document(&page);
    is_what_it_allows(&page);
    let words = docx::read(&project.path(&format!("letters/{folder}/{year}.docx")));
    (web::texts(&page, "main").concat(), words.text)
}

/// The letter about facts of a department with one fault, in a language.
fn about(facts: &str, language: &str) -> String {
    let project = Project::new();
    project.write("reports/区/甲局/2025.toml", facts);
    status(&project, &["2025", "--lang", language, "--letters", "letters"]);
    let (page, words) = letter(&project, "区/甲局", 2025);
    says_nothing_of_the_program(&page);
    for part in ["2025", "某市甲局"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let bare = squeezed(&words);
    // Both say the same; the Word file has its parts in the same order.
    for line in page.lines().map(squeezed).filter(|line| !line.is_empty()) {
        assert!(bare.contains(&line), "{line} is not in the Word file: {words}");
    }
    page
}

/// No key, no TOML, no command.
fn says_nothing_of_the_program(letter: &str) {
    for mark in [".toml", "TOML", "[[", "{{", "}}", "nianbao", "reports/", "`"] {
        assert!(!letter.contains(mark), "{mark}: {letter}");
    }
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    for word in letter.split(|c| !is_name(c)) {
        let parts: Vec<&str> = word.trim_matches('.').split('.').collect();
        assert!(parts.len() == 1 || parts.iter().any(|part| part.len() < 2), "{word}: {letter}");
    }
}

fn has(letter: &str, parts: &[&str]) {
    for part in parts {
        assert!(letter.contains(part), "{part} is not in: {letter}");
    }
}

const TABLE: &str = "收到和处理政府信息公开申请情况";
const PUBLISHED: &str = "主动公开政府信息情况";

#[test]
fn a_wrong_total_is_named_by_its_labels_with_all_figures() {
    let facts = with(&facts("某市甲局", 2025), "business = 1 }\n", "business = 1, total = 6 }\n");
    let cell = format!("{TABLE} › 一、本年新收政府信息公开申请数量 › 申请人情况 › 总计");
    has(
        &about(&facts, "zh"),
        &[&cell, "各项之和是 5，相差 1", "自然人：4", "商业企业：1", "改为 5 就都相符", "2026年1月31日"],
    );
    has(&about(&facts, "en"), &[&cell, "computed 5, difference 1", "31 January 2026", "To be corrected (2 points)"]);
}

#[test]
fn a_value_of_another_kind_and_a_cell_that_is_missing_are_named() {
    let wrong = with(&facts("某市甲局", 2025), "licences = 120", "licences = \"约一百\"");
    let cell = format!("{PUBLISHED} › 行政许可 › 本年处理决定数量");
    has(&about(&wrong, "zh"), &[&cell, "约一百", "应填：0或者正整数"]);
    has(&about(&wrong, "en"), &[&cell, "wanted: a whole number"]);
    let missing = with(&facts("某市甲局", 2025), "penalties = 8", "# 行政处罚");
    let cell = format!("{PUBLISHED} › 行政处罚 › 本年处理决定数量");
    has(&about(&missing, "zh"), &[&cell, "（没有填写）"]);
    has(&about(&missing, "en"), &[&cell, "(nothing)"]);
    let unknown = with(&facts("某市甲局", 2025), "penalties = 8", "penaltys = 8");
    has(&about(&unknown, "zh"), &[&format!("可能是：{cell}"), "没有它的位置"]);
}

#[test]
fn a_sum_that_fails_is_told_by_its_column_with_every_figure() {
    let facts = with(&facts("某市甲局", 2025), "carried_out = { natural = 1 }", "carried_out = { natural = 2 }");
    let parts =
        [&format!("{TABLE} › 申请人情况 › 自然人"), "前者之和 5，后者之和 6", "四、结转下年度继续办理·自然人：2"];
    has(&about(&facts, "zh"), &parts.map(|part: &str| part));
}

#[test]
fn words_of_the_prose_are_shown_where_they_stand() {
    let facts = with(&facts("某市甲局", 2025), "由专人维护。", "由专人维护，全年公开公开信息３条。");
    has(&about(&facts, "zh"), &["一、总体情况 › （四）政府信息公开平台建设", "公开公开", "说明理由"]);
    let right = "申请{{ requests.received.total }}";
    let unknown = with(&super::facts("某市甲局", 2025), right, &right.replace("received", "recieved"));
    let letter = about(&unknown, "zh");
    has(&letter, &["申请＿＿件", "（二）依申请公开"]);
}

#[test]
fn last_years_report_in_this_years_place_is_a_question_and_no_error() {
    let project = Project::new();
    project.write("reports/区/甲局/2024.toml", facts("某市甲局", 2024));
    project.write("reports/区/甲局/2025.toml", facts("某市甲局", 2025));
    status(&project, &["2025", "--letters", "letters"]);
    let (page, _) = letter(&project, "区/甲局", 2025);
    has(&page, &["正文与上年雷同", "需要核实的", "100%", "确实无误的，可以不改"]);
    assert!(!page.contains("必须改正的"), "{page}");
    says_nothing_of_the_program(&page);
}

#[test]
fn nothing_received_is_said_plainly_with_last_years_report_and_the_day() {
    let project = Project::new();
    project.write("nianbao.toml", "organs = [{ folder = \"新局\", name = \"某市新局\" }]\n");
    project.write("reports/旧局/2024.toml", facts("某市旧局", 2024));
    for (language, parts) in [
        (
            "zh",
            ["尚未收到贵单位2025年政府信息公开工作年度报告", "报送了2024年政府信息公开工作年度报告", "2026年1月31日"],
        ),
        ("en", ["we have not received your", "for 2024", "31 January 2026"]),
    ] {
        status(&project, &["2025", "--lang", language, "--letters", "letters"]);
        let (page, words) = letter(&project, "旧局", 2025);
        has(&page, &parts);
        has(&words, &parts);
        says_nothing_of_the_program(&page);
    }
    let (page, _) = letter(&project, "新局", 2025);
    assert!(page.contains("某市新局") && !page.contains("2024"), "{page}");
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_its_line() {
    let facts = with(&facts("某市甲局", 2025), "licences = 120", "licences = ");
    let project = Project::new();
    project.write("reports/区/甲局/2025.toml", &facts);
    status(&project, &["--letters", "letters"]);
    let (page, _) = letter(&project, "区/甲局", 2025);
    let line = facts.lines().position(|line| line.starts_with("licences")).expect("the line") + 1;
    has(&page, &[&format!("收到的文件第 {line} 行"), "licences ="]);
}

#[test]
fn two_reports_that_are_one_are_told_to_the_second_by_the_name_of_the_first() {
    let project = Project::new();
    for name in ["甲局", "乙局"] {
        project.write(&format!("reports/{name}/2025.toml"), facts(&format!("某市{name}"), 2025));
    }
    let run = status(&project, &["--letters", "letters"]);
    assert!(run.stderr.contains("写了 1 封信函"), "{}", run.stderr);
    let data = json(&project, &[]);
    let second = data["organs"].as_array().expect("rows").iter().find(|row| !row["same_as"].is_null()).expect("one");
    let first = if second["folder"] == "甲局" { "某市乙局" } else { "某市甲局" };
    let (page, _) = letter(&project, second["folder"].as_str().expect("a folder"), 2025);
    has(&page, &[first, "完全相同"]);
}

#[test]
fn whoever_has_nothing_to_mend_gets_no_letter_and_accepted_warnings_are_none() {
    let project = Project::new();
    project.write("reports/好局/2025.toml", facts("某市好局", 2025));
    let doubled = with(&facts("某市受局", 2025), "由专人维护。", "全年公开公开信息。");
    let accepted = doubled + "\n[[accept]]\ncheck = \"doubled-words\"\nreason = \"原文如此\"\n";
    project.write("reports/受局/2025.toml", with(&accepted, "licences = 120", "licences = 121"));
    status(&project, &["--letters", "letters"]);
    assert!(!project.path("letters").exists(), "{:?}", project.files());
}

#[test]
fn a_letter_is_written_anew_and_nothing_else_is_touched() {
    let project = Project::new();
    project.write("reports/旧局/2024.toml", facts("某市旧局", 2024));
    project.write("letters/旧局/2024.html", "别人的");
    project.write("letters/别的.txt", "别人的");
    let first = status(&project, &["2025", "--letters", "letters"]);
    let before = project.read("letters/旧局/2025.docx");
    let second = status(&project, &["2025", "--letters", "letters"]);
    assert_eq!((first.status, second.status), (1, 1));
    assert_eq!(project.read("letters/旧局/2025.docx"), before, "the same letter has the same bytes");
    assert_eq!(
        (project.read("letters/旧局/2024.html"), project.read("letters/别的.txt")),
        ("别人的".into(), "别人的".into())
    );
    // A page of the report is no letter.
    project.write("letters/旧局/2025.html", "<!DOCTYPE html><title>报告</title>");
    let run = status(&project, &["2025", "--letters", "letters"]);
    assert!(run.status == 2 && run.stderr.contains("already-exists"), "{}", run.stderr);
    assert_eq!(project.read("letters/旧局/2025.html"), b"<!DOCTYPE html><title>\xe6\x8a\xa5\xe5\x91\x8a</title>");
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_names_and_letters_stay_in_their_folder() {
    let project = Project::new();
    let name = "<b>&\u{7}\u{202e}..局";
    project.write(&format!("reports/{name}/2024.toml"), facts("<script>x</script>&\\u202e局", 2024));
    status(&project, &["2025", "--letters", "letters"]);
    let page = String::from_utf8(project.read(&format!("letters/{name}/2025.html"))).expect("UTF-8");
    let parsed = Html::parse_document(&page);
    assert_eq!(web::texts(&parsed, "script").len(), 0);
    assert!(!page.contains('\u{7}') && !page.contains('\u{202e}'));
    docx::read(&project.path(&format!("letters/{name}/2025.docx")));
    // A link in the folder of letters leads out of it.
    let outside = Project::new();
    fs::remove_dir_all(project.path(&format!("letters/{name}"))).expect("removed");
    std::os::unix::fs::symlink(outside.root(), project.path(&format!("letters/{name}"))).expect("a link");
    let run = status(&project, &["2025", "--letters", "letters"]);
    assert!(run.status == 2 && run.stderr.contains("unwritable"), "{}", run.stderr);
    assert_eq!(outside.files(), ["nianbao.toml"]);
    for folder in ["../外", "/tmp/外", "甲/../../外"] {
        project.write("nianbao.toml", format!("organs = [\"{folder}\"]\n"));
        assert_eq!(status(&project, &["2025", "--letters", "letters"]).status, 2, "{folder}");
    }
}

#[test]
fn every_form_has_letters_in_its_own_labels() {
    for (form, right, wrong, parts) in [
        (
            "foia",
            "end = 12 }",
            "end = 13 }",
            ["Requests received, processed and pending › Simple", "Harbour and Waterways Agency"],
        ),
        ("wznb", "closed = 80", "closed = 99", ["办结留言数量", "示例县人民政府办公室"]),
    ] {
        let facts = text(format!("templates/{form}/example.toml"));
        let facts = if facts.contains(right) { facts.replace(right, wrong) } else { with_more_closed(&facts) };
        let year: u16 =
            facts.lines().find_map(|line| line.strip_prefix("year = ")).expect("a year").parse().expect("a number");
        let project = Project::new();
        project.write(&format!("reports/甲/{year}.toml"), facts);
        for language in ["zh", "en"] {
            status(&project, &["--lang", language, "--letters", "letters"]);
            let (page, words) = letter(&project, "甲", year);
            has(&page, &parts);
            has(&words, &parts);
            says_nothing_of_the_program(&page);
        }
    }
    let project = Project::new();
    for name in ["form.toml", "report.typ.tera", "report.html.tera"] {
        project.write(&format!("templates/census/{name}"), text(format!("tests/second_form/templates/census/{name}")));
    }
    project.write("reports/Ambridge/1881.toml", text("tests/second_form/facts.toml").replace("all = 5", "all = 6"));
    status(&project, &["--lang", "en", "--letters", "letters"]);
    let (page, _) = letter(&project, "Ambridge", 1881);
    has(&page, &["Iron", "Cast", "All", "computed 5", "Bridge census for 1881"]);
    says_nothing_of_the_program(&page);
}

/// More messages closed than received.
fn with_more_closed(facts: &str) -> String {
    let line = facts.lines().find(|line| line.contains("closed")).expect("a figure");
    facts.replace(line, &line.replace("closed = ", "closed = 9"))
}

#[test]
fn no_letter_about_any_fault_speaks_of_the_program() {
    let folder = repository().join("tests/cases/reject");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the cases") {
        let case = entry.expect("an entry").path();
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        for language in ["zh", "en"] {
            let Some(page) = letter_of_case(&case, language) else { continue };
            // Of files that are no TOML, or of no form, the line is shown; in one text the clerk wrote the name of a file.
            if !["toml-syntax", "unknown-form", "markup-left"].contains(&name.as_str()) {
                says_nothing_of_the_program(&page);
            }
            seen += 1;
        }
    }
    assert!(seen > 90, "{seen} letters");
}

fn letter_of_case(case: &Path, language: &str) -> Option<String> {
    let project = Project::new();
    project.write("reports/机关/2025.toml", fs::read(case.join("facts.toml")).expect("facts"));
    let files = case.join("files");
    for entry in walkdir::WalkDir::new(&files).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let relative = entry.path().strip_prefix(&files).expect("below").to_string_lossy().into_owned();
        project.write(&relative, fs::read(entry.path()).expect("a file"));
    }
    status(&project, &["2025", "--lang", language, "--letters", "letters"]);
    let is_there = project.path("letters/机关/2025.html").exists();
    is_there.then(|| letter(&project, "机关", 2025).0)
}

#[test]
fn every_code_of_facts_has_words_for_a_clerk_in_both_languages() {
    use nianbao::diag::{Code, ExitStatus, Language, explanation::known};
    // What the office itself writes or leaves lying about, and what is only a note.
    let of_office = ["accepted-error", "unused-acceptance", "accepted-places", "stray-file", "fix-conflict"];
    for code in Code::BUILT_IN.iter().filter(|code| code.exit_status() == ExitStatus::Rejected) {
        let words =
            [Language::Zh, Language::En].map(|language| known(code.as_str()).and_then(|known| known.letter(language)));
        let has_both =
            words.iter().all(|words| words.is_some_and(|(what, to_do)| !what.is_empty() && !to_do.is_empty()));
        assert_eq!(has_both, !of_office.contains(&code.as_str()), "{code}");
        for (what, to_do) in words.into_iter().flatten() {
            says_nothing_of_the_program(&format!("{what} {to_do}"));
        }
    }
}
