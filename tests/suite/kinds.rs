//! Kinds of faults that reports have had, each in several wordings: what must be told, and what must be left alone. In: facts
//! of a small office with one text or value of its own; out: the codes that are told of it.

use std::path::Path;
use std::sync::Arc;

use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::files;
use nianbao::source::Source;

/// A report with six requests received, four granted and two granted in part, twelve licences, and one review upheld.
fn facts(key: &str, value: &str) -> String {
    let mut facts = String::from("form = \"zfxxgk\"\nyear = 2025\norgan.name = \"青山市湖东区水务局\"\n");
    let texts = [
        ("overview.opening", "统计期限自2025年1月1日至2025年12月31日。"),
        ("overview.proactive", "网站按月更新。"),
        ("overview.on_request", "答复文书逐件审核。"),
        ("overview.management", "公文发布前审核。"),
        ("overview.platform", "专栏有人维护。"),
        ("overview.supervision", "每季度听取汇报。"),
        ("problems.existing", "图解较少，视频不多。"),
        ("problems.improvements", "多做图解，定期培训。"),
        ("other_matters.text", "无。"),
    ];
    for (name, text) in texts {
        let text = if name == key { value } else { text };
        facts += &format!("{name} = '''\n{text}'''\n");
    }
    facts += "proactive.regulations = { issued = 0, repealed = 0, in_force = 0 }\n\
        proactive.normative_documents = { issued = 1, repealed = 0, in_force = 6 }\n\
        proactive.licences = 12\nproactive.penalties = 8\nproactive.coercions = 0\nproactive.fees = 0\n\
        requests.rest = 0\nrequests.received = { natural = 6 }\nrequests.results.granted = { natural = 4 }\n\
        requests.results.partial = { natural = 2 }\ndisputes.rest = 0\ndisputes.review = { upheld = 1 }\n";
    facts
}

/// The codes that are told, each as often as it is.
fn codes(key: &str, value: &str) -> Vec<String> {
    let form = Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
    let source = Source::new("2025.toml", facts(key, value));
    let facts = Facts::parse(&source).unwrap_or_else(|problems| panic!("{value}: {problems:?}"));
    let said = check(&facts, &form, &YearsBefore::of(Path::new("/nowhere/2025.toml")), &Alone)
        .map_or_else(|problems| problems, |(_, warnings)| warnings);
    said.iter().map(|problem| problem.code.to_string()).collect()
}

const OPENING: &str = "overview.opening";
const PROACTIVE: &str = "overview.proactive";
const ON_REQUEST: &str = "overview.on_request";
const MANAGEMENT: &str = "overview.management";
const IMPROVEMENTS: &str = "problems.improvements";

/// A text by its key, with the code that is told of it.
const TOLD: &[(&str, &str, &str)] = &[
    // A figure that differs from the table, in every way of writing.
    (ON_REQUEST, "全年新收政府信息公开申请17件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请１７件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请 17 件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请\n17件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请**17**件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请十七件。", "prose-figure"),
    (ON_REQUEST, "全年新收政府信息公开申请1,017件。", "prose-figure"),
    (ON_REQUEST, "本年共接收以信函、网络等形式提出的政府信息公开申请17件。", "prose-figure"),
    (ON_REQUEST, "收到17项依申请公开。", "prose-figure"),
    (ON_REQUEST, "收到依申请公开件17封。", "prose-figure"),
    (ON_REQUEST, "全年接受依申请公开17次。", "prose-figure"),
    (ON_REQUEST, "收到政府信息申请公开件17件。", "prose-figure"),
    (ON_REQUEST, "政府信息公开申请数量为17。共收到17件。", "prose-figure"),
    (ON_REQUEST, "新收6件，现已办结5件。", "prose-figure"),
    (ON_REQUEST, "新收6件，5件已按期答复。", "prose-figure"),
    (ON_REQUEST, "新收6件，予以公开5件，部分公开2件。", "prose-figure"),
    (ON_REQUEST, "新收6件，3件部分公开。", "prose-figure"),
    (ON_REQUEST, "本年度未收到政府信息公开申请。", "prose-figure"),
    (ON_REQUEST, "因政府信息公开引发行政复议2件。", "prose-figure"),
    (ON_REQUEST, "自然人提出申请7件。", "prose-figure"),
    (PROACTIVE, "全年办理行政许可21件。", "prose-figure"),
    (PROACTIVE, "共作出行政处罚决定9件。", "prose-figure"),
    (PROACTIVE, "制发行政规范性文件2件，现行有效6件。", "prose-figure"),
    // A period that is not the year's.
    (OPENING, "统计期限自2024年1月1日起，至2024年12月31日止。", "statistics-period"),
    (OPENING, "统计期限自 2024 年 1 月 1 日起至 2024 年 12 月 31 日止。", "statistics-period"),
    (OPENING, "统计期限为2024.1.1—2024.12.31。", "statistics-period"),
    (OPENING, "统计期限自二〇二四年一月一日至二〇二四年十二月三十一日。", "statistics-period"),
    (OPENING, "现公布2024年的年度报告，统计期限自2025年1月1日至12月31日。", "other-year"),
    // Last year's sentences, whatever words stand in them.
    (MANAGEMENT, "2024年，我局对栏目自查两次。", "other-year"),
    (IMPROVEMENTS, "下一步，2025年要抓好三项工作。", "other-year"),
    (IMPROVEMENTS, "2025年，本局将进一步加强审核。", "other-year"),
    (MANAGEMENT, "2024年，转发上级文件五件。", "other-year"),
    (MANAGEMENT, "2024年栏目设置比较完善。", "other-year"),
    (MANAGEMENT, "2024年，拟定计划并抓好实施。", "other-year"),
    (MANAGEMENT, "2024年印发制度三项。", "other-year"),
    (MANAGEMENT, "2024年，成立专班开展行动。", "other-year"),
    // What a careful reader sees.
    (OPENING, "根据国办公开函〔2021〕30号编制，统计期限自2025年1月1日至12月31日。", "wrong-notice"),
    (
        OPENING,
        "现发布湖东区农业农村局2025年政府信息公开工作年度报告，统计期限自2025年1月1日至12月31日。",
        "other-organ",
    ),
    (OPENING, "由总体情况等五部分组成，统计期限自2025年1月1日至12月31日。", "count-mismatch"),
    (OPENING, "包括政府信息公开工作存在的主要问题及改进情况，统计期限自2025年1月1日至12月31日。", "old-sections"),
    (PROACTIVE, "主动公开信息200条，通过网站发布150条，通过公众号发布90条，其他方式10条。", "list-exceeds-total"),
    (PROACTIVE, "通过“青山发布发布信息12条。", "unbalanced-marks"),
    (PROACTIVE, "在公众号（青山发布发布信息12条。", "unbalanced-marks"),
    (MANAGEMENT, "做好四项工作：一是审核；二是清理；三是培训。", "count-mismatch"),
    // What was left in the text.
    (MANAGEMENT, "按5*8小时值班。<!-- 核实 -->", "markup-left"),
    (MANAGEMENT, "流程见图：![图](a.png)", "markup-left"),
    (MANAGEMENT, "培训两次[^a]。", "markup-left"),
    (MANAGEMENT, "公开**双公示信息。", "markup-left"),
    (MANAGEMENT, "<<<<<<< HEAD\n甲。\n=======\n乙。\n>>>>>>> x\n", "conflict-markers"),
    (MANAGEMENT, "办件{{ 许可 }}件。", "unknown-reference"),
    (MANAGEMENT, "办件{ proactive.licences }件。", "unknown-reference"),
    (MANAGEMENT, "办件｛｛ proactive.licences ｝｝件。", "unknown-reference"),
    (MANAGEMENT, "【2024】年培训【3】次。", "draft-mark"),
    (MANAGEMENT, "培\u{200b}训两次。", "stray-character"),
    (MANAGEMENT, "\u{f06c} 逐件审核。", "stray-character"),
    (MANAGEMENT, "甲\u{f0e0}乙。", "stray-character"),
    (MANAGEMENT, "由区区水务局负责。", "doubled-words"),
    (MANAGEMENT, "把制度建设作作为重点。", "doubled-words"),
];

/// Texts by their keys that are in order.
const LEFT_ALONE: &[(&str, &str)] = &[
    (MANAGEMENT, "把信息公开工作作为重点工作来抓。"),
    (MANAGEMENT, "2024年底建成的新媒体矩阵运行平稳，自2023年改版以来栏目稳定。"),
    (MANAGEMENT, "完成2024年度档案归档。2024年我局存在的公开不及时问题已经整改。"),
    (IMPROVEMENTS, "下一步，2026年要抓好三项工作。2026年，本局将进一步加强审核。2025年12月，向社会征集意见。"),
    (MANAGEMENT, "坚持把管理工作作为抓手。"),
    (ON_REQUEST, "规范办理依申请公开件，对每一申请件，逐件登记。"),
    (
        OPENING,
        "统计期限自2025年1月1日至2025年12月31日。电子版见区政府网站（网址：www.example.gov.cn，电话：010-00000000）。",
    ),
    (ON_REQUEST, "上半年收到政府信息公开申请2件，下半年收到政府信息公开申请4件。"),
    (ON_REQUEST, "第一季度收到申请1件，第二季度收到申请5件。"),
    (ON_REQUEST, "收到申请6件，其中规划科收到申请2件，水政科收到申请4件。"),
    (ON_REQUEST, "新收6件，予以公开及部分公开6件。"),
    (ON_REQUEST, "新收6件，予以公开（含部分公开）的6件。"),
    (ON_REQUEST, "新收申请六件，均已办结。"),
    (ON_REQUEST, "通过网络收到申请5件，通过信函收到申请1件。"),
    (PROACTIVE, "公开信息24条（其中文件20条、公告4条），转载31条。"),
    (PROACTIVE, "公开信息9条,其中:文件6条,公告3条;转载12条。"),
    (PROACTIVE, "发布文件3件、解读4件，其中文件3件、解读4件均配图。"),
    (PROACTIVE, "公示行政许可信息30条。"),
    (MANAGEMENT, "对照2024年度测评反馈的问题逐项整改，2024年度问题清单全部销号。"),
    (MANAGEMENT, "培训次数比2024年多两次；《2024年工作要点》任务全部完成。"),
    (MANAGEMENT, "公开2024年部门决算和2025年部门预算。"),
    (MANAGEMENT, "5*8小时值班，7*24小时应答，大屏3*2米。"),
    (MANAGEMENT, "[注]: 数据不含街道。"),
    (MANAGEMENT, "依据青政办发【2024】12号执行。"),
    (MANAGEMENT, "甲、乙……等单位参加。"),
];

#[test]
fn what_must_be_told_is_told() {
    let silent: Vec<&str> = TOLD
        .iter()
        .filter(|(key, text, code)| !codes(key, text).iter().any(|told| told == code))
        .map(|(_, text, _)| *text)
        .collect();
    assert!(silent.is_empty(), "nothing is told of {silent:#?}");
}

#[test]
fn what_is_in_order_is_left_alone() {
    let told: Vec<_> =
        LEFT_ALONE.iter().map(|(key, text)| (*text, codes(key, text))).filter(|(_, codes)| !codes.is_empty()).collect();
    assert!(told.is_empty(), "{told:#?}");
}
