// Runs in the head, before rendering: applies the theme of the system if none was chosen, and marks that scripts run.
const root = document.documentElement;
root.classList.add("scripted");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
if (root.dataset.theme === "auto") {
  follow();
  dark.addEventListener("change", follow);
}
