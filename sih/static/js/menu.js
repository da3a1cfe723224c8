// Escape closes an open menu and returns to its button; so does a click elsewhere, which keeps its own focus.
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("[data-menu][open]");
  if (event.key !== "Escape" || !menu || document.querySelector("dialog[open]")) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  const menu = document.querySelector("[data-menu][open]");
  if (menu && !menu.contains(target)) menu.open = false;
});
