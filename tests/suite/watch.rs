//! What `watch` says and does while something is wrong and stays wrong, and what its page is told to show. The engine is a
//! script that draws an empty sheet; `tests/browser/watch.mjs` looks at real ones.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::watch::{SETTINGS, Watch};
use crate::support::{self, Project, plain_facts};

/// How long a fault stands in a test; at two tries a second that is some.
const STANDS: Duration = Duration::from_millis(2_500);

/// Facts with a figure of their own.
fn facts(licences: &str) -> String {
    plain_facts().replace("licences = 0", &format!("licences = {licences}"))
}

/// Two organs that are watched.
fn watched() -> Watch {
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    let watch = Watch::of(project, "");
    assert!(watch.comes(|watch| watch.is_built("甲", &plain_facts())), "{}", watch.log());
    watch
}

/// Writes a figure into the facts of an organ, and waits until it is in the page.
fn saves(watch: &Watch, organ: &str, licences: &str, when: &str) {
    let facts = facts(licences);
    watch.project.write(&format!("reports/{organ}/2025.toml"), &facts);
    assert!(watch.comes(|watch| watch.is_built(organ, &facts)), "{when}: not built\n{}", watch.log());
}

/// The fault is told once however long it stands, what is saved meanwhile is built, and so is what is saved once it is mended.
fn stands(fault: &str, said: &str, make: impl Fn(&Project), mend: impl Fn(&Project)) {
    let watch = watched();
    make(&watch.project);
    assert!(watch.comes(|watch| watch.said(said) > 0), "{fault}: not told\n{}", watch.log());
    saves(&watch, "甲", "5", fault);
    thread::sleep(STANDS);
    saves(&watch, "甲", "6", fault);
    assert_eq!(watch.said(said), 1, "{fault}:\n{}", watch.log());
    let problems = watch.state("reports/甲/2025.toml")["problems"].to_string();
    assert!(problems.contains(said.trim_matches(['[', ']'])), "{fault} is not on the page: {problems}");
    mend(&watch.project);
    let is_mended = |watch: &Watch| watch.state("reports/甲/2025.toml")["problems"] == Value::Array(Vec::new());
    assert!(watch.comes(is_mended), "{fault} stays on the page");
    saves(&watch, "甲", "7", "mended");
    make(&watch.project);
    assert!(watch.comes(|watch| watch.said(said) == 2), "{fault} that came again is not told\n{}", watch.log());
    let lines = watch.log().lines().count();
    assert!(lines < 60, "{fault}: {lines} lines\n{}", watch.log());
    watch.end();
}

#[test]
fn a_stray_file_is_told_once_and_all_else_goes_on() {
    let copy = "reports/机关/2025 - 副本.toml";
    let write = |project: &Project| project.write(copy, plain_facts());
    stands("a copy", "[stray-file]", write, |project| fs::remove_file(project.path(copy)).expect("removed"));
}

#[test]
fn a_link_that_leads_nowhere_is_told_once_and_all_else_goes_on() {
    let link = |project: &Project| project.path("reports/旧机关");
    let make = |project: &Project| symlink("/nowhere/旧机关", link(project)).expect("a link");
    stands("a link", "[stray-file]", make, |project| fs::remove_file(link(project)).expect("removed"));
}

#[test]
fn wrong_settings_are_told_once_and_those_before_go_on() {
    let wrong = |project: &Project| project.write("nianbao.toml", "[build]\nformat = [\"pdf\"]\n");
    stands("nianbao.toml", "[project-file]", wrong, |project| project.write("nianbao.toml", SETTINGS));
}

/// Settings that are right as far as they go, and that this machine cannot serve.
#[cfg(not(feature = "embedded"))]
#[test]
fn an_engine_that_is_not_there_is_told_once_and_the_one_before_goes_on() {
    let wrong = |project: &Project| project.write("nianbao.toml", "[build]\nengine = \"embedded\"\n");
    stands("an engine", "[no-engine]", wrong, |project| project.write("nianbao.toml", SETTINGS));
}

#[test]
fn reports_that_are_away_are_told_once_and_built_when_they_are_back() {
    let watch = watched();
    fs::rename(watch.project.path("reports"), watch.project.path("away")).expect("moved");
    assert!(watch.comes(|watch| watch.said("没有 reports/ 文件夹") == 1), "{}", watch.log());
    thread::sleep(STANDS);
    assert_eq!(watch.said("[nothing-selected]"), 1, "{}", watch.log());
    fs::create_dir(watch.project.path("reports")).expect("a folder");
    assert!(watch.comes(|watch| watch.said("reports/ 下没有事实文件") == 1), "{}", watch.log());
    thread::sleep(STANDS);
    assert_eq!(watch.said("[nothing-selected]"), 2, "an empty folder is another fault\n{}", watch.log());
    fs::remove_dir(watch.project.path("reports")).expect("removed");
    let changed = facts("8");
    watch.project.write("away/甲/2025.toml", changed);
    fs::rename(watch.project.path("away"), watch.project.path("reports")).expect("moved");
    assert!(watch.comes(|watch| watch.is_built("甲", &facts("8"))), "{}", watch.log());
    saves(&watch, "机关", "9", "back");
    watch.end();
}

#[test]
fn what_is_wrong_with_a_report_is_told_again_only_when_it_has_changed() {
    let watch = watched();
    watch.project.write("reports/机关/2025.toml", facts("-1"));
    assert!(watch.comes(|watch| watch.said("[negative-number]") == 1), "{}", watch.log());
    // A new organ, after which every report is looked at again.
    watch.project.write("reports/乙/2025.toml", plain_facts());
    assert!(watch.comes(|watch| watch.is_built("乙", &facts("0"))), "{}", watch.log());
    saves(&watch, "甲", "4", "beside a report with errors");
    assert_eq!(watch.said("[negative-number]"), 1, "{}", watch.log());
    watch.project.write("reports/机关/2025.toml", facts("-2"));
    assert!(watch.comes(|watch| watch.said("[negative-number]") == 2), "{}", watch.log());
    watch.end();
}

const REPORT: &str = "reports/机关/2025.toml";

/// Facts that are begun: a figure and a whole table are not there yet.
fn begun() -> String {
    let facts = plain_facts();
    let table = facts.find("[disputes").expect("the table");
    let end = facts[table..].find("[problems]").expect("the next table") + table;
    format!("{}{}", &facts[..table], &facts[end..]).replace("licences = 0\n", "")
}

#[test]
fn with_draft_a_report_that_was_never_in_order_is_shown_with_what_it_lacks() {
    let watch = Watch::of(Project::with(&begun()), "--draft");
    let state = watch.shows(REPORT, "draft");
    assert!(state["problems"].to_string().contains("proactive.licences"), "{}", state["problems"]);
    let web = watch.web(&state);
    assert!(web.contains("<p class=\"draft\" role=\"status\">草稿（还有"), "{web}");
    assert_eq!(state["sheets"]["list"].as_array().map(Vec::len), Some(1));
    let (status, docx) = watch.get(&format!("/docx/{}", state["docx"].as_str().expect("a Word file")));
    assert!(status == 200 && docx.starts_with("PK"), "{status} {docx}");
    assert_eq!(watch.get("/docx/0").0, 404);
    assert!(watch.comes(|watch| watch.said("[missing-value]") > 0), "{}", watch.log());
    assert!(!watch.project.files().iter().any(|name| name.starts_with("build/")), "{:?}", watch.project.files());
    // What cannot even be read is no draft.
    watch.project.write(REPORT, "year = \n");
    watch.shows(REPORT, "old_draft");
    watch.project.write(REPORT, plain_facts());
    watch.shows(REPORT, "now");
    // Once it was in order, it stays as it was then.
    watch.project.write(REPORT, begun());
    let state = watch.shows(REPORT, "old");
    let web = watch.web(&state);
    assert!(!web.contains("草稿"), "{web}");
    watch.end();
}

#[test]
fn without_draft_a_report_that_was_never_in_order_has_no_pages() {
    let watch = Watch::of(Project::with(&begun()), "");
    let state = watch.shows(REPORT, "none");
    assert_eq!((&state["web"], state["sheets"]["list"].as_array().map(Vec::len)), (&Value::Null, Some(0)));
    assert!(state["problems"].to_string().contains("missing-value"), "{state}");
    watch.end();
}

/// Pages that nobody sees hold no connection.
#[test]
fn who_does_not_wait_for_a_change_is_answered_at_once() {
    let watch = watched();
    let asked = |version: &Value, more: &str| {
        let begun = Instant::now();
        let (status, state) = watch.get(&format!("/state?after={version}{more}"));
        assert_eq!(status, 200, "{state}");
        (serde_json::from_str::<Value>(&state).expect("JSON")["version"].clone(), begun.elapsed())
    };
    let (mut version, _) = asked(&Value::from(0), "");
    // Until nothing changes any more, so that others would wait.
    while let (next, _) = asked(&version, "&wait=no")
        && next != version
    {
        version = next;
        thread::sleep(Duration::from_secs(1));
    }
    let (same, taken) = asked(&version, "&wait=no");
    assert!(same == version && taken < Duration::from_secs(5), "{taken:?}");
}

/// Every word that the page may be told has its words in both languages.
#[test]
fn the_page_has_words_for_all_that_it_is_told() {
    let page = support::text("src/watch/page.js");
    let state = support::text("src/watch/preview_state.rs");
    let told = state.split("fn what(").nth(1).and_then(|rest| rest.split("    }\n\n").next()).expect("the words");
    let words: Vec<&str> = told.split("=> \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(words.len(), 8, "{words:?}");
    for word in words {
        assert_eq!(page.matches(&format!(" {word}: \"")).count(), 2, "{word}");
    }
    assert!(page.contains("显示的是上一次没有错误时的页面"));
}
