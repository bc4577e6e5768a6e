// Shows in a list of numbers how many marks of each sheet wait on this device, or how many remarks where no mark does: a sheet with
// marks that aren't sent isn't "not begun".

/** Update the tags of all links with `data-sheet` below *root* whenever *outbox* changes. */
export function showWaiting(root, outbox, { waiting, remarks_waiting }) {
  const tags = [...root.querySelectorAll("[data-sheet]")].map((link) => {
    const tag = link.querySelector(".tag");
    return { sheet: link.dataset.sheet, tag, word: tag.textContent, tone: tag.className };
  });
  const show = async () => {
    const rows = await outbox.waiting();
    for (const one of tags) {
      const mine = rows.filter((row) => row.sheet === one.sheet);
      const marks = mine.filter((row) => row.kind === "mark").length;
      if (mine.length) {
        one.tag.textContent = marks ? waiting.replace("%(count)s", marks) : remarks_waiting.replace("%(count)s", mine.length);
        one.tag.className = "tag warn";
        one.waited = true;
      } else if (one.waited) {
        one.tag.textContent = one.word;
        one.tag.className = one.tone;
        one.waited = false;
      }
    }
  };
  outbox.addEventListener("change", show);
  show();
}
