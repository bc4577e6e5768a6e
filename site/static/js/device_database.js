// A connection to IndexedDB that survives what devices do to it: a tablet that slept, storage that was evicted, another tab that
// upgrades. Work runs in one transaction and counts as done when that transaction is complete, never earlier.

const OPEN_LIMIT = 5000; // ms; some WebViews never answer `open`
const WORK_LIMIT = 5000;

/** Reject with a `TimeoutError` if *promise* is not settled after *limit* ms; *giveUp* is called first. */
function limited(promise, limit, giveUp) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp();
      reject(new DOMException("The storage doesn't answer", "TimeoutError"));
    }, limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class DeviceDatabase {
  /** *upgrade* gets the database and creates its object stores; it runs once, when the database is new. */
  constructor(name, tables, upgrade) {
    this.name = name;
    this.tables = tables;
    this.upgrade = upgrade;
    this.connection = null;
  }

  /**
   * Run *work(transaction, result)* over all tables and return `result.value` once the transaction is complete.
   * A connection that was lost is opened again once. Rejects when that fails too, and at once when the storage doesn't answer.
   */
  async run(mode, work) {
    try {
      return await this.#attempt(mode, work);
    } catch (error) {
      this.close();
      if (error.name === "TimeoutError") throw error;
      return this.#attempt(mode, work);
    }
  }

  close() {
    const open = this.connection;
    this.connection = null;
    open?.then((database) => database.close()).catch(() => {});
  }

  async #attempt(mode, work) {
    const database = await this.#connect();
    let transaction;
    const done = new Promise((resolve, reject) => {
      // Strict: a value called kept is on the disk, not in a buffer of the system.
      transaction = database.transaction(this.tables, mode, { durability: "strict" });
      const result = {}; // `value` to return, `failure` of the code that aborted
      transaction.oncomplete = () => resolve(result.value);
      transaction.onabort = () => reject(result.failure ?? transaction.error ?? new DOMException("The transaction was aborted", "AbortError"));
      work(transaction, result);
    });
    return limited(done, WORK_LIMIT, () => abort(transaction));
  }

  #connect() {
    this.connection ??= this.#open();
    return this.connection;
  }

  #open() {
    let givenUp = false;
    const opening = new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => this.upgrade(request.result);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        if (givenUp) return database.close();
        const forget = () => {
          this.connection = null;
        };
        database.onclose = forget;
        database.onversionchange = () => {
          database.close();
          forget();
        };
        return resolve(database);
      };
    });
    return limited(opening, OPEN_LIMIT, () => {
      givenUp = true;
    });
  }
}

function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It had ended already.
  }
}
