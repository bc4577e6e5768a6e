// Asks the server from time to time whether a spot check waits, and shows its button without leaving the page; on the class head's
// page it renews the counts. Times come from the server; the page only measures how long ago it heard from it.
const EVERY = 8000;
const HEADERS = { "X-Requested-With": "spot-check" };
const slot = document.getElementById("spot-check");
const board = document.getElementById("spot-checks");

async function ask(url, options) {
  const answer = await fetch(url, { credentials: "same-origin", headers: HEADERS, ...options });
  if (answer.redirected || (!answer.ok && answer.status !== 409)) throw new Error(String(answer.status));
  return answer;
}

function countDown(section, heardAt) {
  const left = section.querySelector(".spot-left");
  const rest = Number(section.dataset.milliseconds) - (performance.now() - heardAt);
  if (left) left.textContent = String(Math.max(0, Math.ceil(rest / 1000)));
  if (rest <= 0) section.remove();
  else setTimeout(() => countDown(section, heardAt), 250);
}

function arm() {
  const section = slot.querySelector(".spot-check");
  const form = section?.querySelector("form");
  if (!form) return;
  countDown(section, performance.now());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await ask(form.action, { method: "POST", body: new FormData(form) });
      slot.innerHTML = await answer.text();
    } catch {
      // Without an answer the page can't say that it was recorded: the ordinary way tells.
      form.submit();
    }
  });
}

async function look() {
  if (document.hidden || slot.querySelector(".spot-check")) return;
  try {
    const answer = await ask(slot.dataset.url);
    if (answer.status === 200) {
      slot.innerHTML = await answer.text();
      arm();
    }
  } catch {
    // No network: the next look comes soon.
  }
}

if (slot) {
  arm();
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}

if (board) {
  setInterval(async () => {
    if (document.hidden || !board.querySelector("[data-open]")) return;
    try {
      board.innerHTML = await (await ask(board.dataset.url)).text();
    } catch {
      // The next look comes soon.
    }
  }, 2000);
}
