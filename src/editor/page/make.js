// Elements. In: a name, properties, attributes and children; out: the element. Data only ever becomes text, never markup.

// make("p", { class: "note", lang: "en", onclick }, "text", child): what is null or false is left out; what begins with "on" listens.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const button = (text, onclick, properties = {}) => make("button", { type: "button", onclick, ...properties }, text);

export const at = (id) => document.getElementById(id);

// A dialog with a heading; fill(form, close) puts in what it asks. Resolves with what close was given, or null.
export function ask(heading, fill) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    const dialog = make("dialog", { "aria-labelledby": "asked" });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(value);
    };
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    const form = make("form", { method: "dialog", onsubmit: (event) => event.preventDefault() });
    dialog.append(make("h2", { id: "asked" }, heading), form);
    document.body.append(dialog);
    fill(form, close);
    dialog.showModal();
  });
}

// Looks for what somebody has chosen about the page itself, and remembers it.
export const chosen = (name) => {
  try {
    return localStorage.getItem(`nianbao.page.${name}`);
  } catch {
    return null;
  }
};
export const choose = (name, value) => {
  try {
    localStorage.setItem(`nianbao.page.${name}`, value);
  } catch {
    // Nothing is remembered then.
  }
};
