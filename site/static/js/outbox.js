// Values that wait on this device until the server has taken them. Every value is in the page's memory; it is called kept on the device
// only after its IndexedDB transaction is complete. When storage fails, the page hears `trouble` and goes on from memory; as soon as
// storage works again everything is written once more and the page hears `recovered`. `lasting` says which of the two it is now (look at it
// after `open`, before anybody could listen).
//
//   const outbox = await Outbox.open({ database: "craftpath-exam", owner: sittingAndPerson });
//   const row = await outbox.put({ place: 3, value: ["B"] });   // row.id, row.seq, row.kept: "device" | "memory"
//   for (const row of await outbox.waiting()) …                 // oldest first, those of other tabs too
//   await outbox.drop(row.id);                                  // the server has answered it
//
// An operation is an object of JSON values. Giving it an `id` that waits already replaces that operation and leaves its place in line.
// Notes are values by key that belong to the same owner (what was last seen, answers to look at): `writeNote`, `readNotes`, `dropNote`.

import { DeviceDatabase } from "./device_database.js";

const OPERATIONS = "operations";
const NOTES = "notes";
const MARKS = "marks";
const SILENCE = 30000; // ms to leave a storage alone that doesn't answer: sending from memory mustn't wait for it each time

function createTables(database) {
  database.createObjectStore(OPERATIONS, { keyPath: "id" }).createIndex("line", ["owner", "seq"]);
  database.createObjectStore(NOTES, { keyPath: ["owner", "key"] });
  // One row made with the database: another one there means that the browser has thrown everything away in between.
  database.createObjectStore(MARKS, { keyPath: "name" }).put({ name: "created", id: newId() });
}

/** A random UUID. `crypto.randomUUID` exists in secure contexts only, and a hall's network may be plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const copy = (value) => JSON.parse(JSON.stringify(value));
const rangeOf = (owner) => IDBKeyRange.bound([owner], [owner, []]);
const isOlder = (a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1);

export class Outbox extends EventTarget {
  /** Open the outbox of *owner* (whose values these are: a device may change hands) in *database*. Never rejects. */
  static async open({ database, owner }) {
    const outbox = new Outbox(database, String(owner));
    await outbox.refresh();
    return outbox;
  }

  constructor(database, owner) {
    super();
    this.owner = owner;
    this.database = new DeviceDatabase(database, [OPERATIONS, NOTES, MARKS], createTables);
    this.rows = new Map(); // id → operation with `kept`
    this.notes = new Map(); // key → { value, kept }
    this.gone = new Set(); // dropped here, though the device may still have it
    this.goneNotes = new Set();
    this.fresh = new Set(); // operations whose place in line the device hasn't seen yet
    this.created = null;
    this.lasting = true; // whether the last work with the storage succeeded
    this.silentUntil = 0; // on the page's own clock, which no time setting moves
    this.tail = Promise.resolve();
    this.channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(database) : null;
    this.channel?.addEventListener("message", () => this.refresh());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh());
    askToPersist();
  }

  /** How many values wait, as far as this page knows. */
  get count() {
    return this.rows.size;
  }

  /** How many of them would be lost if this page closed now. */
  get unkept() {
    return [...this.rows.values()].filter((row) => row.kept !== "device").length;
  }

  /** Write an operation down. Resolves with it; `kept` says where it is. Never rejects for trouble with the storage. */
  async put(operation) {
    const id = operation.id ?? newId();
    if (!this.rows.has(id)) this.fresh.add(id);
    const seq = this.rows.get(id)?.seq ?? operation.seq ?? 1 + Math.max(0, ...[...this.rows.values()].map((row) => row.seq));
    this.gone.delete(id);
    this.rows.set(id, { ...copy(operation), id, seq, owner: this.owner, kept: "memory" });
    this.#say("change");
    await this.#write();
    this.#tellOthers();
    return { ...this.rows.get(id) };
  }

  /** The operations that wait, oldest first; those other tabs of this browser have written too. */
  async waiting() {
    await this.refresh();
    return [...this.rows.values()].sort(isOlder).map((row) => ({ ...row }));
  }

  /** Forget an operation: the server has answered it. */
  async drop(id) {
    this.rows.delete(id);
    this.fresh.delete(id);
    this.gone.add(id);
    this.#say("change");
    await this.#write();
    this.#tellOthers();
  }

  /** Keep *value* under *key*. Resolves with "device" or "memory". */
  async writeNote(key, value) {
    this.goneNotes.delete(key);
    this.notes.set(key, { value: copy(value), kept: "memory" });
    await this.#write();
    return this.notes.get(key)?.kept ?? "memory";
  }

  /** The notes as a `Map` of key → value. */
  async readNotes() {
    await this.refresh();
    return new Map([...this.notes].map(([key, note]) => [key, copy(note.value)]));
  }

  async dropNote(key) {
    this.notes.delete(key);
    this.goneNotes.add(key);
    await this.#write();
  }

  /** Read what the device has, and write what it should have but hasn't. */
  refresh() {
    return this.#inTurn(async () => {
      const before = this.count;
      this.#take(await this.database.run("readonly", (transaction, result) => this.#read(transaction, result)));
      if (this.#missing()) await this.#writeNow();
      else this.#works();
      if (this.count !== before) this.#say("change");
    });
  }

  #read(transaction, result) {
    result.value = { rows: [], notes: [], created: null };
    const operations = transaction.objectStore(OPERATIONS).index("line").getAll(rangeOf(this.owner));
    operations.onsuccess = () => (result.value.rows = operations.result);
    const notes = transaction.objectStore(NOTES).getAll(rangeOf(this.owner));
    notes.onsuccess = () => (result.value.notes = notes.result);
    const created = transaction.objectStore(MARKS).get("created");
    created.onsuccess = () => (result.value.created = created.result?.id ?? null);
  }

  /** Bring memory in line with what the device has. */
  #take(found) {
    const evicted = this.created !== null && found.created !== this.created;
    this.created = found.created;
    const onDevice = new Set(found.rows.map((row) => row.id));
    for (const [id, row] of this.rows) {
      if (row.kept !== "device" || onDevice.has(id)) continue;
      if (evicted) row.kept = "memory";
      else this.rows.delete(id); // another tab has sent it
    }
    for (const row of found.rows) {
      if (!this.gone.has(row.id) && this.rows.get(row.id)?.kept !== "memory") this.rows.set(row.id, { ...row, kept: "device" });
    }
    const keys = new Set(found.notes.map((note) => note.key));
    for (const [key, note] of this.notes) {
      if (note.kept !== "device" || keys.has(key)) continue;
      if (evicted) note.kept = "memory";
      else this.notes.delete(key);
    }
    for (const note of found.notes) {
      if (!this.goneNotes.has(note.key) && this.notes.get(note.key)?.kept !== "memory") {
        this.notes.set(note.key, { value: note.value, kept: "device" });
      }
    }
  }

  #missing() {
    const unkept = (entry) => entry.kept !== "device";
    return this.gone.size > 0 || this.goneNotes.size > 0 || [...this.rows.values(), ...this.notes.values()].some(unkept);
  }

  #write() {
    return this.#inTurn(async () => {
      if (this.#missing()) await this.#writeNow();
    });
  }

  /** Write all that memory alone has, and delete what was dropped, in one transaction. */
  async #writeNow() {
    const rows = [...this.rows.values()].filter((row) => row.kept !== "device");
    const notes = [...this.notes].filter(([, note]) => note.kept !== "device");
    const [gone, goneNotes] = [[...this.gone], [...this.goneNotes]];
    const created = await this.database.run("readwrite", (transaction, result) => {
      const operations = transaction.objectStore(OPERATIONS);
      const last = operations.index("line").openCursor(rangeOf(this.owner), "prev");
      last.onsuccess = () => {
        try {
          this.#putInLine(operations, rows, last.result?.value.seq ?? 0);
        } catch (error) {
          result.failure = error; // thrown out of this call it would be the page's error
          transaction.abort();
        }
      };
      for (const id of gone) operations.delete(id);
      const kept = transaction.objectStore(NOTES);
      for (const [key, note] of notes) kept.put({ owner: this.owner, key, value: note.value });
      for (const key of goneNotes) kept.delete([this.owner, key]);
      const mark = transaction.objectStore(MARKS).get("created");
      mark.onsuccess = () => (result.value = mark.result?.id ?? null);
    });
    for (const row of rows) {
      this.fresh.delete(row.id);
      if (this.rows.get(row.id) === row) row.kept = "device";
    }
    for (const [key, note] of notes) if (this.notes.get(key) === note) note.kept = "device";
    for (const id of gone) this.gone.delete(id);
    for (const key of goneNotes) this.goneNotes.delete(key);
    if (this.created !== null && created !== this.created) {
      // The database is another one than the one read before: what it had then is written again from memory.
      this.created = created;
      for (const entry of [...this.rows.values(), ...this.notes.values()]) {
        if (!rows.includes(entry) && !notes.some(([, note]) => note === entry)) entry.kept = "memory";
      }
      if (this.#missing()) return this.#writeNow();
    }
    this.created = created;
    this.#works();
    return undefined;
  }

  /** Write *rows*; new ones stand behind *last*, which another tab may have written just now. */
  #putInLine(operations, rows, last) {
    let end = last;
    for (const row of rows) {
      if (this.fresh.has(row.id)) row.seq = Math.max(row.seq, end + 1);
      end = Math.max(end, row.seq);
      const { kept, ...stored } = row;
      operations.put(stored);
    }
  }

  /** Reading and writing again must not be interleaved: one after the other, in the order asked for. */
  #inTurn(work) {
    this.tail = this.tail.then(async () => {
      try {
        if (performance.now() < this.silentUntil) throw new DOMException("The storage didn't answer a moment ago", "TimeoutError");
        await work();
      } catch (error) {
        this.#fails(error);
      }
    });
    return this.tail;
  }

  #works() {
    if (this.lasting) return;
    this.lasting = true;
    this.#say("recovered");
  }

  #fails(error) {
    this.lasting = false;
    if (error?.name === "TimeoutError" && performance.now() >= this.silentUntil) this.silentUntil = performance.now() + SILENCE;
    this.dispatchEvent(new CustomEvent("trouble", { detail: { name: error?.name ?? "", unkept: this.unkept } }));
  }

  #say(name) {
    this.dispatchEvent(new Event(name));
  }

  #tellOthers() {
    this.channel?.postMessage("changed");
  }
}

/** Ask the browser not to throw this site's storage away when space runs short. It may refuse; nobody is told. */
function askToPersist() {
  try {
    navigator.storage?.persist?.().catch(() => {});
  } catch {
    // Only secure contexts have it.
  }
}
