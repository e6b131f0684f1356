//! `docs/forms.md`, step by step; and what `forms check` finds.

mod support;

use std::path::Path;
use std::process::Command;

use support::{Project, Run, pdf, text};

/// The code blocks of the page: what stands after the fence, and the text.
fn blocks() -> Vec<(String, String)> {
    let page = text("docs/forms.md");
    let mut blocks = Vec::new();
    for piece in page.split("\n```").skip(1).step_by(2) {
        let (kind, body) = piece.split_once('\n').expect("a block");
        blocks.push((kind.to_owned(), body.to_owned() + "\n"));
    }
    blocks
}

fn shell(project: &Project, script: &str) -> Run {
    let program = Path::new(env!("CARGO_BIN_EXE_nianbao"));
    let path =
        format!("{}:{}", program.parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    Run::of(command.args(["-ec", script]).current_dir(project.root()).env("PATH", path).env("NIANBAO_LANG", "en"))
}

#[test]
fn every_step_of_the_tutorial_does_what_it_says() {
    let project = Project::new();
    let file = "templates/stalls/form.toml";
    let form = || String::from_utf8(project.read(file)).expect("UTF-8");
    let (mut replaced, mut steps, mut said) = (String::new(), 0, String::new());
    for (kind, body) in blocks() {
        match kind.as_str() {
            "sh" => {
                let run = shell(&project, &body);
                assert_eq!(run.status, 0, "{body}\n{}{}", run.stdout, run.stderr);
                said = run.stdout + &run.stderr;
                steps += 1;
            }
            "toml" if body.starts_with("label") => assert_eq!(body, form()),
            "jinja" => assert_eq!(body.as_bytes(), project.read("templates/stalls/report.typ.tera")),
            "toml replace" => replaced = body,
            "toml with" => {
                let changed = form().replace(&replaced, &body);
                assert_ne!(changed, form());
                project.write(file, changed);
            }
            "toml append" => project.write(file, form() + "\n" + &body),
            "toml" => project.write("templates/stalls/override.toml", body),
            other => panic!("{other}"),
        }
    }
    assert_eq!(steps, 4);
    assert!(said.contains("error[carried]"), "{said}");
    let document = pdf::read(&project.path("build/registry/2025.pdf"));
    assert_eq!(document.tables[0].last().expect("a row"), &["Every case", "1", "6", "7"].map(str::to_owned));
    let doctor = project.run(["--lang", "en", "doctor"]).stdout;
    assert!(
        doctor.contains("cases.small is labelled `Small cases`") && doctor.contains("few-open is an error"),
        "{doctor}"
    );
}

/// From nothing to a PDF in under sixty lines of TOML and Tera.
#[test]
fn the_form_of_the_tutorial_is_short() {
    let written = |kind: &str| blocks().into_iter().find(|(own, _)| own == kind).expect("the block").1;
    let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
    let all = lines(&written("toml")) + lines(&written("jinja"));
    assert!(all < 60, "{all} lines");
}

#[test]
fn forms_check_finds_what_is_wrong_and_what_is_idle() {
    let project = Project::new();
    assert_eq!(project.run(["forms", "new", "mine"]).status, 0);
    assert_eq!(project.run(["forms", "check", "mine"]).stdout, "表式 mine 没有问题\n");
    let form = String::from_utf8(project.read("templates/mine/form.toml")).expect("UTF-8");
    let page = String::from_utf8(project.read("templates/mine/report.typ.tera")).expect("UTF-8");
    let finds = |name: &str, changed: String, words: &str, status: i32| {
        project.write(&format!("templates/mine/{name}"), changed);
        let run = project.run(["forms", "check", "mine"]);
        assert!(run.status == status && run.stderr.contains(words), "{words} ({}):\n{}", run.status, run.stderr);
        project.write("templates/mine/form.toml", &form);
        project.write("templates/mine/report.typ.tera", &page);
    };
    let field = "[[field]]\nkey = \"idle\"\nkind = \"line\"\nlabel = \"Idle\"\n\n";
    finds("form.toml", form.replacen("[[field]]", &format!("{field}[[field]]"), 1), "“idle”没有用在页面上", 0);
    finds("form.toml", form.replace(", { prose = \"notes\" }", ""), "“notes”没有用在页面上", 0);
    finds("form.toml", form.replace("label = \"Small\"", "label = \"\""), "“cases.small”没有名称", 0);
    finds("form.toml", form.replace("{ open = 5, closed = 4 }", "{ open = 4, closed = 4 }"), "没有报告自己的错误例", 0);
    finds(
        "form.toml",
        form.replace("{ open = 1, closed = 4 }\"", "{ open = 7, closed = 4 }\""),
        "报告了自己的正确例",
        0,
    );
    finds("form.toml", form.replace("test = \"it.open", "test = \"it.opne"), "it.opne", 2);
    finds("report.typ.tera", page.replace("{% endfor %}{% endfor %}", "{% endfor %}"), "template-error", 2);
    finds("report.typ.tera", page.replace("{{ full_title }}]", "{{ ful_title }}]"), "template-error", 2);
    assert_eq!(project.run(["forms", "check", "mine"]).status, 0);
    for name in ["Mine", "../x", "partials", "mine", "zfxxgk"] {
        assert_eq!(project.run(["forms", "new", name]).status, 2, "{name}");
    }
}

#[test]
fn the_built_in_forms_are_in_order() {
    for name in nianbao::form::files::names(None) {
        let run = Project::new().run(["forms", "check", &name]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{name}");
    }
}
