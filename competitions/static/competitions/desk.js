// The judge's list of sheets: keeps pages for times without network, shows what waits on this device, and sends it.

import { Outbox } from "../js/outbox.js";
import { Session } from "../js/session.js";
import { keepPages } from "./keep_pages.js";
import { answersOf, Sender } from "./sending.js";
import { showWaiting } from "./waiting_tags.js";

const place = JSON.parse(document.getElementById("desk-place").textContent);
const { texts } = place;
const tag = document.getElementById("desk-waiting");
const outbox = await Outbox.open({ database: place.database, owner: place.judge });
const sender = new Sender(outbox, new Session());

function show() {
  const marks = [...outbox.rows.values()].filter((row) => row.kind === "mark").length;
  const count = marks || outbox.count;
  let text = "";
  if (sender.state === "signed-out") text = texts.signed_out;
  else if (!outbox.lasting && count) text = texts.unkept;
  else if (count) text = marks ? texts.waiting : texts.remarks_waiting;
  else if (sender.state === "offline") text = texts.offline;
  tag.textContent = text.replace("%(count)s", count);
  tag.className = !outbox.lasting && count ? "tag bad" : "tag warn";
  tag.hidden = !text;
}

/** What was refused is shown on its sheet: keep it there as a note. */
function keepRefused({ row, status, data, work }) {
  for (const [aspect, answer] of answersOf(row, status, data)) work.push(outbox.writeNote(`answer/${row.sheet}/${aspect}`, answer));
}

sender.addEventListener("state", show);
sender.addEventListener("answered", (event) => keepRefused(event.detail));
for (const name of ["change", "trouble", "recovered"]) outbox.addEventListener(name, show);
showWaiting(document, outbox, texts);
show();
keepPages(place);
await sender.flush();
