// Keeps the screen awake while a page is open. Browsers have it in secure contexts only (https, localhost); elsewhere `isSupported` is
// false and the page may say so. The lock ends when the page is hidden and is asked for again when it comes back.

// eslint-disable-next-line -- asked for, never taken for granted
export const isSupported = () => "wakeLock" in navigator && typeof navigator.wakeLock?.request === "function";

/** Keep the screen awake until the returned function is called. */
export function keepAwake() {
  let lock = null;
  let ended = false;

  const ask = async () => {
    if (ended || lock || document.visibilityState !== "visible" || !isSupported()) return;
    try {
      // eslint-disable-next-line -- isSupported() has asked
      const got = await navigator.wakeLock.request("screen");
      got.addEventListener("release", () => {
        if (lock === got) lock = null;
      });
      if (ended) await got.release();
      else lock = got;
    } catch {
      // Battery saving or the browser's policy: the screen sleeps as it always did.
    }
  };

  document.addEventListener("visibilitychange", ask);
  ask();
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release().catch(() => {});
    lock = null;
  };
}
