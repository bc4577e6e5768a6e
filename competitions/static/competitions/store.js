// What a tablet keeps while there is no network: values not sent yet, the sheets as last seen, and answers the judge must look at.
// One IndexedDB for the origin; every row names its judge, because a tablet may change hands.

const NAME = "craftpath-judging";
const STORES = ["ops", "sheets", "answers"];

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("ops", { keyPath: "seq", autoIncrement: true });
      db.createObjectStore("sheets", { keyPath: "key" });
      db.createObjectStore("answers", { keyPath: "key" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** A store on this device. `lasting` is false where the browser refuses to keep anything (private windows): then it is memory only. */
export class Store {
  static async open(judge) {
    try {
      return new Store(judge, await opened());
    } catch {
      return new Store(judge, null);
    }
  }

  constructor(judge, db) {
    this.judge = judge;
    this.db = db;
    this.lasting = db !== null;
    this.memory = Object.fromEntries(STORES.map((name) => [name, new Map()]));
    this.next = 1;
  }

  #table(name, mode) {
    return this.db.transaction(name, mode).objectStore(name);
  }

  async #all(name) {
    const rows = this.db ? await done(this.#table(name, "readonly").getAll()) : [...this.memory[name].values()];
    return rows.filter((row) => row.judge === this.judge);
  }

  async #put(name, row) {
    const full = { ...row, judge: this.judge };
    if (this.db) return done(this.#table(name, "readwrite").put(full));
    const key = name === "ops" ? (full.seq ??= this.next++) : full.key;
    this.memory[name].set(key, full);
    return key;
  }

  async #delete(name, key) {
    return this.db ? done(this.#table(name, "readwrite").delete(key)) : this.memory[name].delete(key);
  }

  /** Values waiting to be sent, oldest first. */
  async waiting() {
    return (await this.#all("ops")).sort((a, b) => a.seq - b.seq);
  }

  async keepOperation(row) {
    return this.#put("ops", row);
  }

  async dropOperation(seq) {
    return this.#delete("ops", seq);
  }

  async sheet(id) {
    return (await this.#all("sheets")).find((row) => row.key === `${this.judge}/${id}`)?.state;
  }

  async keepSheet(state) {
    return this.#put("sheets", { key: `${this.judge}/${state.public_id}`, state });
  }

  /** Answers to look at: a value that was not taken, with what stands instead. */
  async answers(sheet) {
    const rows = (await this.#all("answers")).filter((row) => row.sheet === sheet);
    return new Map(rows.map((row) => [row.aspect, row]));
  }

  async keepAnswer(sheet, aspect, row) {
    return this.#put("answers", { ...row, sheet, aspect, key: `${this.judge}/${sheet}/${aspect}` });
  }

  async dropAnswer(sheet, aspect) {
    return this.#delete("answers", `${this.judge}/${sheet}/${aspect}`);
  }
}

/** A random UUID; `crypto.randomUUID` exists on secure origins only, and a hall's network may be plain http. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
