//! `docs/forms.md`, step by step; and what `forms check` finds.

use crate::support::{self, Project, Run, pdf, text};

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
    Run::of(project.shell(&format!("set -e\n{script}")).env("NIANBAO_LANG", "en"))
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
    let run = project.run(["forms", "check", "mine"]);
    assert_eq!(run.stdout.lines().next(), Some("表式 mine 没有问题"), "{}", run.stderr);
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

fn has_engine() -> bool {
    cfg!(feature = "embedded") || support::typst_cli_is_there()
}

/// A project with a form of its own that is in order.
fn mine() -> Project {
    let project = Project::new();
    assert_eq!(project.run(["forms", "new", "mine"]).status, 0);
    project
}

fn read(project: &Project, name: &str) -> String {
    String::from_utf8(project.read(name)).expect("UTF-8")
}

/// What pages look like is for Typst to say: a template that is good Tera may be no Typst.
#[test]
fn forms_check_lays_out_every_page_and_finds_what_only_typst_finds() {
    if !has_engine() {
        return;
    }
    let project = mine();
    let page = read(&project, "templates/mine/report.typ.tera");
    for (wrong, words, line) in [
        (page.replace("#title[", "#titel["), "unknown variable: titel", 8),
        (page.replace("header: [{{ draft }}]", "haeder: [{{ draft }}]"), "unexpected argument: haeder", 5),
    ] {
        assert_ne!(wrong, page);
        project.write("templates/mine/report.typ.tera", wrong);
        let run = project.run(["forms", "check", "mine"]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        let place = format!("templates/mine/report.typ.tera:{line}:1");
        assert!(run.stderr.contains("错误[typst-error]") && run.stderr.contains(words), "{}", run.stderr);
        assert!(run.stderr.contains(&place), "{}", run.stderr);
        assert_eq!(run.stderr.matches("错误[").count(), 1, "told once: {}", run.stderr);
    }
    project.write("templates/mine/report.typ.tera", &page);
    let run = project.run(["forms", "check", "mine"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "表式 mine 没有问题\n", ""));
    // Every target has its turn, the draft too.
    let web = read(&project, "templates/mine/report.html.tera");
    project.write("templates/mine/report.html.tera", web.replace("<p>{{ draft }}</p>", "<p>{{ draught }}</p>"));
    let run = project.run(["forms", "check", "mine"]);
    assert!(run.status == 2 && run.stderr.contains("report.html.tera:4:"), "{}", run.stderr);
}

/// A stand-in for Typst that knows one fault and the line of the page that has it: what it says is told at the template's
/// line, and what the page is made of does reach it.
#[test]
fn forms_check_asks_the_engine_of_the_project() {
    let project = mine();
    project.write("nianbao.toml", "[build]\nengine = \"typst-cli\"\n");
    let script = format!(
        "if [ \"$1\" = --version ]; then echo 'typst {}'; exit; fi\necho x >> \"$TALLY\"\n\
         line=$(grep -n '#titel' report.typ | cut -d: -f1)\n[ -n \"$line\" ] || exit 0\n\
         echo \"report.typ:$line:1: error: unknown variable: titel\" >&2\nexit 1",
        nianbao::typeset::TYPST_VERSION
    );
    project.program("typst", &script);
    let check = || {
        let mut command = project.command();
        Run::of(command.args(["forms", "check", "mine"]).env("TALLY", project.path("tally")))
    };
    let run = check();
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "表式 mine 没有问题\n", ""));
    assert_eq!(project.read("tally"), b"x\nx\n", "a report and a draft");
    let page = read(&project, "templates/mine/report.typ.tera");
    project.write("templates/mine/report.typ.tera", page.replace("#title[", "#titel["));
    let run = check();
    assert_eq!(run.status, 2);
    for words in
        ["错误[typst-error]: Typst 不能排出这一页：unknown variable: titel", "templates/mine/report.typ.tera:8:1"]
    {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    assert_eq!(run.stderr.matches("错误[").count(), 1, "told once: {}", run.stderr);
}

#[test]
fn where_there_is_no_engine_forms_check_says_what_was_not_tried() {
    let project = mine();
    project.write("nianbao.toml", "[build]\nengine = \"typst-cli\"\n");
    for (lang, words) in [("zh", "没有试过 PDF："), ("en", "the PDF was not tried: ")] {
        let run = Run::of(project.command().args(["--lang", lang, "forms", "check", "mine"]).env("PATH", "/nowhere"));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains(words), "{}", run.stdout);
    }
}

/// What systems and people leave in a form's folder is no part of the form.
#[test]
fn files_that_are_no_text_harm_nobody_and_templates_that_are_none_are_told() {
    let project = mine();
    let png = b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe".as_slice();
    for name in [
        "mine/logo.png",
        "mine/Thumbs.db",
        "mine/partials/.DS_Store",
        "partials/印章.jpg",
        "zfxxgk/旧稿.doc",
        "readme.gz",
    ] {
        project.write(&format!("templates/{name}"), png);
    }
    project.write("templates/mine/说明.txt", "说明：这个表式由甲维护。".as_bytes());
    project.write("templates/mine/gbk.md", [0xcb, 0xb5, 0xc3, 0xf7]);
    project.write("reports/机关/2025.toml", support::plain_facts());
    for args in [&["forms"][..], &["check"], &["forms", "check", "mine"], &["build", "--format", "html"]] {
        let run = project.run(args);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{args:?}");
        assert!(!run.stdout.contains("logo.png"), "{}", run.stdout);
    }
    for (name, code, place) in [
        ("form.toml", "form-file", "templates/mine/form.toml:2:10"),
        ("report.typ.tera", "template-error", "templates/mine/report.typ.tera:2:10"),
        ("partials/own.html.tera", "template-error", "templates/mine/partials/own.html.tera:2:10"),
    ] {
        let project = mine();
        project.write(&format!("templates/mine/{name}"), b"# 1\nlabel = \"\xb1\xed\"\n");
        let zh = project.run(["forms", "check", "mine"]);
        assert_eq!(zh.status, 2);
        for words in [&format!("错误[{code}]: templates/mine/{name} 不是 UTF-8 编码"), place, "0xB1"] {
            assert!(zh.stderr.contains(words), "{words}\n{}", zh.stderr);
        }
        let en = project.run(["--lang", "en", "forms", "check", "mine"]);
        assert!(en.stderr.contains(&format!("error[{code}]: templates/mine/{name} is not UTF-8")), "{}", en.stderr);
    }
}

/// One form that is wrong is told, and stops nothing that is not of it.
#[test]
fn a_form_that_is_wrong_stops_nobody_else() {
    let project = mine();
    let form = read(&project, "templates/mine/form.toml");
    project.write("templates/mine/form.toml", form.replace("kind = \"line\"", "kind = \"lien\""));
    project.write("reports/机关/2025.toml", support::plain_facts());
    project.write("reports/registry/2025.toml", project.read("templates/mine/example.toml"));
    for (lang, broken, error) in [
        ("zh", "mine  有误，不能使用\n", "错误[form-file]"),
        ("en", "mine  is wrong and cannot be used\n", "error[form-file]"),
    ] {
        let run = project.run(["--lang", lang, "forms"]);
        assert_eq!(run.status, 2);
        for words in [broken, "zfxxgk  政府信息公开工作年度报告\n", "foia  ", "wznb  "] {
            assert!(run.stdout.contains(words), "{words}\n{}", run.stdout);
        }
        assert!(run.stderr.contains(error) && run.stderr.contains("templates/mine/form.toml:12:"), "{}", run.stderr);
        let doctor = project.run(["--lang", lang, "doctor"]);
        assert_eq!(doctor.status, 2);
        assert!(doctor.stdout.contains(broken) && doctor.stdout.contains("zfxxgk"), "{}", doctor.stdout);
        assert!(doctor.stderr.contains(error), "{}", doctor.stderr);
    }
    for code in ["wrong-total", "carry-over"] {
        let run = project.run(["explain", code]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{code}");
    }
    let unknown = project.run(["explain", "few-open"]);
    assert!(unknown.status == 2 && unknown.stderr.contains("有的表式或 nianbao.toml 有误"), "{}", unknown.stderr);
    let build = project.run(["build", "--format", "html"]);
    assert_eq!(build.status, 2);
    assert!(build.stderr.contains("templates/mine/form.toml:12:"), "{}", build.stderr);
    assert!(project.path("build/机关/2025.html").is_file() && !project.path("build/registry/2025.html").exists());
    assert_eq!(project.run(["schema", "zfxxgk"]).status, 0);
    assert_eq!(project.run(["new", "乙", "--form", "wznb", "--year", "2025"]).status, 0);
}

/// Every code with its title, those of the program and those of every form, in both languages.
#[test]
fn explain_lists_all_codes_with_their_titles() {
    let project = mine();
    for (lang, lines) in [
        (
            "zh",
            [
                "程序自己的代码",
                "toml-syntax",
                "表式 zfxxgk（政府信息公开工作年度报告）的规则",
                "第一项加第二项之和，等于第三项加第四项之和",
                "表式 mine（mine）的规则",
                "（警告）未结的不多于已结的",
                "nianbao explain <代码> 说明其中一个",
            ],
        ),
        (
            "en",
            [
                "the program's own codes",
                "A stated total is not the sum of its parts, along its row or its column",
                "the rules of the form zfxxgk (政府信息公开工作年度报告)",
                "items one and two add up to items three and four",
                "the rules of the form mine (mine)",
                "(warning) no more cases are open than closed",
                "`nianbao explain CODE` explains one of them",
            ],
        ),
    ] {
        let run = project.run(["--lang", lang, "explain"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        for line in lines {
            assert!(run.stdout.contains(line), "{line}\n{}", run.stdout);
        }
        let known = nianbao::diag::Code::BUILT_IN.iter().map(|code| code.as_str().to_owned());
        let forms = nianbao::form::files::names(None).into_iter();
        let rules = forms.flat_map(|name| {
            let form = nianbao::form::files::load(&name, None, None).expect("a built-in form");
            form.checks.rules.keys().cloned().collect::<Vec<_>>()
        });
        for code in known.chain(rules) {
            let line = run.stdout.lines().find(|line| line.starts_with(&format!("  {code} "))).expect(&code);
            assert!(line.trim_start().len() > code.len() + 6, "{line}");
            assert_eq!(project.run(["explain", &code]).status, 0, "{code}");
        }
    }
    project.write("nianbao.toml", "[biuld]\n");
    let run = project.run(["explain"]);
    assert!(
        run.status == 2 && run.stdout.contains("carry-over") && run.stderr.contains("[project-file]"),
        "{}",
        run.stderr
    );
    project.write("nianbao.toml", "");
    project.write("templates/mine/form.toml", "label = 3\n");
    let run = project.run(["explain"]);
    assert!(
        run.status == 2 && run.stdout.contains("wrong-total") && run.stderr.contains("[form-file]"),
        "{}",
        run.stderr
    );
}
