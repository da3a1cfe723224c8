// Shows what a script has heard ("counts", controllers/changes.py) in the header and before the title of the tab. What
// has grown is also said to screen readers, once.
{
  const place = document.querySelector("[data-counts]");

  const number = (text) => parseInt(text.replace("(", ""), 10) || 0;

  document.addEventListener("counts", ({ detail }) => {
    const said = [];
    for (const shown of document.querySelectorAll("[data-number]")) {
      const name = shown.dataset.number, words = place.dataset[name];
      if (number(detail[name]) > number(shown.textContent))
        said.push(words.replace("{count}", detail[name].replace(/[()]/g, "")));
      if (shown.textContent !== detail[name]) shown.textContent = detail[name];
    }
    const title = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = detail.title ? `${detail.title} ${title}` : title;
    if (said.length) place.textContent = said.join(". ");
  });
}
