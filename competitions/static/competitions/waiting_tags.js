// Shows in a list of numbers how many values of each sheet wait on this device: a sheet with marks that aren't sent isn't "not begun".

/**
 * Update the tags of all links with `data-sheet` below *root* whenever *outbox* changes: marks are counted, remarks aren't.
 * A tag without waiting marks says its `data-word` again, or what it said at first.
 */
export function showWaiting(root, outbox, { waiting }) {
  const tags = [...root.querySelectorAll("[data-sheet]")].map((link) => {
    const tag = link.querySelector(".tag");
    return { sheet: link.dataset.sheet, tag, word: tag.textContent, tone: tag.className };
  });
  const show = async () => {
    const counts = new Map();
    for (const row of await outbox.waiting()) if (row.kind === "mark") counts.set(row.sheet, (counts.get(row.sheet) ?? 0) + 1);
    for (const one of tags) {
      const count = counts.get(one.sheet) ?? 0;
      if (count) {
        one.tag.textContent = waiting.replace("%(count)s", count);
        one.tag.className = "tag warn";
        one.waited = true;
      } else if (one.waited) {
        one.tag.textContent = one.tag.dataset.word ?? one.word;
        one.tag.className = one.tone;
        one.waited = false;
      }
    }
  };
  outbox.addEventListener("change", show);
  show();
}
