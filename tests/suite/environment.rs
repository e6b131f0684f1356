//! What the program says when the call, the project or the machine is not in order. Each test is named after the code
//! that it asks for, in the form `[code]`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::support::{self, Project, Run, can_run, plain_facts};

/// The run was refused with this code and status, and said so in one message.
fn refused(run: &Run, code: &str, status: i32) {
    assert!(run.stderr.contains(&format!("错误{code}")), "{code}:\n{}", run.stderr);
    assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{}", run.stderr);
}

#[test]
fn outside_a_project() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = Run::of(Project::new().command().arg("build").current_dir(folder.path()));
    refused(&run, "[no-project]", 2);
    assert!(run.stderr.contains("nianbao init"), "{}", run.stderr);
}

#[test]
fn nothing_to_build() {
    let project = Project::with(&plain_facts());
    refused(&project.run(["build", "2019"]), "[nothing-selected]", 2);
    refused(&project.run(["build", "没有的机关"]), "[nothing-selected]", 2);
    refused(&Project::new().run(["check"]), "[nothing-selected]", 2);
    // What lies there instead is told with it.
    let only_strays = Project::new();
    only_strays.write("reports/机关/2025.TOML", plain_facts());
    for select in [&["check"][..], &["check", "机关"], &["check", "2025"]] {
        let run = only_strays.run(select);
        refused(&run, "[nothing-selected]", 2);
        assert!(run.stderr.contains("没有读取 reports/机关/2025.TOML"), "{}", run.stderr);
    }
}

/// What `check` says of a selection that names nothing, in both languages, without its frame.
fn proposed(project: &Project, select: &str) -> [String; 2] {
    ["zh", "en"].map(|language| {
        let run = project.run(["--lang", language, "check", select]);
        assert!(run.status == 2 && run.stderr.contains("[nothing-selected]"), "{select}: {}", run.stderr);
        let help = run.stderr.lines().find_map(|line| line.split_once("= 建议: ").or(line.split_once("= help: ")));
        help.expect("help").1.to_owned()
    })
}

#[test]
fn a_selection_that_names_nothing_is_told_the_nearest_names() {
    let project = Project::new();
    let named = |name: &str| plain_facts().replace("示例区水务局", name);
    for file in ["水务局/2024", "水务局/2025", "税务局/2025", "区属/林业和园林局/2025", "Harbour Office/2023"]
    {
        project.write(&format!("reports/{file}.toml"), named("甲"));
    }
    for (select, zh, en) in [
        ("水物局", "是否为“水务局”？", "did you mean `水务局`?"),
        (
            "林业和园林",
            "是否为“林业和园林局”、“区属/林业和园林局”？",
            "did you mean `林业和园林局` or `区属/林业和园林局`?",
        ),
        ("区属/林业园林局", "是否为“区属/林业和园林局”？", "did you mean `区属/林业和园林局`?"),
        ("harbor office", "是否为“Harbour Office”？", "did you mean `Harbour Office`?"),
        ("2019", "reports/ 下有 2023、2024、2025 年的", "under reports/ there are facts of 2023, 2024, 2025"),
        ("水务局/2019", "水务局 有 2024、2025 年的", "水务局 has facts of 2024, 2025"),
        ("reports/水务局/2023.toml", "水务局 有 2024、2025 年的", "水务局 has facts of 2024, 2025"),
        ("水物局/2025.toml", "是否为“水务局/2025”、", "did you mean `水务局/2025` or "),
        ("2025年", "是否为“2025”、", "did you mean `2025` or "),
        (
            "不在这里的单位",
            "写年份（2025）、机关的名称或文件夹、事实文件",
            "name a year (2025), an organ or its folder",
        ),
    ] {
        let [said_zh, said_en] = proposed(&project, select);
        assert!(said_zh.starts_with(zh), "{select}: {said_zh}");
        assert!(said_en.starts_with(en), "{select}: {said_en}");
    }
}

/// What looks like facts and is not read, what is said of it, and what is to be done, in both languages.
const STRAYS: &[(&str, [&str; 2], [&str; 2])] = &[
    ("2025 - 副本.toml", ["多半是复制出来的副本", "most likely it is a copy"], COMPARE),
    ("2025 (1).toml", ["多半是复制出来的副本", "most likely it is a copy"], COMPARE),
    ("Copy of 2025.toml", ["多半是复制出来的副本", "most likely it is a copy"], COMPARE),
    ("2025-LAPTOP-QX.toml", ["同步软件以另一台电脑的名字另存", "under the name of another computer"], COMPARE),
    (
        "2025.sync-conflict-20260103-1.toml",
        ["同步软件因两处同时修改而另存", "because two had changed the file"],
        COMPARE,
    ),
    ("2025.orig.toml", ["Git 合并或打补丁时留下的文件", "what a merge or a patch in Git left behind"], COMPARE),
    ("2025_REMOTE_31.toml", ["Git 合并或打补丁时留下的文件", "what a merge or a patch in Git left behind"], COMPARE),
    ("2025.toml.bak", ["多半是备份", "most likely it is a backup"], COMPARE),
    ("2025~.toml", ["多半是备份", "most likely it is a backup"], COMPARE),
    (
        "~$2025.toml",
        ["WPS 或 Office 打开文件时放的锁文件", "the lock that WPS or Office keeps"],
        ["关闭打开它的程序", "close what has it open"],
    ),
    (
        "2025.toml.txt",
        ["多半是写错了文件名的 2025 年事实", "the facts of 2025 under a name that is not quite right"],
        COMPARE,
    ),
    (
        "2025.TOML",
        ["多半是写错了文件名的 2025 年事实", "the facts of 2025 under a name that is not quite right"],
        COMPARE,
    ),
    (
        "２０２５.toml",
        ["多半是写错了文件名的 2025 年事实", "the facts of 2025 under a name that is not quite right"],
        COMPARE,
    ),
    (
        "2023.Toml",
        ["多半是写错了文件名的 2023 年事实", "the facts of 2023 under a name that is not quite right"],
        RENAME,
    ),
    ("../2023/林业局.toml", NO_YEAR, ["就移到 reports/林业局/2023.toml", "move it to reports/林业局/2023.toml"]),
    ("年报.toml", NO_YEAR, ["改名为 <年份>.toml", "rename it to <year>.toml"]),
];
const NO_YEAR: [&str; 2] = ["它不是以年份命名的", "it is not named after a year"];
const COMPARE: [&str; 2] =
    ["与 2025.toml 比较，没有用就删除；要留着就移出 reports/", "compare it with 2025.toml and delete it"];
const RENAME: [&str; 2] =
    ["就改名为 2023.toml；没有用就删除，或移出 reports/", "rename it to 2023.toml; else delete it"];

/// What stray files there are is a warning [stray-file].
#[test]
fn what_looks_like_facts_and_is_not_read_is_told_once_and_all_else_is_built() {
    for (name, says, does) in STRAYS {
        let project = Project::with(&plain_facts());
        project.write(&format!("reports/机关/{name}"), "not = [even TOML");
        for (index, (language, warning)) in [("zh", "警告"), ("en", "warning")].into_iter().enumerate() {
            for select in [&[][..], &["reports"], &["机关", "reports"]] {
                let run =
                    project.run(["--lang", language, "build", "--force", "--format", "html"].iter().chain(select));
                assert_eq!(run.status, 0, "{name}: {}", run.stderr);
                assert_eq!(run.stderr.matches(&format!("{warning}[stray-file]")).count(), 1, "{name}: {}", run.stderr);
                assert!(run.stderr.contains(name.trim_start_matches("../")), "{}", run.stderr);
                assert!(run.stderr.contains(says[index]) && run.stderr.contains(does[index]), "{name}: {}", run.stderr);
                assert_eq!(run.stdout.matches(".html").count(), 1, "{name}: {}", run.stdout);
            }
        }
        let json = project.run(["check", "--message-format", "json"]);
        assert_eq!((json.status, json.stdout.matches("\"stray-file\"").count()), (0, 1), "{}", json.stdout);
        let denied = project.run(["build", "--format", "html", "--deny", "warnings"]);
        assert!(denied.status == 1 && denied.stderr.contains("错误[stray-file]"), "{}", denied.stderr);
        assert_eq!(project.run(["check", "reports/机关/2025.toml", "--deny", "warnings"]).status, 0, "{name}");
    }
}

#[test]
fn what_editors_keep_for_a_moment_or_out_of_sight_is_passed_over() {
    let project = Project::with(&plain_facts());
    for name in
        [".2025.toml.swp", "2025.toml~", "#2025.toml#", ".~lock.2025.toml#", "._2025.toml", "2025.pdf", "说明.txt"]
    {
        project.write(&format!("reports/机关/{name}"), "");
    }
    project.write("reports/.stversions/机关/2025 - 副本.toml", "");
    // A folder is no file that an editor keeps.
    project.write("reports/林业局~/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    for command in ["build", "check", "fmt"] {
        let format = ["--format", "typ"].into_iter().filter(|_| command == "build");
        let run = project.run([command].into_iter().chain(format));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{command}");
    }
    assert!(project.path("build/林业局~/2024.typ").is_file());
}

/// What is on the screen is not yet what is on the disk.
#[cfg(unix)]
#[test]
fn changes_that_emacs_has_not_saved_are_told() {
    let project = Project::with(&plain_facts());
    std::os::unix::fs::symlink("user@host.81:17", project.path("reports/机关/.#2025.toml")).expect("a link");
    let run = project.run(["check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stderr.matches("警告[stray-file]").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains(".#2025.toml") && run.stderr.contains("Emacs"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_to_what_is_read_are_told_and_nothing_is_read_twice() {
    use std::os::unix::fs::symlink;
    let project = Project::with(&plain_facts());
    let link = |target: &str, name: &str| {
        let path = project.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        symlink(target, path).expect("a link");
    };
    link("/nowhere/2024.toml", "reports/机关/2024.toml");
    link("自己", "reports/自己");
    link("机关", "reports/别名");
    link("..", "reports/机关/上级");
    link("../机关/2025.toml", "reports/乙/2025.toml");
    // From elsewhere, once.
    project.write("共享/2023.toml", plain_facts().replace("year = 2025", "year = 2023"));
    link("../共享", "reports/丙");
    link("../共享", "reports/丁");
    let run = project.run(["build", "--format", "typ"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let built: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(built, ["已生成 build/丁/2023.typ", "已生成 build/机关/2025.typ"], "{}", run.stderr);
    for said in [
        "reports/机关/2024.toml：它是一个链接，指向的 /nowhere/2024.toml 不存在",
        "reports/自己：它是一个链接，指向的 自己 不存在",
        "reports/别名：它是一个链接，指向的 reports/机关 已经读取",
        "reports/机关/上级：它是一个链接，指向的 reports 已经读取",
        "reports/乙/2025.toml：它是一个链接，指向的 reports/机关/2025.toml 已经读取",
        "reports/丙：它是一个链接，",
    ] {
        assert_eq!(run.stderr.matches(said).count(), 1, "{said}: {}", run.stderr);
    }
    assert_eq!(run.stderr.matches("警告[stray-file]").count(), 6, "{}", run.stderr);
    let english = project.run(["--lang", "en", "check"]);
    assert!(english.stderr.contains("it is a link to /nowhere/2024.toml, which is not there"), "{}", english.stderr);
    assert!(english.stderr.contains("it is a link to reports/机关, which is read already"), "{}", english.stderr);
    // Named in two ways, it is one file.
    let run = project.run(["check", "2025", "机关", "reports/机关/2025.toml"]);
    assert!(run.stdout.contains("已检查 1 份"), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_an_error_and_all_else_is_built() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    let folder = project.path("reports/甲");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).expect("permissions");
    // For whoever may read everything, there is nothing to see, and so it must be built.
    let is_kept_out = can_run(fs::read_dir(&folder).is_err(), "somebody who may not read everything", "NO_ROOT");
    let run = project.run(["build", "--format", "typ"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("permissions");
    assert!(run.stdout.contains("已生成 build/机关/2025.typ"), "{}", run.stderr);
    let said = (run.status, run.stderr.matches("错误[unreadable]").count());
    assert_eq!(said, if is_kept_out { (2, 1) } else { (0, 0) }, "{}", run.stderr);
}

#[test]
fn a_selection_is_a_year_a_file_or_a_folder() {
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    project.write("reports/甲/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    let built = |select: &str| {
        let run = project.run(["build", "--force", "--format", "typ", select]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout.lines().map(|line| line.replace("已生成 ", "")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(built("2025"), "build/机关/2025.typ build/甲/2025.typ");
    assert_eq!(built("甲"), "build/甲/2024.typ build/甲/2025.typ");
    assert_eq!(built("reports/甲"), "build/甲/2024.typ build/甲/2025.typ");
    assert_eq!(built("reports/甲/2024.toml"), "build/甲/2024.typ");
    // Without its ending, and the organ by its folder, wherever that lies, or by its name.
    assert_eq!(built("reports/甲/2024"), "build/甲/2024.typ");
    assert_eq!(built("甲/2024"), "build/甲/2024.typ");
    project.write("reports/区/ly/2025.toml", plain_facts().replace("示例区水务局", "青山区林业局"));
    assert_eq!(built("ly"), "build/区/ly/2025.typ");
    assert_eq!(built("青山区林业局"), "build/区/ly/2025.typ");
}

#[test]
fn a_facts_file_that_is_a_folder() {
    let project = Project::new();
    fs::create_dir_all(project.path("reports/机关/2025.toml")).expect("a folder");
    refused(&project.run(["build"]), "[unreadable]", 2);
    refused(&project.run(["check", "reports/机关/2025.toml"]), "[unreadable]", 2);
}

#[test]
fn a_facts_file_that_is_not_utf8() {
    let project = Project::new();
    // 机关 in GBK, as Notepad may save it.
    project.write("reports/机关/2025.toml", b"form = \"zfxxgk\"\nyear = 2025\n[organ]\nname = \"\xbb\xfa\xb9\xd8\"\n");
    let run = project.run(["build"]);
    refused(&run, "[not-utf8]", 1);
    assert!(run.stderr.contains("reports/机关/2025.toml:4:9"), "{}", run.stderr);
    assert!(run.stderr.contains("0xBB"), "{}", run.stderr);
}

#[test]
fn two_facts_files_with_one_output() {
    let project = Project::with(&plain_facts());
    project.write("机关/2025.toml", plain_facts());
    refused(&project.run(["build", "reports/机关/2025.toml", "机关/2025.toml"]), "[output-conflict]", 2);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let project = Project::with(&plain_facts());
    project.write("build", "a file where the folder should be");
    let run = project.run(["build", "--engine", support::ENGINE]);
    refused(&run, "[unwritable]", 2);
    assert_eq!(project.read("build"), b"a file where the folder should be");
    let run = project.run(["build", "--engine", support::ENGINE, "--out", "/dev/null/x"]);
    refused(&run, "[unwritable]", 2);
}

#[test]
fn a_preview_on_a_port_that_is_taken() {
    let project = Project::with(&plain_facts());
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let run = project.run(["watch", "--port", &port]);
    refused(&run, "[preview]", 2);
    assert!(run.stderr.contains("--port"), "{}", run.stderr);
}

#[test]
fn a_timestamp_that_is_no_number() {
    let project = Project::with(&plain_facts());
    refused(&Run::of(project.command().arg("build").env("SOURCE_DATE_EPOCH", "yesterday")), "[usage]", 2);
}

#[test]
fn no_engine() {
    let project = Project::with(&plain_facts());
    let run = Run::of(project.command().args(["build", "--engine", "typst-cli"]).env("PATH", "/nowhere"));
    refused(&run, "[no-engine]", 2);
    assert!(run.stderr.contains("cargo install typst-cli"), "{}", run.stderr);
    assert_eq!(project.files(), ["nianbao.toml", "reports/机关/2025.toml"]);
}

#[cfg(unix)]
#[test]
fn an_engine_of_another_version_or_one_that_fails() {
    let project = Project::with(&plain_facts());
    let put = |script: &str| project.program("typst", script);
    let run = || project.run(["build", "--engine", "typst-cli"]);
    put("echo typst 0.13.0");
    let old = run();
    refused(&old, "[no-engine]", 2);
    assert!(old.stderr.contains("0.13.0"), "{}", old.stderr);
    put("[ \"$1\" = --version ] && echo typst 0.15.1 || { echo disk on fire >&2; exit 1; }");
    let failing = run();
    refused(&failing, "[engine-failed]", 2);
    assert!(failing.stderr.contains("disk on fire"), "{}", failing.stderr);
}

/// A project whose form asks for a family that no machine has.
#[test]
fn no_fonts() {
    let project = Project::with(&plain_facts());
    let form = support::text("templates/zfxxgk/form.toml");
    let start = form.find("[fonts.body]").expect("the role");
    let end = start + form[start..].find("[fonts.heading]").expect("the next role");
    let form = format!("{}[fonts.body]\nfamilies = [\"没有的字体\"]\n\n{}", &form[..start], &form[end..]);
    project.write("templates/zfxxgk/form.toml", form);
    let run = project.run(["build", "--engine", support::ENGINE]);
    refused(&run, "[no-fonts]", 2);
    assert!(run.stderr.contains("body") && run.stderr.contains("apt-get install"), "{}", run.stderr);
    let doctor = project.run(["doctor"]);
    assert_eq!(doctor.status, 2);
    assert!(doctor.stdout.contains("body：没有可用的字体"), "{}", doctor.stdout);
}

/// The form, its body with these faces for Latin letters and digits.
fn with_latin(latin: &str) -> String {
    let form = support::text("templates/zfxxgk/form.toml");
    let (before, body) = form.split_once("[fonts.body]").expect("the role");
    let (own, after) = body.split_once("latin = [\"Times New Roman\", \"Liberation Serif\"]\n").expect("its faces");
    assert!(!own.contains("[fonts."), "of the role");
    format!("{before}[fonts.body]{own}{latin}{after}")
}

/// Faces for Latin letters and digits that a machine lacks are no error: the role's own draw these too.
#[test]
fn no_fonts_for_latin_letters() {
    let built = |latin: &str| {
        let project = Project::with(&plain_facts());
        project.write("templates/zfxxgk/form.toml", with_latin(latin));
        project.build(&["--engine", support::ENGINE, "--format", "pdf"]);
        (project.read("build/机关/2025.pdf"), project.run(["doctor"]))
    };
    let (none, doctor) = built("");
    assert!(!doctor.stdout.contains("专用的字体"), "{}", doctor.stdout);
    let (unknown, doctor) = built("latin = [\"没有的字体\"]\n");
    assert_eq!(doctor.status, 0, "{}", doctor.stdout);
    assert!(doctor.stdout.contains("没有专用的字体") && doctor.stdout.contains("安装字体："), "{}", doctor.stdout);
    assert!(none == unknown);
    let (some, doctor) = built("latin = [\"没有的字体\", \"DejaVu Serif\"]\n");
    assert!(doctor.stdout.contains("西文和数字：DejaVu Serif（"), "{}", doctor.stdout);
    assert!(some != none);
}

#[test]
fn what_is_no_list_of_fonts_for_latin_letters_is_told() {
    let project = Project::with(&plain_facts());
    let form = with_latin("latin = \"Times New Roman\"\n");
    let line = 1 + form[..form.find("latin = \"").expect("the line")].matches('\n').count();
    project.write("templates/zfxxgk/form.toml", form);
    let run = project.run(["build", "--engine", support::ENGINE]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains(&format!("templates/zfxxgk/form.toml:{line}:9")), "{}", run.stderr);
    assert!(run.stderr.contains("写成：[\"Times New Roman\"]"), "{}", run.stderr);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::with(&plain_facts());
    refused(&project.run(["init", "."]), "[already-exists]", 2);
    assert_eq!(project.files(), ["nianbao.toml", "reports/机关/2025.toml"]);
}

#[test]
fn init_makes_a_project_that_builds() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = Project::new();
    let nianbao = |args: &[&str], folder: &Path| Run::of(project.command().args(args).current_dir(folder));
    let run = nianbao(&["init", "年报"], folder.path());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = nianbao(&["build", "--engine", support::ENGINE, "--deny", "warnings"], &folder.path().join("年报"));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains(".pdf") && run.stdout.contains(".html"), "{}", run.stdout);
}

#[test]
fn a_report_that_fails_does_not_keep_the_others_from_being_built() {
    let project = Project::with(&plain_facts());
    project.write("reports/坏/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    let run = project.run(["build", "--engine", support::ENGINE]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("错误[negative-number]"), "{}", run.stderr);
    let files = project.files();
    assert!(files.contains(&"build/机关/2025.pdf".to_owned()), "{files:?}");
    assert!(!files.iter().any(|name| name.contains("build/坏")), "{files:?}");
}

#[test]
fn an_older_page_survives_a_failed_build() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", support::ENGINE]);
    let before = project.read("build/机关/2025.pdf");
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    assert_eq!(project.run(["build"]).status, 1);
    assert_eq!(project.read("build/机关/2025.pdf"), before);
}

#[test]
fn an_old_page_of_a_report_that_fails_is_named_and_its_record_and_verify_know_it() {
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    let build = |args: &[&str]| project.run(["build", "--format", "html,typ"].iter().chain(args));
    let is_stale = || {
        let record: serde_json::Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("JSON");
        record["stale"].as_bool().expect("a flag")
    };
    assert_eq!((build(&[]).status, is_stale()), (0, false));
    let before = project.read("build/机关/2025.html");
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    for select in [&[][..], &["机关"]] {
        let run = build(select);
        let named = "以下是以前生成的旧页面，仍在原处，不是现在的事实生成的，请勿发布：\n  build/机关/2025.html\n  build/机关/2025.typ\n";
        assert!(run.status == 1 && run.stderr.ends_with(named), "{}", run.stderr);
        assert!(is_stale());
    }
    let run = project.run(["--lang", "en", "build", "--format", "html", "--summary", "summary.json"]);
    assert!(
        run.stderr.contains("of an earlier build are still there and are not of the facts as they are now; do not publish them:\n  build/机关/2025.html\n"),
        "{}",
        run.stderr
    );
    let summary: serde_json::Value = serde_json::from_slice(&project.read("summary.json")).expect("JSON");
    assert_eq!(summary["left"][0], "build/机关/2025.html");
    assert_eq!(project.read("build/机关/2025.html"), before, "the page itself stays");
    let said = "生成之后，事实、往年的事实或表式改过；改过之后有错误，没有生成新的页面";
    let run = project.run(["verify", "build/机关/2025.html"]);
    assert!(run.status == 1 && run.stdout.contains("不能生成报告") && run.stdout.contains(said), "{}", run.stdout);
    // Mended and not built yet, it is still not the page of these facts.
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = 1"));
    let run = project.run(["--lang", "en", "verify", "build/机关/2025.html"]);
    assert!(run.status == 1 && run.stdout.contains("no new page was made"), "{}", run.stdout);
    // The facts that it was made of are there again.
    project.write("reports/机关/2025.toml", plain_facts());
    let run = build(&[]);
    assert_eq!((run.status, is_stale()), (0, false), "{}", run.stderr);
    assert_eq!(project.run(["verify", "build/机关/2025.html"]).status, 0);
    // A draft in spite of errors does not make it the page of these facts.
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    let run = build(&["机关", "--draft"]);
    assert!(run.status == 1 && run.stdout.contains("build/机关/2025.draft.html") && is_stale(), "{}", run.stderr);
    let named = "请勿发布：\n  build/机关/2025.html\n  build/机关/2025.typ\n";
    assert!(run.stderr.ends_with(named), "{}", run.stderr);
    project.write("reports/机关/2025.toml", "year = \n");
    let run = build(&["机关", "--draft"]);
    let drafts = "  build/机关/2025.typ\n  build/机关/2025.draft.html\n  build/机关/2025.draft.typ\n";
    assert!(run.status == 1 && run.stderr.ends_with(drafts), "{}", run.stderr);
    project.write("reports/机关/2025.toml", plain_facts());
    assert_eq!(build(&[]).status, 0);
    // A report of which there never was a page has none to be named.
    project.write("reports/乙/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    let run = build(&[]);
    assert!(run.status == 1 && !run.stderr.contains("旧页面"), "{}", run.stderr);
}

/// The page was made by what was set then; what is set since is not what it is compared with.
#[test]
fn verify_makes_a_page_by_its_record_whatever_is_set_today() {
    let project = Project::new();
    for year in [2023, 2024, 2025] {
        let facts = plain_facts().replace("year = 2025", &format!("year = {year}"));
        project.write(&format!("reports/机关/{year}.toml"), facts);
    }
    let settings = |charts: bool| {
        let formats = if charts { "[\"html\"]" } else { "[\"typ\"]" };
        project.write("nianbao.toml", format!("[build]\ncharts = {charts}\nformats = {formats}\nout = \"{charts}\"\n"));
    };
    for charts in [true, false] {
        settings(charts);
        project.build(&["--format", "html,html-fragment,typ"]);
        settings(!charts);
        for extension in ["html", "fragment.html", "typ"] {
            let page = format!("{charts}/机关/2025.{extension}");
            let run = Run::of(project.command().args(["verify", &page]).env("SOURCE_DATE_EPOCH", "not a number"));
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{page}: {}", run.stdout);
        }
    }
    assert_ne!(project.read("true/机关/2025.html"), project.read("false/机关/2025.html"), "charts are drawn");
}

/// Every command that says something on standard output, with a form in which it does.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_to_standard_output_is_an_error_in_every_command() {
    let project = two_years(&plain_facts(), &plain_facts().replace("\nyear = 2025", "\nyear =   2025"));
    project.write("reports/机关/2025 - 副本.toml", "");
    project.build_in_spite_of_warnings(&["--format", "html"]);
    let full = |args: &[&str], output: fs::File| {
        Run::of(project.command().args(args).stdout(output).stderr(std::process::Stdio::piped()))
    };
    let new = ["new", "乙局", "--form", "zfxxgk", "--year", "2025"];
    let cases: &[&[&str]] = &[
        &["schema", "zfxxgk"],
        &["check"],
        &["check", "--message-format", "json"],
        &["check", "--message-format", "sarif"],
        &["build", "--format", "html", "--force"],
        &["build", "--format", "html"],
        &["diff", "机关"],
        &["diff", "机关", "--format", "json"],
        &["explain", "wrong-total"],
        &["forms"],
        &["forms", "check", "zfxxgk"],
        &["fmt", "--check"],
        &["roll", "2025", "--dry-run"],
        &["verify", "build/机关/2025.html"],
        &["doctor"],
        &new,
        &["init", "另一个项目"],
        &["--help"],
        &["build", "-h"],
        &["--version"],
    ];
    for args in cases {
        let device = || fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
        let run = full(args, device());
        assert_eq!((run.status, run.stderr.matches("错误[unwritable]").count()), (2, 1), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains("无法写到标准输出"), "{args:?}: {}", run.stderr);
        if args[0] != "new" && args[0] != "init" {
            let run = full(&[&["--lang", "en"], *args].concat(), device());
            assert!(run.stderr.contains("cannot write to standard output: "), "{args:?}: {}", run.stderr);
            // An output that is open for reading alone takes nothing either.
            let run = full(args, fs::File::open("/dev/null").expect("the device"));
            assert_eq!(run.status, 2, "{args:?}: {}", run.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_away_is_no_error() {
    let project = Project::with(&plain_facts());
    for args in ["schema zfxxgk", "--help", "check --message-format sarif", "explain wrong-total"] {
        let script = format!("{{ nianbao {args}; echo \"status $?\" >&2; }} | true");
        let run = Run::of(&mut project.shell(&script));
        assert_eq!(run.stderr, "status 0\n", "{args}");
    }
}

/// A project with the facts of two years.
fn two_years(last: &str, this: &str) -> Project {
    let project = Project::with(this);
    project.write("reports/机关/2024.toml", last.replace("year = 2025", "year = 2024"));
    project
}

#[test]
fn figures_in_force_that_do_not_follow_from_last_year_are_a_warning() {
    let in_force = |count: &str| {
        plain_facts().replace("documents = { issued = 0, repealed = 0, in_force = 0 }", &format!("documents = {count}"))
    };
    let last = in_force("{ issued = 0, repealed = 0, in_force = 11 }");
    let right = two_years(&last, &in_force("{ issued = 2, repealed = 1, in_force = 12 }"));
    assert_eq!(right.run(["check", "--deny", "warnings"]).status, 0);
    let wrong = two_years(&last, &in_force("{ issued = 2, repealed = 1, in_force = 13 }"));
    let run = wrong.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[in-force-continuity]"), "{}", run.stderr);
    assert!(run.stderr.contains("2025.toml:16:62") && run.stderr.contains("2024.toml:16:62"), "{}", run.stderr);
    refused(&wrong.run(["check", "--deny", "warnings"]), "[in-force-continuity]", 1);
}

#[test]
fn last_year_that_is_wrong_is_not_compared_and_not_passed_over_in_silence() {
    let project = two_years("year = \n", &plain_facts());
    let run = project.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[last-year]") && run.stderr.contains("2024.toml"), "{}", run.stderr);
    refused(&project.run(["check", "2025", "--deny", "warnings"]), "[last-year]", 1);
}

/// What `doctor` says of a role: the file that serves it.
fn serving(project: &Project, role: &str) -> String {
    let said = project.run(["doctor", "--lang", "en"]).stdout;
    let line = said.lines().find(|line| line.trim_start().starts_with(&format!("{role}: "))).expect("the role");
    let path = line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).expect("a path").0;
    path.to_owned()
}

#[test]
fn the_projects_own_fonts_come_before_the_systems() {
    let project = Project::with(&plain_facts());
    let system = serving(&project, "body");
    project.write("fonts/own.otf", fs::read(&system).expect("the face"));
    assert_eq!(serving(&project, "body"), system);
    project.write("nianbao.toml", "font-paths = [\"fonts\"]\n");
    assert_eq!(serving(&project, "body"), "fonts/own.otf");
    project.build(&["--engine", support::ENGINE]);
}

#[test]
fn the_project_file_holds_defaults_that_the_command_line_overrides() {
    let project = Project::with(&plain_facts());
    project.write("nianbao.toml", "[build]\nformats = [\"typ\"]\nout = \"pages\"\n");
    let made = |args: &[&str]| {
        project.build(args);
        let files: Vec<String> =
            project.files().into_iter().filter(|name| name.contains("2025.") && !name.ends_with("toml")).collect();
        let files: Vec<String> = files.into_iter().filter(|name| !name.ends_with(".json")).collect();
        for file in &files {
            fs::remove_file(project.path(file)).expect("it is there");
        }
        files
    };
    assert_eq!(made(&[]), ["pages/机关/2025.typ"]);
    assert_eq!(made(&["--format", "html", "--out", "web"]), ["web/机关/2025.html"]);
    // From a folder below, the project is found and a selection is read from there.
    let run = Run::of(project.command().args(["build", "2025.toml"]).current_dir(project.path("reports/机关")));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(project.path("pages/机关/2025.typ").is_file());
}

const IN_FORCE: &str = "documents = { issued = 0, repealed = 0, in_force = 5 }";

#[test]
fn a_warning_can_be_accepted_with_a_reason_and_an_idle_acceptance_is_a_warning() {
    let accept = "\n[[accept]]\ncheck = \"in-force-continuity\"\nreason = \"清理后调整\"\n";
    let changed = plain_facts().replace("documents = { issued = 0, repealed = 0, in_force = 0 }", IN_FORCE) + accept;
    let project = two_years(&plain_facts(), &changed);
    let run = project.run(["check", "--deny", "warnings"]);
    assert_eq!((run.status, run.stderr.matches("[in-force-continuity]").count()), (0, 0), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("说明[accepted-places]: 这一条接受了 in-force-continuity 的 1 处警告\n"),
        "{}",
        run.stderr
    );
    let idle = two_years(&plain_facts(), &(plain_facts() + accept));
    let run = idle.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[unused-acceptance]"), "{}", run.stderr);
    refused(&idle.run(["check", "--deny", "warnings"]), "[unused-acceptance]", 1);
}

#[test]
fn a_facts_file_of_a_hundred_mebibytes() {
    let project = Project::with(&plain_facts());
    let huge = fs::File::create(project.path("reports/机关/2025.toml")).expect("a file");
    huge.set_len(100 << 20).expect("a file of that size");
    refused(&project.run(["check"]), "[too-large]", 1);
}

/// Each of these would run for ever, or overflow a stack or the memory, if nothing stopped it.
#[cfg(unix)]
#[test]
fn what_has_no_end_is_refused_within_seconds() {
    let deep = 10_000;
    let facts = |extra: &str| format!("{}\n{extra}\n", plain_facts());
    let prose = |text: &str| plain_facts().replace("信息发布前逐件审核。", text);
    let nested: String = (0..200).map(|level| format!("{}- 甲\\n", "  ".repeat(level))).collect();
    let rule = "\n[rule.x]\nmessage = { zh = '甲', en = 'a' }\nsource = 's'\nright = ''\nwrong = ''\n";
    let form = |extra: &str| support::text("templates/zfxxgk/form.toml") + rule + extra;
    let condition = |test: &str| form(&format!("[[condition]]\nrule = 'x'\ntest = \"\"\"{test}\"\"\""));
    let loops = "  { key = 'loop', label = 'x', use = 'denied' },\n".repeat(12);
    let uses_itself =
        support::text("templates/zfxxgk/form.toml").replace("\ndenied = [\n", &format!("\ndenied = [\n{loops}"));
    let endless = "{% for i in range(end=90000) %}{% for j in range(end=90000) %}{{ i }}{% endfor %}{% endfor %}";
    let page = "report.html.tera";
    /// Facts, a file of the form, and the code and status that come of them.
    type Endless<'a> = (String, Option<(&'a str, String)>, &'a str, i32);
    let cases: Vec<Endless<'_>> = vec![
        (facts(&format!("x = {}{}", "[".repeat(deep), "]".repeat(deep))), None, "[toml-syntax]", 1),
        (facts(&format!("x = {}1{}", "{a = ".repeat(deep), "}".repeat(deep))), None, "[toml-syntax]", 1),
        (facts(&format!("[x{}]", ".a".repeat(deep))), None, "[toml-syntax]", 1),
        (prose(&nested), None, "[too-deep]", 1),
        (prose(&"甲".repeat(100_001)), None, "[too-large]", 1),
        (plain_facts(), Some(("form.toml", condition("x > 1"))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition(&"+1".repeat(deep)))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition(&"(".repeat(900)))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition("('x' * 1000000000) == ''"))), "[check-failed]", 2),
        (plain_facts(), Some(("form.toml", uses_itself)), "[form-file]", 2),
        (plain_facts(), Some((page, endless.to_owned())), "[template-error]", 2),
        (plain_facts(), Some((page, "{% include 'report.html.tera' %}".to_owned())), "[template-error]", 2),
        (plain_facts(), Some((page, "{% if true %}".repeat(3000))), "[template-error]", 2),
    ];
    for (facts, file, code, status) in cases {
        let project = Project::with(&facts);
        if let Some((name, text)) = &file {
            project.write(&format!("templates/zfxxgk/{name}"), text);
        }
        let (run, worked) = Run::timed(project.command().args(["build", "--format", "html"]));
        refused(&run, code, status);
        assert!(worked < Duration::from_secs(20), "{code} took {worked:?}");
    }
}

#[test]
fn a_page_without_a_record() {
    let project = Project::with(&plain_facts());
    project.write("2025.pdf", "%PDF-1.7");
    refused(&project.run(["verify", "2025.pdf"]), "[no-record]", 2);
    project.write("2025.json", "{}");
    refused(&project.run(["verify", "2025.pdf"]), "[no-record]", 2);
    refused(&project.run(["verify", "2024.pdf"]), "[unreadable]", 2);
}

/// What no font can show is told by `check`, not first when a page is made.
#[test]
fn check_tells_what_no_font_can_show() {
    let facts = support::text("tests/cases/reject/missing-glyph/facts.toml");
    let run = Project::with(&facts).run(["check"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("错误[missing-glyph]: 没有字体能印出"), "{}", run.stderr);
    assert!(run.stderr.contains("--> reports/机关/2025.toml:"), "{}", run.stderr);
}
