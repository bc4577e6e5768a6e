// The exam player. Every change of an answer is an operation with its own id, written to this browser first and sent after:
// the server writes each id once, so sending again is always safe. The clock is the server's.

const data = JSON.parse(document.getElementById("exam-data").textContent);
const words = data.words;
const box = document.getElementById("exam");
const token = document.querySelector("#submit-form [name=csrfmiddlewaretoken]").value;
const $ = (id) => document.getElementById(id);
const questions = [...document.querySelectorAll(".question")];
const cells = [...document.querySelectorAll("#grid [data-go]")];

// ---- what is kept in this browser: operations not yet confirmed, flags ----

const opsKey = `craftpath-exam-${data.attempt}`;
const flagsKey = `${opsKey}-flags`;
const memory = {};

function read(key, empty) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? empty;
  } catch {
    return memory[key] ?? empty;
  }
}

function write(key, value) {
  memory[key] = value;
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse; then this page's memory holds it, and leaving is warned against.
  }
}

const pending = () => read(opsKey, []);
const flags = new Set(read(flagsKey, []));

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const h = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

// ---- time ----

let offset = data.now - Date.now();
let endsAt = data.endsAt;
const serverNow = () => Date.now() + offset;
const hm = (ms) => new Date(ms).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const hms = (ms) => new Date(ms).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

// ---- answers ----

const answers = { ...data.answers };
for (const op of pending()) answers[op.place] = op.value;
let seq = Math.max(data.seq, 0, ...pending().map((op) => op.seq));
let at = 1;
let locked = false;
let handingIn = false;

function valueOf(section) {
  if (section.dataset.kind === "number") {
    const text = section.querySelector("input").value.trim();
    return text ? [text] : [];
  }
  return [...section.querySelectorAll("input:checked")].map((input) => input.value);
}

function show(section, value) {
  if (section.dataset.kind === "number") {
    const input = section.querySelector("input");
    if (document.activeElement !== input) input.value = value[0] ?? "";
    return;
  }
  for (const input of section.querySelectorAll("input")) input.checked = value.includes(input.value);
}

function changed(section) {
  if (locked) return;
  const place = Number(section.dataset.place);
  const value = valueOf(section);
  if (JSON.stringify(value) === JSON.stringify(answers[place] ?? [])) return;
  answers[place] = value;
  seq += 1;
  const op = { id: newId(), seq, place, value, at: serverNow() };
  // Another tab may have added to the journal: read it again before writing.
  write(opsKey, [...pending(), op]);
  section.querySelector("[data-said]").textContent = words.savedHere.replace("{time}", hms(op.at));
  draw();
  send();
}

// ---- sending ----

let sending = false;
let offline = false;
let wait = 1000;
let timer = 0;

function later() {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, 15_000);
}

async function send() {
  if (sending) return;
  const batch = pending().slice(0, 100);
  if (!batch.length) {
    if (offline && !(await alive())) return later();
    return;
  }
  sending = true;
  try {
    const answer = await fetch(data.answersUrl, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ ops: batch }),
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.redirected || answer.status === 403) return signedOut();
    if (answer.status === 409) return location.replace(data.resultUrl);
    if (!answer.ok) throw new Error(String(answer.status));
    taken(await answer.json(), batch);
  } catch {
    lost();
  } finally {
    sending = false;
  }
  if (!offline && pending().length) send();
  draw();
}

function taken(answer, batch) {
  const before = Date.now();
  offset = answer.now - before;
  endsAt = answer.endsAt ?? endsAt;
  write(opsKey, pending().filter((op) => !(op.id in answer.saved)));
  for (const op of batch) {
    const said = questions[op.place - 1].querySelector("[data-said]");
    const word = answer.saved[op.id];
    if (word === "saved" || word === "late") {
      if (!pending().some((other) => other.place === op.place)) said.textContent = words.savedThere.replace("{time}", hms(op.at));
    } else if (word === "unreadable") {
      said.textContent = words.unreadable.replace("{place}", op.place);
    } else if (word === "too_late") {
      said.textContent = words.tooLate;
    }
  }
  found();
}

async function alive() {
  try {
    const answer = await fetch(data.answersUrl, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: '{"ops": []}',
      signal: AbortSignal.timeout(8000),
    });
    if (answer.redirected || answer.status === 403) {
      signedOut();
      return false;
    }
    if (!answer.ok) return false;
    taken(await answer.json(), []);
    return true;
  } catch {
    return false;
  }
}

function lost() {
  offline = true;
  draw();
  later();
}

function found() {
  offline = false;
  wait = 1000;
  clearTimeout(timer);
  draw();
  if (locked) finish();
}

function signedOut() {
  offline = true;
  $("offline").hidden = false;
  $("offline-title").textContent = words.signedOut;
  $("offline-text").textContent = "";
  later();
}

// ---- the page ----

function draw() {
  const waiting = pending();
  const local = new Set(waiting.map((op) => op.place));
  const n = { saved: 0, local: 0, none: 0, flag: flags.size };
  cells.forEach((cell, index) => {
    const place = index + 1;
    const has = (answers[place] ?? []).length > 0;
    const kind = local.has(place) ? "local" : has ? "saved" : "none";
    n[kind] += 1;
    cell.classList.toggle("local", kind === "local");
    cell.classList.toggle("none", kind === "none");
    cell.classList.toggle("flag", flags.has(place));
    if (place === at) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
  });
  for (const [key, value] of Object.entries(n)) document.querySelector(`[data-n=${key}]`).textContent = value;
  $("offline").hidden = !offline && !locked;
  if (offline) {
    $("offline-state").textContent = words.reconnecting;
    $("offline-text").textContent = waiting.length ? words.offlineCount.replace("{count}", local.size) : words.offlineNone;
  }
  const blocked = offline && waiting.length > 0;
  $("hand-in").setAttribute("aria-disabled", blocked || locked ? "true" : "false");
  $("why").textContent = blocked ? words.needNetwork : $("why").dataset.usual;
  $("prev").disabled = at === 1;
  // One red button a screen: on the last question it is the handing in.
  const last = at === data.count;
  $("next").hidden = last;
  $("hand-in").classList.toggle("btn-primary", last && !blocked && !locked);
  $("hand-in").classList.toggle("btn-quiet", !(last && !blocked && !locked));
  $("hand-in").classList.toggle("flex-fill", last);
}

function go(place, { push = true } = {}) {
  at = Math.min(Math.max(place, 1), data.count);
  questions.forEach((section) => {
    section.hidden = Number(section.dataset.place) !== at;
  });
  const flag = questions[at - 1].querySelector("[data-flag]");
  flag.setAttribute("aria-pressed", String(flags.has(at)));
  flag.textContent = flags.has(at) ? words.marked : words.mark;
  if (push && location.hash !== `#q${at}`) history.pushState(null, "", `#q${at}`);
  draw();
}

function fromHash() {
  const place = Number(location.hash.replace("#q", ""));
  go(place >= 1 ? place : 1, { push: false });
}

function toggleFlag() {
  if (flags.has(at)) flags.delete(at);
  else flags.add(at);
  write(flagsKey, [...flags]);
  go(at, { push: false });
}

$("why").dataset.usual = $("why").textContent;
$("prev").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
$("grid").addEventListener("click", (event) => {
  const cell = event.target.closest("[data-go]");
  if (!cell) return;
  event.preventDefault();
  go(Number(cell.dataset.go));
});
questions.forEach((section) => {
  section.addEventListener("change", () => changed(section));
  section.querySelector("[data-flag]").addEventListener("click", toggleFlag);
  section.querySelector(".number")?.addEventListener("blur", () => changed(section));
});
$("paper").addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", fromHash);
addEventListener("hashchange", fromHash);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("sure").open) return;
  const typing = event.target.matches("input.number");
  if (typing) return;
  const section = questions[at - 1];
  const inputs = [...section.querySelectorAll("fieldset input")];
  const letter = event.key.length === 1 ? "ABCDEFGHIJ".indexOf(event.key.toUpperCase()) : -1;
  const digit = event.key.length === 1 ? "123456789".indexOf(event.key) : -1;
  const chosen = inputs[letter >= 0 ? letter : digit];
  const onRadio = event.target.matches("input[type=radio]");
  if (chosen) {
    chosen.click();
    chosen.focus();
  } else if (event.key === "ArrowRight" && !onRadio) {
    go(at + 1);
  } else if (event.key === "ArrowLeft" && !onRadio) {
    go(at - 1);
  } else if (event.key.toLowerCase() === "n") {
    go(at + 1);
  } else if (event.key.toLowerCase() === "p") {
    go(at - 1);
  } else if (event.key.toLowerCase() === "m") {
    toggleFlag();
  } else {
    return;
  }
  event.preventDefault();
});

// ---- handing in ----

$("hand-in").addEventListener("click", () => {
  changed(questions[at - 1]);
  if ($("hand-in").getAttribute("aria-disabled") === "true") return;
  const open = questions.filter((section) => !(answers[section.dataset.place] ?? []).length).length;
  const parts = [open ? words.unanswered.replace("{count}", open) : words.allAnswered];
  if (flags.size) parts.push(words.flagged.replace("{count}", flags.size));
  $("sure-text").textContent = parts.join(" ");
  $("sure").showModal();
});
$("sure-no").addEventListener("click", () => $("sure").close());
$("submit-form").addEventListener("submit", async (event) => {
  if (handingIn) return;
  event.preventDefault();
  await send();
  if (pending().length || offline) {
    $("sure").close();
    lost();
    return;
  }
  hand();
});

function hand() {
  handingIn = true;
  write(flagsKey, []);
  $("submit-form").submit();
}

async function finish() {
  if (handingIn || !locked) return;
  if (pending().length) return send();
  if (!offline) hand();
}

function tick() {
  const left = Math.max(0, endsAt - serverNow());
  const total = Math.ceil(left / 1000);
  const clock = $("clock");
  clock.textContent = `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
  clock.classList.toggle("short", total <= 300);
  if (total === 0 && !locked) {
    changed(questions[at - 1]);
    locked = true;
    box.classList.add("locked");
    box.querySelectorAll("#paper input").forEach((input) => {
      input.disabled = true;
    });
    $("offline").hidden = false;
    $("offline-title").textContent = offline ? words.timeUpOffline.replace("{time}", hm(endsAt + data.graceMs)) : words.timeUp;
    finish();
  }
}

addEventListener("online", () => {
  wait = 500;
  send();
});
addEventListener("offline", lost);
addEventListener("beforeunload", (event) => {
  if (pending().length && !handingIn) {
    event.preventDefault();
    event.returnValue = words.leave;
  }
});
// Back from the browser's own cache: ask the server how things stand.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

questions.forEach((section) => show(section, answers[section.dataset.place] ?? []));
fromHash();
tick();
setInterval(tick, 500);
if (pending().length) send();
