// Behaviour of all forms. Listeners are on the document, because dialogs add forms later.
// A filter form is sent when a choice changes; typed text waits for Enter, and so does what folds away, where one often
// chooses several. Empty fields stay out of the URL.
document.addEventListener("change", ({ target }) => {
  const isChoice = target.matches("[data-auto-submit] select, [data-auto-submit] [type=checkbox]");
  if (isChoice && !target.closest("details")) target.form.requestSubmit();
});
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-auto-submit]")) return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
// A form that creates something is sent by the first click only; the server also recognises a second one.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
});
