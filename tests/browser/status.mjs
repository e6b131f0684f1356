// Looks at the page of `status` and at letters in headless Chromium. In: the program, an empty folder to work in, and one for pictures;
// out: a line for each page; ends with status 1 where anything is not as it should be.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [program, folder, pictures] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const example = readFileSync(new URL("../../templates/zfxxgk/example.toml", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = { phone: { width: 390, height: 844 }, desktop: { width: 1366, height: 768 } };
const ROWS = 60;
// The column of days, from 1.
const PUBLISHED = 9;
const wrong = [];

function expect(truth, what) {
  if (!truth) wrong.push(what);
}

function facts(number, year) {
  const named = example.replace("示例市示例区水务局", `某市第${number}局`).replace("year = 2025", `year = ${year}`);
  const published = named.replace("# published = 2026-01-20", `published = ${year + 1}-01-${10 + (number % 20)}`);
  const counted = published.replace("licences = 120", `licences = ${100 + number}`);
  return number % 3 === 0 ? counted.replace("business = 1 }", "business = 1, total = 6 }") : counted;
}

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

// One is missing or has errors, of which the exit status says so.
function status(...args) {
  try {
    execFileSync(program, ["-C", folder, "status", "2025", ...args], { stdio: "pipe" });
  } catch (failed) {
    expect(failed.status === 1, `status ${args.join(" ")}: ${failed.stderr}`);
  }
}

// The page allows no script but its own, so axe comes by another way in.
async function opened(browser, path, viewport, bypassCSP) {
  const page = await browser.newPage({ viewport, bypassCSP });
  const name = `${path}, ${viewport.width}`;
  page.on("console", (said) => expect(said.type() !== "error", `${name}: ${said.text()}`));
  page.on("pageerror", (error) => wrong.push(`${name}: ${error.message}`));
  page.on("request", (request) => expect(request.url().startsWith("file:"), `${name}: asks for ${request.url()}`));
  await page.goto(pathToFileURL(join(folder, path)).href);
  return page;
}

async function accessible(browser, path, viewport) {
  const page = await opened(browser, path, viewport, true);
  await page.evaluate(axe);
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  for (const violation of found.violations) {
    wrong.push(`${path}, ${viewport.width}: ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }
  await page.close();
  return found.passes.length;
}

async function fits(page, name) {
  const sizes = await page.evaluate(() => ({ page: document.documentElement.scrollWidth, window: innerWidth }));
  expect(sizes.page <= sizes.window, `${name}: the page scrolls sideways: ${sizes.page} > ${sizes.window}`);
}

const column = (page, number) => page.locator(`tbody tr > :nth-child(${number})`).allInnerTexts();

// By keyboard, each way, and back to what needs action first.
async function sorts(page, name) {
  const before = await column(page, 1);
  expect(before.length === ROWS + 1, `${name}: ${before.length} rows`);
  const [head, button] = [page.locator("thead th").nth(PUBLISHED - 1), page.locator("thead button").nth(PUBLISHED - 1)];
  await button.focus();
  for (const [key, order, sign] of [["Enter", "ascending", 1], ["Space", "descending", -1]]) {
    await page.keyboard.press(key);
    const days = await column(page, PUBLISHED);
    expect(days.at(-1) === "", `${name}: what is blank stands at the end`);
    const isSorted = days.slice(0, -1).every((day, at) => at === 0 || sign * days[at - 1].localeCompare(day) <= 0);
    expect(isSorted, `${name}: ${order}: ${days}`);
    expect((await page.locator("thead th[aria-sort]").count()) === 1, `${name}: one column is sorted by`);
    expect((await head.getAttribute("aria-sort")) === order, `${name}: ${await head.getAttribute("aria-sort")}, not ${order}`);
  }
  await page.locator("thead button").nth(0).click();
  const names = await column(page, 1);
  const at = (number) => names.findIndex((text) => text.startsWith(`某市第${number}局`));
  expect(at(1) < at(2) && at(2) < at(10), `${name}: names are sorted as people count: ${names.slice(0, 3)}`);
  await page.locator("thead button").nth(1).click();
  expect(JSON.stringify(await column(page, 1)) === JSON.stringify(before), `${name}: the first order comes back`);
}

async function printed(page, path, most) {
  const pdf = await page.pdf({ preferCSSPageSize: true, path: join(pictures, `${path.replaceAll("/", "-")}.pdf`) });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  expect(pages >= 1 && pages <= most, `${path}: prints on ${pages} pages`);
}

mkdirSync(pictures, { recursive: true });
write("nianbao.toml", "");
for (let number = 1; number <= ROWS; number += 1) write(`reports/局${number}/2025.toml`, facts(number, 2025));
write("reports/旧局/2024.toml", facts(0, 2024));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const lang of ["zh", "en"]) {
  status("--lang", lang, "--format", "html", "--out", `status-${lang}.html`, "--letters", `letters-${lang}`);
  for (const path of [`status-${lang}.html`, `letters-${lang}/局3/2025.html`, `letters-${lang}/旧局/2025.html`]) {
    const isStatus = path.startsWith("status");
    let passes = 0;
    for (const [width, viewport] of Object.entries(WIDTHS)) {
      passes = await accessible(browser, path, viewport);
      const page = await opened(browser, path, viewport, false);
      await fits(page, `${path}, ${width}`);
      await page.screenshot({ path: join(pictures, `${path.replaceAll("/", "-")}.${width}.png`) });
      if (isStatus && width === "desktop") await sorts(page, path);
      if (width === "desktop") await printed(page, path, isStatus ? 8 : 4);
      await page.close();
    }
    console.log(`${path}: ${passes} rules of axe hold`);
  }
}
const plain = await browser.newContext({ javaScriptEnabled: false });
const page = await plain.newPage();
await page.goto(pathToFileURL(join(folder, "status-zh.html")).href);
expect((await page.locator("tbody tr").count()) === ROWS + 1, "the page is whole without its script");
expect((await page.locator("button").count()) === 0, "without the script there is nothing to press");
await browser.close();
wrong.forEach((line) => console.error(`wrong: ${line}`));
process.exit(wrong.length > 0 ? 1 : 0);
