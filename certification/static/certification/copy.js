// Buttons that copy an address. Without a script, or without the right to the clipboard, the address stands in a field to be copied by hand.
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = button.dataset.done;
      } catch { /* it is selected: copy by hand */ }
    });
  }
})();
