// Sends what waits on this device, oldest first, until the server has answered each. A value is written down before it is sent and
// goes out again with the same number and the same content after any interruption: nothing is lost, nothing is done twice, and every
// value that was typed reaches the log of the sheet in the order it was typed.
//
// A row of the outbox: { id, sheet, url, kind: "mark" | "remark", after, body }. `after` is the row on which this one was typed.

import { postJson } from "../js/request.js";

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30000;
const PHOTO_TIMEOUT = 60000;
const LOCK = "craftpath-judging-send";

/** The answers to look at that *data* holds, by aspect. */
export function answersOf(row, status, data) {
  if (row.kind !== "mark") return [];
  const [change] = row.body.changes;
  if (status !== 200) return [[change.aspect, { kind: "refused", yours: change.value, message: data.message ?? "" }]];
  return [
    ...data.outcome.conflicts.map((found) => [found.aspect, { kind: "conflict", ...found }]),
    ...data.outcome.refused.map((found) => [found.aspect, { kind: "refused", yours: found.value, message: found.message }]),
  ];
}

export class Sender extends EventTarget {
  /**
   * States: `clear` (nothing left to do), `sending`, `offline`, `signed-out`, `unwell` (the server is). Events: `state`, and `answered`
   * with { row, status, data } before the row is dropped.
   */
  constructor(outbox, session) {
    super();
    this.outbox = outbox;
    this.session = session;
    this.state = navigator.onLine === false ? "offline" : "clear";
    this.pause = FIRST_PAUSE;
    this.timer = 0;
    this.running = null;
    this.again = false;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("offline", () => this.#become("offline"));
    window.addEventListener("pageshow", (event) => event.persisted && this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
  }

  /** Send everything that waits. Only one tab of this browser sends at a time, where the browser knows locks. */
  flush() {
    this.again = true;
    this.running ??= this.#run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async #run() {
    clearTimeout(this.timer);
    while (this.again) {
      this.again = false;
      if (!(await this.#alone(() => this.#drain()))) return;
    }
  }

  #alone(work) {
    return navigator.locks ? navigator.locks.request(LOCK, work) : work();
  }

  /** Return whether everything was answered. */
  async #drain() {
    for (;;) {
      const waiting = await this.outbox.waiting();
      // A photo takes as long as a hundred marks: marks go first.
      const row = waiting.find((one) => !one.body.photo) ?? waiting[0];
      if (!row) {
        this.pause = FIRST_PAUSE;
        this.#become(navigator.onLine === false ? "offline" : "clear");
        return true;
      }
      if (this.state !== "offline") this.#become("sending");
      const options = row.body.photo ? { timeout: PHOTO_TIMEOUT } : {};
      const { outcome, status, data } = await postJson(row.url, { ...row.body, operation: row.id, after: row.after ?? null }, options);
      if (outcome === "signed-out") return this.#renew();
      if (outcome !== "answered") return this.#later("offline");
      if (status === 429 || status >= 500) return this.#later("unwell");
      this.pause = FIRST_PAUSE;
      this.#become("sending");
      const event = new CustomEvent("answered", { detail: { row, status, data, work: [] } });
      this.dispatchEvent(event);
      await Promise.all(event.detail.work); // what listeners have to write down before the row may go
      await this.outbox.drop(row.id);
    }
  }

  #renew() {
    this.#become("signed-out");
    this.session?.renew().then(() => this.flush());
    return false;
  }

  #later(state) {
    this.timer = setTimeout(() => this.flush(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.#become(state);
    return false;
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
