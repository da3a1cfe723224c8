// Changing language or theme loses nothing typed: the theme changes without a new page; before the page is loaded in
// another language, what is typed in its forms is kept in this tab, and filled in again.
{
  const KEY = "sih-typed";
  const fields = () => [...document.querySelectorAll("main form[method=post] :is(input, select, textarea)[name]")]
    .filter((field) => !["hidden", "password", "submit", "file"].includes(field.type));
  const stateOf = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);

  const restore = (typed) => {
    for (const [index, field] of fields().entries()) {
      const { name, state } = typed[index] ?? {};
      if (name !== field.name || stateOf(field) === state) continue;
      if (typeof state === "boolean") field.checked = state; else field.value = state;
      field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
    }
  };
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  if (kept?.path === location.pathname) addEventListener("DOMContentLoaded", () => restore(kept.typed));

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[data-preference]")) return;
    const words = new FormData(form, submitter);
    if (words.has("theme")) {
      event.preventDefault();
      document.documentElement.dataset.bsTheme = document.documentElement.dataset.theme = words.get("theme");
      await fetch(form.action, { method: "POST", body: words, redirect: "manual" }).catch(() => {});
    } else {
      const typed = fields().map((field) => ({ name: field.name, state: stateOf(field) }));
      const path = new URL(words.get("next") || location.href, location.href).pathname;
      sessionStorage.setItem(KEY, JSON.stringify({ path, typed }));
    }
  });
}
