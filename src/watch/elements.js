// Elements of both live pages. In: what they are, attributes and children; out: the element. Data only ever becomes text, never markup.

const isThere = (value) => value !== null && value !== undefined && value !== false;

export const at = (id) => document.getElementById(id);

// make("p.note", { lang: "en", onclick }, "text", child): what is null, undefined or false is left out; what begins with "on" listens.
export function make(what, ...children) {
  const [name, ...classes] = what.split(".");
  const element = document.createElement(name);
  element.classList.add(...classes);
  const attributes = children[0]?.constructor === Object ? children.shift() : {};
  for (const [key, value] of Object.entries(attributes).filter(([, value]) => isThere(value))) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  fill(element, children);
  return element;
}

// Gives an element other children.
export const fill = (element, ...children) => element.replaceChildren(...children.flat(Infinity).filter(isThere));

// The same only where they are made of other things, so that what stays keeps its focus.
const made = new WeakMap();
export function renew(element, things, children) {
  const told = JSON.stringify(things);
  if (made.get(element) === told) return false;
  made.set(element, told);
  const focused = element.contains(document.activeElement) ? document.activeElement.textContent : null;
  fill(element, children());
  if (focused !== null) ([...element.querySelectorAll("button")].find((one) => one.textContent === focused) ?? element.closest("[tabindex]"))?.focus();
  return true;
}
