//! A city's figures as it published them, with those of its parts.

use std::collections::BTreeMap;

use super::{loaded, told};
use crate::support::{Project, text};

/// The requests that came to each part of the city, by the city's own report.
fn parts() -> BTreeMap<String, u32> {
    let table = text("tests/data/suqian-2023-parts.tsv");
    let rows = table.lines().skip(1).map(|line| line.split_once('\t').expect("two columns"));
    rows.map(|(part, received)| (part.to_owned(), received.parse().expect("a count"))).collect()
}

fn part(name: &str, received: u32) -> String {
    let facts = text("tests/cases/accept/zeros/facts.toml");
    let facts = facts.replace("year = 2025", "year = 2023").replace("示例区水务局", &format!("宿迁市{name}"));
    let row = format!("[requests]\nreceived = {{ natural = {received} }}\ncarried_out = {{ natural = {received} }}");
    facts.replace("[requests]", &row)
}

/// The city, which says how many requests came, and all else by its parts.
fn city(received: u32) -> Project {
    let project = Project::new();
    for (name, received) in parts() {
        project.write(&format!("reports/宿迁市/{name}/2023.toml"), part(&name, received));
    }
    let city = part("人民政府", received);
    let figures = city.find("[proactive]").expect("the figures")..city.find("[problems]").expect("what comes after");
    let received = format!("[requests]\nreceived = {{ total = {received} }}\n\n");
    let city = city.replace(&city[figures], &received);
    project.write("reports/宿迁市/2023.toml", city + "\n[consolidates]\norgans = [\"宿迁市/*\"]\n");
    project
}

#[test]
fn the_parts_of_a_published_figure_add_up_to_it() {
    assert_eq!(parts().len(), 11);
    let project = city(3607);
    let loaded = loaded(&project, "宿迁市", 2023).unwrap_or_else(|problems| panic!("{:?}", told(&problems)));
    assert_eq!(told(&loaded.problems), Vec::<String>::new());
    let figures = super::figures(&loaded.report);
    for key in ["requests.received.total", "requests.received.natural", "requests.carried_out.total"] {
        assert_eq!(figures[key].to_string(), "3607", "{key}");
    }
    let wrong = city(3611).run(["--lang", "en", "check", "宿迁市/2023.toml"]);
    assert!(wrong.status == 1 && wrong.stderr.contains("stated 3611, computed 3607, difference 4"), "{}", wrong.stderr);
}

/// The city names its eleven parts, so that one that is not there is missed.
#[test]
fn a_part_that_is_missing_is_told() {
    let names: Vec<String> = parts().keys().map(|name| format!("\"{name}\"")).collect();
    for (missing, _) in parts() {
        let project = city(3607);
        let facts = String::from_utf8(project.read("reports/宿迁市/2023.toml")).expect("UTF-8");
        project.write("reports/宿迁市/2023.toml", facts.replace("\"宿迁市/*\"", &names.join(", ")));
        project.write("nianbao.toml", format!("organs = [\"宿迁市/{missing}\"]\n"));
        std::fs::remove_dir_all(project.path(&format!("reports/宿迁市/{missing}"))).expect("removed");
        let run = project.run(["check", "reports/宿迁市/2023.toml"]);
        assert_eq!(run.status, 1);
        let said = format!("错误[organ-missing]: 1 个机关没有 2023 年的事实文件：宿迁市/{missing}");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
        assert_eq!(
            run.stderr.matches("错误[").count(),
            1,
            "nothing else is said of figures that are not whole: {}",
            run.stderr
        );
    }
}
