// On every page of the desk: the worker that keeps pages for times without network, and on the list what still waits on this device.

import { Store } from "./store.js";
import { Sync } from "./sync.js";

const place = JSON.parse(document.getElementById("desk-place").textContent);

if ("serviceWorker" in navigator) {
  await navigator.serviceWorker.register(place.worker, { scope: place.scope });
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ judge: place.judge, pages: [location.pathname, ...place.pages] });
}

const tag = document.getElementById("desk-waiting");
if (tag) {
  const store = await Store.open(place.judge);
  const sync = new Sync(store);
  const show = () => {
    const text = sync.state === "signed-out" ? place.texts.signed_out : sync.count ? place.texts.waiting : sync.state === "offline" ? place.texts.offline : "";
    tag.textContent = text.replace("%(count)s", sync.count);
    tag.hidden = !text;
  };
  sync.addEventListener("state", show);
  show();
  await sync.flush();
}
