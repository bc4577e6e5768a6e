// The exam player. Every change of an answer is an operation with its own id: written to this device first, sent after, dropped when the
// server has answered it. The server writes each id once, so sending again is always safe. What counts for a question is what the server
// says, whatever device it came from; only the server ends the sitting.

import { Outbox, newId } from "../js/outbox.js";
import { postJson } from "../js/request.js";
import { Session } from "../js/session.js";
import { digestOf } from "../js/sha256.js";
import { keepAwake } from "../js/wake_lock.js";
import { numberReader, writeNumber } from "./number_text.js";
import { ServerClock } from "./server_clock.js";

const BATCH = 50;
const ASK_AGAIN = 45_000; // ms between two questions to the server when nothing else happens
const PATIENCE = 3000; // ms at least between two questions
const TYPING = 900; // ms without a key before a number is taken
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;

const data = JSON.parse(document.getElementById("exam-data").textContent);
const words = data.words;
const box = document.getElementById("exam");
const $ = (id) => document.getElementById(id);
const questions = [...document.querySelectorAll(".question")];
const cells = [...document.querySelectorAll("#grid [data-go]")];
const say = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const timeOf = (ms) => new Date(ms).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

const readNumber = numberReader(data.units);
const clock = new ServerClock(data);
const session = new Session();
const page = newId();
let device = newId();
let outbox = null; // until the device's storage has answered; people answer questions before that
const opened = openOutbox();
const tabs = typeof BroadcastChannel === "function" ? new BroadcastChannel(`craftpath-exam-${data.attempt}`) : null;
const flags = new Set();
const flagsTouched = new Set();

// ---- what the server has said ----

let counts = new Map(); // place → the answer that counts
let received = 0;
const refused = new Map(); // place → word for a change that was not taken
const superseded = new Map(); // place → the change of this page that came in, but doesn't count

/** Take what counts from the server, or from the note of an earlier page if that is newer. */
function takeCounts(found, upTo) {
  for (const [place, answer] of Object.entries(found)) counts.set(Number(place), answer);
  received = Math.max(received, upTo);
}

takeCounts(data.counts, data.received);
let knownAtFirst = received;

/** Open what this device keeps, and go on from what an earlier page has left there. */
async function openOutbox() {
  const found = await Outbox.open({ database: "craftpath-exam", owner: data.owner });
  const notes = await found.readNotes();
  device = notes.get("device") ?? device;
  for (const place of notes.get("flags") ?? []) if (!flagsTouched.has(place)) flags.add(place);
  const remembered = notes.get("counts");
  if (remembered && remembered.received > received) {
    counts = new Map();
    takeCounts(remembered.counts, remembered.received);
    knownAtFirst = received;
  }
  if (notes.has("time")) clock.resume(notes.get("time"));
  for (const name of ["change", "trouble", "recovered"]) found.addEventListener(name, hearOutbox);
  outbox = found;
  const kept = await outbox.waiting();
  waiting = [...kept, ...waiting]; // what was answered meanwhile is on its way into the outbox
  questions.forEach(fill);
  questions.forEach(showReading);
  show(at, { push: false });
  return outbox;
}

function hearOutbox() {
  const early = waiting.filter((row) => writing.has(row.id) && !outbox.rows.has(row.id));
  waiting = [...[...outbox.rows.values()].sort((one, other) => one.seq - other.seq), ...early];
  draw();
}

// ---- what is on the screen ----

let waiting = []; // operations the server has not answered, oldest first
let at = 1;
let isOver = false;
let handingIn = false;
let step = 0;
const writing = new Set(); // ids of operations that the outbox is writing down just now
let network = ""; // "", "offline", "unwell", "refused", "signedOut"
const warned = new Map(); // place → unreadable text the person was told of and left

const waitingAt = (place) => waiting.filter((row) => row.place === place).pop();

/** What was written at *place*: waiting here, else what counts. */
function written(place) {
  const row = waitingAt(place);
  if (row) return row.value;
  const answer = counts.get(place);
  if (!answer) return [];
  if (answer.value === null) return answer.raw ? [answer.raw] : [];
  return answer.raw && answer.value.length ? [answer.raw] : answer.value;
}

function fieldValue(section) {
  if (section.dataset.kind === "number") {
    const text = section.querySelector("input").value.trim();
    return text ? [text] : [];
  }
  return [...section.querySelectorAll("input:checked")].map((input) => input.value).sort();
}

function fill(section) {
  const value = written(Number(section.dataset.place));
  if (section.dataset.kind === "number") {
    const input = section.querySelector("input");
    // What somebody is typing stays; what merely stands in the field follows what counts.
    if (document.activeElement === input && input.value.trim() !== (section.dataset.filled ?? "")) return;
    input.value = value[0] ?? "";
    section.dataset.filled = input.value;
    return;
  }
  for (const input of section.querySelectorAll("input")) input.checked = value.includes(input.value);
}

/** { read, problem } of what stands in the field of a number question. */
function reading(section) {
  const [text] = fieldValue(section);
  if (section.dataset.kind !== "number" || text === undefined) return { read: "", problem: "" };
  const unit = section.dataset.unit;
  try {
    const read = writeNumber(readNumber(text, unit));
    const isPlain = [read, `${read}${unit}`, `${read} ${unit}`].includes(text);
    return { read: isPlain ? "" : say(words.reads, { number: `${read} ${unit}`.trim() }), problem: "" };
  } catch (error) {
    const bare = text.replace(/[,，]/, "");
    return { read: "", problem: say(words[error.code] ?? words.not_a_number, { unit, whole: bare, decimal: text.replace(/[,，]/, ".") }) };
  }
}

function showReading(section) {
  const said = section.querySelector("[data-read]");
  if (!said) return;
  const { read, problem } = reading(section);
  const place = Number(section.dataset.place);
  const isWarned = problem && warned.get(place) === fieldValue(section)[0];
  said.textContent = problem ? `${problem}${isWarned ? ` ${words.leaveAnyway}` : ""}` : read;
  said.classList.toggle("wrong", Boolean(problem));
  section.querySelector("input").setAttribute("aria-invalid", String(Boolean(problem)));
}

// ---- a change ----

/** Take what stands in a question's field, if it is new. */
async function takeField(section) {
  if (isOver) return;
  const place = Number(section.dataset.place);
  const value = fieldValue(section);
  showReading(section);
  if (isSame(value, written(place))) return;
  step += 1;
  const seen = counts.get(place)?.number ?? 0;
  const row = { id: newId(), place, value, seen, step, page, at: Math.round(clock.now), kept: "memory" };
  refused.delete(place);
  superseded.delete(place);
  section.dataset.filled = value[0] ?? "";
  writing.add(row.id);
  waiting.push(row);
  draw();
  await opened;
  row.device = device;
  await outbox.put(row);
  writing.delete(row.id);
  waiting = await outbox.waiting();
  draw();
  send();
}

// ---- sending ----

let sending = null;
let pause = FIRST_PAUSE;
let timer = 0;
let lastAsked = 0;

function later(time = pause) {
  clearTimeout(timer);
  timer = setTimeout(send, time);
}

/** Send what waits, or ask how the sitting is. Resolves with whether the server has everything. */
function send() {
  sending ??= exchange().finally(() => {
    sending = null;
    draw();
  });
  return sending;
}

async function exchange() {
  await opened;
  for (;;) {
    const batch = (await outbox.waiting()).slice(0, BATCH);
    const asked = performance.now();
    lastAsked = asked;
    const ops = batch.map(({ id, step: seq, place, value, seen, page: of, device: from, at: moment }) => {
      return { id, seq, place, value, seen, page: of, device: from, at: moment };
    });
    const answer = await postJson(data.answersUrl, { seen: received, ops });
    if (!understood(answer)) return false;
    clock.set(answer.data, asked);
    await takeAnswer(answer.data, batch);
    if (answer.data.state !== "running") {
      await end(answer.data);
      return true;
    }
    if (!waiting.length) break;
  }
  later(ASK_AGAIN);
  return true;
}

/** Whether the server has answered; else say what is wrong and try again later. */
function understood({ outcome, status }) {
  if (outcome === "answered" && status === 200) {
    network = "";
    pause = FIRST_PAUSE;
    return true;
  }
  if (outcome === "signed-out" || (outcome === "answered" && status === 404)) {
    network = "signedOut";
    session.renew().then(() => {
      network = "";
      send();
    });
    return false;
  }
  if (outcome === "answered") network = status === 429 || status >= 500 ? "unwell" : "refused";
  else network = "offline";
  later();
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  return false;
}

async function takeAnswer(answer, batch) {
  if (answer.received > received) tabs?.postMessage(answer.received);
  takeCounts(answer.counts, answer.received);
  for (const row of batch) {
    const word = answer.saved[row.id];
    if (!word) continue;
    if (["too_late", "handed_in", "too_many"].includes(word)) refused.set(row.place, word);
    else refused.delete(row.place);
    if (word === "superseded") superseded.set(row.place, row);
    else superseded.delete(row.place);
    await outbox.drop(row.id);
  }
  await remember();
  waiting = await outbox.waiting();
  questions.forEach(fill);
  questions.forEach(showReading);
  draw();
}

function remember() {
  return Promise.all([
    outbox.writeNote("counts", { received, counts: Object.fromEntries(counts) }),
    outbox.writeNote("time", clock.toNote()),
    outbox.writeNote("device", device),
  ]);
}

// ---- the page ----

/** How the answer to a question is kept: none, writing, memory, local, saved, unreadable, lost. */
function standing(place) {
  const row = waitingAt(place);
  if (row && writing.has(row.id)) return "writing";
  if (row) return row.kept === "device" ? "local" : "memory";
  if (refused.has(place)) return "lost";
  const answer = counts.get(place);
  if (answer && answer.value === null) return "unreadable";
  return answer?.value?.length ? "saved" : "none";
}

function saidAbout(place) {
  const row = waitingAt(place);
  if (row && writing.has(row.id)) return "";
  if (row) return say(row.kept === "device" ? words.savedDevice : words.savedMemory, { time: timeOf(row.at) });
  if (refused.has(place)) return { too_late: words.tooLate, handed_in: words.handedIn, too_many: words.tooMany }[refused.get(place)];
  const answer = counts.get(place);
  if (!answer) return "";
  const time = timeOf(answer.at);
  if (answer.page === page || (answer.number <= knownAtFirst && !superseded.has(place))) return say(words.savedThere, { time });
  const counting = say(answer.device === device ? words.otherPage : words.otherDevice, { time });
  const mine = superseded.get(place);
  return mine ? `${say(words.yoursSuperseded, { mine: timeOf(mine.at) })} ${counting}` : counting;
}

function draw() {
  const n = { saved: 0, writing: 0, local: 0, memory: 0, unreadable: 0, lost: 0, none: 0, flag: flags.size };
  cells.forEach((cell, index) => {
    const place = index + 1;
    const kind = standing(place);
    n[kind] += 1;
    for (const name of ["writing", "local", "memory", "unreadable", "lost", "none"]) cell.classList.toggle(name, kind === name);
    cell.classList.toggle("flag", flags.has(place));
    if (place === at) cell.setAttribute("aria-current", "true");
    else cell.removeAttribute("aria-current");
  });
  for (const [key, count] of Object.entries(n)) {
    const shown = document.querySelector(`[data-n=${key}]`);
    if (!shown) continue;
    shown.textContent = count;
    shown.closest("[data-if-any]")?.toggleAttribute("hidden", count === 0);
  }
  questions.forEach((section) => {
    const place = Number(section.dataset.place);
    const said = section.querySelector("[data-said]");
    said.textContent = saidAbout(place);
    said.classList.toggle("wrong", ["memory", "lost"].includes(standing(place)));
  });
  drawNetwork();
  drawTrouble();
  drawHandIn();
}

function drawNetwork() {
  const banner = $("offline");
  const timeUp = clock.left === 0 && !isOver;
  banner.hidden = !network && !timeUp;
  if (banner.hidden) return;
  const places = new Set(waiting.map((row) => row.place)).size;
  const count = say(words.offlineCount, { count: places });
  const kept = outbox?.unkept ? words.offlineMemory : places ? count : words.offlineNone;
  const title = { offline: words.offline, unwell: words.unwell, refused: words.refused, signedOut: words.signedOut }[network];
  if (timeUp) {
    $("offline-title").textContent = network ? words.timeUpOffline : words.timeUpAsking;
    $("offline-text").textContent = network ? say(words.timeUpLate, { time: timeOf(data.endsAt + data.graceMs) }) : "";
  } else {
    $("offline-title").textContent = title;
    $("offline-text").textContent = network === "signedOut" ? "" : kept;
  }
  $("offline-state").textContent = network && network !== "signedOut" ? words.reconnecting : "";
  $("sign-in-again").hidden = network !== "signedOut";
}

function drawTrouble() {
  const count = new Set(waiting.filter((row) => row.kept !== "device" && !writing.has(row.id)).map((row) => row.place)).size;
  $("trouble").hidden = (outbox?.lasting ?? true) && count === 0;
  $("trouble-title").textContent = say(words.trouble, { count });
  $("trouble-title").hidden = count === 0;
  $("trouble-text").textContent = words.troubleWhy;
}

function drawHandIn() {
  const isBlocked = Boolean(network) && waiting.length > 0;
  $("hand-in").setAttribute("aria-disabled", isBlocked || isOver ? "true" : "false");
  $("why").textContent = isBlocked ? words.needNetwork : $("why").dataset.usual;
  $("prev").disabled = at === 1;
  // One red button a screen: on the last question it is the handing in.
  const isLast = at === data.count;
  $("next").hidden = isLast;
  $("hand-in").classList.toggle("btn-primary", isLast && !isBlocked && !isOver);
  $("hand-in").classList.toggle("btn-quiet", !(isLast && !isBlocked && !isOver));
  $("hand-in").classList.toggle("flex-fill", isLast);
}

function show(place, { push = true } = {}) {
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

/** Go to another question; what can't be read is said first, and may be left as it is by asking once more. */
function go(place) {
  const section = questions[at - 1];
  takeField(section);
  const [text] = fieldValue(section);
  if (reading(section).problem && warned.get(at) !== text) {
    warned.set(at, text);
    showReading(section);
    section.querySelector("input").focus();
    return;
  }
  show(place);
}

function fromHash() {
  const place = Number(location.hash.replace("#q", ""));
  show(place >= 1 ? place : 1, { push: false });
}

function toggleFlag() {
  if (flags.has(at)) flags.delete(at);
  else flags.add(at);
  flagsTouched.add(at);
  opened.then(() => outbox.writeNote("flags", [...flags]));
  show(at, { push: false });
}

$("why").dataset.usual = $("why").textContent;
$("prev").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
$("sign-in-again").addEventListener("click", () => session.show());
$("grid").addEventListener("click", (event) => {
  const cell = event.target.closest("[data-go]");
  if (!cell) return;
  event.preventDefault();
  go(Number(cell.dataset.go));
});
questions.forEach((section) => {
  let typing = 0;
  section.addEventListener("change", () => takeField(section));
  section.querySelector("[data-flag]").addEventListener("click", toggleFlag);
  const number = section.querySelector(".number");
  number?.addEventListener("blur", () => takeField(section));
  number?.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      // Half a number ("1/", "1,") isn't worth a complaint while somebody types.
      if (!reading(section).problem) takeField(section);
      else showReading(section);
    }, TYPING);
  });
});
$("paper").addEventListener("submit", (event) => event.preventDefault());
addEventListener("popstate", fromHash);
addEventListener("hashchange", fromHash);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.matches("input.number");
  if (typing) {
    if (event.key === "Enter") go(at + 1);
    return;
  }
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

const placesWith = (kind) => cells.map((_cell, index) => index + 1).filter((place) => standing(place) === kind);
const listed = (places) => places.join("、");

function askWhetherSure(first = "") {
  const open = placesWith("none").length;
  const lines = [first, open ? say(words.unanswered, { count: open }) : words.allAnswered];
  if (flags.size) lines.push(say(words.flagged, { count: flags.size }));
  const [unreadable, lost] = [placesWith("unreadable"), placesWith("lost")];
  if (unreadable.length) lines.push(say(words.unreadableList, { places: listed(unreadable) }));
  if (lost.length) lines.push(say(words.notTaken, { places: listed(lost) }));
  $("sure-text").textContent = lines.filter(Boolean).join(" ");
  if (!$("sure").open) $("sure").showModal();
}

/** The answers on the screen, as the server knows them; only when nothing waits. */
function shownDigest() {
  const shown = {};
  for (const [place, answer] of counts) {
    const value = answer.value ?? { unreadable: answer.raw };
    if (!isSame(value, [])) shown[place] = value;
  }
  return digestOf(shown);
}

$("hand-in").addEventListener("click", async () => {
  await takeField(questions[at - 1]);
  if ($("hand-in").getAttribute("aria-disabled") === "true") return;
  await send();
  if (!isOver) askWhetherSure();
});
$("sure-no").addEventListener("click", () => $("sure").close());
$("submit-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (handingIn || isOver) return;
  handingIn = true;
  $("sure-yes").disabled = true;
  try {
    await handIn();
  } finally {
    handingIn = false;
    $("sure-yes").disabled = false;
  }
});

async function handIn() {
  await send();
  if (isOver) return;
  if (waiting.length || network) {
    $("sure").close();
    draw();
    return;
  }
  $("sure-text").textContent = words.handingIn;
  const answer = await postJson(data.submitUrl, { shown: shownDigest() }, { timeout: 20_000 });
  if (answer.outcome === "answered" && answer.status === 409 && answer.data.counts) {
    const changed = Object.keys(answer.data.counts).filter((place) => counts.get(Number(place))?.number !== answer.data.counts[place].number);
    takeCounts(answer.data.counts, answer.data.received);
    questions.forEach(fill);
    askWhetherSure(say(words.differs, { places: listed(changed) }));
    draw();
    return;
  }
  if (understood(answer)) await end(answer.data);
  else $("sure").close();
}

/** The server has ended the sitting: say so, forget what was kept for it, and go to the result. */
async function end({ state, receipt }) {
  isOver = true;
  box.classList.add("locked");
  box.querySelectorAll("#paper input").forEach((input) => {
    input.disabled = true;
  });
  draw();
  $("sure-title").textContent = state === "submitted" ? words.done : words.collected;
  const lost = placesWith("lost");
  $("sure-text").textContent = lost.length ? say(words.notTaken, { places: listed(lost) }) : "";
  $("receipt").textContent = (receipt ?? "").replace(/(.{8})/g, "$1 ").trim();
  $("ended").hidden = false;
  $("submit-form").hidden = true;
  if (!$("sure").open) $("sure").showModal();
  for (const key of ["counts", "time", "flags", "device"]) await outbox.dropNote(key);
  navigator.serviceWorker?.controller?.postMessage({ owner: data.attempt, forget: true });
  // What was not taken stays on the screen until it was read.
  if (!lost.length) location.replace(data.resultUrl);
}

// ---- time ----

function tick() {
  const seconds = Math.ceil(clock.left / 1000);
  const shown = $("clock");
  const isRough = network && !clock.isSure;
  const time = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  shown.textContent = isRough ? say(words.about, { time }) : time;
  shown.classList.toggle("short", seconds <= 300);
  if (isOver) return;
  if (clock.looksWrong) {
    clock.doubt();
    ask();
  }
  if (seconds === 0) {
    takeField(questions[at - 1]);
    ask();
    drawNetwork();
  }
}

/** Ask the server how things stand, but not more often than every few seconds. */
function ask() {
  const wait = lastAsked + PATIENCE - performance.now();
  if (wait <= 0) send();
  else later(wait);
}

addEventListener("online", async () => {
  pause = FIRST_PAUSE;
  if (sending) await sending; // it began without a network, so it says nothing about now
  send();
});
addEventListener("offline", () => {
  network ||= "offline";
  draw();
  later();
});
// Another tab of this browser has had something received: what counts now is the server's to say.
tabs?.addEventListener("message", (event) => event.data > received && ask());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
// Back from the browser's own cache: the server says how things are now.
addEventListener("pageshow", (event) => event.persisted && send());
addEventListener("beforeunload", (event) => {
  if (isOver || !waiting.length) return;
  event.preventDefault();
  event.returnValue = words.leave;
});
// ---- without network ----

/** Let the worker keep this page and all it is made of. */
async function keepPage() {
  const said = $("reload");
  said.textContent = words.reloadNot;
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(data.worker, { scope: data.scope });
    const { active } = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data?.kept?.includes(location.pathname)) said.textContent = words.reloadOk;
    });
    const made = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const own = made.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
    active.postMessage({ owner: data.attempt, pages: [location.pathname, ...new Set(own.map((url) => url.pathname))] });
  } catch {
    // Plain http, or a browser that forbids it: the sentence says what that means.
  }
}

questions.forEach(fill);
questions.forEach(showReading);
fromHash();
tick();
setInterval(tick, 500);
keepAwake();
keepPage();
await opened;
await remember();
await send();
box.dataset.ready = "true";
