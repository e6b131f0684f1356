//! Tables as they are spoiled in print: 21 kinds of faults, on web pages, in Word files and in PDFs. A figure may be lost, if that is
//! told; it may not stand in the wrong place and be called sure.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use fastrand::Rng;
use nianbao::diag::Problems;

use super::page::{self, Piece};
use super::report::{Block, Column, Report};
use super::{Imported, each, form, imported};

/// How many files of each kind.
const FILES: usize = 50;
/// How many of them are written as PDF too.
const PDFS: usize = 6;
/// How many cells the three tables have.
const CELLS: usize = 200;

/// A kind of fault.
struct Kind {
    name: &'static str,
    /// How many cells of each file are read rightly at least.
    right: usize,
    /// How many cells of a file are wrong and not marked: none, save where the page itself lies.
    wrong: usize,
    /// What is said of each file.
    said: &'static [&'static str],
    spoil: fn(&mut Report, &mut Rng),
}

const KINDS: [Kind; 24] = [
    Kind { name: "none", right: 200, wrong: 0, said: &[], spoil: |_, _| {} },
    Kind { name: "a label with a wrong character", right: 200, wrong: 0, said: &[], spoil: one_typo },
    Kind { name: "every label with a wrong character", right: 200, wrong: 0, said: &[], spoil: every_typo },
    Kind { name: "numbers of labels gone", right: 200, wrong: 0, said: &[], spoil: numbers_gone },
    Kind { name: "spans written out", right: 200, wrong: 0, said: &[], spoil: |_, _| {} },
    Kind { name: "full-width digits", right: 200, wrong: 0, said: &[], spoil: full_width },
    Kind { name: "thousands commas", right: 200, wrong: 0, said: &[], spoil: thousands },
    Kind { name: "measure words behind figures", right: 200, wrong: 0, said: &[], spoil: measured },
    Kind { name: "head rows gone", right: 200, wrong: 0, said: &["import-cell-doubtful"], spoil: heads_gone },
    Kind {
        name: "columns swapped with their heads",
        right: 200,
        wrong: 0,
        said: &["import-columns-reordered"],
        spoil: columns_swapped,
    },
    Kind { name: "total first", right: 200, wrong: 0, said: &["import-columns-reordered"], spoil: total_first },
    Kind { name: "extra column", right: 200, wrong: 0, said: &["import-column-unknown"], spoil: column_added },
    Kind { name: "column dropped", right: 175, wrong: 0, said: &["import-cell-unread"], spoil: column_dropped },
    Kind { name: "row dropped", right: 193, wrong: 0, said: &["import-row-missing"], spoil: row_dropped },
    Kind { name: "row doubled", right: 200, wrong: 0, said: &["import-row-unknown"], spoil: row_doubled },
    Kind {
        name: "row doubled with other figures",
        right: 193,
        wrong: 0,
        said: &["import-row-unknown"],
        spoil: row_doubled_otherwise,
    },
    Kind {
        name: "rows swapped",
        right: 193,
        wrong: 0,
        said: &["import-row-missing", "import-row-unknown"],
        spoil: rows_swapped,
    },
    Kind {
        name: "labels of rows far apart swapped",
        right: 186,
        wrong: 0,
        said: &["import-row-missing", "import-row-unknown"],
        spoil: labels_swapped,
    },
    Kind {
        name: "label gone",
        right: 193,
        wrong: 0,
        said: &["import-row-missing", "import-row-unknown"],
        spoil: label_gone,
    },
    Kind { name: "cell missing", right: 193, wrong: 0, said: &["import-cell-unread"], spoil: cell_missing },
    Kind { name: "cell too many", right: 193, wrong: 0, said: &["import-cell-unread"], spoil: cell_added },
    Kind {
        name: "heads swapped over their values",
        right: 150,
        wrong: 50,
        said: &["import-columns-reordered"],
        spoil: heads_swapped,
    },
    // Beyond the 21 kinds.
    Kind { name: "spans left empty", right: 200, wrong: 0, said: &[], spoil: |_, _| {} },
    Kind { name: "every head with a wrong character", right: 200, wrong: 0, said: &[], spoil: every_head_typo },
];

/// What came of files of one kind in one format.
#[derive(Default)]
struct Outcome {
    files: usize,
    right: usize,
    /// Right, and said to be in doubt.
    doubtful: usize,
    missing: usize,
    wrong: usize,
    wrong_and_marked: usize,
    /// The fewest cells of a file that were right.
    least: usize,
    told: BTreeMap<String, usize>,
    faults: Vec<String>,
}

/// How many cells of a file fewer may be read in the mean where pages end anywhere.
const TORN: usize = 15;
/// How many of one such file are read at least: those of the tables that are not torn.
const FEWEST: usize = 25;

type Writer = fn(&[Piece]) -> Vec<u8>;

#[test]
fn no_figure_of_a_spoiled_web_page_is_misread_in_silence() {
    judge("HTML", page::html, FILES);
}

#[test]
fn no_figure_of_a_spoiled_word_file_is_misread_in_silence() {
    judge("DOCX", page::docx, FILES);
}

#[test]
fn no_figure_of_a_spoiled_pdf_is_misread_in_silence() {
    judge("PDF", page::pdf, PDFS);
}

fn judge(format: &str, write: Writer, files: usize) {
    let forms = [form("zfxxgk")];
    let asked = std::env::var("NIANBAO_IMPORT_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(files);
    let read = each(KINDS.len() * asked, |number| {
        let kind = number / asked;
        let (report, bytes) = spoiled(kind, number as u64, write);
        (kind, judged(&KINDS[kind], number, &report, imported(&bytes, &forms), bytes.starts_with(b"%PDF")))
    });
    let mut outcomes: Vec<Outcome> = KINDS.iter().map(|_| Outcome { least: CELLS, ..Outcome::default() }).collect();
    for (kind, one) in read {
        outcomes[kind].add(one);
    }
    let mut table = String::new();
    for (kind, outcome) in KINDS.iter().zip(&outcomes) {
        let Outcome { files, right, doubtful, missing, wrong, wrong_and_marked, least, .. } = outcome;
        let mean = |count: &usize| *count as f64 / *files as f64;
        let (right, doubtful, missing) = (mean(right), mean(doubtful), mean(missing));
        let (wrong, marked) = (mean(wrong), mean(wrong_and_marked));
        writeln!(
            table,
            "{format} {}: right {right:.1} (in doubt {doubtful:.1}; least {least}), wrong {wrong:.1}, wrong and marked {marked:.1}, missing {missing:.1}; {:?}",
            kind.name, outcome.told
        )
        .expect("a string");
    }
    println!("{table}");
    // Where a page ends within the heads of a PDF, more of that one file is refused; not so in the mean.
    for (kind, outcome) in KINDS.iter().zip(&outcomes) {
        let least = (kind.right - TORN) * outcome.files;
        assert!(outcome.right >= least, "{format} {}: {} cells are right, not {least}", kind.name, outcome.right);
    }
    let faults: Vec<&String> = outcomes.iter().flat_map(|outcome| outcome.faults.iter().take(3)).collect();
    assert!(faults.is_empty(), "{table}\n{faults:#?}");
}

impl Outcome {
    fn add(&mut self, one: Outcome) {
        self.files += 1;
        self.right += one.right;
        self.doubtful += one.doubtful;
        self.missing += one.missing;
        self.wrong += one.wrong;
        self.wrong_and_marked += one.wrong_and_marked;
        self.least = self.least.min(one.right);
        self.faults.extend(one.faults);
        for (code, count) in one.told {
            *self.told.entry(code).or_default() += count;
        }
    }
}

/// A spoiled report, and the file that it is printed in.
fn spoiled(kind: usize, seed: u64, write: Writer) -> (Report, Vec<u8>) {
    let mut random = Rng::with_seed(seed);
    let mut report = Report::random(&mut random);
    (KINDS[kind].spoil)(&mut report, &mut random);
    let mut pieces = report.pieces();
    for piece in &mut pieces {
        if let Piece::Table(table) = piece {
            match KINDS[kind].name {
                "spans written out" => *table = apart(table, true),
                "spans left empty" => *table = apart(table, false),
                _ => {}
            }
        }
    }
    let bytes = write(&pieces);
    // Pages are full at other places: every row of a table is the last of its page in some file.
    if bytes.starts_with(b"%PDF") {
        let filler = Piece::Words("网站栏目作了调整，检索更加方便。".to_owned());
        let before = usize::try_from(seed).expect("a seed") * 7 % 45;
        pieces.splice(4..4, std::iter::repeat_n(filler, before));
        let bytes = write(&pieces);
        if let Some(folder) = std::env::var_os("NIANBAO_IMPORT_KEEP") {
            std::fs::write(Path::new(&folder).join(format!("{seed}.pdf")), &bytes).expect("a file");
        }
        return (report, bytes);
    }
    (report, bytes)
}

/// Lays each cell that was read beside what is true; gives those that are wrong and called sure.
fn compared(kind: &Kind, number: usize, report: &Report, imported: &Imported, outcome: &mut Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, traced) in &imported.trace {
        if !["proactive.", "requests.", "disputes."].iter().any(|table| key.starts_with(table)) {
            continue;
        }
        let value = imported.values.get(key);
        if traced.value.as_ref() != value {
            outcome
                .faults
                .push(format!("{} {number}: {key}: the trace says {:?}, the facts {value:?}", kind.name, traced.value));
        }
        match (value, report.truth.get(key)) {
            (None, _) => outcome.missing += 1,
            (Some(value), Some(truth)) if value == truth => {
                outcome.right += 1;
                outcome.doubtful += usize::from(!traced.is_sure);
            }
            (Some(value), truth) if traced.is_sure => wrong.push(format!("{key} = {value}, not {truth:?}")),
            (Some(_), _) => outcome.wrong_and_marked += 1,
        }
    }
    wrong
}

/// Lays what was read beside what is true.
fn judged(kind: &Kind, number: usize, report: &Report, read: Result<Imported, Problems>, is_pdf: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let imported = match read {
        Ok(imported) => imported,
        Err(problems) => {
            let said: Vec<&str> = problems.iter().map(|problem| problem.message.zh.as_str()).collect();
            outcome.missing = CELLS;
            outcome.faults.push(format!("{} {number}: not read: {said:?}", kind.name));
            return outcome;
        }
    };
    let wrong = compared(kind, number, report, &imported, &mut outcome);
    outcome.wrong = wrong.len();
    let mut fault = |what: String| outcome.faults.push(format!("{} {number}: {what}", kind.name));
    // Where a page begins with other rows than those under the heads, some are refused.
    if wrong.len() > kind.wrong || (!is_pdf && wrong.len() < kind.wrong) {
        let first: Vec<&String> = wrong.iter().take(4).collect();
        fault(format!("{} cells are wrong and sure, not {}: {first:?}", wrong.len(), kind.wrong));
    }
    let right = if is_pdf { FEWEST } else { kind.right };
    if outcome.right < right {
        fault(format!("{} cells are right, fewer than {right}: {:?}", outcome.right, imported.said));
    }
    for code in kind.said.iter().filter(|_| !is_pdf) {
        if imported.times(code) == 0 {
            fault(format!("{code} is not said: {:?}", imported.said));
        }
    }
    if is_pdf && !kind.said.is_empty() && imported.said.is_empty() {
        fault("nothing is said".to_owned());
    }
    if let Some(lost) = lost_in_silence(report, &imported) {
        fault(lost);
    }
    for (code, _) in imported.said {
        *outcome.told.entry(code).or_default() += 1;
    }
    outcome
}

/// A page may begin with the last rows of a table, whose columns are fewer than those under the heads; with one cell too many they are
/// as many, and stand one to the left.
#[test]
fn as_many_columns_are_not_the_same_columns() {
    let forms = [form("zfxxgk")];
    let wrong = each(40, |filler| {
        let mut report = Report::random(&mut Rng::with_seed(937));
        report.tables[1].blocks[0].rows[24].values.push(other_figure(7));
        let mut pieces = report.pieces();
        pieces.splice(4..4, std::iter::repeat_n(Piece::Words("网站栏目作了调整。".to_owned()), filler));
        let kind = &KINDS[20];
        judged(kind, filler, &report, imported(&page::pdf(&pieces), &forms), true).wrong
    });
    assert!(wrong.iter().all(|wrong| *wrong == 0), "{wrong:?}");
}

/// Every figure of the page stands in the facts, or in what is said. No two figures are the same, so each can be told from the others;
/// where a message counts figures and names only some, the count must do.
fn lost_in_silence(report: &Report, imported: &Imported) -> Option<String> {
    let plain = |figure: &String| figure.replace(['，', ',', '件'], "").chars().map(half_width).collect::<String>();
    let written: std::collections::BTreeSet<&String> = imported.values.values().collect();
    let about_figures = ["import-column-unknown", "import-row-unknown", "import-cell-unread", "import-figure-unused"];
    let said: Vec<&str> = imported
        .said
        .iter()
        .filter(|(code, _)| about_figures.contains(&code.as_str()))
        .map(|(_, said)| said.as_str())
        .collect();
    let is_cited = |figure: &str| said.iter().any(|said| numbers(said).any(|number| number == figure));
    let lost: Vec<String> =
        report.figures().map(plain).filter(|figure| !written.contains(figure) && !is_cited(figure)).collect();
    let counted: usize = said
        .iter()
        .filter(|said| said.contains(" 个数字没有用"))
        .filter_map(|said| said.split(" 个数字没有用").next()?.rsplit(' ').next()?.parse::<usize>().ok())
        .sum();
    // A row that is not read is told with its first cells, and how many it has.
    let rows = said.iter().filter(|said| said.ends_with('…')).filter_map(|said| {
        let count = said.split(" 格而不是").next()?.rsplit(' ').next()?;
        count.parse::<usize>().ok()
    });
    let counted = counted + rows.sum::<usize>();
    (lost.len() > counted)
        .then(|| format!("{} figures went nowhere, {counted} were counted: {lost:?}; {said:?}", lost.len()))
}

fn numbers(said: &str) -> impl Iterator<Item = String> {
    let plain: String = said.replace(',', "").chars().map(half_width).collect();
    let parts: Vec<String> = plain
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    parts.into_iter()
}

fn half_width(c: char) -> char {
    "０１２３４５６７８９".chars().zip('0'..='9').find(|(wide, _)| *wide == c).map_or(c, |(_, narrow)| narrow)
}

/// Every square a cell of its own: with the words of the cell that covered it, or only the first with them.
fn apart(table: &page::Table, is_repeated: bool) -> page::Table {
    let mut out = page::Table::default();
    for cell in &table.cells {
        for row in cell.row..cell.row + cell.rowspan {
            for column in cell.column..cell.column + cell.colspan {
                let is_first = (row, column) == (cell.row, cell.column);
                // A figure is one figure, in however many squares.
                let is_figure = cell.text.chars().all(|c| c.is_ascii_digit() || c == '.') && !cell.text.is_empty();
                if is_figure && !is_first {
                    continue;
                }
                match is_figure {
                    true => out.put((row, column), (cell.rowspan, cell.colspan), &cell.text),
                    false => out.put((row, column), (1, 1), if is_first || is_repeated { &cell.text } else { "" }),
                }
            }
        }
    }
    out
}

/// The block of the table of requests, or of another one.
fn requests(report: &mut Report) -> &mut Block {
    &mut report.tables[1].blocks[0]
}

/// Characters that stand in labels by mistake.
const WRONG: [char; 9] = ['的', '办', '务', '旧', '末', '日', '土', '己', '囗'];

/// A label with one character of its words, not of its number, wrong.
fn misprinted(label: &str, random: &mut Rng) -> String {
    let mut characters: Vec<char> = label.chars().collect();
    let words = after_number(label).chars().count();
    if words < 4 {
        return label.to_owned();
    }
    let at = characters.len() - words + random.usize(..words);
    match random.u8(..3) {
        0 => drop(characters.remove(at)),
        1 => characters[at] = random.choice(WRONG).expect("a character"),
        _ => characters.insert(at, random.choice(WRONG).expect("a character")),
    }
    characters.into_iter().collect()
}

/// A label without the number in front.
fn after_number(label: &str) -> &str {
    let rest = label.trim_start_matches(|c: char| "（）一二三四五六七八、.".contains(c) || c.is_ascii_digit());
    if label.starts_with('（') || label.contains('、') || label.contains('.') { rest } else { label }
}

fn rows(report: &mut Report) -> impl Iterator<Item = &mut Vec<String>> {
    report
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.blocks)
        .flat_map(|block| &mut block.rows)
        .map(|row| &mut row.path)
}

fn one_typo(report: &mut Report, random: &mut Rng) {
    let row = random.choice(requests(report).rows.iter_mut()).expect("rows");
    let leaf = row.path.last_mut().expect("a label");
    *leaf = misprinted(leaf, random);
}

/// The same label is misprinted in the same way wherever it spans rows.
fn every_typo(report: &mut Report, random: &mut Rng) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for path in rows(report) {
        for label in path {
            let wrong = known.entry(label.clone()).or_insert_with(|| misprinted(label, random));
            wrong.clone_into(label);
        }
    }
}

fn every_head_typo(report: &mut Report, random: &mut Rng) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for column in report.tables.iter_mut().flat_map(|table| &mut table.blocks).flat_map(|block| &mut block.columns) {
        for label in &mut column.path {
            let wrong = known.entry(label.clone()).or_insert_with(|| misprinted(label, random));
            wrong.clone_into(label);
        }
    }
}

fn numbers_gone(report: &mut Report, _: &mut Rng) {
    for path in rows(report) {
        path.iter_mut().for_each(|label| *label = after_number(label).to_owned());
    }
}

fn figures(report: &mut Report, write: impl Fn(&str) -> String) {
    for block in report.tables.iter_mut().flat_map(|table| &mut table.blocks) {
        block.rows.iter_mut().flat_map(|row| &mut row.values).for_each(|value| *value = write(value));
    }
}

fn full_width(report: &mut Report, _: &mut Rng) {
    let wide = |c: char| c.to_digit(10).and_then(|digit| char::from_u32('０' as u32 + digit)).unwrap_or(c);
    figures(report, |figure| figure.chars().map(wide).collect());
}

fn thousands(report: &mut Report, _: &mut Rng) {
    figures(report, |figure| {
        let (whole, rest) =
            figure.split_once('.').map_or((figure, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
        let mut out = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out + &rest
    });
}

fn measured(report: &mut Report, _: &mut Rng) {
    figures(report, |figure| if figure.contains('.') { figure.to_owned() } else { format!("{figure}件") });
}

fn heads_gone(report: &mut Report, _: &mut Rng) {
    requests(report).has_heads = false;
}

/// Swaps two columns of the same heads, in the table of requests or that of disputes.
fn swapped(report: &mut Report, random: &mut Rng, tables: &[usize]) -> (usize, usize, usize) {
    let table = *random.choice(tables).expect("a table");
    let (from, to) = match table {
        0 => (0, 3),
        1 => (1, 6),
        _ => {
            let group = 5 * random.usize(..3);
            (group, group + 5)
        }
    };
    let first = random.usize(from..to);
    let second = loop {
        let second = random.usize(from..to);
        if second != first {
            break second;
        }
    };
    report.tables[table].blocks[0].columns.swap(first, second);
    (table, first, second)
}

fn columns_swapped(report: &mut Report, random: &mut Rng) {
    let (table, first, second) = swapped(report, random, &[0, 1, 2]);
    report.tables[table].blocks[0].rows.iter_mut().for_each(|row| row.values.swap(first, second));
}

fn heads_swapped(report: &mut Report, random: &mut Rng) {
    swapped(report, random, &[1]);
}

fn total_first(report: &mut Report, _: &mut Rng) {
    let block = requests(report);
    block.columns.rotate_right(1);
    block.rows.iter_mut().for_each(|row| row.values.rotate_right(1));
}

/// A figure that stands nowhere else on the page.
fn other_figure(number: usize) -> String {
    (400_000 + number).to_string()
}

fn column_added(report: &mut Report, random: &mut Rng) {
    let block = requests(report);
    let at = random.usize(..=block.columns.len());
    let label = random.choice(["本市户籍人员", "网上提交", "上年数"]).expect("a label");
    let column = Column { path: vec!["申请人情况".to_owned(), label.to_owned()], span: 1, key: String::new() };
    // Where it stands between the organisations, it is one of them to look at.
    let inside = (2..6).contains(&at);
    let path = if inside {
        vec!["申请人情况".to_owned(), "法人或其他组织".to_owned(), label.to_owned()]
    } else {
        column.path.clone()
    };
    block.columns.insert(at, Column { path, ..column });
    for (number, row) in block.rows.iter_mut().enumerate() {
        row.values.insert(at, other_figure(number));
    }
}

fn column_dropped(report: &mut Report, random: &mut Rng) {
    let block = requests(report);
    let at = random.usize(..block.columns.len());
    let key = block.columns.remove(at).key;
    block.rows.iter_mut().for_each(|row| drop(row.values.remove(at)));
    report.truth.retain(|fact, _| {
        !(fact.starts_with("requests.") && fact.ends_with(&format!(".{key}")) && fact != "requests.results.total.total"
            || fact == "requests.results.total.total" && key == "total")
    });
}

fn row_dropped(report: &mut Report, random: &mut Rng) {
    let key = requests(report).rows.remove(any_row(random)).key;
    report.truth.retain(|fact, _| !fact.starts_with(&format!("{key}.")));
}

fn row_doubled(report: &mut Report, random: &mut Rng) {
    let block = requests(report);
    let at = random.usize(..block.rows.len());
    block.rows.insert(at, block.rows[at].clone());
}

/// Which of two rows of one name is meant nobody can know.
fn row_doubled_otherwise(report: &mut Report, random: &mut Rng) {
    let block = requests(report);
    let at = random.usize(..block.rows.len());
    let mut other = block.rows[at].clone();
    other.values = (0..7).map(other_figure).collect();
    block.rows.insert(at + random.usize(..2), other);
}

/// The rows of a group of which no other row goes by such a name: those of 不予公开.
fn two_of_a_group(random: &mut Rng) -> (usize, usize) {
    let first = random.usize(4..8);
    (first, first + random.usize(3..=4))
}

/// A row of which nothing can be computed from the others.
fn any_row(random: &mut Rng) -> usize {
    const TOTAL: usize = 23;
    let at = random.usize(..24);
    if at == TOTAL { 24 } else { at }
}

fn rows_swapped(report: &mut Report, random: &mut Rng) {
    let first = random.usize(4..11);
    requests(report).rows.swap(first, first + 1);
}

fn labels_swapped(report: &mut Report, random: &mut Rng) {
    let (first, second) = two_of_a_group(random);
    requests(report).rows.swap(first, second);
}

fn label_gone(report: &mut Report, random: &mut Rng) {
    let row = &mut requests(report).rows[any_row(random)];
    row.path.last_mut().expect("a label").clear();
    let key = row.key.clone();
    report.truth.retain(|fact, _| !fact.starts_with(&format!("{key}.")));
}

fn cell_missing(report: &mut Report, random: &mut Rng) {
    let row = random.choice(requests(report).rows.iter_mut()).expect("rows");
    let at = random.usize(..row.values.len());
    row.values.remove(at);
}

fn cell_added(report: &mut Report, random: &mut Rng) {
    let row = random.choice(requests(report).rows.iter_mut()).expect("rows");
    let at = random.usize(..=row.values.len());
    row.values.insert(at, other_figure(at));
}
