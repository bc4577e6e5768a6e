// The button that subscribes this browser to web push. Without this file the page says what is missing.
const place = document.querySelector("[data-push]");
const say = (text) => { place.querySelector("[data-push-said]").textContent = text; };

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
  return Uint8Array.from(plain, (ch) => ch.charCodeAt(0));
};

const device = () => {
  // eslint-disable-next-line -- the old name is read where it is missing
  const named = navigator.userAgentData;
  if (named?.brands?.length) return `${named.brands.at(-1).brand} · ${named.platform}`;
  const found = navigator.userAgent.match(/(Firefox|Edg|Chrome|Safari)\//);
  return found ? found[1] : "";
};

async function subscribe() {
  // eslint-disable-next-line -- the button is shown only where push is known
  if ((await Notification.requestPermission()) !== "granted") {
    say(place.dataset.refused);
    return;
  }
  const registration = await navigator.serviceWorker.register(place.dataset.worker, { scope: "/" });
  await navigator.serviceWorker.ready;
  const old = await registration.pushManager.getSubscription();
  if (old) await old.unsubscribe(); // it may be under another key
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) });
  const answer = await fetch(place.dataset.address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify({ ...made.toJSON(), device: device() }),
  });
  if (answer.ok) window.location.reload();
  else say((await answer.json()).message);
}

if (place && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  place.querySelector("[data-push-can]").hidden = false;
  place.querySelector("[data-push-cannot]").hidden = true;
  const button = place.querySelector("button[data-push-go]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await subscribe();
    } catch {
      say(place.dataset.failed);
    }
    button.disabled = false;
  });
}
