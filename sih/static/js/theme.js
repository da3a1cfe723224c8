// In the head, before anything is drawn: the reader's own theme where none was chosen, and that scripts run.
const root = document.documentElement;
root.classList.add("scripted");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
if (root.dataset.theme === "auto") {
  follow();
  dark.addEventListener("change", follow);
}
