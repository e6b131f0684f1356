// The words of the page itself, in both languages; labels and guides are the form's. In: a name and what is put into it; out: a text.

const ZH = {
  unchosen: "（未选）", skip_table: "跳过此表", to_paper: "跳到表格", reports: "全部报告", problems: "问题", sheets: "PDF 页面", no_problems: "没有问题",
  progress: "{filled}/{cells} 格，{errors} 错误", progress_warnings: "，{n} 警告", progress_accepted: "，{n} 条已接受", progress_due: "；{due}前公布",
  complete: "已填完，没有错误", saved: "已保存 {time}", unsaved: "{n} 处未保存", same: "与文件一致",
  offline: "程序没有回应：{n} 处未保存，留在本页，恢复后自动保存", suspended: "文件现在读不出（第 {line} 行），暂不写入；填的内容留在本页，文件改好后自动保存",
  restarted: "程序已重新启动：请打开它给出的新地址；这里没有保存的，到那里会再问", gone: "这份报告的文件不在了：填的内容留在本页",
  pdf: "PDF", docx: "Word", web: "网页", undo: "撤销", redo: "重做", last_year: "上年数", last: "上年 {value}", older: "以前的样子",
  older_none: "还没有留下以前的样子", go_back: "回到 {time}", close: "关闭", cancel: "取消", ok: "确定",
  rest: "空着的格都是 0", copy: "复制此表", copied: "已复制，可以粘贴到 Excel、WPS 中",
  state_missing: "未填", state_rest: "空着，算 0", state_computed: "程序算出", state_organs: "各单位相加", state_unfit: "看不懂：{value}", state_refused: "没有写入",
  state_carried: "上年结转", state_outside: "文件中刚改过", state_conflict: "两处都改了", state_typed: "未保存",
  cell: "当前格", region_top: "报告和保存情况", region_side: "问题和页面", guide_slash: "不适用的填 /",
  write_computed: "写成算出的 {n}", leave_computed: "由程序计算", equals_last: "= 上年的 {n}", parts: "各单位的数", part_organ: "单位", part_figure: "本年", part_last: "上年",
  part_sum: "合计", not_whole: "还有单位没有报或有错误",
  conflict: "文件中现在是“{found}”，这里填的是“{now}”", in_file: "文件中：", in_here: "这里：", nothing: "（空）", mine: "用这里填的", theirs: "用文件中的",
  beside: "文件中现在是“{found}”",
  missing_cells: "“{table}”还有 {n} 格没有填", missing_field: "“{label}”还没有填", fill_zero: "空格都填 0",
  fix: "改为 {now}", fix_many: "改正 {n} 处", accept: "接受…", accept_heading: "接受这条警告", reason: "理由（写进文件）", only_here: "只接受这一处", all_of_code: "接受所有这一类（{code}）",
  reason_wanted: "请写明理由", accepted: "已接受 {n} 条", unaccept: "不再接受", accepted_everywhere: "所有这一类",
  paste_plan: "粘贴 {n} 格：{m} 格会变", paste_by_labels: "（按行名和表头对应）", paste_foreign: "，{k} 格不是数字，不写：{some}", paste_unfit: "粘贴的内容超出表的边，没有写入。请选靠左上的格，或连同行名、表头一起复制。",
  paste: "粘贴", pasted: "已粘贴 {n} 格",
  insert: "插入数字…", insert_heading: "插入表中的数字", search: "找：行名、表头或数字", none_found: "没有找到", printed: "印出来是：", printed_default: "不填则印：",
  characters: "{n} 字", to_reference: "改为引用", same_number: "“{number}”与表中的数相同：{label}", last_text: "上年的文字", last_begin: "以上年的文字起草",
  restore: "上次有 {n} 处没有保存", restore_yes: "恢复", restore_no: "不要了",
  undone_left: "有 {n} 处后来在文件中改过，没有撤销", nothing_to_undo: "没有可以撤销的",
  first_heading: "年报", organ: "机关", year: "年份", state: "情况", due: "公布期限", open: "填写", roll: "开始 {year} 年", new_heading: "新建机关的报告", form: "表式", begin: "开始填写",
  import_heading: "读入上年公布的文件", import_file: "PDF、Word、网页、表格或文本", import_go: "读入", imported: "已读入，有 {n} 处要看",
  other_reports: "其他年份和报告（{n}）", missing: "未报", wrong: "有错误", warned: "有警告", outdated: "页面已旧", unbuilt: "未生成", done: "已完成", counts: "（{errors} 错误，{warnings} 警告）", failed: "没有做成",
  errors_now: "错误 {n} 个", now_complete: "没有错误了",
  error: "错误", warning: "警告", language: "zh-CN", loading: "正在打开……", shown_old: "页面是上一次的样子", making: "正在生成……",
};
const EN = {
  unchosen: "(not chosen)", skip_table: "Skip this table", to_paper: "To the form", reports: "All reports", problems: "Problems", sheets: "PDF sheets", no_problems: "No problems",
  progress: "{filled} of {cells} cells, {errors} errors", progress_warnings: ", {n} warnings", progress_accepted: ", {n} accepted", progress_due: "; publish by {due}",
  complete: "Complete, no errors", saved: "Saved {time}", unsaved: "{n} not saved", same: "As in the file",
  offline: "The program does not answer: {n} not saved, kept on this page and saved once it does", suspended: "The file cannot be read now (line {line}), nothing is written; what you typed is kept here and saved once the file is whole",
  restarted: "The program was started again: open the new address that it gives; what is not saved here is offered there", gone: "The file of this report is gone: what you typed is kept on this page",
  pdf: "PDF", docx: "Word", web: "Web page", undo: "Undo", redo: "Redo", last_year: "Last year", last: "last year {value}", older: "Earlier states",
  older_none: "No earlier states are kept yet", go_back: "Back to {time}", close: "Close", cancel: "Cancel", ok: "OK",
  rest: "Blank cells are 0", copy: "Copy this table", copied: "Copied, to be pasted into Excel or WPS",
  state_missing: "not filled in", state_rest: "blank, counts as 0", state_computed: "computed", state_organs: "added up of organs", state_unfit: "not understood: {value}", state_refused: "not written",
  state_carried: "carried over", state_outside: "just changed in the file", state_conflict: "changed in two places", state_typed: "not saved",
  cell: "This cell", region_top: "Report and saving", region_side: "Problems and sheets", guide_slash: "Type / where it does not apply",
  write_computed: "Write the computed {n}", leave_computed: "Leave it to the program", equals_last: "= last year's {n}", parts: "Figures of the organs", part_organ: "Organ", part_figure: "This year", part_last: "Last year",
  part_sum: "Sum", not_whole: "Some organs are missing or have errors",
  conflict: "The file now has “{found}”; here stands “{now}”", in_file: "In the file: ", in_here: "Here: ", nothing: "(nothing)", mine: "Take mine", theirs: "Take the file's",
  beside: "The file now has “{found}”",
  missing_cells: "{n} cells of “{table}” are not filled in", missing_field: "“{label}” is not filled in", fill_zero: "Blank cells are 0",
  fix: "Change to {now}", fix_many: "Mend {n} places", accept: "Accept…", accept_heading: "Accept this warning", reason: "Reason (written to the file)", only_here: "This place only", all_of_code: "All warnings of this kind ({code})",
  reason_wanted: "Please give a reason", accepted: "{n} accepted", unaccept: "No longer accept", accepted_everywhere: "all of this kind",
  paste_plan: "Paste {n} cells: {m} change", paste_by_labels: " (placed by labels and heads)", paste_foreign: ", {k} are no numbers and are left out: {some}", paste_unfit: "What was pasted runs over the edge of the table, and nothing was written. Choose a cell further up and left, or copy it with labels and heads.",
  paste: "Paste", pasted: "{n} cells pasted",
  insert: "Insert a figure…", insert_heading: "Insert a figure of the tables", search: "Find: label, head or number", none_found: "Nothing found", printed: "Will be printed as:", printed_default: "If left blank, this is printed:",
  characters: "{n} characters", to_reference: "Make it a reference", same_number: "“{number}” is the same as in the table: {label}", last_text: "Last year's text", last_begin: "Begin with last year's text",
  restore: "{n} entries of last time were not saved", restore_yes: "Restore", restore_no: "Discard",
  undone_left: "{n} were changed in the file since, and stay", nothing_to_undo: "Nothing to undo",
  first_heading: "Annual reports", organ: "Organ", year: "Year", state: "State", due: "To be published by", open: "Fill in", roll: "Begin {year}", new_heading: "A new organ's report", form: "Form", begin: "Begin",
  import_heading: "Read last year's published file", import_file: "PDF, Word, web page, sheet or text", import_go: "Read", imported: "Read; {n} things to look at",
  other_reports: "Other years and reports ({n})", missing: "missing", wrong: "errors", warned: "warnings", outdated: "pages outdated", unbuilt: "not built", done: "done", counts: " ({errors} errors, {warnings} warnings)", failed: "That could not be done",
  errors_now: "{n} errors", now_complete: "No more errors",
  error: "Error", warning: "Warning", language: "en", loading: "Opening…", shown_old: "These sheets are from before", making: "Being made…",
};

let language = "zh";
export const speak = (other) => { language = other; };
export const spoken = () => language;

// A text with {names} put in.
export function say(name, values = {}) {
  const text = (language === "zh" ? ZH : EN)[name];
  return text.replace(/\{(\w+)\}/g, (all, key) => (values[key] === undefined ? all : String(values[key])));
}

// What the program says in both languages.
export const of = (text) => text?.[language] ?? "";

// A day such as 2026-01-31 in words.
export function day(text) {
  const [year, month, date] = text.split("-").map(Number);
  if (language === "zh") return `${month}月${date}日`;
  return new Date(Date.UTC(year, month - 1, date)).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

export const clock = (date) => date.toTimeString().slice(0, 8);
