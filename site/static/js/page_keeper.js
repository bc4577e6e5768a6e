// The service worker that keeps pages open without network. `core.service_worker` puts `KEEPER` before this text: the prefix of the
// caches' names, the folder it rules, and the page shown instead of one never kept ("" for none).
//
// A page says whose it is and what it is made of: `postMessage({ owner, pages: [address, …] })`, and hears `{ kept: [address, …] }`
// when that lies in the cache. One cache an owner; another owner on the same device throws the older ones away. `{ owner, forget: true }`
// throws it away when nothing of it is needed any more. Pages: the network first, the kept copy if it fails or doesn't answer in time.
// What people type is not the worker's business: it waits in the page's outbox.

const PATIENCE = 8000; // ms for a page from the network while a kept copy exists
let cacheName = null;

/** The cache of the owner at this device; null until a page has said who that is. */
async function present() {
  const names = cacheName ? [] : (await caches.keys()).filter((name) => name.startsWith(KEEPER.prefix));
  cacheName ??= names.pop() ?? null; // a page may have named the owner while we looked
  return cacheName ? caches.open(cacheName) : null;
}

async function become(owner) {
  cacheName = `${KEEPER.prefix}${owner}`;
  for (const name of await caches.keys()) if (name.startsWith(KEEPER.prefix) && name !== cacheName) await caches.delete(name);
  return caches.open(cacheName);
}

async function forget(owner) {
  await caches.delete(`${KEEPER.prefix}${owner}`);
  if (cacheName === `${KEEPER.prefix}${owner}`) cacheName = null;
}

const keepable = (response) => response.ok && !response.redirected && response.type === "basic";
const find = (cache, request) => cache?.match(request, { ignoreVary: true });
const after = (time) => new Promise((resolve, reject) => setTimeout(() => reject(new Error("no answer in time")), time));

async function fetched(request) {
  const cache = await present();
  const held = await find(cache, request);
  try {
    const answer = fetch(request).then(async (response) => {
      // Only what was kept before is renewed: a page that nobody asked to keep stays out.
      if (cache && keepable(response) && (held || request.mode !== "navigate")) await cache.put(request, response.clone());
      return held && response.status >= 500 ? held : response;
    });
    return await (held ? Promise.race([answer, after(PATIENCE)]) : answer);
  } catch (error) {
    const kept = held ?? (request.mode === "navigate" && KEEPER.fallback ? await find(cache, KEEPER.fallback) : null);
    if (kept) return kept;
    throw error;
  }
}

async function kept(request) {
  return (await find(await present(), request)) ?? fetched(request);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(KEEPER.scope)) event.respondWith(fetched(request));
  // A name with a hash in it never changes its content; any other is asked for again.
  else if (url.pathname.startsWith("/static/")) event.respondWith(/\.[0-9a-f]{12}\./.test(url.pathname) ? kept(request) : fetched(request));
});

async function keep(owner, pages) {
  const cache = await become(owner);
  const held = [];
  for (const page of pages) {
    const request = new Request(page, { credentials: "same-origin" });
    try {
      if (!(await find(cache, request))) {
        const response = await fetch(request);
        if (!keepable(response)) continue;
        await cache.put(request, response);
      }
      held.push(page);
    } catch {
      break; // the network is away: what is held so far is said
    }
  }
  return held;
}

self.addEventListener("message", (event) => {
  const { owner, pages, forget: over } = event.data ?? {};
  if (!owner) return;
  if (over) event.waitUntil(forget(owner));
  else event.waitUntil(keep(owner, pages ?? []).then((held) => event.source?.postMessage({ kept: held })));
});
