// Suggestions for a field that refers to a row of a long list, shown in a native datalist.
let waiting;
document.addEventListener("input", ({ target }) => {
  const noun = target.dataset.picker;
  if (!noun) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const address = `/pickers?${new URLSearchParams({ noun, q: target.value })}`;
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return;
    const rows = await response.json();
    target.list.replaceChildren(...rows.map(({ value, text }) => new Option(`${value} ${text}`, value)));
  }, 150);
});
