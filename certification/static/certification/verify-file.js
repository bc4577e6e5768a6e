// A file dropped on the sheet is put into the form and sent. Without this script the form is an ordinary one.
const form = document.querySelector("[data-drop]");
const field = form?.querySelector("input[type=file]");
const box = form?.querySelector(".drop");

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
}
