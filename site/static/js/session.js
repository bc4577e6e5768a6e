// A session that ended is renewed in the page that needs it. The page keeps everything; `renew()` resolves when the server says that
// the page's own person is signed in, with a CSRF token that is good now. Needs `people/parts/renew_session.html` in the page.
//
//   const session = new Session();
//   if (answer.outcome === "signed-out") { await session.renew(); … send it again }
//
// Only the person the page was made for: anybody else is told so, and `renew()` goes on waiting. The dialog may be closed ("Not now"):
// the page then works on as without a network, and `session.show()` opens the dialog again.

import { getJson, postForm } from "./request.js";

export class Session extends EventTarget {
  /** Events: `ended` (the dialog has opened), `postponed` (it was closed), `renewed`. */
  constructor(dialog = document.getElementById("renew-session")) {
    super();
    this.dialog = dialog;
    this.person = dialog.dataset.person;
    this.waiting = null; // the promise of `renew()`, and what resolves it
    this.done = null;
    this.tried = false; // whether this sign-in has been sent again with a fresh token
    this.form = dialog.querySelector("form");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#signIn();
    });
    dialog.querySelector("[data-act=later]").addEventListener("click", () => this.#postpone());
    dialog.querySelector("[data-act=sign-out]").addEventListener("click", () => this.#signOut());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#postpone();
    });
    // Signed in again in another tab: the person comes back to this one.
    const comeBack = () => this.waiting && document.visibilityState === "visible" && this.check();
    document.addEventListener("visibilitychange", comeBack);
    window.addEventListener("focus", comeBack);
    window.addEventListener("pageshow", comeBack);
  }

  /** Whether the page waits for its person. */
  get isEnded() {
    return this.waiting !== null;
  }

  /** Resolve when the page's person is signed in. Asks the server first: often only the token was old. */
  renew() {
    if (!this.waiting) {
      this.waiting = new Promise((resolve) => {
        this.done = resolve;
      });
      this.check();
    }
    return this.waiting;
  }

  /** Ask the server who is signed in, and show what is to be done. */
  async check() {
    const { outcome, status, data } = await getJson(this.dialog.dataset.stateUrl);
    if (outcome === "answered" && status === 200) return this.#take(data);
    this.#say(outcome === "answered" ? this.dialog.dataset.unwell : this.dialog.dataset.noNetwork);
    return this.show();
  }

  /** Open the dialog. */
  show() {
    if (!this.waiting || this.dialog.hasAttribute("open")) return;
    if (typeof this.dialog.showModal === "function") this.dialog.showModal();
    else this.dialog.setAttribute("open", "");
    this.form.elements.password.focus();
    this.dispatchEvent(new Event("ended"));
  }

  #take(state) {
    if (state.person === this.person && state.ready) return this.#finish();
    if (!this.waiting) return undefined;
    if (state.person && state.person !== this.person) this.#part("other");
    else if (state.next) this.#leadTo(state.next);
    else this.#part("form");
    return this.show();
  }

  #finish() {
    this.#close();
    const done = this.done;
    this.waiting = null;
    this.done = null;
    this.form.reset();
    this.#say("");
    done?.();
    this.dispatchEvent(new Event("renewed"));
  }

  #part(name) {
    for (const part of this.dialog.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== name;
  }

  /** A step that has its own page: the second factor, a new password. */
  #leadTo(address) {
    const link = this.dialog.querySelector("[data-next]");
    const url = new URL(address, window.location.href);
    if (!url.searchParams.has("next")) url.searchParams.set("next", this.dialog.dataset.renewedUrl);
    link.href = url.href;
    this.#part("next");
    link.focus();
  }

  async #signIn() {
    const { username, password } = this.form.elements;
    const button = this.form.querySelector("[type=submit]");
    button.disabled = true;
    this.#say("");
    const fields = { username: username.value, password: password.value, person: this.person, next: this.dialog.dataset.renewedUrl };
    const { outcome, status, data } = await postForm(this.dialog.dataset.signInUrl, fields, { timeout: 20000 });
    button.disabled = false;
    if (outcome === "signed-out") return this.#tryAgain(); // the token of the cookie was old
    if (outcome !== "answered") return this.#say(this.dialog.dataset.noNetwork);
    password.value = "";
    if (status === 200) return this.#take(data);
    this.#say(data.message ?? this.dialog.dataset.unwell);
    return password.focus();
  }

  async #tryAgain() {
    await this.check(); // gives a fresh token
    if (!this.waiting) return undefined;
    if (this.tried) return this.#say(this.dialog.dataset.unwell);
    this.tried = true;
    await this.#signIn();
    this.tried = false;
    return undefined;
  }

  async #signOut() {
    await postForm(this.dialog.dataset.signOutUrl, {}); // answers with a redirect to the front page
    await this.check();
  }

  #postpone() {
    this.#close();
    this.dispatchEvent(new Event("postponed"));
  }

  #close() {
    if (!this.dialog.hasAttribute("open")) return;
    if (typeof this.dialog.close === "function") this.dialog.close();
    else this.dialog.removeAttribute("open");
  }

  #say(text) {
    const said = this.dialog.querySelector("[data-said]");
    said.textContent = text;
    said.hidden = !text;
  }
}
