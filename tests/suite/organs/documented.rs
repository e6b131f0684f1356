//! `docs/organs.md`, command by command, in a copy of the project that it is about; and that project as it is.

use crate::support::{Project, Run, repository, text};

/// The code blocks of the page: what stands after the fence, and the text.
fn blocks() -> Vec<(String, String)> {
    let page = text("docs/organs.md");
    let pieces = page.split("\n```").skip(1).step_by(2);
    let block = |piece: &str| piece.split_once('\n').map(|(kind, body)| (kind.to_owned(), body.to_owned() + "\n"));
    pieces.map(|piece| block(piece).expect("a block")).collect()
}

/// A copy of the county's project.
fn county() -> Project {
    let (project, folder) = (Project::new(), repository().join("docs/organs"));
    for entry in walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let name = entry.path().strip_prefix(&folder).expect("below").to_string_lossy().into_owned();
        project.write(&name, std::fs::read(entry.path()).expect("a file"));
    }
    project
}

#[test]
fn every_command_says_what_the_page_says() {
    let project = county();
    let (mut said, mut commands, mut shown) = (String::new(), 0, 0);
    let written = text("docs/organs/nianbao.toml") + &text("docs/organs/reports/青湖区/2025.toml");
    for (kind, body) in blocks() {
        match kind.as_str() {
            "sh" => {
                let mut command = project.shell(&format!("set -e\n{body}"));
                let run = Run::of(command.env("NIANBAO_LANG", "en"));
                assert_eq!(run.status, 0, "{body}\n{}{}", run.stdout, run.stderr);
                said = run.stdout + &run.stderr;
                commands += 1;
            }
            "text" => {
                assert!(said.contains(body.trim_end_matches('\n')), "{body}\nis not in\n{said}");
                shown += 1;
            }
            "toml" => assert!(written.contains(&body), "{body}"),
            "toml without" => {
                let facts = text("docs/organs/reports/青湖区/2025.toml");
                let organs = "organs = [\"区政府部门\", \"各镇街\"]\n";
                assert!(facts.contains(organs));
                let other = county();
                other.write("reports/青湖区/2025.toml", facts.replace(organs, &format!("{organs}{body}")));
                assert_eq!(other.run(["check", "青湖区"]).status, 0);
            }
            other => panic!("a block of {other}"),
        }
    }
    assert!(commands >= 5 && shown >= 5, "{commands} commands, {shown} answers");
}

#[test]
fn the_county_is_in_order_and_its_schemas_are_there() {
    let project = county();
    let run = project.run(["check", "--deny", "warnings"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(project.run(["fmt", "--check"]).status, 0);
    for file in project.files().into_iter().filter(|name| name.ends_with(".toml")) {
        let facts = text(format!("docs/organs/{file}"));
        let schema = facts.lines().next().and_then(|line| line.strip_prefix("#:schema ")).expect("a schema");
        let folder = repository().join("docs/organs").join(&file);
        assert!(folder.parent().expect("a folder").join(schema).is_file(), "{file}: {schema}");
    }
}
