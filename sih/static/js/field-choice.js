// Shows the fields that belong to the chosen kind. Hidden fields are disabled, so they are not sent.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-field-choice] select")) return;
  const chosen = event.target.value;
  for (const part of event.target.form.querySelectorAll("[data-for]")) {
    const isChosen = chosen !== "" && (part.dataset.for === chosen || part.dataset.for === "*");
    part.hidden = !isChosen;
    for (const inner of part.querySelectorAll("[data-field]")) inner.hidden = false;
    for (const field of part.querySelectorAll("select, textarea")) field.disabled = !isChosen;
  }
});
