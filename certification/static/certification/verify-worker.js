// Keeps the page under /V/, the issuer's keys and the status lists. Answers scanned addresses when the network doesn't.
const KEPT = "craftpath-verify-1";
const PAGE = "/V/";
const KEYS = "/.well-known/did.json";
const INDEX = "/status/";
const MOST = 20; // lists kept whatever is scanned; of a site with more, the newest
const PATIENCE = 5000;
const OLD = 10 * 60 * 1000;

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(open(event));
  else if (address.pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});

addEventListener("message", (event) => {
  if (event.data !== "refresh") return;
  const answer = (done) => event.ports[0]?.postMessage(done);
  event.waitUntil(
    keep().then(
      () => answer(true),
      () => answer(false),
    ),
  );
});

// `AbortSignal.timeout` would do the same; Safari before 16 lacks it.
function fetchWithin(milliseconds, request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  return fetch(request, { signal: stop.signal }).finally(() => clearTimeout(timer));
}

// The site's own answer where there is one; else the kept page, which reads the code behind the # itself.
async function open(event) {
  try {
    const answer = await fetchWithin(PATIENCE, event.request);
    if (answer.status >= 500) throw new Error(String(answer.status));
    event.waitUntil(refreshIfOld());
    return answer;
  } catch {
    return (await caches.match(PAGE, { cacheName: KEPT })) ?? Response.error();
  }
}

async function asset(request) {
  return (await caches.match(request, { cacheName: KEPT })) ?? fetch(request);
}

async function refreshIfOld() {
  const kept = await caches.match("/V/kept-at", { cacheName: KEPT });
  if (!kept || Date.now() - Number(await kept.text()) > OLD) await keep().catch(() => {});
}

async function fresh(address, headers = {}) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin", headers });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

async function keep() {
  const cache = await caches.open(KEPT);
  const page = await fresh(PAGE);
  const text = await page.clone().text();
  await cache.put(PAGE, page);
  await Promise.all([...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, address]) => keepAsset(cache, address)));
  await cache.put(KEYS, await fresh(KEYS));
  const { lists, purposes } = await (await fresh(INDEX)).json();
  for (const number of lists.slice(-MOST))
    for (const purpose of purposes) await keepList(cache, `/status/${number}/${purpose}`);
  await cache.put("/V/kept-at", new Response(String(Date.now())));
}

async function keepAsset(cache, address) {
  const answer = await fresh(address);
  await cache.put(address, answer.clone());
  if (!answer.headers.get("Content-Type")?.includes("css")) return;
  const inside = [...(await answer.text()).matchAll(/@import\s+url\(["']?([^"')]+)/g)];
  await Promise.all(inside.map(([, found]) => keepAsset(cache, new URL(found, new URL(address, location.origin)).pathname)));
}

function signedAt(text) {
  return JSON.parse(atob(text.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).iat;
}

// A list older than the one kept is not taken: somebody may be playing back one from before a revocation.
async function keepList(cache, address) {
  const text = await (await fresh(address, { Accept: "application/vc+jwt" })).text();
  const before = await cache.match(address);
  if (before && signedAt(await before.text()) > signedAt(text)) return;
  await cache.put(address, new Response(text, { headers: { "Content-Type": "application/vc+jwt" } }));
}
