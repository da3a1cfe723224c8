// Takes a caller from the suggestions at once, with the goods of the caller's store; the good comes next.
document.addEventListener("input", ({ target }) => {
  if (target.name !== "caller") return;
  const isSuggested = [...target.list.options].some((option) => option.value === target.value);
  if (isSuggested) target.form.requestSubmit(target.form.querySelector("[data-taken=caller]"));
});
