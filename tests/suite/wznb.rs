//! 政府网站工作年度报表: one table with yes and no, a choice, lists of accounts and signatures, read back from PDF and page;
//! its rules, and its next year.

use crate::support::{self, Project, pdf, squeezed, text, web};

const FACTS: &str = "reports/示例县人民政府办公室/2025.toml";
const PAGE: &str = "build/示例县人民政府办公室/2025";

fn project(facts: &str) -> Project {
    let project = Project::new();
    project.write(FACTS, facts);
    project
}

#[test]
fn every_row_is_read_back_from_the_pdf_and_the_page() {
    let project = project(&text(FACTS));
    project.build(&["--engine", support::ENGINE]);
    let document = pdf::read(&project.path(&format!("{PAGE}.pdf")));
    assert_eq!(document.tables.len(), 1);
    let table: Vec<Vec<String>> =
        document.tables[0].iter().map(|row| row.iter().map(|cell| squeezed(cell)).collect()).collect();
    let page = web::page(&project, &format!("{PAGE}.html"));
    let of_page: Vec<Vec<String>> =
        web::tables(&page)[0].iter().map(|row| row.iter().map(|cell| squeezed(cell)).collect()).collect();
    assert_eq!(table, of_page);
    assert_eq!(table.len(), 1 + 58);
    for wanted in [
        ["基本信息", "网站类型", "网站类型", "■政府门户网站□部门网站□专项网站"],
        ["信息发布（条）", "总数", "总数", "2406"],
        ["办事服务", "办件量（件）", "总数", "10164"],
        ["互动交流", "留言办理", "平均办理时间（天）", "4.5"],
        ["安全防护", "是否开展应急演练", "是否开展应急演练", "■是□否"],
        ["移动新媒体", "微信", "名称", "示例发布、示例政务服务"],
        ["创新发展", "多语言版本", "多语言版本", "□是■否"],
        ["创新发展", "其他", "其他", ""],
    ] {
        let wanted: Vec<String> = wanted.map(str::to_owned).to_vec();
        assert!(table.contains(&wanted), "{wanted:?}\n{table:#?}");
    }
    let read = squeezed(&pdf::plain(&project.path(&format!("{PAGE}.pdf"))));
    for words in
        ["填报单位：示例县人民政府办公室", "单位负责人：甲", "审核人：乙", "填报人：丙", "填报日期：2026年1月20日"]
    {
        assert!(read.contains(words), "{words}");
    }
}

#[test]
fn its_rules_and_kinds_are_checked() {
    for (right, wrong, code) in [
        ("total = 2406", "total = 2405", "information-parts"),
        ("online = 371", "online = 413", "online-items"),
        ("any = true", "any = false", "no-media"),
        ("cases = { natural = 8120", "cases = { total = 1, natural = 8120", "wrong-total"),
        ("drill = true", "drill = \"是\"", "wrong-type"),
        ("type = \"政府门户网站\"", "type = \"门户网站\"", "unknown-option"),
        ("names = [\"示例发布\"]", "names = \"示例发布\"", "wrong-type"),
        ("sponsor = \"示例县人民政府\"\n", "", "missing-value"),
    ] {
        let facts = text(FACTS).replace(right, wrong);
        assert_ne!(facts, text(FACTS), "{code}");
        let run = project(&facts).run(["check"]);
        assert!(run.status == 1 && run.stderr.contains(&format!("错误[{code}]")), "{code}\n{}", run.stderr);
    }
}

/// `rest = 0` makes figures 0, and nothing else.
#[test]
fn what_is_no_figure_is_asked_for_in_spite_of_rest() {
    let facts = text(FACTS).replace(
        "[report.security]\ntests = 4\nproblems = 3\ncorrected = 3\nmonitoring = true\n",
        "[report.security]\n",
    );
    let facts = facts.replace("[report.site]", "[report]\nrest = 0\n\n[report.site]");
    let run = project(&facts).run(["check"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.contains("report.security.monitoring") && !run.stderr.contains("report.security.tests"),
        "{}",
        run.stderr
    );
}

#[test]
fn next_year_keeps_what_is_no_figure() {
    let project = project(&text(FACTS));
    assert_eq!(project.run(["roll", "2025"]).status, 0);
    let next = String::from_utf8(project.read("reports/示例县人民政府办公室/2026.toml")).expect("UTF-8");
    for line in [
        "code = \"0000000001\"",
        "type = \"政府门户网站\"",
        "monitoring = true",
        "# tests = …",
        "# total = …",
        "# date = …",
    ] {
        assert!(next.lines().any(|kept| kept == line), "{line}\n{next}");
    }
    let _: toml::Table = next.parse().expect("TOML");
}

#[test]
fn its_schema_is_committed() {
    let form = nianbao::form::files::load("wznb", None, None).expect("the form");
    support::golden(&support::repository().join("schemas/wznb.json"), &nianbao::schema::text(&form));
}
