// Keys: j/k and arrows move from row to row, letters press the buttons of a row, or those of the bar while rows are
// ticked, and Ctrl+Enter saves. Single keys do nothing while somebody types, with a modifier, over a dialog, or when the
// profile switches them off.
{
  const isOn = document.currentScript.dataset.keys === "on";
  const NOUNS = { b: "openings", t: "acceptances", a: "escalations", c: "closures" };
  const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  const ROWS = "tr[id^=p]", LINK = "a[href^='/problems/']";
  let place = 0; // of the row that had the focus last, for when it goes with its row

  const rows = () => [...document.querySelectorAll(ROWS)];
  const current = () => document.activeElement.closest?.(ROWS);
  const types = ({ target }) =>
    target.isContentEditable || target.matches("select, textarea, input:not([type=checkbox], [type=radio])");

  const move = (step) => {
    const all = rows(), at = all.indexOf(current());
    const next = all[Math.min(Math.max(at < 0 ? place + Math.min(step, 0) : at + step, 0), all.length - 1)];
    next?.querySelector(LINK).focus();
  };

  const press = (noun, row) => {
    const button = document.querySelector("td.tick :checked")
      ? document.querySelector(`#many [data-noun=${noun}]:not([hidden])`)
      : row?.querySelector(`button[formaction*="/${noun}"]`);
    button?.click();
  };

  const help = () => {
    const form = document.createElement("form");
    const button = document.createElement("button");
    form.action = "/keys";
    button.dataset.dialogOpener = "";
    form.append(button);
    form.hidden = true;
    document.body.append(form);
    form.requestSubmit(button);
    form.remove();
  };

  const act = (key) => {
    const row = current() ?? (rows().length ? null : document.querySelector("main"));
    if (key in STEPS && rows().length) move(STEPS[key]);
    else if (key in NOUNS) press(NOUNS[key], row);
    else if (key === "x") row?.querySelector("input[name=picked]")?.click();
    else if (key === "/") document.querySelector("main [type=search]")?.focus();
    else if (key === "?") help();
    else if (key === "Enter" && document.activeElement.matches("[name=picked]")) row?.querySelector(LINK).click();
    else return false;
    return true;
  };

  const save = (target) => {
    const form = target.form ?? target.closest("form");
    const canPress = (one) => one.type === "submit" && one.name !== "ready_text" && !one.disabled && one.checkVisibility();
    const buttons = [...(form?.elements ?? [])].filter(canPress);
    // The buttons of all rows belong to one form: the one that has the focus is meant.
    const focused = buttons.find((one) => one === target);
    const button = focused ?? buttons.find((one) => one.matches(".btn-primary")) ?? buttons[0];
    if (button) form.requestSubmit(button);
  };

  document.addEventListener("focusin", () => {
    const row = current();
    if (row) place = rows().indexOf(row);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return save(event.target);
    }
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || types(event)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}
