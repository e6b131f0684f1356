// Looks at built pages in headless Chromium. In: the folder of built pages, and one for pictures; out: pictures at phone
// and desktop width, and a line for each page; ends with status 1 where anything is not as it should be.

import { readFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [pages, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = { phone: { width: 375, height: 740 }, desktop: { width: 1280, height: 900 } };
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const wrong = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

function* htmlFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* htmlFiles(path);
    else if (entry.name.endsWith(".html")) yield path;
  }
}

function expect(truth, what) {
  if (!truth) wrong.push(what);
}

// A fragment is looked at inside a page of somebody else's.
function documentOf(path) {
  const html = readFileSync(path, "utf8");
  return path.endsWith(".fragment.html")
    ? `<!DOCTYPE html><html lang="zh-CN"><title>站点</title><main><h1>站点栏目</h1>${html}</main></html>`
    : html;
}

async function accessible(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate((values) => axe.run({ runOnly: { type: "tag", values } }), RULES);
  for (const violation of found.violations) {
    wrong.push(`${name}: ${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
  }
  return found.passes.length;
}

// What a reader sees: no side scrolling of the page, tables that scroll by themselves, heads that stay.
async function readable(page, name, width) {
  const sizes = await page.evaluate(() => ({ page: document.documentElement.scrollWidth, window: innerWidth }));
  expect(sizes.page <= sizes.window, `${name}: the page scrolls sideways: ${sizes.page} > ${sizes.window}`);
  if ((await page.locator(".wide").count()) === 0) return;
  const box = page.locator(".wide").first();
  const inside = await box.evaluate((element) => ({ own: element.scrollWidth, shown: element.clientWidth }));
  const scrolls = inside.own > inside.shown;
  expect(scrolls === (width === "phone"), `${name}: the wide table is ${inside.own}px in ${inside.shown}px`);
  const gap = await box.evaluate((element, scrolls) => {
    element.scrollIntoView();
    const scroller = scrolls ? element : document.scrollingElement;
    scroller.scrollBy({ top: 300, left: 200, behavior: "instant" });
    const frame = scrolls ? element.getBoundingClientRect().top : 0;
    return Math.abs(element.querySelector("thead").getBoundingClientRect().top - frame);
  }, scrolls);
  expect(gap < 2, `${name}: the heads do not stay: ${gap}px off`);
  if (scrolls) {
    const left = await box.evaluate((element) => {
      const label = [...element.querySelectorAll('tbody th[scope="row"]')].at(-1).getBoundingClientRect();
      return Math.abs(label.left - element.getBoundingClientRect().left);
    });
    expect(left < 2, `${name}: the labels do not stay: ${left}px off`);
  }
  await page.evaluate(() => { scrollTo(0, 0); document.querySelector(".wide").scrollTo(0, 0); });
}

async function look(path) {
  const name = relative(pages, path);
  const isFragment = path.endsWith(".fragment.html");
  let passes = 0;
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    const page = await browser.newPage({ viewport });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    await page.setContent(documentOf(path));
    passes = await accessible(page, `${name}, ${width}`);
    if (!isFragment) await readable(page, `${name}, ${width}`, width);
    expect(asked.every((url) => url.startsWith("file:")), `${name}: asks for ${asked}`);
    const picture = join(pictures, `${name.replaceAll("/", "-")}.${width}.png`);
    await page.screenshot({ path: picture, fullPage: true });
    if (!isFragment && width === "desktop") await printed(page, name);
    await page.close();
  }
  console.log(`${name}: ${passes} rules of axe hold`);
}

async function printed(page, name) {
  const pdf = await page.pdf({ preferCSSPageSize: true, path: join(pictures, `${name.replaceAll("/", "-")}.pdf`) });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
  expect(pages >= 3 && pages <= 8, `${name}: prints on ${pages} pages`);
}

mkdirSync(pictures, { recursive: true });
let seen = 0;
for (const path of htmlFiles(pages)) {
  await look(path);
  seen += 1;
}
await browser.close();
expect(seen > 0, `no pages below ${pages}`);
wrong.forEach((line) => console.error(`wrong: ${line}`));
process.exit(wrong.length > 0 ? 1 : 0);
