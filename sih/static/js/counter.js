// How long a text is and may be, while it is typed: in characters after NFC, as the server counts them. A screen reader
// hears it near the limit alone, and only once the typing pauses.
{
  const words = document.currentScript.dataset;
  const NEAR = 0.9;
  let waiting;

  const counterOf = (field) => {
    const place = field.closest("[data-field]");
    const found = place.querySelector("[data-counter]");
    if (found) return found;
    const counter = document.createElement("div");
    counter.className = "form-text";
    counter.dataset.counter = "";
    const [seen, heard] = [document.createElement("span"), document.createElement("span")];
    seen.setAttribute("aria-hidden", "true");
    heard.setAttribute("role", "status");
    heard.className = "visually-hidden";
    counter.append(seen, heard);
    place.append(counter);
    return counter;
  };

  document.addEventListener("input", ({ target }) => {
    const limit = Number(target.dataset.limit);
    if (!limit) return;
    const text = target.value.normalize("NFC");
    // Blanks that indent the first of several lines count.
    const length = [...(target.matches("textarea") ? text.replace(/^\s*\n/, "").trimEnd() : text.trim())].length;
    const facts = { length, limit, over: length - limit };
    const sentence = (length > limit ? words.over : words.count).replace(/{(\w+)}/g, (_, name) => facts[name]);
    const [seen, heard] = counterOf(target).children;
    seen.textContent = sentence;
    seen.classList.toggle("text-danger", length > limit);
    clearTimeout(waiting);
    waiting = setTimeout(() => { heard.textContent = length > limit * NEAR ? sentence : ""; }, 1000);
  });
}
