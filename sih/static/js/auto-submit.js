// What all forms have; asked of the document, because a dialog's answer brings new ones.
// A filter applies as soon as it is chosen; what is typed waits for Enter. What is empty stays out of the address.
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-auto-submit] select, [data-auto-submit] [type=checkbox]")) target.form.requestSubmit();
});
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-auto-submit]")) return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});
// A form that makes something new is sent by the first click only; the server would know the second one anyway.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) delete form.dataset.sent;
});
