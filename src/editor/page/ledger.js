// What was typed and what is written. In: the texts that fields hold, the reports that the program answers, and a way to send to it; out: for each key
// the text that is meant, edits that each say what they saw, what was refused or written by somebody else meanwhile, and every step back. Nothing
// typed is ever dropped here: it is written, or refused and kept, or asked about. Knows no document, so that tests can run it alone.

// Line ends behind a text count for nothing: files have one there, fields need none.
export const plain = (text) => (text ?? "").replace(/\n+$/, "");
export const isSame = (one, other) => plain(one) === plain(other);
const empty = () => ({ values: new Map(), rests: new Map(), accept: [], unaccept: [] });
const size = ({ values, rests, accept, unaccept }) => values.size + rests.size + accept.length + unaccept.length;

export class Ledger {
  // send(path, body) gives {status, body} and throws where nobody answers; told() is called after each change; keep(edits) puts what is not written
  // where a crash leaves it.
  constructor(name, { send, told = () => {}, keep = () => {}, wait = 30, later = (work, after) => setTimeout(work, after), now = () => new Date() }) {
    Object.assign(this, { name, send, told, keep, wait, later, now });
    Object.assign(this, { report: null, seen: new Map(), drafts: new Map(), queue: empty(), flying: null });
    Object.assign(this, { conflicts: new Map(), refused: new Map(), outside: new Set(), notes: [] });
    Object.assign(this, { back: [], forth: [], standing: "well", saved: null, landings: 0, asked: 0, alone: false, failures: 0, tried: 0 });
  }

  // What is to be under a key once all that was committed is written.
  meant(key) {
    for (const { values } of [this.queue, this.flying ?? empty()]) if (values.has(key)) return values.get(key).now;
    return this.seen.get(key) ?? null;
  }

  // The text that a field holds which nobody has written yet, or undefined.
  held(key) {
    const draft = this.drafts.get(key);
    if (draft) return draft.text;
    if (this.conflicts.has(key)) return this.conflicts.get(key).now ?? "";
    for (const { values } of [this.queue, this.flying ?? empty()]) if (values.has(key)) return values.get(key).now ?? "";
    return undefined;
  }

  // What the program says of a key; what it said of a text that was tried and then left is not that of the file.
  value(key) {
    const tried = this.report.values[key];
    return tried && isSame(tried.written, this.seen.get(key)) ? tried : this.base.values[key] ?? {};
  }

  unsaved() {
    const keys = new Set([...this.drafts.keys(), ...this.conflicts.keys(), ...this.queue.values.keys(), ...(this.flying?.values.keys() ?? [])]);
    return keys.size + [this.queue, this.flying ?? empty()].reduce((sum, all) => sum + size(all) - all.values.size, 0);
  }

  // Another text is in a field.
  type(key, text) {
    this.refused.delete(key);
    const was = this.was(key);
    if (isSame(text, this.meant(key)) && !this.conflicts.has(key)) this.drafts.delete(key);
    else this.drafts.set(key, { was, text });
    this.changed();
    this.tryLater();
  }

  // What the file had when the value of a key was last looked at by whoever types.
  was(key) {
    for (const known of [this.drafts, this.conflicts, this.queue.values]) if (known.has(key)) return known.get(key).was;
    return this.flying?.values.has(key) ? this.flying.values.get(key).now : this.seen.get(key) ?? null;
  }

  // The text of a field is done.
  commit(key) {
    const draft = this.drafts.get(key);
    if (!draft || this.refused.has(key)) return;
    // Whoever has been asked about two texts answers by a button.
    if (this.conflicts.has(key)) {
      this.conflicts.get(key).now = draft.text || null;
      this.drafts.delete(key);
      this.changed();
      return;
    }
    this.edit([{ key, now: draft.text }]);
  }

  // Leaves a field as it was.
  forget(key) {
    this.drafts.delete(key);
    this.refused.delete(key);
    this.changed();
    this.tryLater();
  }

  // Values are to be written, in one step: [{key, now}], with what else is to be done: [{key, on}], [acceptance], [acceptance].
  edit(changes, { rests = [], accept = [], unaccept = [] } = {}, history = this.back) {
    const step = { changes: [], rests, accept, unaccept };
    for (const { key, now } of changes) {
      const next = plain(now) === "" ? null : now;
      const from = this.meant(key);
      const was = this.was(key);
      this.drafts.delete(key);
      this.refused.delete(key);
      if (isSame(from, next) && !this.conflicts.has(key)) continue;
      const change = { key, from, to: next };
      step.changes.push(change);
      this.queue.values.set(key, { was, now: next, change });
    }
    for (const { key, on } of rests) this.queue.rests.set(key, on);
    this.queue.accept.push(...accept);
    this.queue.unaccept.push(...unaccept);
    if (step.changes.length + rests.length + accept.length + unaccept.length > 0) {
      history.push(step);
      if (history === this.back) this.forth = [];
    }
    this.changed();
    this.flush();
    return step;
  }

  // One step back, or forth again. Gives the keys it went to, or null where there is none; what somebody else has changed since stays.
  undo(is_redo = false) {
    const [from, to] = is_redo ? [this.forth, this.back] : [this.back, this.forth];
    const step = from.pop();
    if (!step) return null;
    const able = step.changes.filter(({ key, to }) => isSame(this.meant(key), to));
    const forth = this.forth;
    this.edit(
      able.map(({ key, from }) => ({ key, now: from })),
      { rests: step.rests.map(({ key, on }) => ({ key, on: !on })), accept: step.unaccept, unaccept: step.accept },
      to,
    );
    if (is_redo) this.forth = forth;
    return { keys: step.changes.map(({ key }) => key), left: step.changes.length - able.length };
  }

  // Where two wrote: mine, or the file's.
  settle(key, is_mine) {
    const conflict = this.conflicts.get(key);
    const now = this.drafts.get(key)?.text ?? conflict.now;
    this.conflicts.delete(key);
    this.drafts.delete(key);
    if (is_mine) {
      this.queue.values.set(key, { was: conflict.found, now: plain(now) === "" ? null : now, change: { key, from: conflict.found, to: now } });
      this.back.push({ changes: [this.queue.values.get(key).change], rests: [], accept: [], unaccept: [] });
    }
    this.changed();
    this.tryLater();
    this.flush();
  }

  // What stands unsaved, for a page that is opened after a crash.
  unwritten() {
    const edits = {};
    const put = (key, was, now) => { edits[key] = { was: was ?? null, now: now ?? null }; };
    for (const all of [this.flying ?? empty(), this.queue]) all.values.forEach(({ was, now }, key) => put(key, was, now));
    this.conflicts.forEach(({ was, now }, key) => put(key, was, now));
    this.drafts.forEach(({ was, text }, key) => put(key, was, text));
    return edits;
  }

  // Takes up edits that an earlier page did not get written.
  resume(edits) {
    for (const [key, { was, now }] of Object.entries(edits)) {
      if (isSame(this.seen.get(key), now)) continue;
      const change = { key, from: was, to: now };
      this.queue.values.set(key, { was, now: plain(now) === "" ? null : now, change });
      this.back.push({ changes: [change], rests: [], accept: [], unaccept: [] });
    }
    this.changed();
    this.flush();
  }

  changed() {
    this.keep(this.unwritten());
    this.told();
  }

  // A report as the file stands.
  take(report, own = new Map()) {
    this.landings += 1;
    if (report.unreadable.length > 0) {
      // What was known stays: the file may be whole again in a moment.
      this.report = this.report ? { ...this.report, unreadable: report.unreadable } : report;
      this.standing = "suspended";
      this.told();
      return;
    }
    const first = this.seen.size === 0;
    for (const [key, { written }] of Object.entries(report.values)) {
      const is_other = !isSame(this.seen.get(key), written);
      this.seen.set(key, written);
      if (!first && is_other && !own.has(key)) this.outside.add(key);
      if (this.conflicts.has(key)) {
        const conflict = this.conflicts.get(key);
        conflict.found = written;
        if (isSame(written, this.drafts.get(key)?.text ?? conflict.now)) {
          this.conflicts.delete(key);
          this.drafts.delete(key);
        }
      }
      if (this.drafts.has(key) && isSame(this.drafts.get(key).text, written)) this.drafts.delete(key);
    }
    this.report = this.base = report;
    if (["suspended", "offline", "gone"].includes(this.standing)) this.standing = "well";
    if (this.drafts.size + this.queue.values.size > 0) this.tryLater();
    this.changed();
    this.flush();
  }

  // Asks how the file stands; gives whether it was answered.
  async look() {
    const landings = this.landings;
    try {
      const { status, body } = await this.send(`report?name=${encodeURIComponent(this.name)}`);
      if (status === 200 && (landings !== this.landings || this.flying)) return true;
      if (status === 200) this.take(body);
      else if (status === 422) this.take({ unreadable: body.problems });
      else if (status === 403 || status === 404) this.stop(status);
      return status === 200;
    } catch {
      return false;
    }
  }

  stop(status) {
    this.standing = status === 403 ? "restarted" : "gone";
    this.changed();
  }

  // Asks how it would be with what is typed: at once after a first key, and no more often than every few hundredths of a second.
  tryLater() {
    const asked = ++this.asked;
    const passed = this.now() - this.tried;
    this.later(() => asked === this.asked && this.tryNow(), Math.max(0, this.wait - passed));
  }

  async tryNow() {
    if (this.standing !== "well") return;
    const [asked, landings] = [this.asked, this.landings];
    this.tried = this.now();
    const values = Object.entries(this.unwritten()).map(([key, { was, now }]) => ({ key, was, now: plain(now) === "" ? null : now }));
    try {
      const { status, body } = await this.send("try", { name: this.name, edits: { values } });
      if (status !== 200 || asked !== this.asked || landings !== this.landings || body.unreadable.length > 0) return;
      this.report = body;
      this.told();
    } catch {
      // It is asked again with the next key; saving says that nobody answers.
    }
  }

  // Sends what is committed, one request at a time.
  async flush() {
    if (this.flying || this.standing === "suspended" || this.standing === "restarted" || size(this.queue) === 0) return;
    this.flying = this.alone ? this.one() : this.queue;
    if (!this.alone) this.queue = empty();
    const { values, rests, accept, unaccept } = this.flying;
    const edits = {
      values: [...values].map(([key, { was, now }]) => ({ key, was, now })),
      rests: [...rests].map(([key, on]) => ({ key, on })),
      accept,
      unaccept,
    };
    let answer = null;
    try {
      answer = await this.send("save", { name: this.name, edits });
    } catch {
      // Nobody answers.
    }
    const is_answer = [200, 403, 404, 422].includes(answer?.status);
    this.failures = is_answer ? 0 : this.failures + 1;
    if (is_answer) return this.answered(answer.status, answer.body);
    this.standing = "offline";
    this.again();
    this.later(() => this.flush(), Math.min(8000, 250 * 2 ** this.failures));
  }

  async answered(status, body) {
    if (status === 200 && body.saved) this.landed(body);
    else if (status === 200) this.clashed(body.conflicts);
    else if (status === 403 || status === 404) {
      this.again();
      this.stop(status);
    } else await this.cannot(body.problems);
  }

  landed({ refused, notes, report }) {
    const own = this.flying.values;
    this.flying = null;
    this.notes = notes;
    if (this.standing === "offline") this.standing = "well";
    for (const { key, problem } of refused) {
      const { was, now, change } = own.get(key);
      for (const step of this.back) step.changes = step.changes.filter((one) => one !== change);
      this.back = this.back.filter((step) => step.changes.length + step.rests.length + step.accept.length + step.unaccept.length > 0);
      if (this.queue.values.has(key) || this.drafts.has(key)) continue;
      this.refused.set(key, problem);
      this.drafts.set(key, { was, text: now });
    }
    const isRefused = new Set(refused.map(({ key }) => key));
    for (const [key, { change }] of own) {
      if (isRefused.has(key)) continue;
      const written = report.values[key]?.written ?? null;
      change.to = written;
      for (const later of [this.queue.values.get(key), this.drafts.get(key)]) if (later) later.was = written;
    }
    this.saved = this.now();
    if (size(this.queue) === 0) this.alone = false;
    this.take(report, own);
  }

  clashed(conflicts) {
    const all = this.flying;
    for (const { key, was, found, now } of conflicts) {
      all.values.delete(key);
      const later = this.queue.values.get(key);
      this.queue.values.delete(key);
      this.seen.set(key, found);
      this.conflicts.set(key, { was, found, now: later ? later.now : now });
    }
    this.again();
    this.changed();
    this.flush();
    // What else somebody else has written.
    if (!this.flying) this.look();
  }

  // Either the file is no longer one that can be written, or one edit cannot be made: then each goes alone.
  async cannot(problems) {
    const { status, body } = await this.send(`report?name=${encodeURIComponent(this.name)}`).catch(() => ({ status: 0 }));
    const is_single = size(this.flying) === 1;
    if (status !== 200 || body.unreadable.length > 0) {
      this.again();
      this.take(status === 200 ? body : { unreadable: problems });
      return;
    }
    if (!is_single) {
      this.again();
      this.alone = true;
    } else {
      for (const [key, { was, now }] of this.flying.values) {
        if (!this.queue.values.has(key) && !this.drafts.has(key)) {
          this.drafts.set(key, { was, text: now ?? "" });
          this.refused.set(key, problems[0]);
        }
      }
      if (this.flying.values.size === 0) this.notes = problems.map(({ message }) => message);
      this.flying = null;
      if (size(this.queue) === 0) this.alone = false;
    }
    this.changed();
    this.flush();
  }

  // What was sent is to be sent again, below what came later.
  again() {
    const [sent, later] = [this.flying, this.queue];
    this.flying = null;
    this.queue = empty();
    for (const [key, edit] of sent.values) this.queue.values.set(key, edit);
    for (const [key, edit] of later.values) {
      const first = sent.values.get(key);
      this.queue.values.set(key, first ? { ...edit, was: first.was } : edit);
    }
    for (const [key, draft] of this.drafts) if (sent.values.has(key)) draft.was = sent.values.get(key).was;
    for (const rests of [sent.rests, later.rests]) rests.forEach((on, key) => this.queue.rests.set(key, on));
    this.queue.accept = [...sent.accept, ...later.accept];
    this.queue.unaccept = [...sent.unaccept, ...later.unaccept];
    this.changed();
  }

  // The first of what is to be sent, alone.
  one() {
    const first = empty();
    const { values, rests } = this.queue;
    for (const [from, to] of [[values, first.values], [rests, first.rests]]) {
      for (const [key, edit] of from) {
        from.delete(key);
        to.set(key, edit);
        return first;
      }
    }
    const list = this.queue.unaccept.length > 0 ? "unaccept" : "accept";
    first[list].push(this.queue[list].shift());
    return first;
  }
}
