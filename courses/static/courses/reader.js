// Tells the server every twenty seconds that a lesson is being read; the server keeps the time.
const reader = document.querySelector(".reader");
const said = document.getElementById("left");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let left = Number(reader.dataset.left);

function say() {
  if (said) said.textContent = left > 0 ? said.dataset.more.replace("{n}", left) : said.dataset.enough;
}

async function beat() {
  if (document.hidden) return;
  try {
    const answer = await fetch(reader.dataset.beat, { method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin" });
    if (answer.ok) left = (await answer.json()).left;
  } catch {
    // Without network nothing is counted; the next beat tries again.
  }
  say();
}

if (reader.dataset.beat) {
  setInterval(beat, 20_000);
  setInterval(() => {
    if (!document.hidden && left > 0) {
      left -= 1;
      if (left === 0) beat();
      say();
    }
  }, 1000);
}
