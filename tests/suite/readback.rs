//! The shipped reports, read back from the PDF and the HTML page by readers that share nothing with the program, and
//! compared with the facts file and, for 淮安 2024, with the figures of the report that the city published.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::support;
use crate::support::pdf::{self, Document, Word};
use crate::support::{Project, repository, squeezed, text, web};
use scraper::Html;

const REPORTS: [(&str, u16, &str); 2] = [
    ("湛河区应急管理局", 2023, "湛河区应急管理局2023年政府信息公开工作年度报告"),
    ("淮安市人民政府", 2024, "淮安市人民政府2024年政府信息公开工作年度报告"),
];

const HEADINGS: [&str; 6] = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
];

const PARTS: [&str; 5] =
    ["（一）主动公开", "（二）依申请公开", "（三）政府信息管理", "（四）政府信息公开平台建设", "（五）监督保障"];

const APPLICANTS: [&str; 7] = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"];
const OUTCOMES: [&str; 5] = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"];

/// The rows of the request table: for each the group labels, the row's own label and the key of its facts.
const REQUEST_ROWS: [(&str, &str, &str, &str); 25] = [
    ("", "", "一、本年新收政府信息公开申请数量", "received"),
    ("", "", "二、上年结转政府信息公开申请数量", "carried_in"),
    (RESULTS, "", "（一）予以公开", "results.granted"),
    (RESULTS, "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "results.partial"),
    (RESULTS, "（三）不予公开", "1.属于国家秘密", "results.denied.state_secret"),
    (RESULTS, "（三）不予公开", "2.其他法律行政法规禁止公开", "results.denied.forbidden_by_law"),
    (RESULTS, "（三）不予公开", "3.危及“三安全一稳定”", "results.denied.safety_stability"),
    (RESULTS, "（三）不予公开", "4.保护第三方合法权益", "results.denied.third_party"),
    (RESULTS, "（三）不予公开", "5.属于三类内部事务信息", "results.denied.internal_affairs"),
    (RESULTS, "（三）不予公开", "6.属于四类过程性信息", "results.denied.process_information"),
    (RESULTS, "（三）不予公开", "7.属于行政执法案卷", "results.denied.enforcement_file"),
    (RESULTS, "（三）不予公开", "8.属于行政查询事项", "results.denied.administrative_query"),
    (RESULTS, "（四）无法提供", "1.本机关不掌握相关政府信息", "results.unavailable.not_held"),
    (RESULTS, "（四）无法提供", "2.没有现成信息需要另行制作", "results.unavailable.not_compiled"),
    (RESULTS, "（四）无法提供", "3.补正后申请内容仍不明确", "results.unavailable.unclear"),
    (RESULTS, "（五）不予处理", "1.信访举报投诉类申请", "results.unprocessed.petition"),
    (RESULTS, "（五）不予处理", "2.重复申请", "results.unprocessed.duplicate"),
    (RESULTS, "（五）不予处理", "3.要求提供公开出版物", "results.unprocessed.published"),
    (RESULTS, "（五）不予处理", "4.无正当理由大量反复申请", "results.unprocessed.excessive"),
    (RESULTS, "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息", "results.unprocessed.confirmation"),
    (
        RESULTS,
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
        "results.other.not_corrected",
    ),
    (
        RESULTS,
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        "results.other.fee_unpaid",
    ),
    (RESULTS, "（六）其他处理", "3.其他", "results.other.misc"),
    (RESULTS, "", "（七）总计", "results.total"),
    ("", "", "四、结转下年度继续办理", "carried_out"),
];
const RESULTS: &str = "三、本年度办理结果";

/// The shipped reports, built once for all tests.
struct Built {
    _project: Project,
    folder: PathBuf,
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let project = Project::new();
        for (organ, year, _) in REPORTS {
            let name = format!("reports/{organ}/{year}.toml");
            project.write(&name, text(&name));
        }
        project.build(&["--engine", support::ENGINE]);
        let folder = project.path("build");
        Built { _project: project, folder }
    })
}

fn pdf_of(organ: &str, year: u16) -> PathBuf {
    built().folder.join(organ).join(format!("{year}.pdf"))
}

fn html_of(organ: &str, year: u16) -> Html {
    let path = built().folder.join(organ).join(format!("{year}.html"));
    Html::parse_document(&std::fs::read_to_string(path).expect("the page"))
}

fn facts_of(organ: &str, year: u16) -> toml::Table {
    text(format!("reports/{organ}/{year}.toml")).parse().expect("TOML")
}

fn find<'a>(facts: &'a toml::Table, key: &str) -> Option<&'a toml::Value> {
    let mut parts = key.split('.');
    let first = facts.get(parts.next()?)?;
    parts.try_fold(first, |value, part| value.as_table()?.get(part))
}

/// The figure that a cell must show, worked out here from the facts file alone.
fn figure(facts: &toml::Table, key: &str) -> String {
    match find(facts, key) {
        Some(toml::Value::Integer(number)) => number.to_string(),
        Some(toml::Value::Float(number)) => number.to_string(),
        None if key.ends_with(".total") => sum(facts, key).to_string(),
        None => "0".to_owned(),
        Some(other) => panic!("{key}: {other}"),
    }
}

fn sum(facts: &toml::Table, key: &str) -> i64 {
    let number = |key: &str| figure(facts, key).parse::<i64>().expect("a count");
    let row = key.trim_end_matches(".total");
    let parts: &[&str] = match key.starts_with("disputes") {
        true => &["upheld", "corrected", "other", "pending"],
        false => &["natural", "business", "research", "welfare", "legal", "other"],
    };
    if row == "requests.results.total" || !row.contains("results.total") {
        return parts.iter().map(|part| number(&format!("{row}.{part}"))).sum();
    }
    unreachable!("{key}")
}

/// A cell of the results' total row that is not written is the sum of its column.
fn request_cell(facts: &toml::Table, row: &str, column: &str) -> String {
    let key = format!("requests.{row}.{column}");
    if row == "results.total" && find(facts, &key).is_none() {
        let parts = REQUEST_ROWS.iter().map(|(.., key)| *key).filter(|key| key.starts_with("results.") && *key != row);
        let total: i64 = parts.map(|part| request_cell(facts, part, column).parse::<i64>().expect("a count")).sum();
        return total.to_string();
    }
    figure(facts, &key)
}

const APPLICANT_KEYS: [&str; 7] = ["natural", "business", "research", "welfare", "legal", "other", "total"];
const OUTCOME_KEYS: [&str; 5] = ["upheld", "corrected", "other", "pending", "total"];

/// Every table that the page must have, as the official form draws it.
fn expected_tables(facts: &toml::Table) -> Vec<Vec<Vec<String>>> {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let value = |key: &str| figure(facts, &format!("proactive.{key}"));
    let three = |label: &str, key: &str| {
        let cells = ["issued", "repealed", "in_force"].map(|column| value(&format!("{key}.{column}")));
        [vec![label.to_owned()], cells.to_vec()].concat()
    };
    let wide = |label: &str, key: &str| {
        let value = value(key);
        vec![label.to_owned(), value.clone(), value.clone(), value]
    };
    let bar = |words: &str| row(&[words; 4]);
    let decided = "本年处理决定数量";
    let fees = "本年收费金额（单位：万元）";
    let mut tables = vec![
        vec![
            bar("第二十条第（一）项"),
            row(&["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]),
            three("规章", "regulations"),
            three("行政规范性文件", "normative_documents"),
        ],
        vec![bar("第二十条第（五）项"), row(&["信息内容", decided, decided, decided]), wide("行政许可", "licences")],
        vec![
            bar("第二十条第（六）项"),
            row(&["信息内容", decided, decided, decided]),
            wide("行政处罚", "penalties"),
            wide("行政强制", "coercions"),
        ],
        vec![bar("第二十条第（八）项"), row(&["信息内容", fees, fees, fees]), wide("行政事业性收费", "fees")],
    ];
    tables.push(expected_requests(facts));
    tables.push(expected_disputes(facts));
    tables
}

fn expected_requests(facts: &toml::Table) -> Vec<Vec<String>> {
    let note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）";
    let organisations = "法人或其他组织";
    let heads: [[&str; 7]; 3] = [
        ["申请人情况"; 7],
        ["自然人", organisations, organisations, organisations, organisations, organisations, "总计"],
        APPLICANTS,
    ];
    let mut rows: Vec<Vec<String>> = heads
        .iter()
        .map(|head| [[note; 3].as_slice(), head].concat().iter().map(|s| (*s).to_owned()).collect())
        .collect();
    for (group, subgroup, label, key) in REQUEST_ROWS {
        let group = if group.is_empty() { label } else { group };
        let subgroup = if subgroup.is_empty() { label } else { subgroup };
        let mut row = vec![group.to_owned(), subgroup.to_owned(), label.to_owned()];
        row.extend(APPLICANT_KEYS.map(|column| request_cell(facts, key, column)));
        rows.push(row);
    }
    rows
}

fn expected_disputes(facts: &toml::Table) -> Vec<Vec<String>> {
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let groups = ["review", "litigation.direct", "litigation.after_review"];
    let figures =
        groups.iter().flat_map(|group| OUTCOME_KEYS.map(|key| figure(facts, &format!("disputes.{group}.{key}"))));
    vec![
        owned([["行政复议"; 5].as_slice(), &["行政诉讼"; 10]].concat()),
        owned([OUTCOMES.as_slice(), &["未经复议直接起诉"; 5], &["复议后起诉"; 5]].concat()),
        owned([OUTCOMES, OUTCOMES, OUTCOMES].concat()),
        figures.collect(),
    ]
}

/// Every prose paragraph of the facts, with references replaced by the figures.
fn paragraphs(facts: &toml::Table) -> Vec<String> {
    let keys = ["opening", "proactive", "on_request", "management", "platform", "supervision"]
        .map(|key| format!("overview.{key}"));
    let keys =
        keys.into_iter().chain(["problems.existing", "problems.improvements", "other_matters.text"].map(str::to_owned));
    let proses = keys.filter_map(|key| find(facts, &key).and_then(toml::Value::as_str));
    proses
        .flat_map(|prose| prose.split("\n\n").map(|paragraph| referenced(facts, paragraph)).collect::<Vec<_>>())
        .map(|paragraph| squeezed(&paragraph))
        .collect()
}

fn referenced(facts: &toml::Table, prose: &str) -> String {
    let mut text = String::new();
    let mut rest = prose;
    while let Some((before, after)) = rest.split_once("{{ ") {
        let (key, after) = after.split_once(" }}").expect("a reference");
        text.push_str(before);
        text.push_str(&figure(facts, key));
        rest = after;
    }
    text + rest
}

fn squeeze_all(tables: &[Vec<Vec<String>>]) -> Vec<Vec<Vec<String>>> {
    tables
        .iter()
        .map(|table| table.iter().map(|row| row.iter().map(|cell| squeezed(cell)).collect()).collect())
        .collect()
}

#[test]
fn pdf_titles_headings_and_paragraphs() {
    for (organ, year, title) in REPORTS {
        let path = pdf_of(organ, year);
        let Document { headings, paragraphs: read, .. } = pdf::read(&path);
        let level = |wanted| {
            headings.iter().filter(|(level, _)| *level == wanted).map(|(_, text)| text.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(level(1), HEADINGS);
        assert_eq!(level(2), PARTS);
        let information = pdf::info(&path);
        assert!(information.contains(&format!("Title:           {title}\n")), "{information}");
        assert!(information.contains(&format!("Author:          {organ}\n")), "{information}");
        let read: Vec<String> = read.iter().map(|paragraph| squeezed(paragraph)).collect();
        assert_eq!(read[0], title);
        let wanted = paragraphs(&facts_of(organ, year));
        assert!(wanted.len() >= 9);
        let mut from = 1;
        for paragraph in &wanted {
            let at = read[from..].iter().position(|other| other == paragraph);
            from += at.unwrap_or_else(|| panic!("not in the PDF, or not in its place: {paragraph}\n{read:#?}")) + 1;
        }
    }
}

#[test]
fn pdf_tables_cell_by_cell() {
    for (organ, year, _) in REPORTS {
        let document = pdf::read(&pdf_of(organ, year));
        assert_eq!(squeeze_all(&document.tables), expected_tables(&facts_of(organ, year)), "{organ}");
        assert_eq!(document.head_rows, [2, 2, 2, 2, 3, 3], "{organ}");
        let row_heads: Vec<usize> = document.row_heads.iter().map(Vec::len).collect();
        // Rows of decisions; rows and groups of requests; the disputes have no row heads. Where the table goes on over a
        // page in the midst of a group of the results, the labels of both stand there again.
        let again = if organ.contains("湛河") { 2 } else { 0 };
        assert_eq!(row_heads, [2, 1, 2, 1, 25 + 5 + again, 0], "{organ}");
    }
}

#[test]
fn html_tables_cell_by_cell_and_every_paragraph() {
    for (organ, year, title) in REPORTS {
        let page = html_of(organ, year);
        let facts = facts_of(organ, year);
        assert_eq!(squeeze_all(&web::tables(&page)), expected_tables(&facts), "{organ}");
        assert_eq!(web::texts(&page, "title"), [title]);
        assert_eq!(web::texts(&page, "h1"), [title]);
        assert_eq!(web::texts(&page, "h2"), HEADINGS);
        assert_eq!(web::texts(&page, "h3"), PARTS);
        let read: Vec<String> = web::texts(&page, "p").iter().map(|text| squeezed(text)).collect();
        for paragraph in paragraphs(&facts) {
            assert!(read.contains(&paragraph), "not on the page: {paragraph}");
        }
        assert_eq!(web::texts(&page, "th:not([scope])").len(), 0);
        assert_eq!(web::texts(&page, "html[lang=\"zh-CN\"] style").len(), 1);
        assert_eq!(web::texts(&page, "script, link, img, iframe").len(), 0, "the page needs nothing from outside");
    }
}

/// The figures of the published PDF: rows in order, each a label and its figures.
fn published() -> Vec<(String, Vec<String>)> {
    let data = text("tests/data/huaian-2024-published.tsv");
    let lines = data.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            (cells.next().unwrap_or_default(), cells.collect())
        })
        .collect()
}

#[test]
fn huaian_2024_has_every_figure_of_the_published_report() {
    let document = pdf::read(&pdf_of("淮安市人民政府", 2024));
    let tables = squeeze_all(&document.tables);
    let rows: Vec<&Vec<String>> =
        tables.iter().zip(&document.head_rows).flat_map(|(table, heads)| &table[*heads..]).collect();
    let published = published();
    assert_eq!((rows.len(), published.len()), (32, 32));
    let mut figures = 0;
    for (row, (label, wanted)) in rows.iter().zip(&published) {
        let labels = match wanted.len() {
            7 => 3,
            15 => 0,
            _ => 1,
        };
        let (heads, cells) = row.split_at(labels);
        assert_eq!(heads.last().map_or("", String::as_str), label);
        // A figure over several columns stands in each of them.
        let mut cells = cells.to_vec();
        if wanted.len() == 1 {
            cells.dedup();
        }
        assert_eq!(&cells, wanted, "{label}");
        figures += wanted.len();
    }
    assert_eq!(figures, 6 + 4 + 175 + 15);
}

/// The structure tree says what a cell belongs to; this looks at where it stands on the paper.
#[test]
fn figures_stand_under_their_heads_and_beside_their_labels() {
    let words = pdf::words(&pdf_of("淮安市人民政府", 2024));
    let published = published();
    let wanted: Vec<&Vec<String>> = published.iter().map(|(_, row)| row).filter(|row| row.len() == 7).collect();
    let rows = figure_rows(&words);
    let of_requests: Vec<&Vec<&Word>> = rows.iter().filter(|row| row.len() == 7).collect();
    let texts: Vec<Vec<String>> =
        of_requests.iter().map(|row| row.iter().map(|word| word.text.clone()).collect()).collect();
    assert_eq!(texts.iter().collect::<Vec<_>>(), wanted);
    for column in 0..7 {
        let centres: Vec<f64> =
            of_requests.iter().map(|row| f64::midpoint(row[column].edges[0], row[column].edges[2])).collect();
        let (low, high) = centres.iter().fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
        assert!(low + 1.0 > high, "column {column} is not straight: {low} to {high}");
    }
    let fifteen: Vec<&Vec<&Word>> = rows.iter().filter(|row| row.len() == 15).collect();
    assert_eq!(fifteen.len(), 1);
}

/// Lines of the page that hold nothing but figures right of the row labels, from top to bottom.
fn figure_rows(words: &[Word]) -> Vec<Vec<&Word>> {
    let mut rows: Vec<Vec<&Word>> = Vec::new();
    let is_figure = |word: &&Word| word.text.chars().all(|c| c.is_ascii_digit());
    for word in words.iter().filter(is_figure) {
        let row = rows.iter_mut().find(|row| row[0].page == word.page && (row[0].middle() - word.middle()).abs() < 1.0);
        match row {
            Some(row) => row.push(word),
            None => rows.push(vec![word]),
        }
    }
    rows.sort_by(|a, b| (a[0].page, a[0].middle()).partial_cmp(&(b[0].page, b[0].middle())).expect("numbers"));
    for row in &mut rows {
        row.sort_by(|a, b| a.edges[0].total_cmp(&b.edges[0]));
    }
    rows
}

#[test]
fn every_shipped_report_is_read_back_here() {
    let shipped = walkdir::WalkDir::new(repository().join("reports")).into_iter().flatten();
    let facts = shipped.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "toml"));
    let of_this_form =
        facts.filter(|entry| std::fs::read_to_string(entry.path()).expect("facts").contains("\nform = \"zfxxgk\"\n"));
    assert_eq!(of_this_form.count(), REPORTS.len());
}
