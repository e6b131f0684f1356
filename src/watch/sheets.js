// The sheets of the live page. What changed is put in place of what was there, piece by piece, so that nothing flickers,
// everything stays where it was scrolled to, and only that is drawn again.

const SVG = "http://www.w3.org/2000/svg";
// What a drawing may be made of, so that nothing in it can act or load anything.
const ELEMENTS = new Set([
  "clipPath", "defs", "g", "image", "linearGradient", "path", "pattern", "radialGradient", "rect", "stop", "symbol", "use",
]);
const ATTRIBUTES = new Set([
  "clip-path", "cx", "cy", "d", "fill", "fill-rule", "fr", "fx", "fy", "gradientTransform", "gradientUnits", "height", "id",
  "offset", "overflow", "patternTransform", "patternUnits", "preserveAspectRatio", "r", "shape-rendering", "spreadMethod",
  "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
  "stroke-miterlimit", "stroke-width", "transform", "viewBox", "width", "x", "y",
]);
const isReference = (name, value) => ["href", "xlink:href"].includes(name) && /^(#|data:image\/)/.test(value);

function parsed(text) {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (root.localName !== "svg" || root.querySelector("parsererror")) throw new Error("a sheet that is not SVG");
  for (const element of root.querySelectorAll("*")) {
    if (!ELEMENTS.has(element.localName) || element.namespaceURI !== SVG) element.remove();
    for (const { name, value } of [...element.attributes]) {
      if (!ATTRIBUTES.has(name) && !isReference(name, value)) element.removeAttribute(name);
    }
  }
  return root;
}

// Outlines are named by what they are, so that one that is there is the same.
function addGlyphs(glyphs) {
  const box = document.getElementById("glyphs");
  const symbols = [...parsed(`<svg xmlns="${SVG}" xmlns:xlink="http://www.w3.org/1999/xlink">${glyphs}</svg>`).children];
  box.append(...symbols.filter(({ id }) => !document.getElementById(id)));
}

const isLike = (one, other) => one?.cloneNode(false).isEqualNode(other.cloneNode(false));

// Makes the children of an element those of another.
function renew(element, other) {
  const [before, after] = [[...element.childNodes], [...other.childNodes]];
  const shorter = Math.min(before.length, after.length);
  let [start, end] = [0, 0];
  while (start < shorter && before[start].isEqualNode(after[start])) start += 1;
  while (end < shorter - start && before.at(-1 - end).isEqualNode(after.at(-1 - end))) end += 1;
  const gone = before.slice(start, before.length - end);
  const next = before[before.length - end] ?? null;
  for (const node of after.slice(start, after.length - end)) {
    const former = gone.shift();
    if (isLike(former, node)) renew(former, node);
    else if (former) former.replaceWith(node);
    else element.insertBefore(node, next);
  }
  gone.forEach((node) => node.remove());
}

// Where a sheet lies from the middle of the window: those that are looked at come first.
const distance = (sheet) => {
  const { top, bottom } = sheet?.getBoundingClientRect() ?? { top: Infinity, bottom: Infinity };
  return Math.abs((top + bottom) / 2 - innerHeight / 2);
};

// As many sheets as there are to be, the new ones empty.
function number(box, count) {
  while (box.children.length > count) box.lastChild.remove();
  while (box.children.length < count) box.append(document.createElementNS(SVG, "svg"));
  [...box.children].forEach((sheet, index) => {
    sheet.setAttribute("role", "img");
    sheet.setAttribute("aria-label", `${index + 1} / ${count}`);
  });
}

// A hidden page is not painted.
const painted = () => Promise.race([
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
  new Promise((resolve) => setTimeout(resolve, 200)),
]);

export async function showSheets(box, { list, glyphs }) {
  // Before anything changes: to ask where things lie after that would cost a layout.
  const changed = list
    .map((sheet, index) => ({ ...sheet, index, far: distance(box.children[index]) }))
    .filter(({ hash, index }) => box.children[index]?.dataset.hash !== hash)
    .sort((a, b) => a.far - b.far || a.index - b.index);
  if (box.children.length !== list.length) number(box, list.length);
  addGlyphs(glyphs);
  for (const { hash, drawing, index } of changed) {
    const [sheet, root] = [box.children[index], parsed(drawing)];
    sheet.setAttribute("viewBox", root.getAttribute("viewBox"));
    renew(sheet, root);
    sheet.dataset.hash = hash;
    await painted();
  }
}
