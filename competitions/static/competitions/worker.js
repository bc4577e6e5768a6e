// Keeps the judge's pages open without network. Pages: the network first, the kept copy if it fails. Marks are not its business:
// they wait in IndexedDB and are sent by the page. One cache a judge; another judge on the same tablet throws the older ones away.

const PREFIX = "craftpath-judging-";
let cacheName = null;

/** The cache of the judge at this tablet; null until a page has said who that is. */
async function present() {
  const names = cacheName ? [] : (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  cacheName ??= names.at(-1) ?? null; // a page may have named the judge while we looked
  return cacheName ? caches.open(cacheName) : null;
}

async function become(judge) {
  cacheName = `${PREFIX}${judge}`;
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== cacheName) await caches.delete(name);
  return caches.open(cacheName);
}

const keepable = (response) => response.ok && !response.redirected && response.type === "basic";

async function fetched(request) {
  const cache = await present();
  try {
    const response = await fetch(request);
    if (cache && keepable(response)) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache?.match(request, { ignoreVary: true });
    if (kept) return kept;
    // A sheet that was never kept: the desk says what is there.
    const desk = request.mode === "navigate" && (await cache?.match("/judging/", { ignoreVary: true }));
    if (desk) return desk;
    throw error;
  }
}

async function kept(request) {
  const cache = await present();
  const found = await cache?.match(request, { ignoreVary: true });
  if (found) return found;
  return fetched(request);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith("/judging/")) event.respondWith(fetched(request));
  // A name with a hash in it never changes its content; any other is asked for again.
  else if (url.pathname.startsWith("/static/")) event.respondWith(/\.[0-9a-f]{12}\./.test(url.pathname) ? kept(request) : fetched(request));
});

self.addEventListener("message", (event) => {
  const { judge, pages } = event.data ?? {};
  if (!judge) return;
  event.waitUntil(
    become(judge).then(async (cache) => {
      for (const page of pages ?? []) {
        const request = new Request(page, { credentials: "same-origin" });
        const found = page.startsWith("/judging/") && (await cache.match(request, { ignoreVary: true }));
        if (found) continue;
        try {
          const response = await fetch(request);
          if (keepable(response)) await cache.put(request, response);
        } catch {
          return;
        }
      }
    }),
  );
});
