// Suggests whom "@" may name while a remark is typed: a list below the field, which keeps the focus. Arrows move in the
// list, Enter and Tab choose, Escape closes. What is chosen stands in the text as NIK and name.
{
  const WORDS = /(^|[^\p{L}\p{N}_@/.+-])@((?:[\p{L}\p{N}][\p{L}\p{N}.'’-]*(?: [\p{L}\p{N}.'’-]*){0,3})?)$/u;
  const PAUSE = 150;
  let list, field, waiting, asked = 0, start = -1, done = -1; // `done`: the "@" that was chosen for or closed

  const close = () => {
    clearTimeout(waiting);
    asked += 1;
    if (!list) return;
    list.remove();
    for (const name of ["aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
    list = null;
  };

  const select = (option) => {
    for (const one of list.children) one.setAttribute("aria-selected", String(one === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const say = (place, text) => {
    let region = place.querySelector("[role=status]");
    if (!region) {
      region = document.createElement("p");
      region.className = "visually-hidden";
      region.setAttribute("role", "status");
      place.append(region);
    }
    region.textContent = text;
  };

  const show = (place, people) => {
    close();
    if (!people.length) return;
    list = document.createElement("ul");
    list.className = "named";
    list.id = "named";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "@");
    for (const { nik, name, about } of people) {
      const option = document.createElement("li"), more = document.createElement("small");
      option.id = `named-${nik}`;
      option.setAttribute("role", "option");
      option.dataset.words = `@${nik} ${name} `;
      option.append(`${name} (${nik})`, more);
      more.textContent = about;
      list.append(option);
    }
    place.append(list);
    field.setAttribute("aria-controls", list.id);
    select(list.firstElementChild);
    say(place, place.dataset.found.replace("{count}", people.length));
  };

  const look = async () => {
    const place = field.closest("[data-mentions]");
    const typed = WORDS.exec(field.value.slice(0, field.selectionStart));
    start = typed ? typed.index + typed[1].length : -1;
    if (!typed || start === done) return close();
    done = -1;
    const turn = ++asked;
    const query = new URLSearchParams({ q: typed[2] });
    if (field.form.elements.internal?.checked) query.set("internal", "1");
    const response = await fetch(`${place.dataset.mentions}?${query}`).catch(() => null);
    const people = response?.ok && !response.redirected ? await response.json() : [];
    if (turn === asked && document.activeElement === field) show(place, people);
  };

  const choose = (option) => {
    const words = option.dataset.words;
    done = start;
    close();
    field.setRangeText(words, start, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-mentions] textarea")) return;
    if (field !== target) done = -1;
    field = target;
    field.setAttribute("aria-autocomplete", "list");
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });

  document.addEventListener("keydown", (event) => {
    if (!list || event.target !== field || event.isComposing) return;
    const at = list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") select(at.nextElementSibling ?? list.firstElementChild);
    else if (event.key === "ArrowUp") select(at.previousElementSibling ?? list.lastElementChild);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || (event.key === "Tab" && !event.shiftKey)) choose(at);
    else if (event.key === "Escape") { done = start; close(); }
    else return;
    event.preventDefault();
  }, true);

  document.addEventListener("focusout", ({ target }) => { if (target === field) close(); });
  // The field keeps the focus when a suggestion is touched.
  document.addEventListener("pointerdown", (event) => { if (event.target.closest(".named")) event.preventDefault(); });
  document.addEventListener("mousedown", (event) => { if (event.target.closest(".named")) event.preventDefault(); });
  document.addEventListener("click", ({ target }) => {
    const option = target.closest(".named [role=option]");
    if (option) choose(option);
  });
}
