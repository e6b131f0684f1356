//! Word files, read back: all words, every cell under its heads, the same bytes each time, and no file from a template that is wrong.

use std::fs;

use crate::support::{Project, Run, docx, plain_facts, repository, squeezed, text, web};

const DOCX: &str = "build/机关/2025.docx";

/// What the web version of a report has, beside what its Word file has.
fn is_as_the_web_page(project: &Project, page: &str) {
    let document = docx::read(&project.path(&format!("{page}.docx")));
    let html = web::page(project, &format!("{page}.html"));
    let of = |style: &str| -> Vec<String> {
        let named = document.paragraphs.iter().filter(|(name, _)| name == style);
        named.map(|(_, text)| text.clone()).collect()
    };
    let title: String = web::texts(&html, "h1 span").concat();
    assert_eq!(of("Title").concat().replace('\n', ""), title, "{page}");
    assert_eq!(of("Heading1"), web::texts(&html, "section > h2"), "{page}");
    assert_eq!(of("Heading2"), web::texts(&html, "section > h3"), "{page}");
    // All that is there to be read, in order.
    let shown: String = web::texts(&html, "main").concat();
    assert_eq!(squeezed(&document.text), squeezed(&shown), "{page}");
    let tables: Vec<_> = document.tables.iter().map(|(_, table)| table.clone()).collect();
    assert_eq!(tables, web::tables(&html), "{page}");
    assert!(document.tables.iter().all(|(heads, _)| *heads > 0), "{page}");
}

#[test]
fn every_accepted_case_has_the_words_and_cells_of_its_web_page() {
    for entry in fs::read_dir(repository().join("tests/cases/accept")).expect("the cases") {
        let folder = entry.expect("a case").path();
        let project = Project::with(&text(folder.join("facts.toml")));
        project.build_with_notes(&["--format", "html,docx"]);
        is_as_the_web_page(&project, "build/机关/2025");
    }
}

#[test]
fn paragraphs_and_contact_lines_are_there() {
    let project =
        Project::with(&plain_facts().replace("[overview]", "phone = \"0517-1\"\nemail = \"a@b.cn\"\n\n[overview]"));
    project.build_in_spite_of_warnings(&["--format", "docx"]);
    let document = docx::read(&project.path(DOCX));
    let plain: Vec<&str> =
        document.paragraphs.iter().filter(|(style, _)| style.is_empty()).map(|(_, text)| text.as_str()).collect();
    assert!(plain.contains(&"信息发布前逐件审核。"), "{plain:?}");
    assert_eq!(plain[plain.len() - 2..], ["电话：0517-1", "电子邮箱：a@b.cn"]);
    let core = &docx::parts(&project.path(DOCX))["docProps/core.xml"];
    assert!(core.contains("<dc:title>示例区水务局2025年政府信息公开工作年度报告</dc:title>"), "{core}");
    assert!(core.contains(">2026-01-01T00:00:00Z</dcterms:created>"), "{core}");
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    let project = Project::with(&plain_facts());
    let build = |out: &str, more: &[&str]| {
        let run = Run::of(project.command().args(["build", "--format", "docx", "--out", out]).args(more));
        assert_eq!(run.status, 0, "{}", run.stderr);
        project.read(&format!("{out}/机关/2025.docx"))
    };
    let bytes = build("a", &[]);
    assert_eq!(build("b", &["--jobs", "1"]), bytes);
    let run = project.run(["verify", "a/机关/2025.docx"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    fs::write(project.path("a/机关/2025.docx"), &bytes[1..]).expect("written");
    assert_eq!(project.run(["verify", "a/机关/2025.docx"]).status, 1);
}

#[test]
fn a_draft_says_so_on_every_page() {
    let project = Project::with(&plain_facts().replace("proactive = \"", "proactive = \"（单位名称）"));
    let run = project.run(["build", "--draft", "--format", "docx"]);
    let parts = docx::parts(&project.path("build/机关/2025.draft.docx"));
    for name in ["word/header1.xml", "word/header2.xml"] {
        assert!(parts[name].contains("草稿"), "{}\n{}", parts[name], run.stderr);
    }
    let order = project.run(["build", "--format", "docx", "--draft"]);
    assert!(order.stderr.contains("错误") || order.status == 0, "{}", order.stderr);
}

/// Charts are tables: what a bar stands for, the bar, and the figure.
#[test]
fn charts_have_their_figures() {
    let project = Project::with(&text("tests/cases/accept/full/facts.toml"));
    project.build_with_notes(&["--format", "docx,html", "--charts"]);
    let document = docx::read(&project.path(DOCX));
    let html = web::page(&project, "build/机关/2025.html");
    let charts: Vec<_> = document.tables.iter().filter(|(heads, _)| *heads == 0).collect();
    assert_eq!(charts.len(), web::texts(&html, "figure.chart").len());
    assert!(!charts.is_empty());
    let figures: Vec<String> = charts.iter().flat_map(|(_, rows)| rows).map(|row| row[2].clone()).collect();
    let shown = web::texts(&html, "figure.chart td").into_iter().map(|text| text.trim().to_owned());
    assert_eq!(figures, shown.collect::<Vec<_>>());
}

#[test]
fn hostile_prose_is_text() {
    let long = "长".repeat(99_000);
    let nested: String = (0..12).map(|depth| format!("{}- 第{depth}层\n", "  ".repeat(depth))).collect();
    let hostile = format!(
        "甲]]>乙&丙&lt;丁<w:p/>戊{{%己\u{202d}庚\u{202c}辛</w:t>壬“引号”… —— end\n\n{long}\n\n{nested}\n\n\
         [癸](https://a.cn/?\"%20\\\\x&y)"
    );
    let written = toml::Value::String(hostile).to_string();
    let project = Project::with(
        &plain_facts().replace("management = \"信息发布前逐件审核。\"", &format!("management = {written}")),
    );
    project.build_in_spite_of_warnings(&["--format", "docx"]);
    let document = docx::read(&project.path(DOCX));
    let paragraphs: Vec<&str> = document.paragraphs.iter().map(|(_, text)| text.as_str()).collect();
    // What turns the direction of writing is told, and left out of every page.
    let first = "甲]]>乙&丙&lt;丁<w:p/>戊{%己庚辛</w:t>壬“引号”… —— end";
    assert!(paragraphs.contains(&first), "{:?}", &paragraphs[..12]);
    assert!(paragraphs.contains(&long.as_str()));
    for depth in 0..12 {
        assert!(paragraphs.contains(&format!("第{depth}层").as_str()), "{depth}");
    }
    let xml = &docx::parts(&project.path(DOCX))["word/document.xml"];
    assert!(
        xml.contains("HYPERLINK \"https://a.cn/?%22%20%5C"),
        "{}",
        &xml[xml.find("HYPERLINK").unwrap_or(0)..][..60]
    );
}

/// Lists are Word's own, and their numbers those that were typed.
#[test]
fn lists_have_the_numbers_that_were_typed() {
    let written = toml::Value::String("1. 甲\n2. 乙\n\n二\n\n4. 丙\n\n- 丁".to_owned()).to_string();
    let management = "management = \"信息发布前逐件审核。\"";
    let project = Project::with(&plain_facts().replace(management, &format!("management = {written}")));
    project.build_in_spite_of_warnings(&["--format", "docx"]);
    let parts = docx::parts(&project.path(DOCX));
    let used: Vec<&str> = docx::values(&parts["word/document.xml"], "numId");
    assert_eq!(used, ["2", "2", "3", "1"]);
    let numbering = &parts["word/numbering.xml"];
    assert_eq!(docx::values(numbering, "startOverride"), ["1", "4"]);
    for (number, kind) in [("1", "0"), ("2", "1"), ("3", "1")] {
        let declared = format!("<w:num w:numId=\"{number}\"><w:abstractNumId w:val=\"{kind}\"/>");
        assert!(numbering.contains(&declared), "{numbering}");
    }
}

/// A form that the program has never heard of, and that has no word of Word in it.
#[test]
fn a_form_without_a_word_template_has_word() {
    let project = Project::new();
    for name in ["form.toml", "report.typ.tera", "report.html.tera"] {
        project.write(&format!("templates/census/{name}"), text(format!("tests/second_form/templates/census/{name}")));
    }
    project.write("reports/Ambridge/1881.toml", text("tests/second_form/facts.toml"));
    project.build(&["--format", "docx,html"]);
    let document = docx::read(&project.path("build/Ambridge/1881.docx"));
    assert_eq!(document.tables.len(), 1);
    assert_eq!(
        (document.tables[0].0, &document.tables[0].1[4]),
        (2, &["Iron", "Wrought", "2", "2", "4"].map(str::to_owned).to_vec())
    );
    let headings: Vec<_> = document.paragraphs.iter().filter(|(style, _)| style == "Heading1").collect();
    assert_eq!(headings.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["Count", "Notes"]);
}

#[test]
fn a_new_form_has_word_at_once() {
    let project = Project::new();
    for args in [&["forms", "new", "stalls"][..], &["forms", "check", "stalls"]] {
        let run = project.run(args);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    }
    project.write("reports/registry/2025.toml", project.read("templates/stalls/example.toml"));
    project.build(&["--format", "docx"]);
    assert_eq!(docx::read(&project.path("build/registry/2025.docx")).tables.len(), 1);
}

/// A template that writes what is no XML, or no file, is told at its line, and nothing is written.
#[test]
fn a_wrong_template_is_told_at_its_line() {
    let good = text("templates/zfxxgk/partials/footer.docx.tera");
    let cases = [
        (good.replace("</w:ftr>", "</w:footer>"), "元素“w:ftr”没有结束", "`w:ftr` is not ended"),
        (good.replace("<w:pStyle", "& <w:pStyle"), "“&”后面不是实体", "no entity"),
        (good.replace("w:jc w:val", "x:jc w:val"), "前缀“x”没有声明", "prefix `x`"),
        (good.replace("<w:ftr ", "<!DOCTYPE a><w:ftr "), "XML", "XML"),
    ];
    for (wrong, zh, en) in cases {
        for (language, said) in [("zh", zh), ("en", en)] {
            let project = Project::with(&plain_facts());
            project.write("templates/zfxxgk/partials/footer.docx.tera", format!("{{#- a -#}}\n{wrong}"));
            let run = project.run(["--lang", language, "build", "--format", "html,docx"]);
            assert_eq!(run.status, 2, "{}", run.stderr);
            assert!(run.stderr.contains("template-error") && run.stderr.contains(said), "{said}: {}", run.stderr);
            assert!(run.stderr.contains("templates/zfxxgk/partials/footer.docx.tera:3:"), "{}", run.stderr);
            assert!(!project.files().iter().any(|file| file.starts_with("build/")), "{:?}", project.files());
        }
    }
}
