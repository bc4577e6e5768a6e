// The lesson reader. It tells the server that somebody reads; the server alone counts, and the page shows what the server has counted,
// never more. While there is no network, nobody touches the page, it is hidden, another page reads or nobody is signed in, the number
// stands still and the page says why. Choices for the questions are kept on the device until they are sent.

import { Outbox } from "../js/outbox.js";
import { postForm, postJson } from "../js/request.js";
import { Session } from "../js/session.js";

const reader = document.querySelector(".reader");
const form = document.getElementById("lesson");
const texts = JSON.parse(document.getElementById("reader-texts").textContent);
const $ = (id) => document.getElementById(id);
const fill = (text, seconds) => text.replace("%(n)s", seconds);
// The time since the page was opened: putting the device's clock right doesn't move it.
const now = () => performance.now() / 1000;

// ---- time that counts ----

class Clock {
  constructor(session) {
    this.session = session;
    this.every = Number(reader.dataset.beatSeconds);
    this.idleAfter = Number(reader.dataset.idleSeconds);
    this.left = Number(reader.dataset.left);
    this.state = $("left").dataset.state;
    this.lastBeat = -Infinity;
    this.touched = now();
    this.resumes = false; // the time before the next report is no reading
    this.sending = false;
    this.pauses = 0; // how often the page has paused: an answer to a report from before says nothing about now
    this.again = null; // a report asked for while another was on its way
  }

  start() {
    const active = (event) => event.isTrusted && this.touch();
    for (const name of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) {
      document.addEventListener(name, active, { capture: true, passive: true });
    }
    document.addEventListener("scroll", active, { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? this.pause() : this.comeBack()));
    window.addEventListener("pagehide", () => this.pause());
    window.addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    window.addEventListener("online", () => this.report());
    window.addEventListener("offline", () => this.stand("offline"));
    setInterval(() => this.tick(), 1000);
    this.report();
  }

  /** Somebody is there. */
  touch() {
    this.touched = now();
    if (this.state === "idle") this.report();
  }

  get isIdle() {
    return now() - this.touched > this.idleAfter;
  }

  tick() {
    const playing = [...document.querySelectorAll("audio, video")].some((media) => !media.paused && !media.ended);
    if (playing) this.touched = now();
    if (document.visibilityState === "hidden" || this.session.isEnded || this.state === "done") return;
    if (this.isIdle) {
      if (this.state !== "idle") this.stand("idle");
    } else if (now() - this.lastBeat >= this.every) {
      this.report();
    }
  }

  pause() {
    if (this.state !== "counting") return;
    this.pauses += 1;
    this.again = null;
    this.report({ pauses: true });
    this.stand("paused");
  }

  comeBack() {
    this.resumes = true;
    this.touched = now();
    if (!this.session.isEnded) this.report();
  }

  /** Show that the time stands still here, and why. */
  stand(state) {
    this.resumes = true;
    this.show(state, fill(texts[state], this.left));
  }

  show(state, text) {
    this.state = state;
    $("left").dataset.state = state;
    if ($("left").textContent !== text) $("left").textContent = text;
    $("take").hidden = state !== "elsewhere";
    $("sign-in").hidden = state !== "signed_out";
  }

  /** What the server has counted. */
  take(reading) {
    this.left = reading.left;
    this.resumes = reading.state !== "counting";
    this.show(reading.state, reading.text);
    if ($("refusal").dataset.code === "too_fast") $("refusal").hidden = true; // its seconds are old
  }

  async report({ pauses = false, takesOver = false } = {}) {
    if (this.sending && !pauses) {
      this.again = { takesOver: takesOver || Boolean(this.again?.takesOver) };
      return;
    }
    this.sending = true;
    this.lastBeat = now();
    const pausesBefore = this.pauses;
    const body = {
      page: reader.dataset.page,
      untouched: Math.floor(now() - this.touched),
      resumes: this.resumes,
      pauses,
      takes_over: takesOver,
    };
    const { outcome, status, data } = await postJson(reader.dataset.beatUrl, body, { timeout: this.every * 1000, keepalive: pauses });
    this.sending = false;
    if (pauses || pausesBefore !== this.pauses) {
      if (outcome === "answered" && status === 200) this.left = Math.min(this.left, data.left);
    } else if (outcome === "signed-out") this.waitForPerson();
    else if (outcome !== "answered") this.stand("offline");
    else if (status !== 200) this.stand("unwell");
    else this.take(data);
    const { again } = this;
    this.again = null;
    if (again && !this.session.isEnded) this.report(again);
  }

  async waitForPerson() {
    this.stand("signed_out");
    await this.session.renew();
    this.comeBack();
  }
}

// ---- choices and questions ----

class Questions {
  constructor(outbox, clock, session) {
    this.outbox = outbox;
    this.clock = clock;
    this.session = session;
    this.busy = false;
    this.unkept = false; // whether a choice would be lost if the page closed now
    this.sent = {}; // choices the server has checked, by question
  }

  async start() {
    await this.restore();
    form.addEventListener("change", (event) => event.target.name?.startsWith("quiz-") && this.keep());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.submitter ?? form.querySelector(".dock [type=submit]"));
    });
    this.outbox.addEventListener("recovered", () => this.keep());
    window.addEventListener("beforeunload", (event) => {
      if (!this.unkept) return;
      event.preventDefault();
      event.returnValue = texts.kept_memory;
    });
  }

  get open() {
    return [...form.querySelectorAll("[data-quiz]:not([data-right])")];
  }

  /** What is chosen now, by question. */
  chosen() {
    const found = this.open.map((quiz) => [quiz.dataset.quiz, [...quiz.querySelectorAll("input:checked")].map((input) => input.value)]);
    return Object.fromEntries(found.filter(([, values]) => values.length));
  }

  /** Whether the server has checked this very choice. */
  isSent(id, values) {
    return JSON.stringify(this.sent[id]) === JSON.stringify(values);
  }

  /** Put back what was chosen before. What the server shows as chosen stays. */
  async restore() {
    const notes = await this.outbox.readNotes();
    const kept = notes.get("chosen") ?? {};
    this.sent = notes.get("sent") ?? {};
    for (const quiz of this.open) {
      const id = quiz.dataset.quiz;
      if (quiz.querySelector("input:checked")) continue;
      for (const value of kept[id] ?? []) {
        const input = quiz.querySelector(`input[value="${CSS.escape(value)}"]`);
        if (input) input.checked = true;
      }
      if (quiz.querySelector("input:checked") && !this.isSent(id, kept[id])) this.say(quiz, "kept_device");
    }
  }

  say(quiz, name) {
    quiz.querySelector("[data-kept]").textContent = texts[name];
  }

  /** Keep all choices, and say of those the server hasn't checked where they are. */
  async keep() {
    const chosen = this.chosen();
    await this.outbox.writeNote("sent", this.sent);
    const kept = await this.outbox.writeNote("chosen", chosen);
    const waiting = this.open.filter((quiz) => chosen[quiz.dataset.quiz] && !this.isSent(quiz.dataset.quiz, chosen[quiz.dataset.quiz]));
    this.unkept = kept !== "device" && waiting.length > 0;
    $("trouble").hidden = !this.unkept;
    $("trouble").textContent = this.unkept ? texts.kept_memory : "";
    for (const quiz of waiting) this.say(quiz, kept === "device" ? "kept_device" : "kept_memory");
  }

  refuse(text, code = "") {
    $("refusal").dataset.code = code;
    $("refusal").hidden = !text;
    $("refusal").textContent = text;
  }

  async send(button) {
    if (button.name === "take") return this.clock.report({ takesOver: true });
    if (this.busy) return undefined;
    this.busy = true;
    const fields = new URLSearchParams(new FormData(form));
    fields.delete("csrfmiddlewaretoken"); // of when the page was opened; the cookie's is good now
    fields.set("scripted", "1");
    if (button.name) fields.set(button.name, button.value);
    const { outcome, status, data } = await postForm(form.action, fields, { timeout: 20000 });
    this.busy = false;
    if (outcome === "signed-out") {
      await this.session.renew();
      return this.send(button);
    }
    if (outcome !== "answered" || status >= 500 || !(data.next || data.reading)) return this.refuse(data.message ?? texts.not_sent);
    if (data.next) return this.leave(data.next);
    return this.take(data);
  }

  async leave(address) {
    this.unkept = false;
    for (const key of ["chosen", "sent"]) await this.outbox.dropNote(key);
    window.location.assign(address);
  }

  async take(data) {
    this.clock.take(data.reading);
    const chosen = this.chosen();
    for (const [id, html] of Object.entries(data.quiz)) {
      this.sent[id] = chosen[id];
      this.redraw(id, html);
    }
    this.refuse(data.refusal, data.code);
    await this.keep();
    if (data.lead) this.lead(data.lead);
  }

  /** Draw a question as the server shows it now, with the focus where it was. */
  redraw(id, html) {
    const old = $(`quiz-${id}`);
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const made = document.createElement("template");
    made.innerHTML = html.trim();
    const section = made.content.firstElementChild;
    old.replaceWith(section);
    if (!focused) return;
    const same = focused.name === "check" ? section.querySelector("[name=check]") : section.querySelector(`[value="${CSS.escape(focused.value)}"]`);
    (same ?? section.querySelector("input"))?.focus({ preventScroll: true });
  }

  lead(id) {
    const section = $(`quiz-${id}`);
    section.scrollIntoView({ block: "center" });
    section.querySelector("input")?.focus({ preventScroll: true });
  }
}

async function start() {
  const session = new Session();
  $("sign-in").addEventListener("click", () => session.show());
  const clock = new Clock(session);
  clock.start();
  const outbox = await Outbox.open({ database: "craftpath-lessons", owner: reader.dataset.owner });
  await new Questions(outbox, clock, session).start();
  reader.dataset.ready = "yes";
}

if (reader.dataset.beatUrl) start();
