//! Where a page comes from: the record beside it, `verify`, and drafts, which never pass for the final page.

use crate::support::{self, Project, pdf, plain_facts};
use serde_json::Value;

const ENGINE: [&str; 3] = ["build", "--engine", support::ENGINE];

fn record(project: &Project, name: &str) -> Value {
    serde_json::from_slice(&project.read(name)).expect("JSON")
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[test]
fn the_record_names_every_input_and_artifact_by_its_content() {
    let accept = "\n[[accept]]\ncheck = \"issued-in-force\"\nreason = \"清理后调整\"\n";
    let facts = plain_facts().replace("documents = { issued = 0,", "documents = { issued = 3,") + accept;
    let project = Project::with(&facts);
    project.write("reports/机关/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    let run = project.run(ENGINE.iter().chain(&["2025"]));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let record = record(&project, "build/机关/2025.json");
    let inputs = &record["inputs"];
    assert_eq!(inputs["facts"]["file"], "reports/机关/2025.toml");
    assert_eq!(inputs["facts"]["blake3"], hash(facts.as_bytes()));
    assert_eq!(inputs["years_before"][0]["blake3"], hash(&project.read("reports/机关/2024.toml")));
    assert_eq!(record["accepted"][0]["reason"], "清理后调整");
    assert_eq!(inputs["engine"], support::ENGINE);
    let form = inputs["form_files"].as_array().expect("files");
    let of = |name: &str| form.iter().find(|piece| piece["file"] == name).expect("the file")["blake3"].clone();
    assert_eq!(of("form.toml"), hash(support::text("templates/zfxxgk/form.toml").as_bytes()));
    assert_eq!(of("report.typ.tera"), hash(support::text("templates/zfxxgk/report.typ.tera").as_bytes()));
    assert!(record["fonts"].as_array().expect("fonts").len() >= 3);
    for artifact in record["artifacts"].as_array().expect("artifacts") {
        let name = artifact["file"].as_str().expect("a name");
        assert_eq!(artifact["blake3"], hash(&project.read(&format!("build/机关/{name}"))), "{name}");
    }
}

/// What is hashed once for all reports of a form is not another form's.
#[test]
fn records_of_one_build_name_the_files_of_each_form() {
    let project = Project::new();
    for form in ["foia", "wznb", "zfxxgk"] {
        for organ in ["甲", "乙"] {
            let facts = support::text(format!("templates/{form}/example.toml"));
            project.write(&format!("reports/{organ}-{form}/2025.toml"), facts);
        }
    }
    project.build_in_spite_of_warnings(&["--format", "html", "--jobs", "2"]);
    for form in ["foia", "wznb", "zfxxgk"] {
        let declared = hash(support::text(format!("templates/{form}/form.toml")).as_bytes());
        for organ in ["甲", "乙"] {
            let record = record(&project, &format!("build/{organ}-{form}/2025.json"));
            let files = record["inputs"]["form_files"].as_array().expect("files");
            let form_toml = files.iter().find(|piece| piece["file"] == "form.toml").expect("the file");
            assert_eq!(form_toml["blake3"], declared, "{organ}-{form}");
        }
    }
}

#[test]
fn verify_says_whether_a_page_is_todays_and_what_differs() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", support::ENGINE, "--format", "pdf,html,html-fragment,typ"]);
    let verify = |name: &str| project.run(["verify", &format!("build/机关/2025.{name}")]);
    for name in ["pdf", "html", "fragment.html", "typ"] {
        let run = verify(name);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}: {}", run.stdout);
        assert!(run.stdout.starts_with("相同"), "{}", run.stdout);
    }
    let differs = |name: &str, why: &str| {
        let run = verify(name);
        assert_eq!(run.status, 1, "{}", run.stdout);
        assert!(run.stdout.starts_with("不同") && run.stdout.contains(why), "{}", run.stdout);
    };
    project.write("build/机关/2025.html", "<p>改过的页面</p>");
    differs("html", "2025.html 生成之后被改动过");
    project.write(
        "templates/zfxxgk/report.typ.tera",
        support::text("templates/zfxxgk/report.typ.tera").replace("22pt", "21pt"),
    );
    differs("pdf", "表式 report.typ.tera 改变了");
    std::fs::remove_dir_all(project.path("templates")).expect("removed");
    project.write("reports/机关/2025.toml", plain_facts().replace("licences = 0", "licences = 7"));
    differs("pdf", "事实 reports/机关/2025.toml 改变了");
    project.write("reports/机关/2025.toml", plain_facts().replace("licences = 0", "licences = -7"));
    differs("pdf", "不能生成报告");
    // What was there is as it was.
    assert_eq!(project.read("build/机关/2025.html"), "<p>改过的页面</p>".as_bytes());
}

#[test]
fn a_draft_says_so_on_every_page_and_leaves_the_final_page_alone() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", support::ENGINE]);
    let before = project.read("build/机关/2025.pdf");
    let wrong = plain_facts().replace("licences = 0", "licences = -7").replace("penalties = 0", "");
    project.write("reports/机关/2025.toml", wrong);
    let run = project.run(ENGINE.iter().chain(&["--draft"]));
    assert_eq!(run.status, 1, "the facts are still rejected");
    assert!(run.stderr.contains("negative-number") && run.stderr.contains("missing-value"), "{}", run.stderr);
    assert_eq!(project.read("build/机关/2025.pdf"), before);
    let draft = project.path("build/机关/2025.draft.pdf");
    let words = pdf::words(&draft);
    let pages = words.iter().map(|word| word.page).max().expect("pages");
    for page in 1..=pages {
        let said: String = words.iter().filter(|word| word.page == page).map(|word| word.text.as_str()).collect();
        assert!(said.contains("草稿（还有2处问题）"), "page {page}: {said}");
    }
    let html = String::from_utf8(project.read("build/机关/2025.draft.html")).expect("UTF-8");
    assert!(html.contains("<p class=\"draft\" role=\"status\">草稿（还有2处问题）</p>"), "{html}");
    assert_eq!(record(&project, "build/机关/2025.draft.json")["inputs"]["open_problems"], 2);
    assert!(!String::from_utf8(project.read("build/机关/2025.html")).expect("UTF-8").contains("草稿"));
}

#[test]
fn a_fragment_has_no_page_no_script_and_nothing_from_outside() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", support::ENGINE, "--format", "html-fragment"]);
    let fragment = String::from_utf8(project.read("build/机关/2025.fragment.html")).expect("UTF-8");
    assert!(fragment.starts_with("<div lang=\"zh-CN\">") && fragment.trim_end().ends_with("</div>"));
    for part in ["<html", "<head", "<body", "<style", "<script", "<link", "<img", "<h1", "src=", "url(", "href="] {
        assert!(!fragment.contains(part), "{part}");
    }
    let page = scraper::Html::parse_fragment(&fragment);
    assert_eq!(support::web::tables(&page).len(), 6);
    assert!(fragment.contains("<h3>一、总体情况</h3>") && fragment.contains("<h4>（一）主动公开</h4>"));
}

/// What is there is built again where anything that it is made of has changed, or it is not what the record says; else not.
#[test]
fn only_what_has_changed_is_built_again() {
    let project = Project::with(&plain_facts());
    project.write("reports/机关/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    project.write("reports/甲/2025.toml", plain_facts());
    let built = |args: &[&str]| {
        let run = project.run(ENGINE.iter().chain(args));
        assert_eq!(run.status, 0, "{}", run.stderr);
        let lines = run.stdout.lines().filter_map(|line| line.strip_prefix("已生成 build/"));
        lines.filter(|line| line.ends_with(".pdf")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(built(&[]), ["机关/2024.pdf", "机关/2025.pdf", "甲/2025.pdf"]);
    assert_eq!(built(&[]), [""; 0]);
    assert_eq!(built(&["--force"]).len(), 3);
    // A change of one year's facts is one of the next year's too, which are checked against them.
    project.write(
        "reports/机关/2024.toml",
        plain_facts().replace("year = 2025", "year = 2024").replace("licences = 0", "licences = 3"),
    );
    assert_eq!(built(&[]), ["机关/2024.pdf", "机关/2025.pdf"]);
    let page = project.read("build/甲/2025.pdf");
    project.write("build/甲/2025.pdf", "不是这个文件");
    assert_eq!(built(&[]), ["甲/2025.pdf"]);
    assert_eq!(project.read("build/甲/2025.pdf"), page);
    for damaged in ["", "{", "{\"inputs\": 1}"] {
        project.write("build/甲/2025.json", damaged);
        assert_eq!(built(&[]), ["甲/2025.pdf"], "{damaged}");
    }
    std::fs::remove_file(project.path("build/甲/2025.html")).expect("removed");
    assert_eq!(built(&[]), ["甲/2025.pdf"]);
    let template = support::text("templates/zfxxgk/report.typ.tera");
    project.write("templates/zfxxgk/report.typ.tera", template.replace("22pt", "21pt"));
    assert_eq!(built(&[]).len(), 3);
    assert_eq!(built(&["--charts"]).len(), 3);
    assert_eq!(built(&[]).len(), 3);
    project.write("fonts/别的.txt", "");
    project.write("nianbao.toml", "font-paths = [\"fonts\"]\n");
    assert_eq!(built(&[]).len(), 0, "a folder without fonts is no other font");
    let fonts = walkdir::WalkDir::new("/usr/share/texlive/texmf-dist/fonts").into_iter().flatten();
    let font = fonts.map(walkdir::DirEntry::into_path).find(|path| path.ends_with("FandolFang-Regular.otf"));
    let font = std::fs::read(font.expect("the font of the body, of Debian's texlive-lang-chinese")).expect("a font");
    project.write("fonts/正文.otf", [&font[..], b"1"].concat());
    assert_eq!(built(&[]).len(), 3);
    assert_eq!(built(&[]).len(), 0);
    project.write("fonts/正文.otf", [&font[..], b"2"].concat());
    assert_eq!(built(&[]).len(), 3, "of the same length, a moment later");
    // What is not built is checked all the same.
    project.write("reports/甲/2025.toml", plain_facts().replace("licences = 0", "licences = -1"));
    assert_eq!(project.run(["build"]).status, 1);
}

/// A draft of facts that are in order does not say that there are problems.
#[test]
fn a_draft_that_is_in_order_says_no_number() {
    let project = Project::with(&support::plain_facts());
    project.build(&["--engine", support::ENGINE, "--draft", "--format", "html"]);
    let html = String::from_utf8(project.read("build/机关/2025.draft.html")).expect("UTF-8");
    assert!(html.contains("<p class=\"draft\" role=\"status\">草稿</p>"), "{html}");
}
