// Fills in the usual priority of the chosen category, until the person chooses a priority.
document.addEventListener("change", ({ target }) => {
  const usual = target.closest("[data-usual]");
  if (!usual) return;
  if (target.name === "priority") usual.dataset.chosen = "1";
  if (target.name !== "category_id" || usual.dataset.chosen) return;
  const priority = JSON.parse(usual.dataset.usual)[target.value];
  if (priority) usual.querySelector("[name=priority]").value = priority;
});
