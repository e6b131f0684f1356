//! `diff`: what is said of two years of a report, in each output; and of an organ's years.

use crate::support::{Project, golden, repository, text};

/// 湛河 2023, and 2024 as `roll` begins it and people might fill it in.
fn two_years() -> Project {
    let project = Project::new();
    project.write("reports/湛河区应急管理局/2023.toml", text("reports/湛河区应急管理局/2023.toml"));
    let run = project.run(["roll", "2023"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let rolled = String::from_utf8(project.read("reports/湛河区应急管理局/2024.toml")).expect("UTF-8");
    let filled: Vec<String> = rolled.lines().map(filled).collect();
    let filled = filled
        .join("\n")
        .replace("licences = …", "licences = 15")
        .replace("penalties = …", "penalties = 6")
        .replace("coercions = …", "coercions = 0")
        .replace("fees = …", "fees = 0.25")
        .replace("{ in_force = 0 }", "{ issued = 0, repealed = 0, in_force = 0 }")
        .replace("2023年的问题主要有两个方面", "2024年的问题主要有两个方面")
        .replace(
            "一是健全网站管理制度。成立网站管理机构，分管局长任组长",
            "一是落实网站管理制度。每月抽查一次栏目，结果全局通报。局长任组长",
        );
    project.write("reports/湛河区应急管理局/2024.toml", filled);
    let run = project.run(["check", "2024"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    project
}

/// A line of the draft without its comment mark and the marks around its numbers.
fn filled(line: &str) -> String {
    let line =
        line.strip_prefix("# ").or_else(|| line.strip_prefix('#').filter(|rest| rest.is_empty())).unwrap_or(line);
    line.replace(['【', '】'], "")
}

#[test]
fn two_years_in_each_output() {
    let project = two_years();
    for (format, file) in [("table", "expected.txt"), ("json", "expected.json"), ("html", "expected.html")] {
        let args =
            ["diff", "reports/湛河区应急管理局/2023.toml", "reports/湛河区应急管理局/2024.toml", "--format", format];
        let run = project.run(args);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        golden(&repository().join("tests/diff").join(file), &run.stdout);
    }
}

#[test]
fn the_years_of_an_organ() {
    let project = two_years();
    let third = String::from_utf8(project.read("reports/湛河区应急管理局/2024.toml")).expect("UTF-8");
    project.write(
        "reports/湛河区应急管理局/2025.toml",
        third.replace("year = 2024", "year = 2025").replace("licences = 15", "licences = 9"),
    );
    let run = project.run(["diff", "湛河区应急管理局"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for row in ["| 2023 | 2024 | 2025 |", "行政许可·本年处理决定数量", "|   12 |   15 |    9 |", "| 0.25 |"]
    {
        assert!(run.stdout.contains(row), "{row}\n{}", run.stdout);
    }
    for format in ["json", "html"] {
        let run = project.run(["diff", "湛河区应急管理局", "--format", format]);
        assert_eq!(run.status, 0);
        assert!(run.stdout.contains("2025") && run.stdout.contains("行政许可"), "{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let project = two_years();
    let run = project.run(["diff", "reports/湛河区应急管理局/2023.toml"]);
    assert!(run.status == 2 && run.stderr.contains("[usage]"), "{}", run.stderr);
    let run = project.run(["diff", "湛河区应急管理局", "2023"]);
    assert!(run.status == 2 && run.stderr.contains("[usage]"), "{}", run.stderr);
    let same = project.run(["diff", "reports/湛河区应急管理局/2023.toml", "reports/湛河区应急管理局/2023.toml"]);
    assert!(same.status == 0 && same.stdout.contains("没有不同"), "{}", same.stdout);
}
