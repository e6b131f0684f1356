// The live page. It waits for the next state of a report and puts it in place.

import { at, make, renew } from "./elements.js";
import { follow, link } from "./live.js";
import { showSheets } from "./sheets.js";

const WORDS = {
  zh: {
    report: "报告", sheets: "PDF 页面", web: "网页", docx: "下载 Word 文件", problems: "问题", no_problems: "没有问题", errors: "错误", warnings: "警告",
    now: "与文件一致", waiting: "正在生成……", ended: "预览已结束",
    restarted: "预览已重新开始：请打开它给出的新地址",
    old: "有错误：显示的是上一次没有错误时的页面",
    none: "有错误，还没有可以显示的页面",
    draft: "草稿：显示的是文件现在的样子，还缺什么见“问题”",
    old_draft: "有错误：显示的是上一份草稿，不是文件现在的样子",
    unsure: "可能漏掉了改动：正在重新查看所有文件",
    unsettled: "项目有错误：显示的是按出错之前的设置生成的页面",
  },
  en: {
    report: "Report", sheets: "PDF sheets", web: "Web page", docx: "Download the Word file", problems: "Problems",
    no_problems: "No problems", errors: "errors", warnings: "warnings", now: "Up to date", waiting: "Being made…", ended: "The watch has ended",
    restarted: "The watch was started again: open the new address that it gives",
    old: "There are errors: these are the pages from when there were none",
    none: "There are errors, and no pages to show yet",
    draft: "Draft of the file as it is now: what it lacks stands under Problems",
    old_draft: "There are errors: this is the draft before, not the file as it is now",
    unsure: "Changes may have been missed: all files are being looked at anew",
    unsettled: "The project has errors: these pages are made by the settings from before",
  },
};
let [words, state] = [null, null];

// The report that is asked for; without one, that which is shown, whatever comes before it in the list by then.
const chosen = () => decodeURIComponent(location.hash.slice(1)) || (state?.name ?? "");

async function show() {
  if (words !== WORDS[state.language]) showWords();
  await showSheets(at("sheets"), state.sheets);
  showReports();
  showProblems();
  await showWeb();
  link("docx", state.docx && `docx/${state.docx}`, state);
  const made = state.sheets.list.length > 0;
  at("status").textContent = words[state.what];
  at("status").className = state.what === "now" ? "" : "old";
  at("sheets").classList.toggle("stale", made && !state.is_current);
  document.documentElement.dataset.version = state.version;
}

function showWords() {
  words = WORDS[state.language];
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = words[element.dataset.words];
}

function showReports() {
  const label = (name) => {
    const [errors, warnings] = state.counts[name] ?? [0, 0];
    const said = [[errors, words.errors], [warnings, words.warnings]].filter(([count]) => count > 0);
    return name + said.map(([count, kind]) => `  ${count} ${kind}`).join("");
  };
  if (state.names) {
    const options = state.names.map((name) => new Option(label(name), name, false, name === state.name));
    at("report").replaceChildren(...options);
  } else if (Object.keys(state.counts).length > 0) {
    for (const option of at("report").options) {
      if (Object.hasOwn(state.counts, option.value)) option.text = label(option.value);
    }
  }
  document.title = state.name ?? "nianbao";
}

async function showWeb() {
  const frame = at("frame");
  const address = state.web && `web/${state.web}`;
  if (!address || frame.getAttribute("src") === address) return;
  const place = [frame.contentWindow?.scrollX ?? 0, frame.contentWindow?.scrollY ?? 0];
  await new Promise((resolve) => {
    frame.addEventListener("load", resolve, { once: true });
    frame.setAttribute("src", address);
    setTimeout(resolve, 2000);
  });
  frame.contentWindow?.scrollTo(...place);
}

function showProblems() {
  const said = (text) => text?.[state.language] ?? "";
  const item = ({ severity, message, code, labels, notes, help }) => {
    const place = labels.find((label) => label.primary) ?? labels[0];
    const more = [place && `${place.file}:${place.line}:${place.column}`, ...notes.map(said), said(help)];
    const lines = more.filter(Boolean).map((line) => make("small", line));
    return make("li", make(`button.${severity}`, { onclick: () => place && showSource(place) }, said(message), " ", make("code", code), lines));
  };
  renew(at("problems"), state.problems, () => (state.problems.length > 0 ? state.problems.map(item) : make("li", words.no_problems)));
  if (state.problems.length === 0) at("source").hidden = true;
}

function showSource(place) {
  const isHere = (number) => number >= place.line && number <= place.end_line;
  const line = (text, index) => make(isHere(index + 1) ? "span.here" : "span", { "data-line": index + 1 }, text);
  const text = state.sources[place.file] ?? "";
  at("file").textContent = `${place.file}:${place.line}`;
  at("lines").replaceChildren(...text.split("\n").map(line));
  at("source").hidden = false;
  at("lines").querySelector(".here")?.scrollIntoView({ block: "center" });
}

function showView(name) {
  for (const view of ["sheets", "web"]) {
    at(view).hidden = view !== name;
    at(`show-${view}`).setAttribute("aria-selected", String(view === name));
  }
}

at("show-sheets").addEventListener("click", () => showView("sheets"));
at("show-web").addEventListener("click", () => showView("web"));
at("report").addEventListener("change", () => {
  location.hash = encodeURIComponent(at("report").value);
  location.reload();
});
const showNext = (next) => {
  state = next;
  return show();
};
follow(chosen, showNext, (is_over) => {
  at("status").textContent = (words ?? WORDS.zh)[is_over ? "restarted" : "ended"];
  at("status").className = "old";
});
