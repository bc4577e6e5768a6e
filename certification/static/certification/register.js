// Follows the public register in this browser: remembers the head seen last and verifies, out of tiles and with WebCrypto's SHA-256
// alone, that the register still begins with it (RFC 9162, 2.1.4.2). The server's own word on that isn't asked.
// Works without: the page says what it would do.

const WIDTH = 256;
const HASH = 32;

const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

// The largest height whose subtree has at most count entries; logarithms of floating point aren't exact in every browser.
function heightOf(count) {
  let height = 0;
  while (2 ** (height + 1) <= count) height += 1;
  return height;
}

const half = (count) => 2 ** heightOf(count - 1);

async function above(left, right) {
  const data = new Uint8Array(1 + 2 * HASH);
  data[0] = 1;
  data.set(left, 1);
  data.set(right, 1 + HASH);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

// The full subtrees over the entries from start up to end, largest first: [height, index].
function cover(start, end) {
  const nodes = [];
  while (start < end) {
    const height = heightOf(end - start);
    nodes.push([height, start / 2 ** height]);
    start += 2 ** height;
  }
  return nodes;
}

export function planConsistency(old, size) {
  if (old === 0 || old === size) return [];
  const found = [];
  let [start, end, whole] = [0, size, true];
  while (old !== end) {
    const middle = start + half(end - start);
    if (old <= middle) {
      found.push(cover(middle, end));
      end = middle;
    } else {
      found.push(cover(start, middle));
      start = middle;
      whole = false;
    }
  }
  if (!whole) found.push(cover(start, end));
  return found.reverse();
}

export async function verifyConsistency(old, size, oldRoot, newRoot, proof) {
  if (old > size) return false;
  if (old === size) return proof.length === 0 && equal(oldRoot, newRoot);
  if (old === 0) return true;
  const steps = [...proof];
  if (2 ** heightOf(old) === old) steps.unshift(oldRoot);
  if (steps.length === 0) return false;
  let [place, last] = [old - 1, size - 1];
  const up = () => {
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  };
  while (place % 2) up();
  let left = steps[0];
  let right = steps[0];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (place % 2 || place === last) {
      left = await above(step, left);
      right = await above(step, right);
      while (place % 2 === 0 && place !== 0) up();
    } else {
      right = await above(right, step);
    }
    up();
  }
  return last === 0 && equal(left, oldRoot) && equal(right, newRoot);
}

function path(number) {
  const parts = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) parts.unshift("x" + String(rest % 1000).padStart(3, "0"));
  return parts.join("/");
}

class Tiles {
  constructor(base, size) {
    this.base = base;
    this.size = size;
    this.known = new Map();
  }

  read(level, index) {
    const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - index * WIDTH);
    const address = `${this.base}tile/${level}/${path(index)}${width < WIDTH ? `.p/${width}` : ""}`;
    if (!this.known.has(address)) this.known.set(address, fetch(address, { credentials: "omit" }).then(bytes));
    return this.known.get(address);
  }

  async node([height, index]) {
    if (height % 8) {
      const [left, right] = await Promise.all([this.node([height - 1, 2 * index]), this.node([height - 1, 2 * index + 1])]);
      return above(left, right);
    }
    const tile = await this.read(height / 8, Math.floor(index / WIDTH));
    return tile.slice((index % WIDTH) * HASH, ((index % WIDTH) + 1) * HASH);
  }

  async fold(nodes) {
    const row = await Promise.all(nodes.map((node) => this.node(node)));
    let top = row.pop();
    while (row.length) top = await above(row.pop(), top);
    return top;
  }
}

async function bytes(response) {
  if (!response.ok) throw new Error(String(response.status));
  return new Uint8Array(await response.arrayBuffer());
}

async function head(base) {
  const response = await fetch(`${base}checkpoint`, { credentials: "omit", cache: "no-cache" });
  if (!response.ok) throw new Error(String(response.status));
  const [origin, size, root] = (await response.text()).split("\n");
  return { origin, size: Number(size), root: hex(Uint8Array.from(atob(root), (sign) => sign.charCodeAt(0))) };
}

function say(box, state, key, seen, now) {
  box.dataset.state = state;
  box.querySelector("[data-said]").textContent = box.dataset[key];
  const list = box.querySelector("[data-heads]");
  if (!seen) return;
  list.replaceChildren();
  for (const [name, one] of [[box.dataset.then, seen], [box.dataset.now, now]]) {
    const term = document.createElement("dt");
    const words = document.createElement("dd");
    term.textContent = name;
    words.textContent = `${one.size.toLocaleString("zh-CN")} ${box.dataset.entries} · ${one.root.slice(0, 16)}`;
    words.className = "num fingerprint";
    list.append(term, words);
  }
  list.hidden = false;
}

async function follow(box) {
  const base = box.dataset.base;
  let now;
  try {
    now = await head(base);
    const key = `craftpath.register:${now.origin}`;
    const seen = JSON.parse(localStorage.getItem(key) ?? "null");
    if (!seen) {
      localStorage.setItem(key, JSON.stringify(now));
      say(box, "ok", "first");
      return;
    }
    let holds = false;
    if (seen.size <= now.size) {
      const tiles = new Tiles(base, now.size);
      const proof = await Promise.all(planConsistency(seen.size, now.size).map((nodes) => tiles.fold(nodes)));
      holds = await verifyConsistency(seen.size, now.size, fromHex(seen.root), fromHex(now.root), proof);
    }
    if (!holds) {
      say(box, "bad", "broken", seen, now); // what was remembered stays remembered: it is the evidence
      return;
    }
    localStorage.setItem(key, JSON.stringify(now));
    if (seen.size === now.size) say(box, "ok", "same");
    else say(box, "ok", "grown", seen, now);
  } catch {
    say(box, "", "unknown");
  }
}

const box = document.querySelector("[data-follow]");
if (box && globalThis.crypto?.subtle) follow(box);
