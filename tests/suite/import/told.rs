//! What is said of a page that differs from the form in one thing. In: the program's own page, changed in one place; out: the code that
//! is told, and what is written all the same.

use crate::support::{self, Project, Run};

/// A page of ours with something changed in it, read back: the run, and the facts that were written.
fn read(change: impl Fn(String) -> String) -> (Run, String) {
    let project = Project::with(&support::plain_facts());
    project.build_in_spite_of_warnings(&["--format", "html"]);
    let page = String::from_utf8(project.read("build/机关/2025.html")).expect("UTF-8");
    let changed = change(page.clone());
    assert_ne!(changed, page);
    project.write("changed.html", changed);
    let run = project.run(["import", "changed.html", "--out", "back.toml"]);
    let facts = project.files().contains(&"back.toml".to_owned()).then(|| project.read("back.toml"));
    (run, String::from_utf8(facts.unwrap_or_default()).expect("UTF-8"))
}

/// Where the row of a table begins that holds these words, and where it ends.
fn row(page: &str, words: &str) -> std::ops::Range<usize> {
    let at = page.find(words).expect("the words are there");
    let start = page[..at].rfind("<tr>").expect("a row");
    let end = at + page[at..].find("</tr>").expect("its end") + "</tr>".len();
    start..end
}

fn one_row_for_a_group(page: &str, figures: [u32; 7]) -> String {
    let first = row(page, "1.申请人无正当理由逾期不补正");
    let last = row(page, "3.其他<");
    let cells: String = figures.map(|figure| format!("<td>{figure}</td>")).concat();
    let merged = format!("<tr><th colspan=2>（六）其他处理</th>{cells}</tr>");
    let page = format!("{}{merged}{}", &page[..first.start], &page[last.end..]);
    let over = page.find("三、本年度办理结果</th>").expect("the head over the results");
    let span = page[..over].rfind("rowspan=\"").expect("its span") + "rowspan=\"".len();
    let end = span + page[span..].find('"').expect("the end of the span");
    let rows: usize = page[span..end].parse().expect("a number");
    format!("{}{}{}", &page[..span], rows - 2, &page[end..])
}

#[test]
fn a_group_of_rows_that_is_printed_as_one_is_only_read_where_it_is_nothing() {
    let (run, facts) = read(|page| one_row_for_a_group(&page, [0; 7]));
    assert!(!run.stderr.contains("import-group-row"), "{}", run.stderr);
    let facts: toml::Table = facts.parse().expect("TOML");
    for name in ["not_corrected", "fee_unpaid", "misc"] {
        assert_eq!(facts["requests"]["results"]["other"][name]["natural"].as_integer(), Some(0), "{name}");
    }
    let (run, facts) = read(|page| one_row_for_a_group(&page, [3, 0, 0, 0, 0, 0, 3]));
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("[import-group-row]") && run.stderr.contains('3'), "{}", run.stderr);
    let facts: toml::Table = facts.parse().expect("TOML");
    let other = &facts["requests"]["results"]["other"];
    for name in ["not_corrected", "fee_unpaid", "misc"] {
        let row = &other[name];
        assert!(row.get("natural").is_none(), "{name}: {row}");
        assert_eq!(row["business"].as_integer(), Some(0), "{name}");
    }
}

#[test]
fn a_heading_in_other_words_is_told_and_its_text_is_read() {
    let (run, facts) = read(|page| page.replace("（四）政府信息公开平台建设", "（四）加强平台建设，扩展渠道"));
    assert!(run.stderr.contains("[import-heading-guessed]") && run.stderr.contains("扩展渠道"), "{}", run.stderr);
    let facts: toml::Table = facts.parse().expect("TOML");
    let own: toml::Table = support::plain_facts().parse().expect("TOML");
    assert_eq!(
        facts["overview"]["platform"].as_str().map(str::trim),
        own["overview"]["platform"].as_str().map(str::trim)
    );
}

#[test]
fn a_heading_that_is_not_there_is_told() {
    let (run, _) = read(|page| page.replace("六、其他需要报告的事项", "附注"));
    assert!(run.stderr.contains("[import-heading-missing]"), "{}", run.stderr);
    assert_eq!(run.status, 1);
}

#[test]
fn text_that_belongs_to_no_fact_stands_in_a_comment() {
    let heading = "三、收到和处理政府信息公开申请情况</h2>";
    let (run, facts) = read(|page| page.replace(heading, &format!("{heading}<p>本表由甲科填报，共三人。</p>")));
    assert!(run.stderr.contains("[import-text-unplaced]"), "{}", run.stderr);
    assert!(facts.contains("# » 本表由甲科填报，共三人。"), "{facts}");
}

#[test]
fn what_only_another_program_reads_is_told_where_that_is_not_there() {
    let project = Project::new();
    project.write("old.rtf", "{\\rtf1\\ansi 1 2 3\\par}");
    let mut command = project.command();
    command.args(["import", "old.rtf"]).env("PATH", "/nowhere");
    let run = Run::of(&mut command);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("[import-converter-missing]") && run.stderr.contains(".docx"), "{}", run.stderr);
}
