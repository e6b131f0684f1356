//! The next year: `new` and `roll`. What is carried over is carried over cell by cell, what is not is asked for, and
//! nothing that people wrote is lost or overwritten.

use std::collections::BTreeMap;

use crate::support::{Project, plain_facts, text};

fn table(facts: &str) -> toml::Table {
    facts.parse().expect("TOML")
}

fn cells(facts: &toml::Table, row: &str) -> BTreeMap<String, i64> {
    let mut value = &toml::Value::Table(facts.clone());
    for key in row.split('.') {
        value = &value[key];
    }
    let cells = value.as_table().expect("a row").iter();
    cells
        .filter(|(key, _)| *key != "total")
        .map(|(key, number)| (key.clone(), number.as_integer().expect("a count")))
        .collect()
}

/// 宿迁 carried out 118 and 3 of 2023's requests, and carried in as many in 2024.
fn suqian() -> Project {
    let project = Project::new();
    project.write("reports/宿迁市人民政府/2023.toml", text("tests/data/suqian-2023.toml"));
    let run = project.run(["roll", "宿迁市人民政府"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    project
}

fn read(project: &Project, name: &str) -> String {
    String::from_utf8(project.read(name)).expect("UTF-8")
}

#[test]
fn a_real_citys_carry_in_is_its_carry_out_in_every_cell() {
    let project = suqian();
    let (last, next) =
        (read(&project, "reports/宿迁市人民政府/2023.toml"), read(&project, "reports/宿迁市人民政府/2024.toml"));
    let mut out = cells(&table(&last), "requests.carried_out");
    for column in ["natural", "business", "research", "welfare", "legal", "other"] {
        out.entry(column.to_owned()).or_insert(0);
    }
    assert_eq!(out["natural"], 118);
    assert_eq!(cells(&table(&next), "requests.carried_in"), out);
    assert_eq!(cells(&table(&next), "proactive.normative_documents"), BTreeMap::from([("in_force".to_owned(), 597)]));
    assert_eq!(table(&next)["year"].as_integer(), Some(2024));
    // All else is asked for.
    let run = project.run(["check", "2024"]);
    assert_eq!(run.status, 1);
    for missing in ["proactive.licences", "requests.received", "overview.proactive", "issued"] {
        assert!(run.stderr.contains(missing), "{missing}\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("carried_in"), "{}", run.stderr);
}

#[test]
fn another_carry_in_is_shown_in_both_files() {
    let project = suqian();
    let rest = |facts: &str| {
        facts
            .replace("[requests]\n", "[requests]\nrest = 0\nresults.granted = { natural = 118, business = 3 }\n")
            .replace("[disputes]\n", "[disputes]\nrest = 0\n")
    };
    let filled = rest(&read(&project, "reports/宿迁市人民政府/2024.toml"))
        .replace("[proactive]\n", "[proactive]\nlicences = 0\npenalties = 0\ncoercions = 0\nfees = 0\n")
        .replace("{ in_force = 11 }", "{ issued = 0, repealed = 0, in_force = 11 }")
        .replace("{ in_force = 597 }", "{ issued = 0, repealed = 0, in_force = 597 }")
        .replace("[overview]\n", "[overview]\nproactive = '甲。'\non_request = '乙。'\nmanagement = '丙。'\nplatform = '丁。'\nsupervision = '戊。'\n")
        .replace("[problems]\n", "[problems]\nexisting = '解读形式较少。'\nimprovements = '增加图解。'\n")
        .replace("[other_matters]\n", "[other_matters]\ntext = '无'\n");
    project.write("reports/宿迁市人民政府/2024.toml", &filled);
    let run = project.run(["check", "2024"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let wrong = filled.replace("natural = 118, business = 3, research", "natural = 117, business = 3, research");
    assert_ne!(wrong, filled);
    project.write("reports/宿迁市人民政府/2024.toml", wrong);
    let run = project.run(["check", "2024"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("错误[carry-over]"), "{}", run.stderr);
    let line = |file: &str, words: &str| {
        let facts = read(&project, &format!("reports/宿迁市人民政府/{file}"));
        let number = facts.lines().position(|line| line.starts_with(words)).expect("the line") + 1;
        format!("reports/宿迁市人民政府/{file}:{number}:")
    };
    assert!(run.stderr.contains(&line("2024.toml", "carried_in")), "{}", run.stderr);
    assert!(run.stderr.contains(&line("2023.toml", "carried_out")), "{}", run.stderr);
}

const ACCEPT: &str = "\n[[accept]]\ncheck = \"issued-in-force\"\nreason = \"清理\"\n";

/// Comments, order and kept values are as they were; prose is a marked draft; acceptances are gone.
#[test]
fn what_people_wrote_is_kept_and_marked() {
    let facts = plain_facts()
        .replace("[requests]", "# 申请科核对，2025年12月\n[requests]")
        .replace(
            "management = \"信息发布前逐件审核。\"",
            "management = \"2025年审核信息120条，比2024年多3.5%。\" # 待核",
        )
        .replace("documents = { issued = 0,", "documents = { issued = 1,")
        .replace("[overview]", "published = 2026-01-20 # 网站首页\n[overview]")
        + ACCEPT;
    let project = Project::with(&facts);
    let shown = project.run(["roll", "2025", "--dry-run"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    assert!(!project.path("reports/机关/2026.toml").exists(), "--dry-run writes nothing");
    let run = project.run(["roll", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let next = read(&project, "reports/机关/2026.toml");
    assert!(shown.stdout.contains(next.trim_end()));
    for kept in
        ["# 申请科核对，2025年12月\n[requests]", "name = \"示例区水务局\"", "# 待核", "published = \"\" # 网站首页\n"]
    {
        assert!(next.contains(kept), "{kept}\n{next}");
    }
    assert!(next.contains("# management = \"【2025】年审核信息【120】条，比【2024】年多【3.5】%。\""), "{next}");
    assert!(!next.contains("accept") && !next.contains("issued-in-force"), "{next}");
    let headers = |facts: &str| {
        facts
            .lines()
            .filter(|line| line.starts_with('[') && !line.contains("accept"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(headers(&next), headers(&facts));
    let _ = table(&next);
}

#[test]
fn rows_written_in_any_way_are_carried_over() {
    for (written, wanted) in [
        ("carried_in = { natural = 7 }", 4),
        ("carried_in.natural = 7", 4),
        ("carried_in = { natural = 7, business = 0 }", 4),
    ] {
        let facts = plain_facts().replace(
            "[requests]\nrest = 0\n",
            &format!("[requests]\nrest = 0\nresults.granted = {{ natural = 3 }}\n{written}\ncarried_out = {{ natural = {wanted} }}\n"),
        );
        let project = Project::with(&facts);
        let run = project.run(["roll", "2025"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{written}");
        let next = table(&read(&project, "reports/机关/2026.toml"));
        let row = cells(&next, "requests.carried_in");
        assert_eq!((row["natural"], row.len()), (wanted, 6), "{written}");
    }
}

#[test]
fn nothing_is_overwritten_and_facts_with_errors_are_refused() {
    let project = Project::with(&plain_facts());
    project.write("reports/机关/2026.toml", "# 已有\n");
    let run = project.run(["roll", "2025"]);
    assert!(run.status == 2 && run.stderr.contains("[already-exists]"), "{}", run.stderr);
    assert_eq!(read(&project, "reports/机关/2026.toml"), "# 已有\n");
    let wrong = Project::with(&plain_facts().replace("penalties = 0", "penalties = -1"));
    wrong.write("reports/甲/2025.toml", plain_facts());
    let run = wrong.run(["roll", "2025"]);
    assert!(run.status == 1 && run.stderr.contains("[negative-number]"), "{}", run.stderr);
    assert!(!wrong.path("reports/甲/2026.toml").exists(), "all or none");
    let back = Project::with(&plain_facts()).run(["roll", "2025", "--to", "2024"]);
    assert!(back.status == 2 && back.stderr.contains("[usage]"), "{}", back.stderr);
}

/// This year's line ends and byte order mark are next year's, whatever the file is made of.
#[test]
fn the_next_years_file_has_the_line_ends_of_this_years() {
    let facts = plain_facts().replace(
        "management = \"信息发布前逐件审核。\"",
        "management = \"\"\"\n2025年审核信息120条。\n\n每季度清理一次。\n\"\"\" # 待核",
    ) + ACCEPT;
    let unix = Project::with(&facts);
    assert_eq!(unix.run(["roll", "2025"]).status, 0);
    let wanted = read(&unix, "reports/机关/2026.toml");
    assert!(wanted.contains("# 【2025】年审核信息【120】条。\n"), "{wanted}");
    for mark in ["", "\u{feff}"] {
        let windows = Project::with(&format!("{mark}{}", facts.replace('\n', "\r\n")));
        let run = windows.run(["roll", "2025", "--dry-run"]);
        assert!(run.status == 0 && !run.stdout.contains(['\r', '\u{feff}']), "{}", run.stdout);
        assert_eq!(windows.run(["roll", "2025"]).status, 0);
        let next = read(&windows, "reports/机关/2026.toml");
        assert_eq!(next, format!("{mark}{}", wanted.replace('\n', "\r\n")));
    }
}

#[test]
fn a_file_that_is_not_named_after_a_year_is_told_what_it_should_be_called() {
    for name in ["2025年", "2025 - 副本", "年报"] {
        let project = Project::new();
        project.write(&format!("reports/机关/{name}.toml"), plain_facts());
        let file = format!("reports/机关/{name}.toml");
        let zh = project.run(["roll", file.as_str()]);
        assert_eq!(zh.status, 2);
        assert!(!zh.stderr.contains("已经存在"), "{}", zh.stderr);
        assert!(zh.stderr.contains(&format!("错误[usage]: {file} 不是以年份命名的")), "{}", zh.stderr);
        assert!(zh.stderr.contains("改名为 2025.toml，再运行 nianbao roll"), "{}", zh.stderr);
        let en = project.run(["--lang", "en", "roll", file.as_str(), "--to", "2027"]);
        assert!(en.stderr.contains(&format!("error[usage]: {file} is not named after a year")), "{}", en.stderr);
        assert!(en.stderr.contains("rename it to 2025.toml and run `nianbao roll` again"), "{}", en.stderr);
        assert!(!project.path("reports/机关/2026.toml").exists() && !project.path("reports/机关/2027.toml").exists());
    }
}

/// Line ends are no matter of layout: a file of Windows is in order, and stays one where its layout is mended.
#[test]
fn the_layout_keeps_line_ends_and_byte_order_marks() {
    let facts = plain_facts()
        .replace("management = \"信息发布前逐件审核。\"", "management = \"\"\"\n甲。  \n\n\n 乙。\n\"\"\"");
    let project = Project::with(&facts);
    assert_eq!(project.run(["fmt"]).status, 0);
    let tidy = read(&project, "reports/机关/2025.toml");
    let windows = tidy.replace('\n', "\r\n");
    for mark in ["", "\u{feff}"] {
        for tidy in [&tidy, &windows] {
            let tidy = format!("{mark}{tidy}");
            let project = Project::with(&tidy);
            let run = project.run(["fmt", "--check"]);
            assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{tidy:?}");
            project.write("reports/机关/2025.toml", tidy.replacen(" = ", "=", 3));
            assert_eq!(project.run(["fmt", "--check"]).status, 1);
            assert_eq!(project.run(["fmt"]).status, 0);
            assert_eq!(read(&project, "reports/机关/2025.toml"), tidy);
        }
    }
    let value = |text: &str| table(&text.replace("\r\n", "\n"))["overview"]["management"].as_str().map(str::to_owned);
    assert_eq!(value(&windows).as_deref(), Some("甲。  \n\n\n 乙。\n"));
}

#[test]
fn mixed_line_ends_become_those_of_most_lines_and_this_is_said() {
    let project = Project::with(&plain_facts());
    assert_eq!(project.run(["fmt"]).status, 0);
    let tidy = read(&project, "reports/机关/2025.toml");
    let windows = tidy.replace('\n', "\r\n");
    for (mixed, name, wanted) in
        [(tidy.replacen('\n', "\r\n", 3), "LF", &tidy), (windows.replacen("\r\n", "\n", 3), "CRLF", &windows)]
    {
        project.write("reports/机关/2025.toml", &mixed);
        let run = project.run(["fmt", "--check"]);
        let said = format!("需要整理：reports/机关/2025.toml（换行有两种，统一为多数的 {name}）\n");
        assert_eq!((run.status, run.stdout), (1, said));
        let run = project.run(["--lang", "en", "fmt"]);
        let said =
            format!("formatted reports/机关/2025.toml (it mixes line ends; most are {name}, and so are all then)\n");
        assert_eq!((run.status, run.stdout), (0, said));
        assert_eq!(&read(&project, "reports/机关/2025.toml"), wanted);
    }
}
