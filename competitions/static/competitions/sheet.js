// The marking sheet of one blind number: large keys, the keyboard, undo, a live total, what waits and what was not taken.

import { send, Sync } from "./sync.js";
import { Store } from "./store.js";

const POLL = 10000;
const JUDGEMENT = "J";
const SCORES = ["0", "1", "2", "3"];
const SEGMENTS_AT_MOST = 5;

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const fill = (text, values = {}) => text.replace(/%\((\w+)\)s/g, (_all, key) => values[key] ?? "");

/** Make an element. `on…` are listeners, `data` its data set; null children are left out. */
function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key === "hidden" || key === "disabled") made[key] = Boolean(value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const hundredths = (text) => Math.round(Number(text) * 100);
const two = (number) => (number / 100).toFixed(2);
// The site's time, as on every other page; a tablet may be set to another zone.
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: document.getElementById("paper").dataset.zone, timeStyle: "medium", hourCycle: "h23" });
const moment = (date = new Date()) => clock.format(date);

class SheetScreen {
  constructor(root, store, sync, state, texts, urls) {
    Object.assign(this, { root, store, sync, state, texts, urls });
    this.pending = new Map(); // aspect → value that waits to be sent, as this device has written it down
    this.typed = new Map(); // aspect → {value} just typed and not written down yet: newer than anything read from the store
    this.answers = new Map();
    this.nowAt = null;
    this.sub = state.sub_criteria[0]?.code;
    this.history = JSON.parse(sessionStorage.getItem(this.#historyKey) ?? "[]");
    this.savedAt = null;
  }

  get #historyKey() {
    return `craftpath-undo/${this.state.public_id}/${this.state.version}`;
  }

  get aspects() {
    return this.state.sub_criteria.flatMap((sub) => sub.aspects);
  }

  aspect(code) {
    return this.aspects.find((one) => one.code === code);
  }

  value(aspect) {
    if (this.typed.has(aspect.code)) return this.typed.get(aspect.code).value;
    return this.pending.has(aspect.code) ? this.pending.get(aspect.code) : aspect.value;
  }

  /** May this judge change this line now? A round of judging is closed once every judge has scored. */
  open(aspect) {
    return this.state.writable && (aspect.kind !== JUDGEMENT || !aspect.settled);
  }

  allowed(aspect) {
    if (aspect.kind === JUDGEMENT) return SCORES;
    return aspect.steps;
  }

  async start() {
    await this.#recall();
    this.render();
    this.sync.addEventListener("state", () => this.#status());
    this.sync.addEventListener("answered", (event) => this.#answered(event.detail));
    this.sync.channel?.addEventListener("message", () => this.#reloadLocal());
    document.addEventListener("keydown", (event) => this.#key(event));
    await this.sync.flush();
    await this.refresh();
    setInterval(() => this.refresh(), POLL);
    document.addEventListener("visibilitychange", () => this.refresh());
  }

  /** Read what this device keeps of the sheet, after what is being written: newer state, values that wait, answers to look at. */
  #recall() {
    return this.sync.exclusive(() => this.#read());
  }

  async #read() {
    const kept = await this.store.sheet(this.state.public_id);
    if (kept && kept.served > this.state.served) this.state = kept;
    else await this.store.keepSheet(this.state);
    const waiting = (await this.store.waiting()).filter((row) => row.sheet === this.state.public_id);
    this.pending = new Map(waiting.map((row) => [row.change.aspect, row.change.value]));
    this.answers = await this.store.answers(this.state.public_id);
  }

  async #reloadLocal() {
    await this.#recall();
    this.render();
  }

  /** Ask for the present state, unless values wait: those are answered first. */
  async refresh() {
    if (document.visibilityState !== "visible" || this.sync.state !== "clear" || this.sync.count) return;
    let answer;
    try {
      answer = await send(this.urls.state);
    } catch {
      return;
    }
    if (answer.status !== 200 || this.sync.count) return;
    const before = JSON.stringify({ ...this.state, served: 0 });
    this.state = answer.data;
    await this.store.keepSheet(this.state);
    if (before !== JSON.stringify({ ...this.state, served: 0 })) this.render();
  }

  async #answered({ sheet, status }) {
    if (sheet !== this.state.public_id) return;
    if (status === 200) this.savedAt = moment();
    await this.#recall();
    this.render();
  }

  // ---- changing a value ----

  set(aspect, value, { remember = true } = {}) {
    const from = this.value(aspect);
    if (!this.open(aspect) || from === value) return;
    if (remember) this.#remember({ aspect: aspect.code, from, round: aspect.round });
    const typed = { value };
    this.typed.set(aspect.code, typed);
    this.answers.delete(aspect.code);
    this.store.dropAnswer(this.state.public_id, aspect.code);
    this.sync.put({ sheet: this.state.public_id, url: this.urls.save, aspect: aspect.code, value, base: aspect.version, round: aspect.round }).then(() => {
      if (this.typed.get(aspect.code) !== typed) return; // typed over meanwhile
      this.typed.delete(aspect.code);
      this.pending.set(aspect.code, value);
    });
    this.#redraw(aspect.code);
    this.#foot();
    this.#rail();
  }

  #remember(step) {
    this.history.push(step);
    sessionStorage.setItem(this.#historyKey, JSON.stringify(this.history.slice(-200)));
  }

  undo() {
    while (this.history.length) {
      const step = this.history.pop();
      sessionStorage.setItem(this.#historyKey, JSON.stringify(this.history));
      const aspect = this.aspect(step.aspect);
      // A round that has closed meanwhile stays as it was scored.
      if (!aspect || !this.open(aspect) || step.round !== aspect.round || this.value(aspect) === step.from) continue;
      this.go(aspect.code);
      this.set(aspect, step.from, { remember: false });
      this.say(fill(this.texts.undone, { aspect: aspect.code }));
      return;
    }
    this.#foot();
  }

  /** Take what stands, or send one's own value again on top of it. */
  async settle(aspect, mine) {
    const answer = this.answers.get(aspect.code);
    await this.store.dropAnswer(this.state.public_id, aspect.code);
    this.answers.delete(aspect.code);
    if (mine) this.set({ ...aspect, version: answer.version, round: answer.round, value: answer.theirs }, answer.yours);
    this.#redraw(aspect.code);
    this.#status();
  }

  // ---- moving about ----

  go(code, { focus = true } = {}) {
    const sub = this.state.sub_criteria.find((one) => one.aspects.some((aspect) => aspect.code === code));
    if (sub && sub.code !== this.sub) this.show(sub.code);
    this.nowAt = code;
    for (const row of this.root.querySelectorAll(".aspect")) row.classList.toggle("at", row.dataset.aspect === code);
    const row = this.#row(code);
    if (focus) {
      const target = row?.querySelector("[aria-pressed=true]:not(:disabled), input:not(:disabled), button:not(:disabled)");
      target?.focus({ preventScroll: true });
      row?.scrollIntoView({ block: "nearest" });
    }
  }

  step(by) {
    const codes = this.aspects.map((aspect) => aspect.code);
    const place = codes.indexOf(this.nowAt);
    const next = place < 0 ? 0 : Math.min(Math.max(place + by, 0), codes.length - 1);
    this.go(codes[next]);
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
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && !event.shiftKey && event.target.tagName !== "INPUT") {
        event.preventDefault();
        this.undo();
      }
      return;
    }
    if (event.altKey || this.root.querySelector("dialog[open]")) return;
    const typing = event.target.tagName === "INPUT";
    const inside = event.target.closest?.(".aspect");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (typing) return; // the input steps by itself
      event.preventDefault();
      this.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && (inside || event.target === document.body)) {
      event.preventDefault();
      if (typing) event.target.dispatchEvent(new Event("change"));
      this.next();
    } else if (!typing && inside && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      this.#shift(this.aspect(inside.dataset.aspect), event.key === "ArrowRight" ? 1 : -1);
    } else if (!typing && /^[0-9]$/.test(event.key) && this.nowAt) {
      const aspect = this.aspect(this.nowAt);
      const value = this.#byDigit(aspect, Number(event.key));
      if (value !== undefined && this.open(aspect)) {
        event.preventDefault();
        this.set(aspect, value);
      }
    } else if (!typing && (event.key === "Backspace" || event.key === "Delete") && inside) {
      event.preventDefault();
      this.set(this.aspect(inside.dataset.aspect), "");
    }
  }

  /** Which value a digit stands for: the score itself; not met and met; the nth step, the lowest being 0. */
  #byDigit(aspect, digit) {
    return this.allowed(aspect)[digit];
  }

  #shift(aspect, by) {
    const values = this.allowed(aspect);
    const place = values.indexOf(this.value(aspect));
    const next = place < 0 ? (by > 0 ? 0 : values.length - 1) : Math.min(Math.max(place + by, 0), values.length - 1);
    this.set(aspect, values[next]);
  }

  // ---- drawing ----

  render() {
    const focused = document.activeElement?.closest?.(".aspect")?.dataset.aspect;
    const body = this.root.querySelector("#aspects");
    const subs = this.root.querySelector("#subs");
    subs.replaceChildren(
      ...this.state.sub_criteria.map((sub) =>
        h("button", { type: "button", "aria-pressed": String(sub.code === this.sub), data: { sub: sub.code }, onclick: () => this.show(sub.code) }, sub.code, h("small", { class: "num" }, this.#filled(sub))),
      ),
    );
    subs.hidden = this.state.sub_criteria.length < 2;
    body.replaceChildren(
      ...this.state.sub_criteria.map((sub) =>
        h("ol", { class: "aspects", hidden: sub.code !== this.sub, data: { sub: sub.code }, "aria-label": `${sub.code} ${sub.name}` }, ...sub.aspects.map((aspect) => this.#draw(aspect))),
      ),
    );
    this.#heading();
    this.#foot();
    this.#status();
    this.#rail();
    if (focused) this.go(focused);
    else if (this.nowAt) this.go(this.nowAt, { focus: false });
    this.root.dataset.ready = "yes";
  }

  #filled(sub) {
    return `${sub.aspects.filter((aspect) => this.value(aspect) !== "").length}/${sub.aspects.length}`;
  }

  #heading() {
    const sub = this.state.sub_criteria.find((one) => one.code === this.sub);
    if (sub) this.root.querySelector("#where").textContent = fill(this.texts.where, { code: sub.code, name: sub.name, max: sub.max_mark });
  }

  #row(code) {
    return this.root.querySelector(`.aspect[data-aspect="${CSS.escape(code)}"]`);
  }

  #redraw(code) {
    const old = this.#row(code);
    const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const made = this.#draw(this.aspect(code));
    made.classList.toggle("at", code === this.nowAt);
    old.replaceWith(made);
    if (key) made.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
    for (const sub of this.state.sub_criteria) this.root.querySelector(`.subs [data-sub="${CSS.escape(sub.code)}"] small`).textContent = this.#filled(sub);
  }

  #draw(aspect) {
    const judged = aspect.kind === JUDGEMENT;
    const value = this.value(aspect);
    const about = judged ? this.texts.judgement : this.texts.measurement;
    const said = [about, fill(this.texts.marks, { max: aspect.max_mark }), judged ? null : this.#rule(aspect)].filter(Boolean).join(" · ");
    const titleId = `t-${aspect.code.replace(".", "-")}`;
    return h(
      "li",
      { class: "aspect", data: { aspect: aspect.code }, onfocusin: () => this.nowAt !== aspect.code && this.go(aspect.code, { focus: false }) },
      h("span", { class: "code num" }, aspect.code),
      h(
        "div",
        {},
        h("h2", { id: titleId }, aspect.name),
        h("p", { class: "small muted" }, said),
        aspect.description && h("p", { class: "small muted" }, aspect.description),
        judged && h("dl", { class: "benchmarks" }, ...aspect.benchmarks.flatMap((text, score) => [h("dt", { class: String(score) === value ? "on" : null }, String(score)), h("dd", { class: String(score) === value ? "on" : null }, text)])),
        ...this.#notes(aspect),
      ),
      this.#control(aspect, value, titleId),
    );
  }

  #rule(aspect) {
    if (aspect.steps.length <= 2) return this.texts.all_or_nothing;
    return fill(this.texts.steps, { steps: aspect.steps.join(this.texts.comma) });
  }

  #control(aspect, value, titleId) {
    const disabled = !this.open(aspect);
    const yesNo = aspect.kind !== JUDGEMENT && aspect.steps.length <= 2;
    const values = this.allowed(aspect);
    if (yesNo || values.length <= SEGMENTS_AT_MOST) {
      const shown = yesNo ? [...values].reverse() : values;
      return h(
        "div",
        { class: yesNo ? "keys two" : "keys", role: "group", "aria-labelledby": titleId },
        ...shown.map((one) =>
          h(
            "button",
            { type: "button", disabled, data: { key: one }, "aria-pressed": String(one === value), onclick: () => this.set(aspect, one === value ? "" : one) },
            yesNo ? (hundredths(one) ? this.texts.met : this.texts.not_met) : one,
          ),
        ),
      );
    }
    const place = values.indexOf(value);
    const button = (by, sign, label) => h("button", { type: "button", class: "btn btn-quiet", disabled: disabled || (place >= 0 && !values[place + by]), data: { key: `step${by}` }, "aria-label": fill(label, { aspect: aspect.code }), onclick: () => this.#shift(aspect, by) }, sign);
    const typed = (event) => {
      const text = event.target.value.trim().replace("。", ".").replace("，", ".");
      const found = text === "" ? "" : values.find((one) => hundredths(one) === hundredths(text));
      if (found === undefined) {
        event.target.setAttribute("aria-invalid", "true");
        this.say(fill(this.texts.not_a_step, { value: text, steps: values.join(this.texts.comma) }));
      } else this.set(aspect, found);
    };
    const stepped = (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      this.#shift(aspect, event.key === "ArrowUp" ? 1 : -1);
    };
    return h(
      "div",
      { class: "stepper", role: "group", "aria-labelledby": titleId },
      button(-1, "−", this.texts.less),
      h("input", { value, disabled, inputmode: "decimal", autocomplete: "off", maxlength: 6, placeholder: "–", data: { key: "input" }, "aria-labelledby": titleId, onchange: typed, onkeydown: stepped }),
      button(1, "＋", this.texts.more),
    );
  }

  #notes(aspect) {
    const notes = [];
    const answer = this.answers.get(aspect.code);
    const word = (text) => (text === "" ? this.texts.nothing : aspect.kind !== JUDGEMENT && aspect.steps.length <= 2 ? (hundredths(text) ? this.texts.met : this.texts.not_met) : text);
    if (answer?.kind === "conflict") {
      const sentence = answer.why === "round_closed" ? this.texts.round_closed : answer.seat ? this.texts.conflict : this.texts.conflict_other;
      const again = answer.why !== "round_closed" && this.open(aspect);
      notes.push(
        h(
          "div",
          { class: "note bad why", role: "alert" },
          h("p", {}, fill(sentence, { yours: word(answer.yours), theirs: word(answer.theirs), seat: answer.seat, at: answer.at })),
          h(
            "div",
            { class: "acts" },
            h("button", { type: "button", class: "btn btn-quiet", data: { key: "keep" }, onclick: () => this.settle(aspect, false) }, again ? fill(this.texts.keep_theirs, { value: word(answer.theirs) }) : this.texts.understood),
            again && h("button", { type: "button", class: "btn btn-quiet", data: { key: "mine" }, onclick: () => this.settle(aspect, true) }, fill(this.texts.keep_mine, { value: word(answer.yours) })),
          ),
        ),
      );
    } else if (answer) {
      notes.push(
        h("div", { class: "note bad why", role: "alert" }, h("p", {}, fill(this.texts.refused_value, { yours: word(answer.yours) }), " ", answer.message), h("div", { class: "acts" }, h("button", { type: "button", class: "btn btn-quiet", onclick: () => this.settle(aspect, false) }, this.texts.understood))),
      );
    }
    if (aspect.kind === JUDGEMENT) {
      const past = aspect.rounds.filter((round) => round.state === "disputed").map((round) => round.scores.map(([, score]) => score));
      const scores = aspect.settled ? aspect.rounds.at(-1).scores.map(([, score]) => score) : [];
      if (past.length && !aspect.settled && aspect.disputed) {
        const last = past.at(-1);
        notes.push(h("p", { class: "note warn why" }, h("b", {}, fill(this.texts.spread, { count: last.length, limit: this.state.spread_limit })), fill(this.texts.spread_scores, { scores: last.join(" · ") })));
      } else if (scores.length) {
        notes.push(h("p", { class: "small muted" }, fill(this.texts.revealed, { scores: scores.join(" · "), mark: aspect.mark })));
      } else if (this.value(aspect) !== "" && this.open(aspect)) {
        notes.push(h("p", { class: "small muted" }, this.texts.hidden));
      }
    }
    return notes;
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

  #missing() {
    return this.aspects.filter((aspect) => this.value(aspect) === "").map((aspect) => aspect.code);
  }

  #foot() {
    const { sum, waiting } = this.total();
    this.root.querySelector("#sum").textContent = sum;
    this.root.querySelector("#undecided").textContent = waiting ? fill(this.texts.undecided, { count: waiting }) : "";
    const signed = this.state.signed_by_me;
    const open = this.state.open;
    const undo = this.root.querySelector("#undo");
    undo.hidden = !this.state.writable;
    undo.setAttribute("aria-disabled", String(!this.history.length));
    const withdraw = this.root.querySelector("#withdraw");
    withdraw.hidden = !(signed && open);
    const sign = this.root.querySelector("#sign");
    sign.hidden = signed || !open;
    sign.setAttribute("aria-disabled", String(this.#notYet() !== ""));
    this.root.querySelector("#next-sheet").hidden = open && !signed;
    this.#said();
  }

  /** Why this sheet can't be signed yet; empty when it can. */
  #notYet() {
    const left = this.#missing();
    if (left.length) return fill(this.texts.left, { count: left.length, aspects: left.slice(0, 6).join(this.texts.comma) + (left.length > 6 ? "…" : "") });
    if (this.answers.size) return this.texts.look_first;
    if (this.sync.count || this.sync.state !== "clear") return this.texts.sync_first;
    if (this.state.missing.length) return fill(this.texts.others_first, { aspects: this.state.missing.slice(0, 6).join(this.texts.comma) });
    return "";
  }

  #said() {
    const said = this.root.querySelector("#saved");
    if (this.state.signed_by_me) said.textContent = fill(this.texts.signed, { signed: this.state.signatures, seats: this.state.judges });
    else if (!this.state.open) said.textContent = this.state.state_label;
    else if (!this.state.writable) said.textContent = this.#notYet() || this.texts.other_signed;
    else if (this.answers.size) said.textContent = this.texts.look_first;
    else if (this.savedAt && !this.sync.count) said.textContent = fill(this.texts.saved, { time: this.savedAt });
    else said.textContent = this.#notYet();
  }

  #status() {
    const tag = this.root.querySelector("#network");
    const count = this.sync.count;
    const { texts } = this;
    const rows = {
      offline: ["warn", count ? fill(texts.offline_waiting, { count }) : texts.offline],
      "signed-out": ["bad", fill(texts.signed_out, { count })],
      refused: ["warn", fill(texts.server_unwell, { count })],
      sending: ["info", fill(texts.sending, { count })],
      clear: count ? ["info", fill(texts.sending, { count })] : ["ok", texts.all_saved],
    };
    let [tone, text] = rows[this.sync.state];
    if (!this.store.lasting) [tone, text] = ["bad", texts.no_store];
    tag.className = `tag ${tone}`;
    if (tag.textContent !== text) tag.textContent = text;
    this.root.querySelector("#signed-out").hidden = this.sync.state !== "signed-out";
    this.#foot();
  }

  #rail() {
    const tag = document.querySelector(`.rail [aria-current] .tag`);
    if (tag) tag.textContent = this.state.signed_by_me ? this.texts.rail_signed : this.state.open ? this.texts.rail_now : this.state.state_label;
  }

  say(text) {
    this.root.querySelector("#live").textContent = text;
    this.root.querySelector("#saved").textContent = text;
  }

  askToSign() {
    const why = this.#notYet();
    if (why) {
      this.say(why);
      const left = this.#missing()[0] ?? [...this.answers.keys()][0] ?? this.state.missing[0];
      if (left) this.go(left);
      return;
    }
    const dialog = this.root.querySelector("#sign-dialog");
    dialog.querySelector("#sign-sum").textContent = this.total().sum;
    dialog.showModal();
  }

  async sign() {
    await this.#act(this.urls.sign, { fingerprint: this.state.fingerprint });
  }

  async #act(url, body) {
    const buttons = this.root.querySelectorAll(".paper-foot button, dialog button");
    for (const button of buttons) button.disabled = true;
    try {
      const { status, data } = await send(url, body);
      if (data.sheet) {
        this.state = data.sheet;
        await this.store.keepSheet(this.state);
      }
      if (status === 200) this.savedAt = null;
      if (this.state.signed_by_me) this.history = [];
      this.render();
      if (status !== 200) this.say(data.message ?? this.texts.try_again);
    } catch {
      this.say(this.texts.sync_first);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  wire() {
    const at = (id, event, act) => this.root.querySelector(id).addEventListener(event, act);
    at("#undo", "click", () => this.undo());
    at("#sign", "click", () => this.askToSign());
    at("#withdraw", "click", () => this.#act(this.urls.withdraw, {}));
    at("#sign-dialog", "close", (event) => event.target.returnValue === "sign" && this.sign());
  }
}

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "center", inline: "center" });
const root = document.getElementById("paper");
const place = read("sheet-place");
const store = await Store.open(place.judge);
const screen_ = new SheetScreen(root, store, new Sync(store), read("sheet-state"), read("sheet-texts"), place.urls);
screen_.wire();
await screen_.start();
