// Sends what waits, one value after another, until the server has answered each. A value is written down before it is sent and goes
// out again with the same number and the same content after any interruption, so nothing is lost and nothing is done twice.

import { uuid } from "./store.js";

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30000;

/** Fetch as our endpoints want it: the token is read when sending, because it changes with a new sign-in. */
export async function send(url, body) {
  const token = /(?:^|; )(?:__Secure-|__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const options = { credentials: "same-origin", cache: "no-store", redirect: "error", headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers = { ...options.headers, "Content-Type": "application/json", "X-CSRFToken": decodeURIComponent(token) };
  }
  const response = await fetch(url, options);
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  return { status: response.status, data: isJson ? await response.json() : {} };
}

export class Sync extends EventTarget {
  /** States: `clear` (all sent), `sending`, `offline`, `signed-out`, `refused` (the server is unwell). */
  constructor(store) {
    super();
    this.store = store;
    this.state = navigator.onLine ? "clear" : "offline";
    this.count = 0;
    this.pause = FIRST_PAUSE;
    this.timer = 0;
    this.running = null;
    this.tail = Promise.resolve();
    this.moved = new Map(); // sheet/aspect → {from, to}: this tab's own value took the line from one version to the next
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("craftpath-judging") : null;
    this.channel?.addEventListener("message", () => this.#tell());
    window.addEventListener("online", () => this.flush());
    window.addEventListener("offline", () => this.#become("offline"));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.flush());
  }

  /** Write a value down and try to send it. A later value for the same line replaces one that was never sent. */
  put({ sheet, url, aspect, value, base, round }) {
    const kept = this.exclusive(async () => {
      const moved = this.moved.get(`${sheet}/${aspect}`);
      if (moved?.from === base && moved.was === round) [base, round] = [moved.to, moved.round]; // the screen had not drawn its own answer yet
      const waiting = await this.store.waiting();
      const same = waiting.findLast((row) => row.sheet === sheet && row.change.aspect === aspect);
      if (same && !same.sent) await this.store.keepOperation({ ...same, change: { ...same.change, value } });
      else await this.store.keepOperation({ operation: uuid(), sheet, url, sent: false, change: { aspect, value, base_version: base, round } });
      await this.#tell();
      this.channel?.postMessage("put");
    });
    kept.then(() => this.flush());
    return kept;
  }

  /** Reading and writing again must not be interleaved with another of the same kind: one after the other, in the order asked for. */
  exclusive(work) {
    const result = this.tail.then(work);
    this.tail = result.catch(() => {});
    return result;
  }

  /** Send everything that waits. Only one tab of this browser sends at a time. */
  flush() {
    this.running ??= this.#alone(() => this.#drain()).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async #alone(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request("craftpath-judging-send", work);
  }

  async #drain() {
    clearTimeout(this.timer);
    for (;;) {
      const row = await this.exclusive(async () => {
        const [first] = await this.store.waiting();
        if (first && !first.sent) await this.store.keepOperation({ ...first, sent: true });
        return first;
      });
      if (!row) {
        this.pause = FIRST_PAUSE;
        if (navigator.onLine || this.state !== "offline") await this.#become("clear");
        return;
      }
      await this.#become(navigator.onLine ? "sending" : "offline");
      let answer;
      try {
        answer = await send(row.url, { operation: row.operation, changes: [row.change] });
      } catch {
        return this.#later("offline");
      }
      if (answer.status === 401 || answer.status === 403) return this.#later("signed-out");
      if (answer.status === 429 || answer.status >= 500) return this.#later("refused");
      await this.exclusive(() => this.#answered(row, answer));
    }
  }

  async #answered(row, { status, data }) {
    const { aspect, value } = row.change;
    if (status === 200) {
      for (const mark of data.outcome.applied) {
        await this.store.dropAnswer(row.sheet, mark.aspect);
        this.moved.set(`${row.sheet}/${mark.aspect}`, { from: row.change.base_version, was: row.change.round, to: mark.version, round: mark.round });
        // What the judge typed after this one was typed on top of it: it starts from the version that now stands.
        for (const later of await this.store.waiting()) {
          if (later.seq !== row.seq && !later.sent && later.sheet === row.sheet && later.change.aspect === mark.aspect) {
            await this.store.keepOperation({ ...later, change: { ...later.change, base_version: mark.version, round: mark.round } });
          }
        }
      }
      for (const found of data.outcome.conflicts) await this.store.keepAnswer(row.sheet, found.aspect, { kind: "conflict", ...found });
      for (const found of data.outcome.refused) await this.store.keepAnswer(row.sheet, found.aspect, { kind: "refused", yours: found.value, message: found.message });
      if (data.sheet) await this.store.keepSheet(data.sheet);
    } else {
      await this.store.keepAnswer(row.sheet, aspect, { kind: "refused", yours: value, message: data.message ?? "" });
    }
    await this.store.dropOperation(row.seq);
    await this.#tell();
    this.channel?.postMessage("answered");
    this.dispatchEvent(new CustomEvent("answered", { detail: { sheet: row.sheet, status, data } }));
  }

  #later(state) {
    this.timer = setTimeout(() => this.flush(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    return this.#become(state);
  }

  async #become(state) {
    this.state = state;
    await this.#tell();
  }

  async #tell() {
    this.count = (await this.store.waiting()).length;
    this.dispatchEvent(new Event("state"));
  }
}
