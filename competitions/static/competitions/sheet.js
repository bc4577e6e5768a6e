// The marking sheet of one blind number: large keys, the keyboard, undo, a live total, what waits and what was not taken. What stands
// on the screen is the server's state with the values on top that wait on this device; a signature covers exactly that.

import { newId, Outbox } from "../js/outbox.js";
import { getJson, postJson } from "../js/request.js";
import { Session } from "../js/session.js";
import { digestOf } from "../js/sha256.js";
import { isSupported as canStayAwake, keepAwake } from "../js/wake_lock.js";
import { fill, h, hundredths, read, two } from "./elements.js";
import { keepPages } from "./keep_pages.js";
import { shrinkPhoto } from "./photo.js";
import { answersOf, Sender } from "./sending.js";
import { allowed, drawLine, JUDGEMENT, settledScores, shownValue } from "./sheet_lines.js";
import { showWaiting } from "./waiting_tags.js";

const POLL = 10000;
const STEPS_KEPT = 200;

class SheetScreen {
  constructor({ root, outbox, sender, session, state, texts, urls }) {
    Object.assign(this, { root, outbox, sender, session, state, texts, urls });
    this.pending = new Map(); // aspect → { id, value }: the last value that waits to be answered
    this.sentElsewhere = new Map(); // aspect → the value another tab has sent: shown until the server's state is here
    this.answered = new Set(); // ids of rows that are answered and about to leave the outbox
    this.answers = new Map(); // aspect → an answer to look at: a value that was not taken
    this.differs = new Map(); // aspect → { shown, recorded }: what a signature was refused for
    this.drafts = new Map(); // aspect → the text of a remark that is being written
    this.photos = new Map(); // aspect → the photo that goes along with it, in base64
    this.drawn = new Map(); // aspect → what its row was drawn from
    this.nowAt = null;
    this.sub = state.sub_criteria.length ? state.sub_criteria[0].code : null;
    this.last = null; // the last save of this device for this sheet, answered or not
    this.savedAt = null;
    this.acting = false;
    this.replacing = null;
    this.pagesKept = true;
    this.history = this.#rememberedSteps();
    // The site's time, as on every other page; a tablet may be set to another zone.
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.zone, timeStyle: "short", hourCycle: "h23" });
  }

  get id() {
    return this.state.public_id;
  }

  get aspects() {
    return this.state.sub_criteria.flatMap((sub) => sub.aspects);
  }

  aspect(code) {
    return this.aspects.find((one) => one.code === code);
  }

  /** What stands on the screen for *aspect*: the value that waits, or the server's. */
  value(aspect) {
    const waiting = this.pending.get(aspect.code);
    return waiting ? waiting.value : (this.sentElsewhere.get(aspect.code) ?? aspect.value);
  }

  /** May this judge change this line now? A round of judging is closed once every judge has scored. */
  open(aspect) {
    return this.state.writable && (aspect.kind !== JUDGEMENT || !aspect.settled);
  }

  moment(text) {
    const date = text ? new Date(text) : new Date();
    return Number.isNaN(date.getTime()) ? "" : this.clock.format(date);
  }

  /** How many values of *kind* wait on this device: of all sheets, or of this one. */
  count(kind, sheet) {
    return [...this.outbox.rows.values()].filter((row) => row.kind === kind && (!sheet || row.sheet === sheet)).length;
  }

  async start() {
    this.sender.addEventListener("state", () => {
      this.status();
      if (this.sender.state === "clear" && this.wasAway) this.refresh();
      this.wasAway = this.sender.state === "offline" || this.sender.state === "signed-out";
    });
    this.sender.addEventListener("answered", (event) => this.#answered(event.detail));
    for (const name of ["trouble", "recovered"]) this.outbox.addEventListener(name, () => this.status());
    this.outbox.addEventListener("change", () => this.#overlay());
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => this.refresh());
    window.addEventListener("pageshow", (event) => event.persisted && this.outbox.refresh().then(() => this.refresh()));
    window.addEventListener("beforeunload", (event) => {
      if (!this.outbox.unkept) return;
      event.preventDefault();
      event.returnValue = "";
    });
    await this.#recall();
    this.render();
    this.root.dataset.ready = "yes";
    await this.sender.flush();
    await this.refresh();
    setInterval(() => this.refresh(), POLL);
  }

  /** Read what this device keeps of the sheet: a newer state, answers to look at, the last save. */
  async #recall() {
    const notes = await this.outbox.readNotes();
    const kept = notes.get(`sheet/${this.id}`);
    if (kept && isNewer(kept, this.state)) this.state = kept;
    else this.#keep(`sheet/${this.id}`, this.state);
    this.last = notes.get(`last/${this.id}`) ?? null;
    const prefix = `answer/${this.id}/`;
    for (const [key, answer] of notes) if (key.startsWith(prefix)) this.answers.set(key.slice(prefix.length), answer);
    this.#overlay();
  }

  #keep(key, value) {
    return this.outbox.writeNote(key, value);
  }

  /** Put the values that wait on top of the server's; other tabs' values count too. */
  #overlay() {
    const waiting = new Map();
    const isOurs = (row) => row.kind === "mark" && row.sheet === this.id && !this.answered.has(row.id);
    const rows = [...this.outbox.rows.values()].filter(isOurs).sort((a, b) => a.seq - b.seq);
    for (const row of rows) waiting.set(row.body.changes[0].aspect, { id: row.id, value: row.body.changes[0].value });
    for (const [code, { value }] of this.pending) if (!waiting.has(code)) this.sentElsewhere.set(code, value);
    this.pending = waiting;
    if (this.root.dataset.ready) this.render();
    if (this.sentElsewhere.size) this.refresh();
  }

  /** Ask for the present state. Values that wait stay on top of it. */
  async refresh() {
    if (document.visibilityState !== "visible" || this.sender.state === "signed-out" || this.sender.state === "offline") return;
    const { outcome, status, data } = await getJson(this.urls.state);
    if (outcome === "signed-out") this.sender.flush();
    if (outcome === "answered" && status === 200) this.#take(data);
  }

  #take(state) {
    if (!isNewer(state, this.state)) return;
    this.state = state;
    this.sentElsewhere.clear();
    this.#keep(`sheet/${this.id}`, state);
    this.render();
  }

  /** An answer has come: it changes what is known of its line, and nothing about where the judge is. */
  #answered({ row, status, data, work }) {
    for (const [aspect, answer] of answersOf(row, status, data)) {
      work.push(this.#keep(`answer/${row.sheet}/${aspect}`, answer));
      if (row.sheet === this.id) this.answers.set(aspect, answer);
    }
    if (row.sheet !== this.id) return;
    this.answered.add(row.id);
    if (status === 200) this.savedAt = this.moment();
    if (row.kind === "mark" && status === 200) work.push(this.#apply(data.outcome, row));
    else if (row.kind === "remark" && status === 200) this.aspect(row.body.aspect)?.remarks.push(data.remark);
    else if (row.kind === "remark") this.#giveBackRemark(row.body, data.message);
    else this.refresh();
  }

  /** Take over what became of one save; ask for the whole sheet where more than that has changed. */
  #apply(outcome, row) {
    for (const mark of outcome.applied) {
      const aspect = this.aspect(mark.aspect);
      if (aspect && mark.version >= aspect.version) Object.assign(aspect, { value: mark.value, version: mark.version, round: mark.round });
      const answer = this.answers.get(mark.aspect);
      if (answer) this.#forget(mark.aspect);
    }
    this.state.total = two(hundredths(this.state.total) + hundredths(outcome.measured) - hundredths(this.state.measured));
    this.state.measured = outcome.measured;
    for (const change of row.body.changes) this.sentElsewhere.delete(change.aspect);
    const mine = outcome.revision === this.state.revision + 1 && !outcome.conflicts.length && !outcome.closed.length;
    if (mine) this.state.revision = outcome.revision;
    const kept = this.#keep(`sheet/${this.id}`, this.state);
    if (this.pending.get(row.body.changes[0].aspect)?.id === row.id) this.pending.delete(row.body.changes[0].aspect);
    this.render();
    if (!mine) this.refresh();
    return kept;
  }

  // ---- changing a value ----

  set(code, value, { remember = true, redraw = false } = {}) {
    const aspect = this.aspect(code);
    const from = this.value(aspect);
    if (!this.open(aspect) || from === value) {
      if (redraw) this.#draw(code);
      return;
    }
    if (remember) this.#remember({ aspect: code, from, round: aspect.round });
    if (this.answers.has(code)) this.#forget(code);
    this.differs.delete(code);
    this.#send(aspect, value);
    this.#draw(code);
    this.foot();
  }

  #send(aspect, value) {
    const row = {
      id: newId(),
      sheet: this.id,
      url: this.urls.save,
      kind: "mark",
      after: this.pending.get(aspect.code)?.id ?? null,
      body: { changes: [{ aspect: aspect.code, value, base_version: aspect.version, round: aspect.round }] },
    };
    this.pending.set(aspect.code, { id: row.id, value });
    this.sentElsewhere.delete(aspect.code);
    this.last = row.id;
    this.outbox.put(row).then(() => this.status());
    this.#keep(`last/${this.id}`, row.id);
    this.sender.flush();
  }

  /** Take a mark back: a gesture of its own, so that no second tap does it. */
  clear(code) {
    this.set(code, "");
    this.say(fill(this.texts.cleared, { aspect: code }));
    this.#focusOn(this.#row(code));
  }

  #rememberedSteps() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#historyKey) ?? "[]");
    } catch {
      return []; // this browser keeps nothing: undo works until the page is left
    }
  }

  get #historyKey() {
    return `craftpath-undo/${this.id}/${this.state.version}`;
  }

  #keepSteps() {
    try {
      sessionStorage.setItem(this.#historyKey, JSON.stringify(this.history.slice(-STEPS_KEPT)));
    } catch {
      // See above.
    }
  }

  #remember(step) {
    this.history.push(step);
    this.#keepSteps();
  }

  undo() {
    while (this.history.length) {
      const step = this.history.pop();
      this.#keepSteps();
      const aspect = this.aspect(step.aspect);
      // A round that has closed meanwhile stays as it was scored.
      if (!aspect || !this.open(aspect) || step.round !== aspect.round || this.value(aspect) === step.from) continue;
      this.set(aspect.code, step.from, { remember: false });
      this.go(aspect.code);
      this.say(fill(this.texts.undone, { aspect: aspect.code }));
      return;
    }
    this.foot();
  }

  #forget(code) {
    this.answers.delete(code);
    this.outbox.dropNote(`answer/${this.id}/${code}`);
  }

  /** Take what stands, or send one's own value again on top of it. */
  settle(code, mine) {
    const answer = this.answers.get(code);
    const aspect = this.aspect(code);
    this.#forget(code);
    if (mine && answer.version >= aspect.version) Object.assign(aspect, { version: answer.version, round: answer.round, value: answer.theirs });
    if (mine) this.set(code, answer.yours);
    this.#draw(code);
    this.status();
  }

  sawDifference(code) {
    this.differs.delete(code);
    this.#draw(code);
    this.#tabs();
    this.status();
  }

  // ---- remarks ----

  toggleRemark(code) {
    this.photos.delete(code);
    if (this.drafts.has(code)) this.drafts.delete(code);
    else this.drafts.set(code, "");
    this.#draw(code);
    const key = this.drafts.has(code) ? "remark-text" : "remark";
    this.#row(code).querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  }

  /** Take the picture in *file* along with the remark that is being written, made smaller; none leaves it out. */
  async takePhoto(code, file) {
    try {
      if (file) this.photos.set(code, await shrinkPhoto(file));
      else this.photos.delete(code);
    } catch {
      this.photos.delete(code);
      this.say(this.texts.remark_photo_bad);
    }
    this.#draw(code);
    this.#row(code).querySelector('[data-key="remark-text"]')?.focus({ preventScroll: true });
  }

  addRemark(code) {
    const text = (this.drafts.get(code) ?? "").trim();
    const photo = this.photos.get(code);
    if (photo && !text) {
      this.say(this.texts.remark_photo_text);
      return;
    }
    this.drafts.delete(code);
    this.photos.delete(code);
    if (text) {
      const body = photo ? { aspect: code, text, photo } : { aspect: code, text };
      this.outbox.put({ sheet: this.id, url: this.urls.remark, kind: "remark", body }).then(() => this.status());
      this.sender.flush();
    }
    this.#draw(code);
    this.status();
  }

  /** Put a remark that was refused back where it was written, with what the server says of it. */
  #giveBackRemark({ aspect, text, photo }, message) {
    if (!this.drafts.get(aspect)) {
      this.drafts.set(aspect, text);
      if (photo) this.photos.set(aspect, photo);
      this.#draw(aspect);
    }
    this.say(message ?? this.texts.try_again);
  }

  /** The remarks on a line that wait: { text, photo }, the second saying whether there is one. */
  remarksWaiting(code) {
    const rows = [...this.outbox.rows.values()].filter((row) => row.kind === "remark" && row.sheet === this.id && row.body.aspect === code);
    return rows.map(({ body }) => ({ text: body.text, photo: Boolean(body.photo) }));
  }

  // ---- moving about ----

  /** Mark the line as the present one, where it is. */
  point(code) {
    this.nowAt = code;
    for (const row of this.root.querySelectorAll(".aspect")) row.classList.toggle("at", row.dataset.aspect === code);
  }

  /** Go to a line because the judge asked for it; nothing else turns to another tab. */
  go(code) {
    const sub = this.state.sub_criteria.find((one) => one.aspects.some((aspect) => aspect.code === code));
    if (sub && sub.code !== this.sub) this.show(sub.code);
    this.point(code);
    const row = this.#row(code);
    this.#focusOn(row);
    row?.scrollIntoView({ block: "nearest" });
  }

  #focusOn(row) {
    const control = row?.querySelector(".control");
    const target = control?.querySelector("[aria-pressed=true]:not(:disabled)") ?? control?.querySelector("input:not(:disabled), button:not(:disabled)");
    target?.focus({ preventScroll: true });
  }

  step(by) {
    const codes = this.aspects.map((aspect) => aspect.code);
    const place = codes.indexOf(this.nowAt);
    this.go(codes[place < 0 ? 0 : Math.min(Math.max(place + by, 0), codes.length - 1)]);
  }

  /** The next line that still needs this judge, or the button to sign. */
  next() {
    const open = this.aspects.filter((aspect) => this.open(aspect) && this.value(aspect) === "");
    const after = this.aspects.slice(this.aspects.findIndex((aspect) => aspect.code === this.nowAt) + 1);
    const target = after.find((aspect) => open.includes(aspect)) ?? open[0];
    if (target) this.go(target.code);
    else this.root.querySelector("#sign").focus();
  }

  show(code) {
    this.sub = code;
    for (const button of this.root.querySelectorAll(".subs button")) button.setAttribute("aria-pressed", String(button.dataset.sub === code));
    for (const list of this.root.querySelectorAll(".aspects")) list.hidden = list.dataset.sub !== code;
    this.#heading();
  }

  #key(event) {
    const typing = event.target.tagName === "INPUT" || event.target.tagName === "TEXTAREA";
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && !event.shiftKey && !typing) {
        event.preventDefault();
        this.undo();
      }
      return;
    }
    if (event.altKey || document.querySelector("dialog[open]") || event.target.tagName === "TEXTAREA") return;
    const inside = event.target.closest?.(".aspect");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (typing) return; // the input steps by itself
      event.preventDefault();
      this.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && (inside || event.target === document.body)) {
      if (["clear", "remark", "photo", "keep", "mine", "seen"].includes(event.target.dataset?.key)) return; // these are pressed by Enter
      event.preventDefault();
      if (typing) event.target.dispatchEvent(new Event("change"));
      this.next();
    } else if (!typing && inside && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      this.shift(inside.dataset.aspect, event.key === "ArrowRight" ? 1 : -1);
    } else if (!typing && /^[0-9]$/.test(event.key) && this.nowAt && this.#isVisible(this.nowAt)) {
      const aspect = this.aspect(this.nowAt);
      const value = allowed(aspect)[Number(event.key)];
      if (value !== undefined && this.open(aspect)) {
        event.preventDefault();
        this.set(aspect.code, value);
      }
    } else if (!typing && (event.key === "Backspace" || event.key === "Delete") && inside) {
      event.preventDefault();
      const code = inside.dataset.aspect;
      if (this.value(this.aspect(code)) !== "") this.clear(code);
    }
  }

  #isVisible(code) {
    const row = this.#row(code);
    return row !== null && !row.closest(".aspects").hidden;
  }

  shift(code, by) {
    const aspect = this.aspect(code);
    const values = allowed(aspect);
    const place = values.indexOf(this.value(aspect));
    const next = place < 0 ? (by > 0 ? 0 : values.length - 1) : Math.min(Math.max(place + by, 0), values.length - 1);
    this.set(code, values[next], { redraw: true });
  }

  // ---- drawing ----

  /** Bring the screen in line with what is known. Only rows that changed are drawn again, and never one that is being typed in. */
  render() {
    const shape = JSON.stringify(this.state.sub_criteria.map((sub) => [sub.code, sub.aspects.map((aspect) => aspect.code)]));
    if (shape !== this.shape) this.#build(shape);
    else for (const aspect of this.aspects) if (this.#source(aspect) !== this.drawn.get(aspect.code) && !this.#isTypedIn(aspect.code)) this.#draw(aspect.code);
    this.#tabs();
    this.#heading();
    this.foot();
    this.status();
    this.#rail();
  }

  #build(shape) {
    this.shape = shape;
    const tab = (sub) =>
      h("button", { type: "button", "aria-pressed": String(sub.code === this.sub), data: { sub: sub.code }, onclick: () => this.show(sub.code) }, sub.code, h("small", { class: "num" }));
    const subs = this.root.querySelector("#subs");
    subs.replaceChildren(...this.state.sub_criteria.map(tab));
    subs.hidden = this.state.sub_criteria.length < 2;
    const list = (sub) =>
      h("ol", { class: "aspects", hidden: sub.code !== this.sub, data: { sub: sub.code }, "aria-label": `${sub.code} ${sub.name}` }, ...sub.aspects.map((aspect) => this.#made(aspect)));
    this.root.querySelector("#aspects").replaceChildren(...this.state.sub_criteria.map(list));
  }

  /** Everything a row is drawn from, as text: the same text, the same row. */
  #source(aspect) {
    const of = (map) => map.get(aspect.code) ?? null;
    return JSON.stringify([aspect, this.value(aspect), of(this.answers), of(this.differs), this.drafts.has(aspect.code), this.photos.has(aspect.code), this.state.open, this.open(aspect), this.remarksWaiting(aspect.code)]);
  }

  #made(aspect) {
    this.drawn.set(aspect.code, this.#source(aspect));
    const row = drawLine(this, aspect);
    row.classList.toggle("at", aspect.code === this.nowAt);
    return row;
  }

  /** Whether the judge is typing a figure here that is no value yet: drawing the row again would take it away. */
  #isTypedIn(code) {
    const input = this.#row(code)?.querySelector(".stepper input");
    return Boolean(input) && input === document.activeElement && input.value !== input.defaultValue;
  }

  #draw(code) {
    if (this.replacing === code) return; // taking a changed input away fires its change event
    const old = this.#row(code);
    const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const made = this.#made(this.aspect(code));
    this.replacing = code;
    old.replaceWith(made);
    this.replacing = null;
    if (key) made.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
    this.#tabs();
  }

  #row(code) {
    return this.root.querySelector(`.aspect[data-aspect="${CSS.escape(code)}"]`);
  }

  #tabs() {
    for (const sub of this.state.sub_criteria) {
      const button = this.root.querySelector(`.subs [data-sub="${CSS.escape(sub.code)}"]`);
      const filled = sub.aspects.filter((aspect) => this.value(aspect) !== "").length;
      button.querySelector("small").textContent = `${filled}/${sub.aspects.length}`;
      const look = sub.aspects.some((aspect) => this.answers.has(aspect.code) || this.differs.has(aspect.code));
      button.classList.toggle("look", look);
      if (look) button.title = this.texts.look_here;
      else button.removeAttribute("title");
    }
  }

  #heading() {
    const sub = this.state.sub_criteria.find((one) => one.code === this.sub);
    if (sub) this.root.querySelector("#where").textContent = fill(this.texts.where, { code: sub.code, name: sub.name, max: sub.max_mark });
    const minutes = this.root.querySelector("#minutes");
    minutes.textContent = this.state.minutes === null ? "" : fill(this.texts.minutes, { minutes: this.state.minutes });
  }

  // ---- total, saving, signing ----

  /** The total as the server worked it out, with the measurements entered since; and how many judgements still wait for others. */
  total() {
    let sum = hundredths(this.state.total);
    let waiting = 0;
    for (const aspect of this.aspects) {
      if (aspect.kind !== JUDGEMENT) sum += hundredths(this.value(aspect) || "0") - hundredths(aspect.value || "0");
      else if (!aspect.settled) waiting += 1;
    }
    return { sum: two(sum), waiting };
  }

  judges(seats) {
    const named = this.state.panel.filter((judge) => seats.includes(judge.seat));
    return named.map((judge) => fill(this.texts.judge, { seat: judge.seat, name: judge.name })).join(this.texts.comma);
  }

  /** Whom *aspect* waits for, and since when; empty when for nobody but this judge. */
  waitingFor(aspect) {
    const seats = aspect.waiting.filter((seat) => seat !== this.state.seat);
    if (!seats.length) return "";
    const since = aspect.waiting_since ? fill(this.texts.since, { time: this.moment(aspect.waiting_since) }) : "";
    return fill(this.texts.waiting_for, { judges: this.judges(seats), since });
  }

  #missing() {
    return this.aspects.filter((aspect) => this.value(aspect) === "").map((aspect) => aspect.code);
  }

  #unsettled() {
    return this.aspects.filter((aspect) => aspect.kind === JUDGEMENT && !aspect.settled);
  }

  /** Why this sheet can't be signed yet; empty when it can. The server asks the same questions. */
  #notYet() {
    const listed = (codes) => codes.slice(0, 6).join(this.texts.comma) + (codes.length > 6 ? "…" : "");
    const left = this.#missing();
    if (left.length) return fill(this.texts.left, { count: left.length, aspects: listed(left) });
    if (this.answers.size || this.differs.size) return this.texts.look_first;
    if (this.count("mark", this.id)) return fill(this.texts.sync_first_count, { count: this.count("mark", this.id) });
    if (this.sender.state !== "clear" && this.sender.state !== "sending") return this.texts.sync_first;
    const waiting = this.#unsettled();
    if (waiting.length) {
      const aspects = listed(waiting.map((aspect) => aspect.code));
      return fill(this.texts.others_first, { aspects, who: this.waitingFor(waiting[0]) });
    }
    return "";
  }

  foot() {
    const { sum, waiting } = this.total();
    this.root.querySelector("#sum").textContent = sum;
    this.root.querySelector("#undecided").textContent = waiting ? fill(this.texts.undecided, { count: waiting }) : "";
    const { signed_by_me: signed, open, writable } = this.state;
    const undo = this.root.querySelector("#undo");
    undo.hidden = !writable;
    undo.setAttribute("aria-disabled", String(!this.history.length));
    this.root.querySelector("#withdraw").hidden = !(signed && open);
    const sign = this.root.querySelector("#sign");
    sign.hidden = signed || !open;
    sign.setAttribute("aria-disabled", String(this.#notYet() !== ""));
    this.root.querySelector("#next-sheet").hidden = open && !signed;
    this.#said();
  }

  #said() {
    const said = this.root.querySelector("#saved");
    if (this.state.signed_by_me) said.textContent = this.#signedBy();
    else if (!this.state.open) said.textContent = this.state.state_label;
    else if (!this.state.writable) said.textContent = this.#notYet() || this.texts.other_signed;
    else if (this.answers.size || this.differs.size) said.textContent = this.texts.look_first;
    else if (this.savedAt && !this.outbox.count) said.textContent = fill(this.texts.saved, { time: this.savedAt });
    else said.textContent = this.#notYet();
  }

  #signedBy() {
    const open = this.state.panel.filter((judge) => judge.signed_at === null);
    const signed = fill(this.texts.signed, { signed: this.state.signatures, seats: this.state.judges });
    if (!open.length) return signed;
    const first = this.state.panel.map((judge) => judge.signed_at).filter(Boolean).sort()[0];
    const since = first ? fill(this.texts.since, { time: this.moment(first) }) : "";
    return `${signed} · ${fill(this.texts.waiting_for, { judges: this.judges(open.map((judge) => judge.seat)), since })}`;
  }

  /** The one line that says what is where: sent, on this device, or in this page alone. */
  status() {
    const { texts } = this;
    const [count, remarks] = [this.count("mark"), this.count("remark")];
    const unkept = this.outbox.unkept;
    const isKept = this.outbox.lasting && !unkept;
    const rows = {
      offline: ["warn", count ? (isKept ? texts.offline_waiting : texts.offline_writing) : texts.offline],
      "signed-out": ["bad", isKept ? texts.signed_out : texts.signed_out_unkept],
      unwell: ["warn", isKept ? texts.server_unwell : texts.server_unwell_unkept],
      sending: ["info", count || !remarks ? texts.sending : texts.online],
      clear: count ? ["info", texts.sending] : remarks ? ["info", texts.online] : ["ok", texts.all_saved],
    };
    let [tone, text] = rows[this.sender.state];
    if (!this.outbox.lasting) {
      tone = "bad";
      const where = this.sender.state === "offline" ? texts.no_store_offline : texts.no_store_online;
      text = count ? where : this.sender.state === "offline" ? texts.no_store_idle_offline : texts.no_store;
    }
    if (!this.pagesKept && this.sender.state === "offline") text = `${text} · ${texts.dont_reload}`;
    text = fill(text, { count });
    if (remarks) text = `${text} · ${fill(texts.remarks_waiting, { count: remarks })}`;
    const tag = this.root.querySelector("#network");
    tag.className = `tag ${tone}`;
    if (tag.textContent !== text) tag.textContent = text;
    this.root.dataset.kept = this.outbox.lasting ? "yes" : "no";
    this.root.querySelector("#signed-out").hidden = this.sender.state !== "signed-out";
    this.foot();
  }

  #rail() {
    const tag = document.querySelector(`.rail [aria-current] .tag`);
    if (!tag) return;
    tag.dataset.word = this.state.signed_by_me ? this.texts.rail_signed : this.state.open ? this.texts.rail_now : this.state.state_label;
    if (!this.count("mark", this.id) && !this.count("remark", this.id)) tag.textContent = tag.dataset.word;
  }

  say(text) {
    this.root.querySelector("#live").textContent = text;
    this.root.querySelector("#saved").textContent = text;
  }

  /** Say what a device lacks that this page would like to have. */
  sayLimits() {
    const lacking = [this.pagesKept ? "" : this.texts.no_worker, canStayAwake() ? "" : this.texts.no_wake_lock].filter(Boolean);
    const said = this.root.querySelector("#device-limits");
    said.textContent = lacking.join(" ");
    said.hidden = !lacking.length;
    this.status();
  }

  askToSign() {
    const why = this.#notYet();
    if (why) {
      this.say(why);
      const left = this.#missing()[0] ?? [...this.answers.keys(), ...this.differs.keys()][0] ?? this.#unsettled()[0]?.code;
      if (left) this.go(left);
      return;
    }
    const dialog = this.root.querySelector("#sign-dialog");
    dialog.querySelector("#sign-sum").textContent = this.total().sum;
    dialog.returnValue = "";
    dialog.showModal();
  }

  /** Everything the signature stands for, read from the screen; the twin on the server is `rules.sheet.signed_content`. */
  #shown() {
    const { public_id: sheet, version, module, number, minutes } = this.state;
    const marks = this.aspects.map((aspect) => {
      const value = shownValue(this.#row(aspect.code));
      if (aspect.kind !== JUDGEMENT) return [aspect.code, value || null, []];
      const scores = settledScores(aspect).map(([seat, score]) => [seat, seat === this.state.seat && value !== "" ? Number(value) : score]);
      return [aspect.code, null, scores];
    });
    marks.sort(([a], [b]) => (a < b ? -1 : 1));
    return { sheet, version, module, number, minutes, marks };
  }

  async sign() {
    const content = this.#shown();
    const total = this.root.querySelector("#sum").textContent.trim();
    const { status, data } = await this.#act(this.urls.sign, { content, fingerprint: digestOf(content), total, last_operation: this.last });
    if (status === 200) this.history = [];
    if (data.code === "sheet_changed") await this.#pointOut(data);
    if (data.code === "marks_unsent") this.sender.flush();
  }

  /** The record differs from what stood here: show the record, and where it differs. The judge stays where he is. */
  async #pointOut({ differences = [], message }) {
    this.differs = new Map(differences.map((one) => [one.aspect, one]));
    this.state.revision = -1; // whatever the server holds is what counts now
    await this.refresh();
    this.render();
    this.say(message);
  }

  async #act(url, body) {
    if (this.acting) return { status: 0, data: {} };
    this.acting = true;
    const buttons = this.root.querySelectorAll(".paper-foot button, dialog button");
    for (const button of buttons) button.disabled = true;
    const { outcome, status, data } = await postJson(url, body, { timeout: 20000 });
    for (const button of buttons) button.disabled = false;
    this.acting = false;
    if (outcome === "signed-out") {
      this.sender.flush();
      this.session.renew();
      this.say(this.texts.sign_signed_out);
    } else if (outcome !== "answered") {
      this.say(outcome === "timed-out" ? this.texts.sign_unknown : this.texts.sync_first);
    } else if (status === 200) {
      this.savedAt = null;
      this.#take(data.sheet);
      this.render();
    } else {
      this.render();
      this.say(data.message ?? this.texts.try_again);
    }
    return { status, data };
  }

  wire() {
    const at = (id, event, act) => this.root.querySelector(id).addEventListener(event, act);
    at("#undo", "click", () => this.undo());
    at("#sign", "click", () => this.askToSign());
    at("#withdraw", "click", () => this.#act(this.urls.withdraw, {}));
    at("#signed-out", "click", () => this.session.show());
    at("#sign-dialog", "close", (event) => event.target.returnValue === "sign" && this.sign());
  }
}

/** Whether the state *one* of a sheet is at least as new as *other*. Answers may arrive in another order than they were given. */
function isNewer(one, other) {
  if (one.version !== other.version) return one.version > other.version;
  if (one.revision !== other.revision) return one.revision > other.revision;
  return one.served >= other.served;
}

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "center", inline: "center" });
const place = read("sheet-place");
const deskPlace = read("desk-place");
const session = new Session();
const outbox = await Outbox.open({ database: deskPlace.database, owner: deskPlace.judge });
const screen_ = new SheetScreen({
  root: document.getElementById("paper"),
  outbox,
  sender: new Sender(outbox, session),
  session,
  state: read("sheet-state"),
  texts: read("sheet-texts"),
  urls: place.urls,
});
screen_.wire();
showWaiting(document.querySelector(".rail"), outbox, deskPlace.texts);
keepAwake();
keepPages(deskPlace).then((kept) => {
  screen_.pagesKept = kept;
  screen_.sayLimits();
});
await screen_.start();
