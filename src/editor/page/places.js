// Where values stand on the sheets. In: the areas that the program tells, and the field that somebody is in; out: a frame around its value, and on a
// click the field whose value stands there.

import { desk, goTo } from "./desk.js";
import { at, fill, make } from "./make.js";

// The width and the height of a sheet, as areas on it are measured, and how far beside a value a click still means it.
const [WHOLE, BESIDE] = [10000, 70];
let [areas, framed] = [{}, null];

// Frames the value of the current field; the sheets follow whoever goes to another, and where they come to lie elsewhere.
export function frame(is_renewed = false, follows = framed !== desk.current) {
  if (!follows && !is_renewed) return;
  const [frames, sheets] = [at("frames"), at("sheets").children];
  const own = (areas[desk.current?.key] ?? []).filter(([sheet]) => sheets[sheet]);
  framed = own.length > 0 ? desk.current : null;
  fill(frames, own.map(([sheet, left, top, right, bottom]) => {
    const [origin, { x, y, width, height }] = [frames, sheets[sheet]].map((element) => element.getBoundingClientRect());
    const mark = make("i");
    Object.assign(mark.style, {
      left: `${x - origin.x + width * left / WHOLE}px`, width: `${width * (right - left) / WHOLE}px`,
      top: `${y - origin.y + height * top / WHOLE}px`, height: `${height * (bottom - top) / WHOLE}px`,
    });
    return mark;
  }));
  if (follows) bring(frames.firstChild);
}

// Only the sheets are scrolled, and only where they are beside the form: below it, they would take it away.
function bring(mark) {
  const side = at("side");
  if (!mark || side.scrollHeight <= side.clientHeight) return;
  const [own, whole] = [mark, side].map((element) => element.getBoundingClientRect());
  if (own.top < whole.top || own.bottom > whole.bottom) side.scrollTop += own.top - (whole.top + whole.bottom) / 2;
}

export function place(renewed) {
  areas = renewed ?? areas;
  frame(true);
}

// The smallest area is meant: prose may stand around it.
function meant({ target, clientX, clientY }) {
  const sheet = target.closest("#sheets > svg");
  const { x, y, width, height } = sheet.getBoundingClientRect();
  const [across, down] = [(clientX - x) / width * WHOLE, (clientY - y) / height * WHOLE];
  const number = [...sheet.parentNode.children].indexOf(sheet);
  const is_near = ([on, left, top, right, bottom]) => on === number
    && left - BESIDE < across && across < right + BESIDE && top - BESIDE < down && down < bottom + BESIDE;
  const size = ([, left, top, right, bottom]) => (right - left) * (bottom - top);
  const near = Object.entries(areas).flatMap(([key, own]) => own.filter(is_near).map((area) => [size(area), key]));
  const [, key] = near.sort(([one], [other]) => one - other)[0] ?? [];
  return desk.fields.get(key);
}

export function listen() {
  at("sheets").addEventListener("click", (event) => {
    const field = event.target.closest("#sheets > svg") && meant(event);
    if (field) goTo(field);
  });
  new ResizeObserver(() => frame(true, true)).observe(at("sheets"));
}
