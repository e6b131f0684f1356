//! A project changes one partial, one label or one rule of a built-in form, and copies nothing of the rest.

use crate::support::{Project, plain_facts, text};

const OVERRIDE: &str = "templates/zfxxgk/override.toml";

fn project(overrides: &str) -> Project {
    let project = Project::with(&plain_facts());
    project.write(OVERRIDE, overrides);
    project
}

fn typ(project: &Project) -> String {
    project.build(&["--format", "typ,html"]);
    String::from_utf8(project.read("build/机关/2025.typ")).expect("UTF-8")
}

#[test]
fn one_label_of_a_row_a_column_and_a_field() {
    let project = project(
        "[labels]\n\"organ.phone\" = \"咨询电话\"\n\"proactive.licences\" = \"行政许可（含备案）\"\nin_force = \"年末有效件数\"\n",
    );
    project.write("reports/机关/2025.toml", plain_facts().replace("[organ]\n", "[organ]\nphone = \"010-1\"\n"));
    let page = typ(&project);
    for label in ["咨询电话：", "行政许可（含备案）", "年末有效件数"] {
        assert!(page.contains(label), "{label}");
    }
    assert!(!page.contains("现行有效件数"));
    assert!(page.contains("本年制发件数"), "the rest is as it was");
    let doctor = project.run(["doctor"]).stdout;
    assert!(doctor.contains("organ.phone 的名称改为“咨询电话”") && doctor.contains("override.toml"), "{doctor}");
    assert!(project.run(["forms"]).stdout.contains("in_force 的名称改为“年末有效件数”"));
}

#[test]
fn one_rule_left_out_made_heavier_or_said_otherwise() {
    let documents = "documents = { issued = 0, repealed = 0, in_force = 0 }";
    let facts = plain_facts().replace(documents, "documents = { issued = 5, repealed = 0, in_force = 0 }");
    let said = |overrides: &str| {
        let project = project(overrides);
        project.write("reports/机关/2025.toml", &facts);
        let run = project.run(["check"]);
        (run.status, run.stderr)
    };
    let (status, stderr) = said("");
    assert!(status == 0 && stderr.contains("警告[issued-in-force]"), "{stderr}");
    let (status, stderr) = said("[rule.issued-in-force]\noff = true\n");
    assert!(status == 0 && !stderr.contains("issued-in-force"), "{stderr}");
    let (status, stderr) =
        said("[rule.issued-in-force]\nseverity = \"error\"\nmessage = { zh = \"制发多于有效\", en = \"too many\" }\n");
    assert!(status == 1 && stderr.contains("错误[issued-in-force]: 制发多于有效"), "{stderr}");
    let doctor = project("[rule.issued-in-force]\noff = true\n").run(["doctor"]).stdout;
    assert!(doctor.contains("不检查 issued-in-force"), "{doctor}");
}

#[test]
fn one_partial() {
    let project = Project::with(&plain_facts());
    let partial = text("templates/partials/tables.typ.tera").replace("#dbe9f5", "#ffeecc");
    project.write("templates/partials/tables.typ.tera", partial);
    let page = typ(&project);
    assert!(page.contains("#ffeecc") && !page.contains("#dbe9f5"));
    assert!(project.run(["doctor"]).stdout.contains("partials/tables.typ.tera"));
}

#[test]
fn what_stands_for_nothing_is_told_where_it_stands() {
    for (overrides, near) in [
        ("[labels]\n\"organ.phnoe\" = \"电话\"\n", "organ.phone"),
        ("[rule.issued-in-forse]\noff = true\n", "issued-in-force"),
        ("[rule.issued-in-force]\nof = true\n", "override.toml"),
        ("[labels\n", "override.toml"),
    ] {
        let run = project(overrides).run(["check"]);
        assert_eq!(run.status, 2, "{overrides}");
        assert!(run.stderr.contains("[form-file]") && run.stderr.contains(near), "{overrides}\n{}", run.stderr);
        assert!(run.stderr.contains("templates/zfxxgk/override.toml:"), "{}", run.stderr);
    }
}
