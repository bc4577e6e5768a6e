import { keepAwake } from "../js/wake_lock.js";

// Renews the code on the wall when it changes, and the count of those present in between. All times come from the server: the page
// only measures how long ago it heard from it, so a wrong clock of the tablet changes nothing.
const frame = document.getElementById("wall-now");
let heardAt = performance.now();
let asking = false;

function told(name) {
  return Number(frame.querySelector(".wall-now")?.dataset[name] ?? 0);
}

function left() {
  return told("milliseconds") - (performance.now() - heardAt);
}

async function renew() {
  if (asking) return;
  asking = true;
  const asked = performance.now();
  try {
    const answer = await fetch(frame.dataset.url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    frame.innerHTML = await answer.text();
    // The answer is as old as the question at most: counting from there never shows more time than there is.
    heardAt = asked;
  } catch {
    if (!frame.querySelector(".lost")) {
      const line = document.createElement("p");
      line.className = "lost";
      line.setAttribute("role", "status");
      line.textContent = frame.dataset.lost;
      frame.prepend(line);
    }
  } finally {
    asking = false;
  }
}

let ticks = 0;
setInterval(() => {
  ticks += 1;
  const rest = left();
  const shown = document.getElementById("wall-left");
  if (shown) shown.textContent = String(Math.max(0, Math.ceil(rest / 1000)));
  // A code that the server takes no more is not shown either.
  frame.classList.toggle("dead", rest <= -told("stillGood"));
  if (rest <= 0 || ticks % 20 === 0) renew();
}, 250);

// A tablet on the wall must not fall asleep.
keepAwake();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) renew();
});
