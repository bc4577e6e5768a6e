// The screen stays on while the QR code is shown, where the browser can do that. Without it the page is the same.
(() => {
  if (!("wakeLock" in navigator)) return;
  // eslint-disable-next-line -- asked for above
  const hold = () => navigator.wakeLock.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") hold(); });
  hold();
})();
