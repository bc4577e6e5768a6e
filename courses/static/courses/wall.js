// Renews the code on the wall shortly after it changes, and the count of those present in between.
const frame = document.getElementById("wall-now");
let left = seconds();

function seconds() {
  return Number(frame.querySelector(".wall-now")?.dataset.seconds ?? 10);
}

async function renew() {
  try {
    const answer = await fetch(frame.dataset.url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    frame.innerHTML = await answer.text();
    left = seconds();
  } catch {
    if (!frame.querySelector(".lost")) {
      const line = document.createElement("p");
      line.className = "lost";
      line.role = "status";
      line.textContent = frame.dataset.lost;
      frame.prepend(line);
    }
  }
}

let ticks = 0;
setInterval(() => {
  left -= 1;
  ticks += 1;
  const shown = document.getElementById("wall-left");
  if (shown && left >= 0) shown.textContent = left;
  if (left <= 0 || ticks % 6 === 0) renew();
}, 1000);

// A tablet on the wall must not fall asleep.
// eslint-disable-next-line -- asked for with "?."
const awake = () => navigator.wakeLock?.request("screen").catch(() => undefined);
awake();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) {
    awake();
    renew();
  }
});
