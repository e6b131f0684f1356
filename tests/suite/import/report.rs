//! The three tables of the official form with figures that are all different, so that none can stand for another in silence. In: a
//! source of chance; out: [`Report`], the tables as they are printed, and which figure is which fact.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;

use super::page::{Piece, Table};

/// A report.
#[derive(Clone)]
pub struct Report {
    /// Its three tables.
    pub tables: [Grid; 3],
    /// The figure of each fact that is printed.
    pub truth: BTreeMap<String, String>,
}

/// A table.
#[derive(Clone)]
pub struct Grid {
    /// Its parts.
    pub blocks: Vec<Block>,
    /// How many columns its labels have.
    pub label_columns: usize,
}

/// A part of a table that has heads of its own.
#[derive(Clone)]
pub struct Block {
    /// What stands over it.
    pub bar: Option<String>,
    /// What stands over its labels.
    pub corner: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether its heads are printed.
    pub has_heads: bool,
}

/// A column of values.
#[derive(Clone)]
pub struct Column {
    /// Its heads, outermost first.
    pub path: Vec<String>,
    /// How many columns of the table it takes.
    pub span: usize,
    /// The end of its facts' keys.
    pub key: String,
}

/// A row of values.
#[derive(Clone)]
pub struct Row {
    /// Its labels, outermost first.
    pub path: Vec<String>,
    /// The beginning of its facts' keys.
    pub key: String,
    /// Its figures.
    pub values: Vec<String>,
}

const APPLICANTS: [(&str, &[&str]); 7] = [
    ("natural", &["申请人情况", "自然人"]),
    ("business", &["申请人情况", "法人或其他组织", "商业企业"]),
    ("research", &["申请人情况", "法人或其他组织", "科研机构"]),
    ("welfare", &["申请人情况", "法人或其他组织", "社会公益组织"]),
    ("legal", &["申请人情况", "法人或其他组织", "法律服务机构"]),
    ("other", &["申请人情况", "法人或其他组织", "其他"]),
    ("total", &["申请人情况", "总计"]),
];
const RESULTS: &str = "三、本年度办理结果";
const REQUESTS: [(&str, &[&str]); 25] = [
    ("received", &["一、本年新收政府信息公开申请数量"]),
    ("carried_in", &["二、上年结转政府信息公开申请数量"]),
    ("results.granted", &[RESULTS, "（一）予以公开"]),
    ("results.partial", &[RESULTS, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"]),
    ("results.denied.state_secret", &[RESULTS, "（三）不予公开", "1.属于国家秘密"]),
    ("results.denied.forbidden_by_law", &[RESULTS, "（三）不予公开", "2.其他法律行政法规禁止公开"]),
    ("results.denied.safety_stability", &[RESULTS, "（三）不予公开", "3.危及“三安全一稳定”"]),
    ("results.denied.third_party", &[RESULTS, "（三）不予公开", "4.保护第三方合法权益"]),
    ("results.denied.internal_affairs", &[RESULTS, "（三）不予公开", "5.属于三类内部事务信息"]),
    ("results.denied.process_information", &[RESULTS, "（三）不予公开", "6.属于四类过程性信息"]),
    ("results.denied.enforcement_file", &[RESULTS, "（三）不予公开", "7.属于行政执法案卷"]),
    ("results.denied.administrative_query", &[RESULTS, "（三）不予公开", "8.属于行政查询事项"]),
    ("results.unavailable.not_held", &[RESULTS, "（四）无法提供", "1.本机关不掌握相关政府信息"]),
    ("results.unavailable.not_compiled", &[RESULTS, "（四）无法提供", "2.没有现成信息需要另行制作"]),
    ("results.unavailable.unclear", &[RESULTS, "（四）无法提供", "3.补正后申请内容仍不明确"]),
    ("results.unprocessed.petition", &[RESULTS, "（五）不予处理", "1.信访举报投诉类申请"]),
    ("results.unprocessed.duplicate", &[RESULTS, "（五）不予处理", "2.重复申请"]),
    ("results.unprocessed.published", &[RESULTS, "（五）不予处理", "3.要求提供公开出版物"]),
    ("results.unprocessed.excessive", &[RESULTS, "（五）不予处理", "4.无正当理由大量反复申请"]),
    ("results.unprocessed.confirmation", &[RESULTS, "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息"]),
    (
        "results.other.not_corrected",
        &[RESULTS, "（六）其他处理", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"],
    ),
    (
        "results.other.fee_unpaid",
        &[RESULTS, "（六）其他处理", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"],
    ),
    ("results.other.misc", &[RESULTS, "（六）其他处理", "3.其他"]),
    ("results.total", &[RESULTS, "（七）总计"]),
    ("carried_out", &["四、结转下年度继续办理"]),
];
const OUTCOMES: [(&str, &str); 5] = [
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
];
const CORNER: &str = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）";

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|&label| label.to_owned()).collect()
}

fn block(bar: Option<&str>, corner: &str, columns: Vec<Column>, rows: &[(&str, &[&str])]) -> Block {
    let row = |(key, path): &(&str, &[&str])| Row { path: owned(path), key: (*key).to_owned(), values: Vec::new() };
    let rows = rows.iter().map(row).collect();
    Block { bar: bar.map(str::to_owned), corner: corner.to_owned(), columns, rows, has_heads: true }
}

fn column(key: &str, path: &[&str], span: usize) -> Column {
    Column { path: owned(path), span, key: key.to_owned() }
}

/// The tables without figures.
fn empty() -> [Grid; 3] {
    let issued = [("issued", "本年制发件数"), ("repealed", "本年废止件数"), ("in_force", "现行有效件数")]
        .map(|(key, label)| column(key, &[label], 1));
    let decided = || vec![column("", &["本年处理决定数量"], 3)];
    let fees = vec![column("", &["本年收费金额（单位：万元）"], 3)];
    let corner = "信息内容";
    let proactive = Grid {
        label_columns: 1,
        blocks: vec![
            block(
                Some("第二十条第（一）项"),
                corner,
                issued.to_vec(),
                &[("proactive.regulations", &["规章"]), ("proactive.normative_documents", &["行政规范性文件"])],
            ),
            block(Some("第二十条第（五）项"), corner, decided(), &[("proactive.licences", &["行政许可"])]),
            block(
                Some("第二十条第（六）项"),
                corner,
                decided(),
                &[("proactive.penalties", &["行政处罚"]), ("proactive.coercions", &["行政强制"])],
            ),
            block(Some("第二十条第（八）项"), corner, fees, &[("proactive.fees", &["行政事业性收费"])]),
        ],
    };
    let applicants = APPLICANTS.iter().map(|(key, path)| column(key, path, 1)).collect();
    let mut of_requests = block(None, CORNER, applicants, &REQUESTS);
    of_requests.rows.iter_mut().for_each(|row| row.key = format!("requests.{}", row.key));
    let kinds: [(&str, &[&str]); 3] = [
        ("review", &["行政复议"]),
        ("litigation.direct", &["行政诉讼", "未经复议直接起诉"]),
        ("litigation.after_review", &["行政诉讼", "复议后起诉"]),
    ];
    let outcomes = kinds.iter().flat_map(|(key, path)| {
        OUTCOMES
            .iter()
            .map(move |(outcome, label)| column(&format!("{key}.{outcome}"), &[path, &[*label][..]].concat(), 1))
    });
    let of_disputes = block(None, "", outcomes.collect(), &[("disputes", &[])]);
    [
        proactive,
        Grid { label_columns: 3, blocks: vec![of_requests] },
        Grid { label_columns: 0, blocks: vec![of_disputes] },
    ]
}

impl Report {
    /// A report whose sums all hold and of whose figures no two are the same.
    pub fn random(random: &mut Rng) -> Self {
        loop {
            let mut tables = empty();
            let mut left: Vec<i64> = (1..3000).collect();
            random.shuffle(&mut left);
            let mut next = || left.pop().expect("enough figures");
            for block in &mut tables[0].blocks {
                for row in &mut block.rows {
                    row.values = block.columns.iter().map(|_| next().to_string()).collect();
                }
            }
            tables[0].blocks[3].rows[0].values = vec![format!("{}.{}7", next(), next() % 10)];
            let rows = &mut tables[1].blocks[0].rows;
            let mut leaves = vec![[0; 7]; 25];
            for column in 0..6 {
                for leaf in &mut leaves[1..23] {
                    leaf[column] = next();
                }
                leaves[24][column] = next();
                leaves[23][column] = leaves[2..23].iter().map(|leaf| leaf[column]).sum();
                leaves[0][column] = leaves[23][column] + leaves[24][column] - leaves[1][column];
            }
            for (row, mut leaf) in rows.iter_mut().zip(leaves) {
                leaf[6] = leaf[..6].iter().sum();
                row.values = leaf.iter().map(i64::to_string).collect();
            }
            for _ in 0..3 {
                let four = [next(), next(), next(), next()];
                let all = four.iter().copied().chain([four.iter().sum()]);
                tables[2].blocks[0].rows[0].values.extend(all.map(|figure| figure.to_string()));
            }
            let report = Self { truth: truth(&tables), tables };
            let different: BTreeSet<&String> = report.truth.values().collect();
            if different.len() == report.truth.len() && report.truth.values().all(|figure| !figure.starts_with('-')) {
                return report;
            }
        }
    }

    /// The page that it is printed on.
    pub fn pieces(&self) -> Vec<Piece> {
        let words = |words: &str| Piece::Words(words.to_owned());
        let mut pieces: Vec<Piece> = [
            "某市人民政府2024年政府信息公开工作年度报告",
            "一、总体情况",
            "（一）主动公开",
            "主动公开的各类信息都在网站上分栏目发布，群众可以按主题和文号查找，也可以在政务大厅的查阅点翻看。",
            "（二）依申请公开",
            "申请由专人登记，按期答复，答复书写明依据和救济途径；不属于本机关掌握的，告知向哪个机关提出。",
            "（三）政府信息管理",
            "公文在起草时就定下是否公开，发布前逐件审查，已经失效的文件及时标明，年底把目录核对了一遍。",
            "（四）政府信息公开平台建设",
            "网站栏目作了调整，检索更加方便；手机上看也不再错行，老人可以用大字版。",
            "（五）监督保障",
            "办公室每季度检查一次栏目的更新，把发现的错漏通知有关科室限期改正，并在会上讲评。",
            "二、主动公开政府信息情况",
        ]
        .map(words)
        .to_vec();
        let after: [&[&str]; 3] = [
            &["三、收到和处理政府信息公开申请情况"],
            &["四、政府信息公开行政复议、行政诉讼情况"],
            &[
                "五、存在的主要问题及改进情况",
                "（一）存在的主要问题",
                "政策解读的形式还比较单一，图表和问答用得少，群众看完仍要打电话来问。",
                "（二）改进情况",
                "请业务科室起草文件时同时写好问答，由窗口人员先读一遍，看不懂的地方改到看懂为止。",
                "六、其他需要报告的事项",
                "本机关没有收取信息处理费，也没有别的需要报告的事项。",
            ],
        ];
        for (table, after) in self.tables.iter().zip(after) {
            pieces.push(Piece::Table(table.printed()));
            pieces.extend(after.iter().map(|line| words(line)));
        }
        pieces
    }

    /// Every figure that is printed.
    pub fn figures(&self) -> impl Iterator<Item = &String> {
        self.tables.iter().flat_map(|table| &table.blocks).flat_map(|block| &block.rows).flat_map(|row| &row.values)
    }
}

/// The figure of each fact.
fn truth(tables: &[Grid; 3]) -> BTreeMap<String, String> {
    let mut truth = BTreeMap::new();
    for block in tables.iter().flat_map(|table| &table.blocks) {
        for row in &block.rows {
            for (column, value) in block.columns.iter().zip(&row.values) {
                truth.insert(key(row, column), value.clone());
            }
        }
    }
    truth
}

/// The fact of a row and a column.
pub fn key(row: &Row, column: &Column) -> String {
    if column.key.is_empty() { row.key.clone() } else { format!("{}.{}", row.key, column.key) }
}

impl Grid {
    /// The table as it is printed, with cells that stand for several merged.
    pub fn printed(&self) -> Table {
        let mut table = Table::default();
        let all = |block: &Block| self.label_columns + block.columns.iter().map(|column| column.span).sum::<usize>();
        for block in &self.blocks {
            if let Some(bar) = &block.bar {
                table.put((table.rows, 0), (1, all(block)), bar);
            }
            if block.has_heads {
                self.heads(block, &mut table);
            }
            self.rows(block, &mut table);
        }
        table
    }

    fn heads(&self, block: &Block, table: &mut Table) {
        let top = table.rows;
        let depth = block.columns.iter().map(|column| column.path.len()).max().unwrap_or(0);
        if self.label_columns > 0 {
            table.put((top, 0), (depth, self.label_columns), &block.corner);
        }
        for level in 0..depth {
            let mut at = self.label_columns;
            let mut number = 0;
            while let Some(column) = block.columns.get(number) {
                let mut span = 0;
                let same = block.columns[number..].iter().take_while(|other| {
                    other.path.len() > level
                        && column.path.len() > level
                        && other.path[..=level] == column.path[..=level]
                });
                let count = same.inspect(|other| span += other.span).count();
                if count > 0 {
                    let is_leaf = column.path.len() == level + 1;
                    let down = if is_leaf { depth - level } else { 1 };
                    table.put((top + level, at), (down, span), &column.path[level]);
                }
                at += if count > 0 { span } else { column.span };
                number += count.max(1);
            }
        }
    }

    fn rows(&self, block: &Block, table: &mut Table) {
        let top = table.rows;
        for (number, row) in block.rows.iter().enumerate() {
            for (level, label) in row.path.iter().enumerate() {
                let is_leaf = level + 1 == row.path.len();
                let is_same = |other: &&Row| {
                    !is_leaf && other.path.len() > level + 1 && other.path[..=level] == row.path[..=level]
                };
                if number > 0 && is_same(&&block.rows[number - 1]) {
                    continue;
                }
                let down = block.rows[number..].iter().take_while(is_same).count().max(1);
                let across = if is_leaf { self.label_columns - level } else { 1 };
                table.put((top + number, level), (down, across), label);
            }
            let mut at = self.label_columns;
            for (place, value) in row.values.iter().enumerate() {
                let span = block.columns.get(place).map_or(1, |column| column.span);
                table.put((top + number, at), (1, span), value);
                at += span;
            }
            // A row may be left with no cell but those of the labels that span it.
            table.rows = table.rows.max(top + number + 1);
        }
    }
}
