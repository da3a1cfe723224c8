// The ticked rows of a list: the numbers on the buttons of their bar, and boxes that tick them all. A box carries the
// last event of its row, so after a refresh only rows that have not changed are ticked again, and those that a dialog
// lists as left out.
{
  const ticked = new Set();
  const boxes = () => [...document.querySelectorAll("td.tick [name=picked]")];

  const count = () => {
    const rows = boxes().filter((box) => box.checked).map((box) => box.closest("tr"));
    for (const button of document.querySelectorAll("#many [data-noun]:not([aria-busy])")) {
      const amount = rows.filter((row) => row.querySelector(`[formaction*="/${button.dataset.noun}"]`)).length;
      button.hidden = amount === 0;
      button.querySelector("[data-amount]").textContent = ` (${amount})`;
    }
    const said = document.querySelector("[data-ticked]");
    if (said) said.textContent = said.dataset.ticked.replace("{amount}", rows.length);
    for (const all of document.querySelectorAll("[data-tick-all]")) {
      all.checked = rows.length > 0 && rows.length === boxes().length;
      all.indeterminate = rows.length > 0 && !all.checked;
    }
  };

  const remember = (box) => ticked[box.checked ? "add" : "delete"](box.value);

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-tick-all]")) for (const box of boxes()) box.checked = target.checked;
    if (!target.matches("[data-tick-all], td.tick [name=picked]")) return;
    boxes().forEach(remember);
    count();
  });

  // What a dialog says was left out has changed, and the others were done: the rows below it are read again.
  const refresh = async () => {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  };

  document.addEventListener("dialog-shown", ({ detail }) => {
    count();
    for (const { dataset } of detail.querySelectorAll("[data-left-out]")) ticked.add(dataset.leftOut);
    const left = detail.querySelector("[data-left]");
    if (!left) return;
    left.querySelectorAll("[name=picked]").forEach(remember);
    refresh();
  });

  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.nodeType === 1);
    const fresh = added.flatMap((node) => [...node.querySelectorAll("td.tick [name=picked]")]);
    if (fresh.length === 0) return;
    for (const box of fresh) box.checked = ticked.has(box.value);
    count();
  }).observe(document.body, { childList: true, subtree: true });

  // Where the browser restores ticks, as after going back.
  addEventListener("pageshow", () => {
    boxes().forEach(remember);
    count();
  });
}
