// Registers the worker that keeps the judge's pages open without network, where the browser has workers and the page is secure.

/** Register the worker and tell it which pages to keep. Resolves with whether pages are kept. */
export async function keepPages({ worker, scope, judge, pages }) {
  if (!("serviceWorker" in navigator) || !navigator.serviceWorker) return false;
  try {
    await navigator.serviceWorker.register(worker, { scope });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ judge, pages: [window.location.pathname, ...pages] });
    return active !== null;
  } catch {
    return false;
  }
}
