// Puts a ready text into its field at a touch. What somebody typed is replaced only after a question in the page; a ready
// text that was put there and is still untouched makes way for another.
{
  const isTyped = (field, group) => {
    const offered = [...group.querySelectorAll("[data-words]")].map((button) => button.dataset.words);
    return field.value.trim() !== "" && !offered.includes(field.value);
  };

  const put = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.setSelectionRange(text.length, text.length);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-ready-texts] button");
    if (!button) return;
    event.preventDefault();
    const group = button.closest("[data-ready-texts]");
    const field = button.form.elements[group.dataset.readyTexts];
    const question = group.querySelector("[data-question]");
    const { words, put: how } = button.dataset;
    if (words !== undefined && isTyped(field, group)) {
      question.dataset.question = words;
      question.hidden = false;
      question.querySelector("button").focus();
      return;
    }
    question.hidden = true;
    if (how === "not") field.focus();
    else if (how === "below") put(field, `${field.value}\n${question.dataset.question}`);
    else put(field, words ?? question.dataset.question);
  });
}
