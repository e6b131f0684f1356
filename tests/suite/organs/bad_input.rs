//! What keeps figures from being added up: each kind of clash is told at its place, in both languages, and nothing else is said.

use std::fs;

use super::{OWN, cells, government, loaded, office, organ, two};
use crate::support::Project;

/// Place, code, and words of a problem in both languages.
type Said<'a> = (&'a str, &'a str, &'a str, &'a str);

/// All that is said of an organ's facts of 2025 must be this; places are in its own file, unless they have a name.
fn says(project: &Project, organ: &str, wanted: &[Said<'_>]) {
    let problems = match loaded(project, organ, 2025) {
        Ok(loaded) => loaded.problems,
        Err(problems) => problems,
    };
    let root = format!("{}/", project.root().canonicalize().expect("a folder").display());
    let own = format!("reports/{organ}/2025.toml:");
    let found: Vec<[String; 4]> = problems
        .iter()
        .map(|problem| {
            let place = problem.primary().map(ToString::to_string).unwrap_or_default();
            let place = place.replace(&root, "").replace(&own, "");
            [
                place,
                problem.code.to_string(),
                problem.message.zh.replace(&root, ""),
                problem.message.en.replace(&root, ""),
            ]
        })
        .collect();
    let is_said = |(found, wanted): (&[String; 4], &Said<'_>)| {
        let (place, code, zh, en) = *wanted;
        found[0] == place && found[1] == code && found[2].contains(zh) && found[3].contains(en)
    };
    let all = found.len() == wanted.len() && found.iter().zip(wanted).all(is_said);
    assert!(all, "{organ}: wanted {wanted:#?}, said {found:#?}");
    // The program says the same, and which line it is.
    for (language, of) in [("zh", 2), ("en", 3)] {
        let run = project.run(["--lang", language, "check", &format!("reports/{organ}/2025.toml")]);
        assert_eq!(run.status, i32::from(problems.iter().any(nianbao::diag::Diagnostic::is_error)), "{}", run.stderr);
        for found in &found {
            assert!(run.stderr.contains(&found[of]), "{}\n{}", found[of], run.stderr);
        }
    }
}

#[test]
fn what_is_no_list_of_organs_is_told_and_nothing_is_said_of_sums() {
    let shape = |consolidates: &str, wanted: &[Said<'_>]| says(&two(consolidates, OWN), "市", wanted);
    for (consolidates, wanted) in [
        ("", &[("6:1", "missing-value", "consolidates 缺少 organs", "`consolidates` lacks `organs`")][..]),
        ("organs = \"甲局\"", &[("7:10", "wrong-type", "organs 应是一组值", "`organs` must be a list")]),
        ("organs = []", &[("7:10", "empty-value", "organs 是空的", "`organs` is empty")]),
        (
            "organs = [1, \"甲局\", [\"乙局\"], \" \"]",
            &[
                ("7:11", "wrong-type", "organs 应是引号里的文字", "`organs` must be text"),
                ("7:20", "wrong-type", "organs 应是引号里的文字", "`organs` must be text"),
                ("7:28", "empty-value", "organs 中有空的一项", "`organs` is empty here"),
            ],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\norgan = \"甲局\"",
            &[("8:1", "unknown-key", "consolidates 中没有“organ”这一项", "`consolidates` has no key `organ`")],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\nwithout = \"乙局\"",
            &[("8:11", "wrong-type", "without 应是一组值", "`without` must be a list")],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\nwithout = [\"乙局\"]",
            &[("8:12", "wrong-type", "without 的每一项应有 organ 和 reason", "each of `without` must have")],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\nwithout = [{ organ = \"乙局\" }]",
            &[("8:12", "missing-value", "without 缺少 reason", "`without` lacks `reason`")],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\nwithout = [{ organ = \"乙局\", reason = \"\" }]",
            &[("8:37", "empty-value", "reason 中有空的一项", "`reason` is empty here")],
        ),
        (
            "organs = [\"甲局\", \"乙局\"]\nwithout = [{ reason = \"并入\", year = 1, organ = 3 }]",
            &[
                ("8:29", "unknown-key", "without 中没有“year”这一项", "`without` has no key `year`"),
                ("8:47", "wrong-type", "organ 应是引号里的文字", "`organ` must be text"),
            ],
        ),
    ] {
        shape(consolidates, wanted);
    }
    let project = two("", OWN);
    let facts = String::from_utf8(project.read("reports/市/2025.toml")).expect("UTF-8");
    for (written, place) in
        [("consolidates = 3", "6:16"), ("consolidates = [\"甲局\"]", "6:16"), ("[[consolidates]]", "6:1")]
    {
        project.write("reports/市/2025.toml", facts.replace("[consolidates]", written));
        says(&project, "市", &[(place, "wrong-type", "consolidates 应是一组键和值", "`consolidates` must be a table")]);
    }
}

#[test]
fn a_name_that_means_nothing_is_told_with_the_nearest() {
    for (name, zh) in [
        ("丙局", "没有“丙局”：它不是 reports/ 下有 2024 或 2025 年事实的文件夹"),
        ("甲", "没有“甲”"),
        ("县区/*", "没有“县区/*”"),
        ("..", "没有“..”"),
        ("../甲局", "没有“../甲局”"),
        ("./甲局", "没有“./甲局”"),
        ("/etc", "没有“/etc”"),
        ("/", "没有“/”"),
        ("C:\\\\\\\\甲局", "没有“C:"),
        ("reports/甲局", "没有“reports/甲局”"),
        ("甲局/2025.toml", "没有“甲局/2025.toml”"),
        ("[a", "通配式“[a”有误"),
        ("{甲局,乙", "通配式“{甲局,乙”有误"),
        ("**a", "通配式“**a”有误：** 前后只能是 /"),
    ] {
        let project = two(&format!("organs = [\"甲局\", \"乙局\", \"{name}\"]"), OWN);
        let en = if zh.contains("有误") { "is wrong" } else { "there is no" };
        says(&project, "市", &[("7:23", "organ-unknown", zh, en)]);
    }
    let near = two("organs = [\"甲局\", \"乙居\"]", OWN).run(["check", "市"]);
    assert!(near.stderr.contains("是否为：乙局"), "{}", near.stderr);
    for (left_out, code, words) in [
        ("丙局", "organ-unknown", "“丙局”不在要汇总的机关之中"),
        ("市", "organ-unknown", "“市”不在要汇总的机关之中"),
        ("[a", "organ-unknown", "通配式“[a”有误"),
    ] {
        let list =
            format!("organs = [\"甲局\", \"乙局\"]\nwithout = [{{ organ = \"{left_out}\", reason = \"并入\" }}]");
        says(&two(&list, OWN), "市", &[("8:22", code, words, "")]);
    }
}

#[test]
fn a_name_that_several_organs_have_must_be_said_in_full() {
    let project = office();
    for folder in ["东县/财政局", "西县/财政局"] {
        project.write(&format!("reports/{folder}/2025.toml"), organ(folder, &cells(1, 1, "0")));
    }
    project.write("reports/市/2025.toml", government("市", "organs = [\"财政局\"]", OWN));
    says(&project, "市", &[("7:11", "organ-unknown", "“财政局”有几个", "there are several of the name `财政局`")]);
    // Where one of them alone is added up, it is clear which is left out.
    let list = |organs: &str| format!("organs = [{organs}]\nwithout = [{{ organ = \"财政局\", reason = \"并入\" }}]");
    project.write("reports/东县/水务局/2025.toml", organ("水务局", &cells(1, 1, "0")));
    project.write("reports/市/2025.toml", government("市", &list("\"东县/*\""), OWN));
    says(&project, "市", &[]);
    project.write("reports/市/2025.toml", government("市", &list("\"*/*\""), OWN));
    says(&project, "市", &[("8:22", "organ-unknown", "“财政局”有几个", "there are several")]);
}

#[test]
fn an_organ_without_facts_of_the_year_is_missed() {
    let project = two("organs = [\"甲局\", \"乙局\", \"丙局\", \"县区\"]", OWN);
    project.write("reports/丙局/2024.toml", organ("丙局", &cells(0, 0, "0")).replace("2025", "2024"));
    project.write("nianbao.toml", "organs = [{ folder = \"丁局\", name = \"丁局（筹）\", groups = [\"县区\"] }]");
    says(
        &project,
        "市",
        &[
            ("7:23", "organ-missing", "1 个机关没有 2025 年的事实文件：丙局", "organs without facts of 2025: 1 (丙局)"),
            ("7:29", "organ-missing", "1 个机关没有 2025 年的事实文件：丁局（筹）（丁局）", "1 (丁局（筹） (丁局))"),
        ],
    );
    let without = "without = [{ organ = \"丙局\", reason = \"并入\" }, { organ = \"县区\", reason = \"新设\" }]";
    let list = format!("organs = [\"甲局\", \"乙局\", \"丙局\", \"县区\"]\n{without}");
    project.write("reports/市/2025.toml", government("市", &list, OWN));
    says(&project, "市", &[]);
}

#[test]
fn facts_that_are_wrong_are_never_added_up() {
    let wrong =
        |zh: &'static str| [("7:11", "organ-wrong", zh, "organs with errors, which cannot be added up: 1 (甲局)")];
    for (facts, said) in [
        (organ("甲局", "cases = { rest = 1 }\nextra = { rest = 0 }"), "[rest-not-zero]"),
        (
            organ("甲局", &cells(1, 2, "1.5")).replace("year = 2025", "year = 2024"),
            "文件名是 2025 年，文件里写的是 2024 年",
        ),
        (organ("甲局", &cells(1, 2, "1.5")).replace("staff = 2", "staff = \"二\""), "数字要用阿拉伯数字：二"),
        (organ("甲局", &cells(1, 2, "1.5")).replace("staff = 2", "staff ＝ 2"), "reports/甲局/2025.toml:3:"),
        (organ("甲局", &cells(1, 2, "1.5")).replace("\"tally\"", "\"talli\""), "没有名为“talli”的表式"),
        (String::new(), "没有写明"),
    ] {
        let project = two("organs = [\"甲局\", \"乙局\"]", OWN);
        project.write("reports/甲局/2025.toml", facts);
        says(&project, "市", &wrong("1 个机关的事实文件有错误，不能相加：甲局"));
        let run = project.run(["check", "市"]);
        let said = if said == "[rest-not-zero]" { "rest 只能是 0" } else { said };
        assert!(
            run.stderr.contains("甲局：reports/甲局/2025.toml:") && run.stderr.contains(said),
            "{said}\n{}",
            run.stderr
        );
    }
    let project = two("organs = [\"甲局\", \"乙局\"]", OWN);
    project.write("reports/甲局/2025.toml", [0xcb, 0xb5]);
    says(&project, "市", &wrong("1 个机关的事实文件有错误，不能相加：甲局"));
    project.write("reports/甲局/2025.toml", crate::support::plain_facts());
    let other = "表式不同（zfxxgk，本级是 tally），不能相加：甲局";
    says(&project, "市", &[("7:11", "organ-wrong", other, "of another form (zfxxgk, and this one is tally)")]);
}

#[test]
fn no_organ_counts_twice() {
    let twice = |names: &str, place: &str, zh: &str, en: &str| {
        says(&two(names, OWN), "市", &[(place, "organ-twice", zh, en)]);
    };
    twice("organs = [\"甲局\", \"乙局\", \"甲局\"]", "7:23", "会算两次：甲局", "these would count twice: 甲局");
    twice("organs = [\"*\", \"甲局/\"]", "7:16", "会算两次：甲局", "these would count twice: 甲局");
    twice("organs = [\"甲局\", \"*\"]", "7:17", "会算两次：甲局", "these would count twice: 甲局");
    let project = office();
    for folder in ["甲局", "乙局"] {
        project.write(&format!("reports/{folder}/2025.toml"), organ(folder, &cells(1, 1, "0")));
    }
    project.write("reports/东县/2025.toml", government("东县", "organs = [\"甲局\", \"乙局\"]", OWN));
    project.write("reports/西县/2025.toml", government("西县", "organs = [\"乙局\"]", OWN));
    project.write("reports/市/2025.toml", government("市", "organs = [\"东县\", \"西县\"]", OWN));
    let (zh, en) =
        ("乙局/2025.toml 会算两次：在 东县 里一次，在 西县 里一次", "would count twice: in 东县 and in 西县");
    says(&project, "市", &[("7:17", "organ-twice", zh, en)]);
    project.write("reports/市/2025.toml", government("市", "organs = [\"东县\", \"甲局\"]", OWN));
    says(&project, "市", &[("7:17", "organ-twice", "甲局/2025.toml 会算两次", "in 东县 and in 甲局")]);
    says(&project, "东县", &[]);
}

#[test]
fn a_circle_is_told_by_all_who_are_in_it_or_add_it_up() {
    says(
        &two("organs = [\"市\"]", OWN),
        "市",
        &[("7:11", "organ-circle", "汇总绕成了圈：市 → 市", "what is added up leads round in a circle: 市 → 市")],
    );
    let project = office();
    let ring = |pairs: &[(&str, &str)]| {
        for (name, organ) in pairs {
            let list = format!("organs = [\"{organ}\"]");
            project.write(&format!("reports/{name}/2025.toml"), government(name, &list, OWN));
        }
    };
    let circle = |names: &[&str], zh: &str, en: &str| {
        for name in names {
            says(&project, name, &[("7:11", "organ-circle", zh, en)]);
        }
    };
    ring(&[("甲", "乙"), ("乙", "甲"), ("上", "甲")]);
    circle(&["甲", "乙", "上"], "汇总绕成了圈：乙 → 甲 → 乙", "leads round in a circle: 乙 → 甲 → 乙");
    ring(&[("甲", "乙"), ("乙", "丙"), ("丙", "甲")]);
    circle(&["甲", "乙", "丙", "上"], "汇总绕成了圈：丙 → 甲 → 乙 → 丙", "circle: 丙 → 甲 → 乙 → 丙");
    let run = project.run(["check"]);
    assert_eq!(run.stderr.matches("错误[organ-circle]").count(), 4, "{}", run.stderr);
    // Everybody adds up everybody.
    for number in 0..30 {
        project.write(&format!("reports/{number}/2025.toml"), government("县", "organs = [\"*\"]", OWN));
    }
    assert_eq!(project.run(["check"]).status, 1);
}

/// What was part of what changes when offices are reorganised: last year's order and this year's make no circle.
#[test]
fn a_circle_over_two_years_is_none() {
    let project = office();
    let year = |year: u16, facts: String| facts.replace("2025", &year.to_string());
    project.write("reports/甲/2024.toml", year(2024, organ("甲", &cells(1, 1, "0"))));
    project.write("reports/乙/2024.toml", year(2024, government("乙", "organs = [\"甲\"]", OWN)));
    project.write("reports/乙/2025.toml", organ("乙", &cells(1, 1, "0")));
    project.write("reports/甲/2025.toml", government("甲", "organs = [\"乙\"]", OWN));
    for organ in ["甲", "乙"] {
        says(&project, organ, &[]);
    }
    // What was open with 甲 last year was 乙's then, so that 乙 is wrong now, and 甲 must not add it up.
    project.write("reports/甲/2024.toml", year(2024, organ("甲", &cells(9, 1, "0"))));
    says(&project, "乙", &[("5:28", "carried", "上年未结的都在本年", "what was open last year")]);
    says(&project, "甲", &[("7:11", "organ-wrong", "1 个机关的事实文件有错误，不能相加：乙", "errors")]);
}

#[test]
fn levels_have_an_end() {
    let project = office();
    for number in 0..40 {
        let list = format!("organs = [\"{}\"]", number + 1);
        project.write(&format!("reports/{number}/2025.toml"), government("级", &list, OWN));
    }
    project.write("reports/40/2025.toml", organ("末", &cells(1, 1, "0")));
    says(&project, "25", &[]);
    let run = project.run(["check", "0"]);
    assert!(run.status == 1 && run.stderr.contains("错误[organ-wrong]"), "{}", run.stderr);
    assert_eq!(project.run(["check"]).status, 1);
}

#[test]
fn links_lead_to_nothing_that_counts_twice_or_lies_outside() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        let project = two("organs = [\"*\"]", OWN);
        symlink(project.path("reports/甲局"), project.path("reports/丙局")).expect("a link");
        fs::create_dir(project.path("reports/丁局")).expect("a folder");
        symlink(project.path("reports/甲局/2025.toml"), project.path("reports/丁局/2025.toml")).expect("a link");
        let outside = tempfile::tempdir().expect("a folder");
        fs::write(outside.path().join("2025.toml"), organ("外", &cells(100, 100, "0"))).expect("facts");
        symlink(outside.path(), project.path("reports/外局")).expect("a link");
        assert_eq!(super::figure(&project, "市", "cases.small.open"), "11");
        // A project that is a link itself is one like any other.
        let link = outside.path().join("项目");
        symlink(project.root(), &link).expect("a link");
        let mut command = project.command();
        let run = crate::support::Run::of(command.current_dir(&link).args(["check", "市"]));
        assert!(run.status == 0, "{}", run.stderr);
    }
}

#[test]
fn a_file_is_the_same_however_its_path_is_typed() {
    let project = two("organs = [\"*\"]", OWN);
    for path in ["reports/甲局/../市/2025.toml", "./reports/市/2025.toml", "市/2025", "2025"] {
        let run = project.run(["check", path]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{path}");
    }
    let mut command = project.command();
    let run = crate::support::Run::of(command.current_dir(project.path("reports/市")).args(["check", "2025.toml"]));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[test]
fn facts_outside_of_reports_have_no_organs_around_them() {
    let project = two("organs = [\"甲局\", \"乙局\"]", OWN);
    project.write("2025.toml", project.read("reports/市/2025.toml"));
    let run = project.run(["check", "2025.toml"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "a file of the project has the project's organs");
}
