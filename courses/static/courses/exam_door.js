// Says before the exam begins what this browser can't do.

import { Outbox } from "../js/outbox.js";

const { worker, scope, words } = JSON.parse(document.getElementById("door-data").textContent);
const said = document.getElementById("browser");

async function hasWorker() {
  if (!("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register(worker, { scope });
    return true;
  } catch {
    return false; // plain http, or forbidden
  }
}

async function hasStorage() {
  const outbox = await Outbox.open({ database: "craftpath-exam", owner: "door" });
  return (await outbox.writeNote("try", true)) === "device";
}

const [keepsPages, keepsAnswers] = await Promise.all([hasWorker(), hasStorage()]);
const lines = [keepsAnswers ? "" : words.noStorage, keepsPages ? "" : words.noWorker].filter(Boolean);
said.textContent = lines.length ? lines.join(" ") : words.ready;
said.classList.add(lines.length ? "warn" : "ok");
said.hidden = false;
