// A file dropped on the sheet is put into the form and sent; while it is sent and checked, the page says so. Without this script the
// form is an ordinary one.
const form = document.querySelector("[data-drop]");
const field = form?.querySelector("input[type=file]");
const box = form?.querySelector(".drop");
const status = form?.querySelector("[data-status]");
const working = form?.querySelector("[data-working]");

function show(busy, sentence) {
  working.hidden = !busy;
  status.textContent = sentence;
  form.setAttribute("aria-busy", String(busy));
  form.querySelector("button[type=submit]").disabled = busy;
}

function send(files) {
  if (files.length !== 1) return;
  field.files = files;
  form.requestSubmit();
}

if (form && field && box) {
  box.querySelector("[data-hint]").hidden = false;
  for (const name of ["dragenter", "dragover"])
    form.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) box.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    send(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => send(event.clipboardData.files));
  form.addEventListener("submit", (event) => {
    if (field.files.length && field.files[0].size > Number(form.dataset.most)) {
      event.preventDefault();
      show(false, status.dataset.tooLarge);
    } else if (field.files.length) {
      show(true, status.dataset.says);
    }
  });
  field.addEventListener("change", () => show(false, ""));
  // Back from the answer, out of the browser's memory: nothing is being sent any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show(false, "");
  });
}
