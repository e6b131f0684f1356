//! Facts of organs that do not exist, for measuring. In: a seed and a number; out: an organ's facts for years in a row,
//! which obey every rule of the form `zfxxgk`: rows and columns add up, and each year begins with what the last one
//! carried out. Figures and sentences differ from organ to organ and from year to year. In levels, governments add their organs up.

use std::fmt::Write;

use fastrand::Rng;

const APPLICANTS: [&str; 6] = ["natural", "business", "research", "welfare", "legal", "other"];
/// The rows of results that add up to their total, by the table that they stand in.
const RESULTS: [(&str, &[&str]); 5] = [
    ("requests.results", &["granted", "partial"]),
    (
        "requests.results.denied",
        &[
            "state_secret",
            "forbidden_by_law",
            "safety_stability",
            "third_party",
            "internal_affairs",
            "process_information",
            "enforcement_file",
            "administrative_query",
        ],
    ),
    ("requests.results.unavailable", &["not_held", "not_compiled", "unclear"]),
    ("requests.results.unprocessed", &["petition", "duplicate", "published", "excessive", "confirmation"]),
    ("requests.results.other", &["not_corrected", "fee_unpaid", "misc"]),
];
const CITIES: [&str; 12] =
    ["云溪", "青岚", "长汀湾", "白鹭", "东陵", "南浦", "松原岭", "石桥", "海棠", "北固", "金沙", "临川湖"];
const COUNTIES: [&str; 10] = ["安和", "永平", "清泉", "新丰", "双河", "凤鸣", "龙潭", "明湖", "文峰", "康宁"];
const KINDS: [&str; 12] = [
    "财政局",
    "教育局",
    "卫生健康委员会",
    "应急管理局",
    "自然资源局",
    "水利局",
    "农业农村局",
    "商务局",
    "审计局",
    "统计局",
    "市场监督管理局",
    "司法局",
];
const SUBJECTS: [&str; 10] = [
    "财政预决算",
    "义务教育招生",
    "医疗服务价格",
    "安全生产检查",
    "建设用地批准",
    "饮用水水质",
    "惠农补贴发放",
    "消费投诉处理",
    "公共法律服务",
    "重点项目进度",
];
const WAYS: [&str; 8] = [
    "通过政府网站和新闻发布会",
    "在政务服务大厅的公开栏",
    "借助政务新媒体",
    "通过村级公示栏和广播",
    "结合政策宣讲活动",
    "以图解和问答的形式",
    "在公共图书馆的查阅点",
    "联合新闻媒体",
];
const ACTS: [&str; 8] = [
    "及时公开了",
    "逐项梳理并更新了",
    "集中解读了",
    "分类整理了",
    "按月公布了",
    "进一步细化了",
    "主动回应了群众关心的",
    "系统归集了",
];
const EFFECTS: [&str; 8] = [
    "方便群众查找和使用",
    "办事流程更加清楚",
    "公开目录随之调整",
    "群众的知晓度有所提高",
    "咨询电话明显减少",
    "栏目的访问更加顺畅",
    "基层反映的问题得到答复",
    "各科室的责任更加明确",
];
const GAPS: [&str; 6] = [
    "解读材料的形式还比较单一",
    "基层工作人员变动较快",
    "个别栏目更新不够及时",
    "公开内容的检索不够方便",
    "与群众的互动还不够充分",
    "业务培训的覆盖面有待扩大",
];

/// An organ with its facts of some years.
pub struct Organ {
    /// Its folder below `reports/`.
    pub folder: String,
    /// Each year with the text of its facts file, in order.
    pub years: Vec<(u16, String)>,
}

/// The organ of a number, the same for the same seed and number.
pub fn organ(seed: u64, number: usize, years: std::ops::RangeInclusive<u16>) -> Organ {
    let mut rng = Rng::with_seed(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let name = format!(
        "{}市{}县第{}{}",
        pick(&mut rng, &CITIES),
        pick(&mut rng, &COUNTIES),
        number + 1,
        pick(&mut rng, &KINDS)
    );
    let mut carried = [0; 6].map(|_| figure(&mut rng, 9));
    let mut in_force = rng.u32(0..60);
    let years = years.map(|year| (year, facts(&mut rng, &name, year, &mut carried, &mut in_force))).collect();
    Organ { folder: format!("{:03}/{number:06}", number / 1000), years }
}

/// Organs below governments that add them up, level by level: every government is a folder in which the next level lies. The
/// governments come first, then as many organs as are asked for; with one level there are no governments.
pub fn tree(seed: u64, organs: usize, levels: u32, years: &std::ops::RangeInclusive<u16>) -> Vec<Organ> {
    let governments = levels.saturating_sub(1);
    // How many lie in each folder, so that the lowest governments have room for all organs.
    let width =
        (1..).find(|width: &usize| width.checked_pow(governments).is_none_or(|room| room >= organs)).unwrap_or(1);
    let lowest = |number: usize, above: u32| number / width.pow(above);
    let folder = |number: usize, level: u32| {
        let parts = (0..level).map(|part| format!("{:03}", lowest(number, governments - part) % width));
        std::iter::once("全省".to_owned()).chain(parts.skip(1)).collect::<Vec<_>>().join("/")
    };
    let mut all = Vec::new();
    for level in 1..=governments {
        let count = organs.div_ceil(width.pow(governments - level + 1));
        for number in 0..count {
            let folder = folder(number * width.pow(governments - level + 1), level);
            let mut rng = Rng::with_seed(seed ^ (all.len() as u64).wrapping_mul(0x51_7cc1_b727));
            let name = format!("{}省第{}级第{}人民政府", pick(&mut rng, &CITIES), level, number + 1);
            let years = years.clone().map(|year| (year, government(&mut rng, &name, year, &folder))).collect();
            all.push(Organ { folder, years });
        }
    }
    all.extend((0..organs).map(|number| {
        let organ = organ(seed, number, years.clone());
        match governments {
            0 => organ,
            _ => Organ { folder: format!("{}/{number:06}", folder(number, governments)), ..organ },
        }
    }));
    all
}

/// The facts of a government whose every figure is the sum of those of the organs right below its folder.
fn government(rng: &mut Rng, name: &str, year: u16, folder: &str) -> String {
    let mut text =
        format!("form = \"zfxxgk\"\nyear = {year}\n\n[consolidates]\norgans = [\"{folder}/*\"]\n\n[organ]\n");
    let _ = writeln!(text, "name = \"{name}\"\n");
    overview(&mut text, rng);
    closing(&mut text, rng);
    text
}

fn pick<'a>(rng: &mut Rng, words: &[&'a str]) -> &'a str {
    words[rng.usize(..words.len())]
}

/// Most cells of real tables are zero.
fn figure(rng: &mut Rng, most: u32) -> u32 {
    if rng.u8(..3) == 0 { rng.u32(1..=most) } else { 0 }
}

fn facts(rng: &mut Rng, name: &str, year: u16, carried: &mut [u32; 6], in_force: &mut u32) -> String {
    let mut text = format!("form = \"zfxxgk\"\nyear = {year}\n\n[organ]\nname = \"{name}\"\n");
    let _ = writeln!(text, "address = \"{}路{}号\"", pick(rng, &COUNTIES), rng.u32(1..900));
    let _ = writeln!(text, "phone = \"0{}-{}\"\n", rng.u32(310..999), rng.u32(2_000_000..9_000_000));
    overview(&mut text, rng);
    proactive(&mut text, rng, in_force);
    requests(&mut text, rng, carried);
    text.push_str("[disputes]\n");
    for row in ["review", "litigation.direct", "litigation.after_review"] {
        let [a, b, c, d] = [0; 4].map(|_| figure(rng, 30));
        let _ = writeln!(text, "{row} = {{ upheld = {a}, corrected = {b}, other = {c}, pending = {d} }}");
    }
    closing(&mut text, rng);
    text
}

/// What comes after the tables.
fn closing(text: &mut String, rng: &mut Rng) {
    let first = rng.usize(..GAPS.len());
    let (one, other) = (GAPS[first], GAPS[(first + rng.usize(1..GAPS.len())) % GAPS.len()]);
    let _ = writeln!(text, "\n[problems]\nexisting = \"\"\"\n{one}，{other}，{}。\n\"\"\"", sentence(rng));
    let improvements = sentences(rng, 3).join("；");
    let _ = writeln!(text, "improvements = \"\"\"\n{improvements}。\n\"\"\"\n\n[other_matters]");
    let _ = writeln!(text, "text = \"本年度收取信息处理费{}元。\"", rng.u32(0..900) * 10);
}

fn sentence(rng: &mut Rng) -> String {
    let (way, act, subject, effect) = (pick(rng, &WAYS), pick(rng, &ACTS), pick(rng, &SUBJECTS), pick(rng, &EFFECTS));
    match rng.u8(..3) {
        0 => format!("{way}{act}{subject}信息，{effect}"),
        1 => format!("{way}{act}{subject}等{}类信息，{effect}", rng.u32(2..40)),
        _ => format!("组织培训{}场，{way}{act}{subject}信息", rng.u32(2..60)),
    }
}

/// Sentences of which none is about what the one before is about, which could be taken for a slip.
fn sentences(rng: &mut Rng, count: usize) -> Vec<String> {
    let subject = |sentence: &str| SUBJECTS.iter().position(|subject| sentence.contains(subject));
    let mut sentences: Vec<String> = Vec::with_capacity(count);
    while sentences.len() < count {
        let next = sentence(rng);
        if sentences.last().is_none_or(|last| subject(last) != subject(&next)) {
            sentences.push(next);
        }
    }
    sentences
}

fn paragraphs(rng: &mut Rng, least: usize) -> String {
    let paragraph = |rng: &mut Rng| {
        let count = rng.usize(least..least + 3);
        sentences(rng, count).join("。") + "。"
    };
    let count = rng.usize(1..=2);
    (0..count).map(|_| paragraph(rng)).collect::<Vec<_>>().join("\n\n")
}

fn overview(text: &mut String, rng: &mut Rng) {
    text.push_str("[overview]\n");
    let _ = writeln!(
        text,
        "proactive = \"\"\"\n全年作出行政许可决定{{{{ proactive.licences }}}}件、行政处罚决定{{{{ proactive.penalties }}}}件。{}\n\"\"\"",
        paragraphs(rng, 3)
    );
    let _ = writeln!(
        text,
        "on_request = \"\"\"\n全年新收政府信息公开申请{{{{ requests.received.total }}}}件，结转下年度{{{{ requests.carried_out.total }}}}件。{}\n\"\"\"",
        paragraphs(rng, 2)
    );
    for key in ["management", "platform", "supervision"] {
        let _ = writeln!(text, "{key} = \"\"\"\n{}\n\"\"\"", paragraphs(rng, 3));
    }
}

fn proactive(text: &mut String, rng: &mut Rng, in_force: &mut u32) {
    let (issued, repealed) = (figure(rng, 9), figure(rng, 5).min(*in_force));
    *in_force = *in_force + issued - repealed;
    let _ = writeln!(text, "\n[proactive]\nregulations = {{ issued = 0, repealed = 0, in_force = 0 }}");
    let _ =
        writeln!(text, "normative_documents = {{ issued = {issued}, repealed = {repealed}, in_force = {in_force} }}");
    for key in ["licences", "penalties", "coercions"] {
        let _ = writeln!(text, "{key} = {}", rng.u32(0..90_000));
    }
    let _ = writeln!(text, "fees = {}.{:04}\n", rng.u32(0..9_000), rng.u32(0..10_000));
}

/// Writes the table of requests, and leaves in `carried` what is carried out of the year.
fn requests(text: &mut String, rng: &mut Rng, carried: &mut [u32; 6]) {
    let mut handled = [0; 6];
    let mut results = String::new();
    for (table, rows) in RESULTS {
        let _ = writeln!(results, "\n[{table}]");
        for row in rows {
            let cells = [0; 6].map(|_| figure(rng, 40));
            handled.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
            results.push_str(&line(row, &cells));
        }
    }
    let carried_in = *carried;
    let mut received = [0; 6];
    for column in 0..6 {
        carried[column] = figure(rng, 9) + carried_in[column].saturating_sub(handled[column]);
        received[column] = handled[column] + carried[column] - carried_in[column];
    }
    text.push_str("[requests]\nrest = 0\n");
    for (row, cells) in [("received", &received), ("carried_in", &carried_in), ("carried_out", carried)] {
        text.push_str(&line(row, cells));
    }
    text.push_str(&results);
    text.push('\n');
}

/// A row with its total; cells that are zero are left to `rest`.
fn line(row: &str, cells: &[u32; 6]) -> String {
    let mut line = format!("{row} = {{ ");
    for (applicant, cell) in APPLICANTS.iter().zip(cells).filter(|(_, cell)| **cell > 0) {
        let _ = write!(line, "{applicant} = {cell}, ");
    }
    let _ = writeln!(line, "total = {} }}", cells.iter().sum::<u32>());
    line
}
