//! Many reports: what is built and what is not, in spite of what, on how many machines, and how a build is stopped. Where
//! only that matters, the engine is a script that notes each page it is asked for.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};

use crate::support::{self, Project, Run, can_run, comes, generated, plain_facts, signal};
use serde_json::Value;

/// A project of generated organs, with the years 2024 and 2025 each, and a `typst` that writes no PDF but says so in `log`.
struct Office {
    project: Project,
}

impl Office {
    fn new(organs: usize) -> Self {
        let office = Self { project: Project::new() };
        for number in 0..organs {
            let organ = generated::organ(7, number, 2024..=2025);
            for (year, text) in organ.years {
                office.project.write(&format!("reports/{}/{year}.toml", organ.folder), text);
            }
        }
        office.typst("");
        office
    }

    /// Puts the script there, with something that it does before each page.
    fn typst(&self, first: &str) {
        let log = self.project.path("log").display().to_string();
        let version = nianbao::typeset::TYPST_VERSION;
        let script = format!(
            "[ \"$1\" = --version ] && {{ echo typst {version}; exit; }}\n{first}\necho page >> '{log}'\nprintf '%%PDF-' && cat report.typ"
        );
        self.project.program("typst", &script);
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.project.command();
        command.args(args).args(["--engine", "typst-cli"]);
        command
    }

    fn build(&self, args: &[&str]) -> Run {
        Run::of(self.command(&["build"]).args(args))
    }

    /// How many pages the engine made in a build, which must go well.
    fn pages(&self, args: &[&str]) -> usize {
        let _ = fs::remove_file(self.project.path("log"));
        let run = self.build(args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        fs::read_to_string(self.project.path("log")).map_or(0, |log| log.lines().count())
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.project.read(name)).expect("UTF-8");
        assert!(text.contains(from), "{name}: {from}");
        self.project.write(name, text.replacen(from, to, 1));
    }

    fn outputs(&self, extension: &str) -> Vec<String> {
        let files = self.project.files().into_iter();
        files.filter(|name| name.starts_with("build/") && name.ends_with(extension)).collect()
    }
}

#[test]
fn only_what_changed_is_built_again() {
    let office = Office::new(4);
    assert_eq!(office.pages(&[]), 8);
    let before: Vec<_> = office.outputs("").iter().map(|name| (name.clone(), office.project.read(name))).collect();
    assert_eq!(office.pages(&[]), 0, "nothing changed");
    assert!(office.build(&[]).stdout.contains("8 份没有变化"));
    let after: Vec<_> = office.outputs("").iter().map(|name| (name.clone(), office.project.read(name))).collect();
    assert!(before == after);
    let first = "reports/000/000000/2024.toml";
    office.edit(first, "licences = ", "licences = 1");
    assert_eq!(office.pages(&[]), 2, "that report, and next year's, which draws on its facts");
    office.edit("reports/000/000001/2025.toml", "licences = ", "licences = 1");
    assert_eq!(office.pages(&[]), 1, "no report draws on the last year's");
    let template = support::text("templates/zfxxgk/report.typ.tera");
    office.project.write("templates/zfxxgk/report.typ.tera", template.replace("22pt", "21pt"));
    assert_eq!(office.pages(&[]), 8, "a template");
    assert_eq!(office.pages(&["--format", "typ"]), 0);
    assert_eq!(office.pages(&[]), 8, "the record is of other formats");
    assert_eq!(office.pages(&["--charts"]), 8, "an option");
    assert_eq!(office.pages(&["--charts", "--force"]), 8, "asked for");
    assert_eq!(office.pages(&["--charts"]), 0);
}

#[test]
fn what_lies_there_is_not_trusted_unless_it_is_what_was_made() {
    let office = Office::new(2);
    assert_eq!(office.pages(&[]), 4);
    let (pdf, record) = ("build/000/000001/2025.pdf", "build/000/000001/2025.json");
    let good = office.project.read(pdf);
    for (name, bytes) in [
        (pdf, &b"%PDF-"[..]),
        (pdf, b""),
        (record, b""),
        (record, b"{}"),
        (record, b"\xff\xfe"),
        (record, &office.project.read("build/000/000000/2025.json")),
    ] {
        office.project.write(name, bytes);
        assert_eq!(office.pages(&[]), 1, "{name}");
        assert!(office.project.read(pdf) == good);
    }
    fs::remove_file(office.project.path(pdf)).expect("removed");
    assert_eq!(office.pages(&[]), 1, "a page that is gone");
}

#[test]
fn warnings_are_told_again_of_what_is_not_built_again() {
    let office = Office::new(1);
    office.edit("reports/000/000000/2025.toml", "信息处理费", "信息处理费5元，信息处理费");
    let told = |args: &[&str]| office.build(args);
    assert!(told(&[]).stderr.contains("警告[handling-fee]"));
    let again = told(&[]);
    assert!(again.stderr.contains("警告[handling-fee]") && again.stdout.contains("2 份没有变化"), "{}", again.stderr);
    assert_eq!(told(&["--deny", "warnings"]).status, 1);
}

#[test]
fn a_failed_report_stops_no_other_and_the_summary_says_what_failed_and_why() {
    let office = Office::new(5);
    office.edit("reports/000/000001/2025.toml", "licences = ", "licences = -");
    office.edit("reports/000/000003/2024.toml", "form = \"zfxxgk\"", "form = \"zfxxg\"");
    office.edit("reports/000/000003/2024.toml", "year = 2024", "year = 2023");
    let run = office.build(&["--summary", "summary.json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let end: Vec<&str> = run.stderr.lines().skip_while(|line| !line.starts_with("8 份")).collect();
    let expected = [
        "8 份已生成，0 份没有变化，2 份有错误，警告 1 个：",
        "  reports/000/000001/2025.toml：negative-number",
        "  reports/000/000003/2024.toml：unknown-form",
    ];
    assert_eq!(end, expected);
    assert_eq!(office.outputs(".pdf").len(), 8);
    let summary: Value = serde_json::from_slice(&office.project.read("summary.json")).expect("JSON");
    assert_eq!((&summary["built"], &summary["selected"], &summary["shard"]), (&8.into(), &10.into(), &Value::Null));
    let failed = &summary["failed"][0];
    assert_eq!(failed["file"], "reports/000/000001/2025.toml");
    assert_eq!(failed["errors"][0]["code"], "negative-number");
    assert!(failed["errors"][0]["at"].as_str().is_some_and(|at| at.starts_with("reports/000/000001/2025.toml:")));
    let checked = office.project.run(["check"]);
    assert_eq!(checked.status, 1);
    assert!(checked.stderr.contains("8 份没有错误，2 份有错误，警告 1 个："), "{}", checked.stderr);
}

#[test]
fn the_shards_of_several_machines_make_what_one_makes() {
    let office = Office::new(12);
    office.edit("reports/000/000005/2025.toml", "licences = ", "licences = -");
    let one = office.build(&["--out", "one", "--summary", "one.json"]);
    let mut statuses = Vec::new();
    for index in 1..=3 {
        let (shard, summary) = (format!("{index}/3"), format!("{index}.json"));
        statuses.push(office.build(&["--shard", &shard, "--out", "three", "--summary", &summary]).status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [0, 0, 1]);
    let below = |folder: &str| -> Vec<(String, Vec<u8>)> {
        let files = office.project.files().into_iter().filter(|name| name.starts_with(&format!("{folder}/")));
        files.map(|name| (name[folder.len()..].to_owned(), office.project.read(&name))).collect()
    };
    assert_eq!(below("one").len(), 23 * 3);
    assert!(below("one") == below("three"));
    let merge = |files: &[&str]| office.project.run(["merge-summary"].iter().chain(files));
    let merged = merge(&["2.json", "1.json", "3.json", "--out", "merged.json"]);
    assert_eq!((merged.status, one.status), (1, 1), "{}", merged.stderr);
    assert_eq!(merged.stdout, "3 份摘要，共 24 份报告：23 份已生成，0 份没有变化\n");
    assert_eq!(
        merged.stderr,
        "23 份已生成，0 份没有变化，1 份有错误：\n  reports/000/000005/2025.toml：negative-number\n"
    );
    assert_eq!(office.project.read("merged.json"), office.project.read("one.json"));
    let refused = |files: &[&str], why: &str| {
        let run = merge(files);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains("错误[summary]") && run.stderr.contains(why), "{}", run.stderr);
    };
    refused(&["1.json", "3.json"], "缺少分片的摘要：2/3");
    refused(&["1.json", "2.json", "2.json"], "分片 2 有两份摘要");
    refused(&["one.json"], "不是分片的摘要");
    office.project.write("broken.json", "{");
    refused(&["1.json", "2.json", "broken.json"], "broken.json 不是生成摘要");
    office.edit("3.json", "\"of\": 3", "\"of\": 4");
    refused(&["1.json", "2.json", "3.json"], "3.json 属于另一次生成");
    office.edit("2.json", "\"built\": ", "\"built\": 1");
    office.edit("3.json", "\"of\": 4", "\"of\": 3");
    refused(&["1.json", "2.json", "3.json"], "有增减");
    assert_eq!(merge(&["nowhere.json"]).status, 2);
}

/// What is wrong with the project is told by every shard, and what lies among the facts by that of its folder; put together,
/// each counts once, and decides how it ends as in one build.
#[test]
fn what_every_shard_tells_is_counted_once() {
    let office = Office::new(6);
    office.project.write("nianbao.toml", "font-paths = [\"nowhere\"]\n");
    office.edit("reports/000/000000/2025.toml", "信息处理费", "信息处理费5元，信息处理费");
    office.project.write("reports/000/000001/2025 - 副本.toml", "");
    for (deny, warnings, status) in [(&[][..], 3, 0), (&["--deny", "warnings"], 0, 2)] {
        let build = |args: &[&str]| Run::of(office.command(&["build"]).args(deny).args(args));
        let one = build(&["--out", "one", "--summary", "one.json"]);
        let names: Vec<String> = (1..=3).map(|index| format!("{index}.json")).collect();
        for (index, name) in (1..=3).zip(&names) {
            build(&["--out", "three", "--shard", &format!("{index}/3"), "--summary", name]);
        }
        let merge = ["merge-summary", "--out", "merged.json"].into_iter().chain(names.iter().map(String::as_str));
        let merged = office.project.run(merge);
        assert_eq!((one.status, merged.status), (status, status), "{}\n{}", one.stderr, merged.stderr);
        let summary: Value = serde_json::from_slice(&office.project.read("merged.json")).expect("JSON");
        assert_eq!(summary["warnings"], warnings);
        assert_eq!(office.project.read("merged.json"), office.project.read("one.json"));
    }
}

#[test]
fn shards_that_cannot_be_are_refused() {
    let project = Project::with(&plain_facts());
    for shard in ["0/3", "4/3", "3", "a/b", "1/0"] {
        let run = project.run(["build", "--shard", shard]);
        assert_eq!(run.status, 2, "{shard}");
        assert!(run.stderr.contains("错误[usage]"), "{}", run.stderr);
    }
    // A shard may be empty.
    let empty = (1..=9).map(|index| project.run(["build", "--format", "html", "--shard", &format!("{index}/9")]));
    assert!(empty.into_iter().all(|run| run.status == 0));
    assert!(project.path("build/机关/2025.html").is_file());
}

#[test]
fn a_build_that_is_stopped_leaves_whole_files_and_goes_on_where_it_was() {
    let office = Office::new(10);
    // The engine does not hear of the Ctrl-C that goes to the whole group of processes.
    office.typst("trap '' INT; sleep 0.1");
    let mut command = office.command(&["build", "--jobs", "2"]);
    let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    assert!(comes(|| office.outputs(".pdf").len() >= 3), "nothing is built");
    signal(running.id(), "-INT");
    let output = running.wait_with_output().expect("the end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("错误[interrupted]"), "{said}");
    let made = office.outputs(".pdf").len();
    assert!((3..20).contains(&made), "{made}");
    assert!(office.project.files().iter().all(|name| !name.contains(".nianbao-")), "{:?}", office.project.files());
    for name in office.outputs(".pdf") {
        let page = office.project.read(&name);
        assert!(page.starts_with(b"%PDF-") && page.len() > 5_000, "{name}");
        assert!(office.project.path(&name.replace(".pdf", ".json")).is_file(), "{name} has no record");
    }
    office.typst("");
    assert_eq!(office.pages(&[]), 20 - made, "what was made is not made again");
}

/// All different, built at once and one by one, by the real engine.
#[test]
fn a_batch_gives_the_bytes_of_single_builds() {
    let project = Project::new();
    let organs: Vec<_> = (0..8).map(|number| generated::organ(3, number, 2025..=2025)).collect();
    for organ in &organs {
        project.write(&format!("reports/{}/2025.toml", organ.folder), &organ.years[0].1);
    }
    project.build(&["--engine", support::ENGINE, "--jobs", "4"]);
    for organ in &organs {
        project.build(&[&organ.folder, "--engine", support::ENGINE, "--out", "single"]);
        for extension in ["pdf", "html", "json"] {
            let page = |folder: &str| project.read(&format!("{folder}/{}/2025.{extension}", organ.folder));
            assert!(page("build") == page("single"), "{}.{extension}", organ.folder);
        }
    }
}

/// A command of the docs.
fn as_documented(office: &Office, script: &str, index: u32) -> Run {
    Run::of(office.project.shell(script).env("JOB_COMPLETION_INDEX", index.to_string()))
}

#[test]
fn the_documented_ways_to_share_the_work_make_every_report() {
    let all = |office: &Office, out: &str| {
        let files = office.project.files().into_iter();
        files.filter(|name| name.starts_with(out) && name.ends_with(".pdf")).count()
    };
    // The runners of the matrix.
    let office = Office::new(10);
    let workflow = support::text("docs/shards/matrix.yml");
    let step = |start: &str| {
        workflow.lines().find_map(|line| line.trim().strip_prefix("run: ").filter(|step| step.starts_with(start)))
    };
    let build = step("nianbao build").expect("the step");
    assert!(workflow.contains("index: [1, 2, 3, 4]") && build.contains("}}/4 "));
    for index in 1..=4 {
        assert_eq!(as_documented(&office, &build.replace("${{ matrix.index }}", &index.to_string()), 0).status, 0);
    }
    let merged = as_documented(&office, step("nianbao merge-summary").expect("the step"), 0);
    assert_eq!((merged.status, all(&office, "build/")), (0, 20), "{}", merged.stderr);
    // The pods of the Job.
    let office = Office::new(10);
    let job = support::text("docs/shards/job.yaml");
    let (_, args) = job.split_once("- >-\n").expect("the command");
    let lines = args.lines().take_while(|line| line.starts_with("              ")).map(str::trim);
    let script = lines.collect::<Vec<_>>().join(" ").replace("/out", "out");
    assert!(job.contains("completions: 16") && script.contains("/16 "), "{script}");
    for index in 0..16 {
        let run = as_documented(&office, &script, index);
        assert_eq!(run.status, 0, "{}", run.stderr);
    }
    let merged = as_documented(&office, "nianbao merge-summary out/summary-*.json", 0);
    assert_eq!((merged.status, all(&office, "out/")), (0, 20), "{}", merged.stderr);
}

#[test]
fn the_script_for_gnu_parallel_makes_every_report_and_says_what_failed() {
    let there = Command::new("parallel").arg("--version").output().is_ok_and(|output| output.status.success());
    if !can_run(there, "GNU parallel on PATH", "PARALLEL") {
        return;
    }
    let office = Office::new(10);
    office.project.write("parallel.sh", support::text("docs/shards/parallel.sh"));
    let run = as_documented(&office, "sh parallel.sh 5 --jobs 2 --will-cite", 0);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(office.outputs(".pdf").len(), 20);
    assert!(run.stdout.contains("5 份摘要，共 20 份报告"), "{}", run.stdout);
    office.edit("reports/000/000004/2025.toml", "licences = ", "licences = -");
    let run = as_documented(&office, "sh parallel.sh 5 --jobs 2 --will-cite", 0);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("reports/000/000004/2025.toml：negative-number"), "{}", run.stderr);
}

/// Reports of two organs that differ in nothing but the organ's name; one with other figures is no copy.
#[test]
fn two_organs_with_one_report_are_told() {
    let facts = |organ: &str, licences: u32| {
        let facts =
            plain_facts().replace("示例区水务局", organ).replace("licences = 0", &format!("licences = {licences}"));
        facts
            .replace("penalties = 0", "penalties = 8")
            .replace(
                "[requests]\nrest = 0",
                "[requests]\nrest = 0\nreceived = { natural = 3 }\nresults.granted = { natural = 3 }",
            )
            .replace("信息发布前逐件审核。", &format!("{organ}的信息发布前逐件审核。"))
    };
    let project = Project::new();
    for (folder, organ, licences) in [("甲", "甲区水务局", 12), ("乙", "乙区水务局", 12), ("丙", "丙区水务局", 13)]
    {
        project.write(&format!("reports/{folder}/2025.toml"), facts(organ, licences));
    }
    let run = project.run(["check"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(run.stderr.matches("[same-as-other]").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("数字和正文与另一个机关的相同：reports/乙/2025.toml"), "{}", run.stderr);
    assert!(run.stderr.contains("reports/甲/2025.toml:5:"), "{}", run.stderr);
}
