// The words of the page itself, in the language that the program is asked for; labels and guides are the form's. In: a name and what is put in; out: a
// text.

let [language, locale, all] = ["zh", "zh-CN", {}];
export function speak(other, words) {
  [language, locale, all] = [other, other === "zh" ? "zh-CN" : "en-GB", words];
  document.documentElement.lang = locale;
}

export const say = (name, values = {}) => all[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

// What the program says in both languages, or the page in its own.
export const of = (text) => (typeof text === "string" ? text : text?.[language] ?? "");
export const said = (...texts) => texts.map(of).filter(Boolean);

// A day such as 2026-01-31, of a year that is known in Chinese.
export function day(text) {
  const year = language === "zh" ? undefined : "numeric";
  return new Date(`${text}T00:00`).toLocaleDateString(locale, { day: "numeric", month: "long", year });
}
export const moment = (time) => new Date(time).toLocaleString(locale);
export const clock = (time) => time.toTimeString().slice(0, 8);
