//! There and back: random facts become the pages of this program, and the pages become facts. All values are the same, and all prose
//! prints the same words. `NIANBAO_IMPORT_CASES` says how many reports of each form are tried.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fastrand::Rng;
use nianbao::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::render::prose;
use nianbao::report::Value;
use nianbao::source::Source;
use scraper::Html;

use super::page::{self, Piece};
use super::report::Report;
use super::{each, form};
use crate::support::{self, Project, text};

/// How many reports of each form where nobody says otherwise.
const REPORTS: usize = 4;

/// A form, and how its facts are made up.
struct Tried {
    name: &'static str,
    organ: fn(usize) -> String,
    facts: fn(&str, &mut Rng) -> String,
    formats: &'static str,
    /// Whether words may be parted at the end of a line: the page does not say in a way that is read which hyphen is none.
    is_hyphenated: bool,
    /// Prose facts that the form prints one behind the other with no heading between: where one ends is not on the page.
    together: &'static [&'static [&'static str]],
}

const ZFXXGK: Tried = Tried {
    name: "zfxxgk",
    organ: |number| format!("示例市第{number}区水务局"),
    facts: zfxxgk,
    formats: "html,html-fragment,pdf,docx",
    is_hyphenated: false,
    together: &[&["problems.existing", "problems.improvements"]],
};
const WZNB: Tried = Tried {
    name: "wznb",
    organ: |number| format!("示例县{number}号街道办事处"),
    facts: wznb,
    formats: "html,html-fragment,pdf,docx",
    is_hyphenated: false,
    together: &[],
};
const FOIA: Tried = Tried {
    name: "foia",
    organ: |number| format!("Harbour and Waterways Agency {number}"),
    facts: foia,
    formats: "html,html-fragment,pdf,docx",
    is_hyphenated: true,
    together: &[],
};
const CENSUS: Tried = Tried {
    name: "census",
    organ: |number| format!("Ambridge upon Thames {number}"),
    facts: census,
    formats: "html,pdf,docx",
    is_hyphenated: true,
    together: &[],
};

#[test]
fn facts_of_information_disclosure_come_back() {
    there_and_back(&ZFXXGK, support::ENGINE);
}

#[test]
fn facts_of_websites_come_back() {
    there_and_back(&WZNB, support::ENGINE);
}

#[test]
fn facts_of_requests_for_records_come_back() {
    there_and_back(&FOIA, support::ENGINE);
}

#[test]
fn facts_of_a_form_that_the_program_never_heard_of_come_back() {
    there_and_back(&CENSUS, support::ENGINE);
}

#[test]
fn facts_come_back_from_pages_of_the_other_engine() {
    if support::typst_cli_is_there() {
        there_and_back(&ZFXXGK, "typst-cli");
        there_and_back(&WZNB, "typst-cli");
    }
}

/// Organ and year stand in the title, whatever words stand before them.
#[test]
fn the_title_of_a_form_may_begin_with_words() {
    let project = project();
    project.write("reports/Ambridge/2024.toml", census("Ambridge", &mut Rng::with_seed(1)));
    project.build(&["--engine", support::ENGINE, "--format", "html"]);
    let run = project.run(["import", "build/Ambridge/2024.html", "--out", "2024.toml"]);
    assert_eq!((run.status, run.stderr.contains("错误")), (0, false), "{}", run.stderr);
    assert!(project.read("2024.toml").windows(8).any(|eight| eight == b"Ambridge"));
}

#[test]
fn a_table_in_prose_comes_back() {
    let facts = support::plain_facts().replace(
        "proactive = \"",
        "proactive = \"见下表。\\n\\n| 栏目 | 条数 |\\n|---|---|\\n| 政策文件栏 | 12 |\\n\\n",
    );
    let project = Project::with(&facts);
    project.build_in_spite_of_warnings(&["--engine", support::ENGINE, "--format", "html"]);
    let run = project.run(["import", "build/机关/2025.html", "--out", "2025.toml"]);
    let back = String::from_utf8(project.read("2025.toml")).expect("UTF-8");
    assert!(back.contains("政策文件栏"), "{back}\n{}", run.stderr);
}

/// Text before the first heading may be the site's; where a heading is gone, it is the report's.
#[test]
fn text_before_the_first_heading_is_kept_or_told() {
    let pieces = Report::random(&mut Rng::with_seed(5)).pieces();
    let mut pieces: Vec<Piece> =
        pieces.into_iter().filter(|piece| !matches!(piece, Piece::Words(words) if words == "一、总体情况")).collect();
    pieces.insert(1, Piece::Words("今年我们把公开栏目重新整理了一遍，共有条目".to_owned()));
    let project = Project::new();
    project.write("page.html", page::html(&pieces));
    let run = project.run(["import", "page.html", "--out", "facts.toml"]);
    let facts = String::from_utf8(project.read("facts.toml")).expect("UTF-8");
    for words in ["把公开栏目重新整理了一遍", "答复书写明依据和救济途径", "手机上看也不再错行"]
    {
        assert!(facts.contains(words), "{words} is lost:\n{}", run.stderr);
    }
}

/// A project that has the form of this test's folder, too.
fn project() -> Project {
    let project = Project::new();
    for name in ["form.toml", "report.typ.tera", "report.html.tera"] {
        project.write(&format!("templates/census/{name}"), text(format!("tests/second_form/templates/census/{name}")));
    }
    project
}

fn there_and_back(tried: &Tried, engine: &str) {
    let asked = std::env::var("NIANBAO_IMPORT_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(REPORTS);
    let project = project();
    let form = match tried.name {
        "census" => Arc::new(files::load("census", Some(&project.path("templates")), None).expect("the form")),
        name => form(name),
    };
    for number in 0..asked {
        let organ = (tried.organ)(number);
        let facts = (tried.facts)(&organ, &mut Rng::with_seed(number as u64));
        project.write(&format!("reports/{organ}/2024.toml"), facts);
    }
    let run = project.run(["build", "--engine", engine, "--format", tried.formats]);
    assert!(run.status == 0 && !run.stderr.contains("错误["), "{}", run.stderr);
    let files: Vec<PathBuf> =
        project.files().into_iter().map(PathBuf::from).filter(|file| file.starts_with("build")).collect();
    let pages: Vec<&PathBuf> = files.iter().filter(|file| file.extension().is_some_and(|end| end != "json")).collect();
    assert_eq!(pages.len(), asked * tried.formats.split(',').count(), "{files:?}");
    // The first one writes the schema; what is written at the same time would be there already.
    let mut faults = page_back(tried, &project, &form, pages[0], 0);
    let others = each(pages.len() - 1, |number| page_back(tried, &project, &form, pages[number + 1], number + 1));
    faults.extend(others.into_iter().flatten());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is not the same in the facts of a page.
fn page_back(tried: &Tried, project: &Project, form: &Arc<Form>, page: &Path, number: usize) -> Vec<String> {
    let organ = page.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
    let original = project.path(&format!("reports/{organ}/2024.toml"));
    let out = format!("back/{number}/2024.toml");
    let name = page.to_string_lossy();
    let is_fragment = name.contains("fragment");
    let mut args = vec!["import", &name, "--out", &out];
    // A part of a page may have no title, and of one whose title begins with words that are not the organ's nothing is read.
    if is_fragment || tried.name == "census" {
        args.extend(["--organ", &organ, "--year", "2024"]);
    }
    let run = project.run(&args);
    if !project.path(&out).exists() || run.status > 1 || run.stderr.contains("panicked") {
        return vec![format!("{name}: {} {} {}", run.status, run.stdout, run.stderr)];
    }
    let mut faults = differences(tried, form, &original, &project.path(&out));
    // Nothing is lost, doubted or guessed of a page of our own.
    let is_expected = |line: &&str| line.contains("import-not-parted") && !tried.together.is_empty();
    let said: Vec<&str> =
        run.stderr.lines().filter(|line| line.contains("[import-")).filter(|line| !is_expected(line)).collect();
    faults.extend((!said.is_empty()).then(|| format!("{said:?}")));
    faults.iter_mut().for_each(|fault| fault.insert_str(0, &format!("{name}: ")));
    faults
}

/// What facts say: every value but prose as facts write it, and of prose the words that it prints.
fn said(form: &Arc<Form>, path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let source = Source::new("2024.toml", text);
    let facts = Facts::parse(&source).unwrap_or_else(|problems| panic!("{}: {problems:?}", path.display()));
    let nowhere = YearsBefore::of(Path::new("/nowhere/2024.toml"));
    let (report, _) = check::draft(&facts, form, &nowhere, &Alone).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    said.insert("year".to_owned(), report.year.to_string());
    for (key, _) in form.keys.iter() {
        let Some(entry) = report.values.get(key) else { continue };
        let value = match &entry.value {
            Value::Prose(text) => printed(text),
            Value::Figure(figure) => figure.normalize().to_string(),
            other => other.toml(),
        };
        said.insert(key.to_string(), value);
    }
    said
}

/// The words that prose prints, without what stands in front of the items of lists.
fn printed(text: &str) -> String {
    let page = Html::parse_fragment(&prose::write(text, prose::Language::Html));
    let lines = support::web::texts(&page, "p, li, th, td");
    lines.iter().map(|line| without_mark(&support::squeezed(line)).to_owned()).collect()
}

/// A line without the number or the dot of an item.
fn without_mark(line: &str) -> &str {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match (number.len() < line.len(), number.strip_prefix('.')) {
        (true, Some(rest)) if !rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => line.trim_start_matches(['•', '·', '-', '‣', '–']),
    }
}

/// Where two texts begin to differ, in some words.
fn around(wanted: Option<&String>, got: Option<&String>) -> String {
    let (Some(wanted), Some(got)) = (wanted, got) else { return format!("{wanted:?} became {got:?}") };
    let (wanted, got): (Vec<char>, Vec<char>) = (wanted.chars().collect(), got.chars().collect());
    let same = wanted.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let some = |text: &[char]| text.iter().skip(same.saturating_sub(20)).take(60).collect::<String>();
    format!("…{:?} became …{:?}", some(&wanted), some(&got))
}

fn differences(tried: &Tried, form: &Arc<Form>, original: &Path, back: &Path) -> Vec<String> {
    let together = |mut said: BTreeMap<String, String>| {
        if tried.is_hyphenated {
            said.values_mut().for_each(|value| *value = value.replace('-', ""));
        }
        for keys in tried.together {
            let all: String = keys.iter().filter_map(|key| said.remove(*key)).collect();
            said.insert(keys.join(" + "), all);
        }
        said
    };
    let (wanted, got) = (together(said(form, original)), together(said(form, back)));
    let keys = wanted.keys().chain(got.keys().filter(|key| !wanted.contains_key(*key)));
    let differs = keys.filter(|key| wanted.get(*key) != got.get(*key));
    differs.map(|key| format!("{key}: {}", around(wanted.get(key), got.get(key)))).collect()
}

/// Sentences that mean something to Markdown, to Typst, to TOML, to templates, or to whoever looks for headings and figures.
const SENTENCES: [&str; 29] = [
    "全年主动公开信息若干条，其中政策文件由办公室逐件审查。",
    "**重点**工作已经完成，*号照印，5*8小时有人接听。",
    "本年是{{ year }}年，用 \\{{ year }} 写成。",
    "见 \\| 竖线 | 与 \\\\ 反斜线。",
    "“引号”、‘单引号’、\"直引号\"和'撇号'都照印。",
    "全角ＡＢＣ１２３，半角ABC123，％与%。",
    "网址https://www.example.gov.cn/a_b/c?d=e&f=g可以查阅。",
    "《条例》（国令第711号）第二十条第（一）项规定如此。",
    "#read(\"/etc/passwd\") $x$ @标签 <b>粗</b> &amp; ~ = 一级。",
    "[办事指南](https://example.cn)已经更新。",
    "一是加强领导；二是明确责任；三是强化监督。",
    "1.5万元以下的不计，3、4月份另计。",
    "第一，办理更快；第二，答复更清楚。",
    "`代码`与 __下划线__ 和 ~~删除线~~ 照印。",
    "共有7件，比上年多2件，增长40.0%。",
    "（1）建立台账。（2）按月通报。",
    "数学 a<b>c，d&e，{f}，[g]，(h)。",
    "—— 破折号、……省略号、～波浪号。",
    "㎡、℃、①、Ⅳ、㈠这些字照印。",
    "A sentence in English, with 12 words and 3.5 per cent.",
    "责任科室：办公室；联系人：张三。",
    "本段以数字结尾共计12",
    "　　段首缩进两格的文字照常读出。",
    "句子里有制表\t符和  两个空格。",
    "2024年12月31日以前已经办结。",
    "经办人签字：__________。",
    "- 这一项以短横开头。\n- 又一项。",
    "1. 这一项以数字开头。\n2. 又一项。",
    "\\- 不是列表，是一句话。",
];
const ENGLISH: [&str; 13] = [
    "The agency answered most letters within a week.",
    "**Bold** words, a * star, 5*8 hours and an_underscore.",
    "The year is {{ year }}; \\{{ year }} is how it is written.",
    "A bar | and a \\| bar, and a back\\\\slash.",
    "“Quotes”, 'single' and \"straight\" ones.",
    "#read(\"/etc/passwd\") $x$ @label <b>bold</b> &amp; ~ = one.",
    "See https://www.example.org/a_b/c?d=e&f=g for more.",
    "[A guide](https://example.org) was published.",
    "1. The first item.\n2. The second item.",
    "- A dash in front.\n- Another.",
    "Costs rose by 3.5 per cent, to USD 1,200.00.",
    "\\- No list, but a sentence.",
    "Café, naïve, coöperate, 中文 too.",
];

/// Prose of some paragraphs.
fn hostile(random: &mut Rng, sentences: &[&str]) -> String {
    let count = if random.u8(..12) == 0 { 120 } else { random.usize(1..5) };
    let mut paragraphs: Vec<String> = Vec::new();
    for _ in 0..count {
        let sentence = *random.choice(sentences).expect("a sentence");
        // Items and rows stand alone; sentences may follow one another.
        let is_alone = sentence.starts_with(['-', '|', '1', '\\', '　']);
        match paragraphs.last_mut() {
            Some(last) if !is_alone && random.bool() && !last.starts_with(['-', '|', '1', '\\']) => {
                last.push_str(sentence);
            }
            _ => paragraphs.push(sentence.to_owned()),
        }
    }
    paragraphs.join("\n\n")
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn zfxxgk(organ: &str, random: &mut Rng) -> String {
    let mut facts =
        format!("form = \"zfxxgk\"\nyear = 2024\norgan.name = {}\norgan.published = 2025-01-15\n", quoted(organ));
    if random.bool() {
        facts += "organ.address = \"示例市人民路1号（邮编：000000）\"\norgan.phone = \"0100-1234567\"\norgan.email = \"a@example.cn\"\n";
    }
    for key in ["proactive", "on_request", "management", "platform", "supervision"] {
        writeln!(facts, "overview.{key} = {}", quoted(&hostile(random, &SENTENCES))).expect("a string");
    }
    for key in ["problems.existing", "problems.improvements", "other_matters.text"] {
        writeln!(facts, "{key} = {}", quoted(&hostile(random, &SENTENCES))).expect("a string");
    }
    let truth = Report::random(random).truth;
    let is_sparse = random.bool();
    for (key, figure) in &truth {
        match key.split('.').next() {
            Some("disputes" | "requests") if is_sparse => {}
            _ if is_sparse && key.starts_with("proactive.regulations") => {
                writeln!(facts, "{key} = \"/\"").expect("a string")
            }
            _ => writeln!(facts, "{key} = {figure}").expect("a string"),
        }
    }
    if is_sparse {
        let natural = random.u32(..90);
        writeln!(facts, "requests.received.natural = {natural}\nrequests.results.granted.natural = {natural}")
            .expect("a string");
        facts += "requests.rest = 0\ndisputes.rest = 0\n";
    }
    facts
}

fn wznb(organ: &str, random: &mut Rng) -> String {
    let base = text("tests/cases/accept/wznb/facts.toml");
    let mut facts: toml::Table = base.parse().expect("TOML");
    let set = |facts: &mut toml::Table, key: &str, value: toml::Value| {
        let mut parts: Vec<&str> = key.split('.').collect();
        let last = parts.pop().expect("a key");
        let table = parts.into_iter().fold(facts, |table, part| table[part].as_table_mut().expect("a table"));
        table.insert(last.to_owned(), value);
    };
    let mut put = |key: &str, value: toml::Value| set(&mut facts, key, value);
    put("year", 2024.into());
    put("organ.name", organ.into());
    put("sign.date", toml::Value::Datetime("2025-01-09".parse().expect("a date")));
    let kinds = ["政府门户网站", "部门网站", "专项网站"];
    put("report.site.type", (*random.choice(kinds.iter()).expect("a kind")).into());
    put("report.site.name", format!("示例网·{}（试行）", random.u32(..1000)).into());
    for key in
        ["services.catalogue", "interaction.unified", "interaction.robot", "security.drill", "innovation.languages"]
    {
        put(&format!("report.{key}"), random.bool().into());
    }
    let number = |random: &mut Rng| toml::Value::Integer(random.i64(0..9_999_999));
    for key in [
        "visits.visitors",
        "visits.views",
        "columns.maintained",
        "services.users",
        "media.weibo.posts",
        "media.wechat.posts",
    ] {
        put(&format!("report.{key}"), number(random));
    }
    let parts = [random.i64(0..999), random.i64(0..999), random.i64(0..999)];
    for (key, part) in ["overview", "news", "catalogue"].iter().zip(parts) {
        put(&format!("report.information.{key}"), part.into());
    }
    put("report.information.total", (parts.iter().sum::<i64>() + random.i64(0..9)).into());
    put("report.interaction.messages.days", toml::Value::Float(f64::from(random.u32(..99)) + 0.5));
    let names: Vec<&str> = ["甲发布", "乙在线（政务）", "丙2024"].into_iter().take(random.usize(1..4)).collect();
    put("report.media.weibo.names", names.into());
    toml::to_string(&facts).expect("TOML")
}

fn foia(organ: &str, random: &mut Rng) -> String {
    let mut facts =
        format!("form = \"foia\"\nyear = 2024\nagency.name = {}\nagency.officer = \"M. Osei\"\n", quoted(organ));
    if random.bool() {
        facts += "agency.published = 2025-03-02\nagency.email = \"foi@harbour.example\"\n";
    }
    for key in ["summary", "backlog", "disclosure"] {
        writeln!(facts, "narrative.{key} = {}", quoted(&hostile(random, &ENGLISH))).expect("a string");
    }
    let mut processed = 0;
    for row in ["simple", "complex", "expedited"] {
        let [start, received, end] = [random.u32(..99), random.u32(100..9999), random.u32(..99)];
        processed += start + received - end;
        let all =
            format!("start = {start}, received = {received}, processed = {}, end = {end}", start + received - end);
        writeln!(facts, "requests.{row} = {{ {all} }}").expect("a string");
        let low = random.u32(1..9);
        let lowest = if random.bool() { "\"<1\"".to_owned() } else { format!("{low}") };
        writeln!(facts, "times.{row} = {{ lowest = {lowest}, median = {low}.5, highest = {} }}", low + 70)
            .expect("a string");
    }
    let mut left = processed;
    for row in ["full_grants", "partial", "denied", "no_records", "referred", "withdrawn", "fee"] {
        let some = random.u32(..=left / 2);
        left -= some;
        writeln!(facts, "dispositions.{row}.count = {some}").expect("a string");
    }
    writeln!(facts, "dispositions.other.count = {left}").expect("a string");
    for row in 1..=9 {
        writeln!(facts, "exemptions.ex{row}.times = {}", random.u32(..500)).expect("a string");
    }
    writeln!(
        facts,
        "fees.collected = {}.50\nfees.processing = {}\nfees.litigation = 0",
        random.u32(..999),
        random.u32(..99999)
    )
    .expect("a string");
    facts
}

fn census(organ: &str, random: &mut Rng) -> String {
    let mut facts = format!("form = \"census\"\nyear = 2024\ntown.name = {}\n", quoted(organ));
    if random.bool() {
        writeln!(facts, "notes = {}", quoted(&hostile(random, &ENGLISH))).expect("a string");
    }
    for row in ["stone", "iron.cast", "iron.wrought"] {
        writeln!(facts, "bridges.{row} = {{ open = {}, shut = {} }}", random.u32(..999), random.u32(..99))
            .expect("a string");
    }
    facts
}
