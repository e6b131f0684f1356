// What was typed and what is written. In: the texts of fields, the reports that the program answers, and a way to send to it; out: for each key what
// becomes of its text. Nothing typed is ever dropped: it is written, or refused and kept, or asked about. Tests run it alone, without a document.

// Line ends behind a text count for nothing: files have one, fields need none.
export const plain = (text) => (text ?? "").replace(/\n+$/, "");
export const isSame = (one, other) => plain(one) === plain(other);
const orNothing = (text) => (plain(text) === "" ? null : text);

const without = (all, some) => all.filter((one) => !some.includes(one));
// Of what is done twice, the later.
const newest = (deeds, later) => [...deeds.filter((deed) => !later.some(({ accept }) => accept === deed.accept)), ...later];

// A key: what the file has (`seen`), and above that the text that is on its way there (`sent`), the one to be sent next (`queued`) and the one that is
// still `typed`, each undefined where there is none. `was` is what the file had when the lowest of them was typed; `found` is what somebody else wrote
// in its place, and nothing is sent before that is settled; `problem` says why the typed text was refused.
class Entry {
  constructor(key) { this.key = key; }
  isOutside = false; // somebody else wrote it and nobody has looked yet
  outside = 0; // at which landing that was seen

  get held() { return this.typed ?? this.queued ?? this.sent; }
  get meant() { return this.queued ?? this.sent ?? this.seen; }
  get isOpen() { return this.found !== undefined; }
  // What is shown of it, in whichever layer.
  toJSON() { return [this.held, this.was, this.seen, this.found, this.problem, this.isOutside]; }

  put(layer, text) {
    if (this.held === undefined) this.was = this.seen;
    this.problem = this.typed = undefined;
    this[layer] = text;
  }

  see(text, landing) {
    if (this.seen !== undefined && !isSame(this.seen, text)) Object.assign(this, { isOutside: true, outside: landing });
    this.seen = text;
  }
}

export class Ledger {
  entries = new Map();
  report = null; // how it would be with what is typed
  standing = "well"; // or offline, suspended, restarted, gone
  saved = null;
  unwritable = null; // why an acceptance could not be written, until something is
  // Warnings to be accepted or no longer: [{ accept: acceptance, on }]; and those on their way.
  deeds = [];
  flying = null;
  // Steps: { changes: [{ key, from }], deeds, landing }.
  back = [];
  forth = [];
  landings = 0;
  asked = 0;
  tried = 0;
  failures = 0;
  isTooMuch = false; // one by one

  // send(path, body) gives {status, body} or fails where nobody answers; told() hears of each change; keep(edits) puts what is not written where a
  // crash leaves it; tooLong is the problem of a text that no request brings.
  constructor(name, { send, told = () => {}, keep = () => {}, tooLong = {}, wait = 30, later = (work, after) => setTimeout(work, after) }) {
    Object.assign(this, { name, send, told, keep, tooLong, wait, later });
  }

  entry(key) {
    if (!this.entries.has(key)) this.entries.set(key, new Entry(key));
    return this.entries.get(key);
  }

  all(truth) {
    return [...this.entries.values()].filter(truth);
  }

  sent() {
    return this.all(({ sent }) => sent !== undefined);
  }

  unsaved() {
    return this.all(({ held }) => held !== undefined).length + this.deeds.length + (this.flying?.length ?? 0);
  }

  unwritten() {
    return this.all(({ held }) => held !== undefined).map(({ key, was, held }) => ({ key, was, now: orNothing(held) }));
  }

  type(key, text) {
    const entry = this.entry(key);
    entry.put("typed", !entry.isOpen && isSame(text, entry.meant) ? undefined : text);
    this.changed(true);
  }

  commit(key) {
    const { typed, problem } = this.entry(key);
    if (typed !== undefined && !problem) this.edit([{ key, now: typed }]);
  }

  forget(key) {
    this.entry(key).put("typed", undefined);
    this.changed(true);
  }

  // Values are to be written and warnings accepted, in one step: [{key, now}], with `was` where another page saw that. Whoever has been asked about two
  // texts answers by a button.
  edit(changes, deeds = [], history = this.back) {
    const step = { changes: [], deeds, landing: this.landings };
    for (const { key, was, now } of changes) {
      const entry = this.entry(key);
      const { meant: from, isOpen } = entry;
      if (!isOpen && isSame(from, now)) {
        entry.put("typed", undefined);
        continue;
      }
      entry.put("queued", now ?? "");
      if (was !== undefined) entry.was = was;
      if (!isOpen) step.changes.push({ key, from });
    }
    this.deeds = newest(this.deeds, deeds);
    if (step.changes.length + deeds.length > 0) {
      history.push(step);
      if (history === this.back) this.forth = [];
    }
    // What is saved need not be tried.
    this.changed(this.all(({ isOpen }) => isOpen).length > 0);
    this.flush();
  }

  // One step back, or forth again; what others have changed since stays. Gives the keys it went to, or null where there is none.
  undo(is_redo = false) {
    const { back, forth } = this;
    const [from, to] = is_redo ? [forth, back] : [back, forth];
    const step = from.pop();
    if (!step) return null;
    const { changes, deeds, landing } = step;
    const isAble = ({ key }) => !this.entry(key).isOpen && this.entry(key).outside <= landing;
    const able = changes.filter((change) => isAble(change) && !isSame(this.entry(change.key).meant, change.from));
    const left = changes.filter((change) => !isAble(change)).length;
    // What was refused is no step.
    if (able.length + left + deeds.length === 0) return this.undo(is_redo);
    this.edit(able.map(({ key, from: now }) => ({ key, now })), deeds.map((deed) => ({ ...deed, on: !deed.on })), to);
    if (is_redo) this.forth = forth;
    return { keys: changes.map(({ key }) => key), left };
  }

  settle(key, is_mine) {
    const { held, seen } = this.entry(key);
    Object.assign(this.entry(key), { queued: undefined, typed: undefined, found: undefined });
    this.edit([{ key, now: is_mine ? held : seen }]);
  }

  changed(is_typed = false) {
    this.keep(this.unwritten());
    this.told();
    if (is_typed) this.tryLater();
  }

  take(report) {
    this.landings += 1;
    this.asked += 1;
    this.failures = 0;
    if (report.unreadable.length > 0) {
      // What was known stays: the file may be whole again in a moment.
      this.report = { ...this.report ?? report, unreadable: report.unreadable };
      this.standing = "suspended";
      this.told();
      return;
    }
    for (const [key, { written }] of Object.entries(report.values)) {
      const entry = this.entry(key);
      const is_same = isSame(entry.held, written);
      // What stands there as meant is nobody else's, also where the answer to its saving was lost.
      if (is_same) entry.seen = written;
      else entry.see(written, this.landings);
      if (entry.isOpen) Object.assign(entry, is_same ? { queued: undefined, found: undefined } : { found: written });
      if (is_same) entry.put("typed", undefined);
    }
    this.report = report;
    if (this.standing !== "restarted") this.standing = "well";
    this.changed(this.unsaved() > 0);
    this.flush();
  }

  async look() {
    const { landings } = this;
    const { status, body } = await this.send(`report?name=${encodeURIComponent(this.name)}`).catch(() => ({}));
    if (status === 200 && landings === this.landings && !this.flying) this.take(body);
    else if (status === 422) this.take({ unreadable: body.problems });
    else if (status === 403 || status === 404) this.stop(status);
  }

  stop(status) {
    this.standing = status === 403 ? "restarted" : "gone";
    this.changed();
  }

  // Asks how it would be with what is typed: at once, and then every few hundredths of a second at most.
  tryLater() {
    const asked = ++this.asked;
    this.later(() => asked === this.asked && this.tryNow(), Math.max(0, this.wait - (Date.now() - this.tried)));
  }

  async tryNow() {
    if (this.standing !== "well") return;
    const { asked } = this;
    this.tried = Date.now();
    // Where nobody answers, it is asked again with the next key, and saving says so.
    const { status, body } = await this.send("try", { name: this.name, edits: { values: this.unwritten().filter(({ key }) => this.entry(key).problem !== this.tooLong) } }).catch(() => ({}));
    if (status !== 200 || asked !== this.asked || body.unreadable.length > 0) return;
    this.report = body;
    this.told();
  }

  // Sends what is committed, one request at a time.
  async flush() {
    const all = this.all(({ queued, isOpen }) => queued !== undefined && !isOpen);
    this.isTooMuch &&= all.length + this.deeds.length > 0;
    const ready = this.isTooMuch ? all.slice(0, 1) : all;
    const deeds = this.isTooMuch ? this.deeds.slice(0, 1 - ready.length) : this.deeds;
    if (this.flying || ["suspended", "restarted"].includes(this.standing) || ready.length + deeds.length === 0) return;
    Object.assign(this, { flying: deeds, deeds: this.deeds.slice(deeds.length) });
    for (const entry of ready) Object.assign(entry, { sent: entry.queued, queued: undefined });
    const values = ready.map(({ key, was, sent }) => ({ key, was, now: orNothing(sent) }));
    const accepted = (is_on) => deeds.filter(({ on }) => on === is_on).map(({ accept }) => accept);
    const edits = { values, accept: accepted(true), unaccept: accepted(false) };
    const { status, body } = await this.send("save", { name: this.name, edits }).catch(() => ({}));
    if (status === 200 && body.saved) return this.landed(body);
    this.again();
    if (status === 200) this.clashed(body.conflicts);
    else if (status === 422) this.take({ unreadable: body.problems });
    else if (status === 403 || status === 404) this.stop(status);
    else if (status === 413) this.exceeded(values, deeds);
    else {
      this.standing = "offline";
      this.failures += 1;
      this.changed();
      this.later(() => this.flush(), Math.min(8000, 250 * 2 ** this.failures));
    }
  }

  landed({ changed, refused, report }) {
    const problems = new Map(refused.map(({ key, problem }) => [key, problem]));
    for (const entry of this.sent()) {
      const { key, sent } = entry;
      entry.sent = undefined;
      if (!problems.has(key)) entry.was = entry.seen = report.values[key]?.written ?? null;
      // What cannot be written stays in its field.
      else if (entry.held === undefined) Object.assign(entry, { typed: sent, problem: problems.get(key) });
    }
    this.unaccepted(problems.get(null) ?? null, this.flying);
    this.flying = null;
    if (changed) this.saved = new Date();
    this.take(report);
  }

  // What was refused is no step.
  unaccepted(problem, deeds) {
    this.unwritable = problem;
    if (problem) for (const step of this.back) step.deeds = without(step.deeds, deeds);
  }

  // What is too long for a request goes one by one, and what is so alone stays in its field.
  exceeded(values, deeds) {
    this.isTooMuch = values.length + deeds.length > 1;
    if (!this.isTooMuch) {
      for (const { key, now } of values) {
        const entry = this.entry(key);
        // What came since may be short.
        if (!isSame(entry.queued, now)) continue;
        entry.queued = undefined;
        if (entry.typed === undefined) Object.assign(entry, { typed: now, problem: this.tooLong });
      }
      this.deeds = without(this.deeds, deeds);
      this.unaccepted(deeds.length > 0 ? this.tooLong : null, deeds);
    }
    this.changed();
    this.flush();
  }

  clashed(conflicts) {
    this.landings += 1;
    for (const { key, found } of conflicts) {
      this.entry(key).see(found, this.landings);
      this.entry(key).found = found;
    }
    this.changed();
    this.flush();
    // What else somebody else has written.
    this.look();
  }

  // What was sent is to be sent again, below what came later.
  again() {
    for (const entry of this.sent()) Object.assign(entry, { queued: entry.queued ?? entry.sent, sent: undefined });
    this.deeds = newest(this.flying, this.deeds);
    this.flying = null;
  }
}
