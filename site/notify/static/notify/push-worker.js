// Shows web push messages and opens what they are about. Nothing is cached here.
self.addEventListener("push", (event) => {
  let shown = {};
  try {
    shown = event.data ? event.data.json() : {};
  } catch {
    shown = {};
  }
  const options = { body: shown.body || "", tag: shown.tag, lang: shown.lang, icon: "/static/img/seal.svg", data: { url: shown.url || "/messages/" } };
  event.waitUntil(self.registration.showNotification(shown.title || "匠路", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.url || "/messages/", self.location.origin);
  if (address.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const open = windows.find((one) => new URL(one.url).pathname === address.pathname);
      return open ? open.focus() : self.clients.openWindow(address.href);
    }),
  );
});
