// The goods of the form of a report: a field narrows a long select, and the usual troubles of the chosen kind of good are
// buttons. Options are taken out of a select, since phones show hidden ones.
{
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  const narrow = (search, select) => {
    const all = [...select.children].map((child) => child.cloneNode(true));
    const fits = (option, words) => !option.value || words.every((word) => plain(option.text).includes(word));
    const kept = (child, words) => {
      const copy = child.cloneNode(true);
      if (copy.matches("option")) return fits(copy, words) ? copy : null;
      for (const option of [...copy.children]) if (!fits(option, words)) option.remove();
      return copy.children.length ? copy : null;
    };

    search.addEventListener("input", () => {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      const chosen = select.value;
      const found = all.map((child) => kept(child, words)).filter(Boolean);
      select.replaceChildren(...found);
      select.value = chosen;
      // One that no longer fits makes way; a single one that fits is chosen.
      const left = [...select.options].filter((option) => option.value);
      if (select.selectedIndex < 0) select.value = "";
      if (words.length && left.length === 1) select.value = left[0].value;
      if (select.value !== chosen) select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // nothing is sent yet
      select.focus();
    });
  };

  const offer = (troubles, select) => {
    const field = troubles.closest("[data-field]");
    const all = [...troubles.options].filter((option) => option.value);
    const label = field.querySelector("label");
    label.id = "trouble-label";
    label.removeAttribute("for");
    const group = document.createElement("div");
    group.className = "d-flex flex-wrap gap-2";
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", label.id);
    troubles.hidden = true;
    troubles.after(group);

    const press = (option) => {
      troubles.value = option.value === troubles.value ? "" : option.value;
      troubles.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const buttonOf = (option) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-outline-primary";
      button.textContent = option.text;
      button.dataset.trouble = option.value;
      button.addEventListener("click", () => press(option));
      return button;
    };
    const show = () => {
      for (const button of group.children) {
        const isChosen = button.dataset.trouble === troubles.value;
        button.classList.toggle("active", isChosen);
        button.setAttribute("aria-pressed", isChosen);
      }
    };
    const change = () => {
      const kind = select.selectedOptions[0]?.dataset.kind;
      const ofKind = all.filter((option) => option.dataset.kind === kind);
      if (!ofKind.some((option) => option.value === troubles.value)) troubles.value = "";
      group.replaceChildren(...ofKind.map(buttonOf));
      field.hidden = !ofKind.length;
      show();
    };
    troubles.addEventListener("change", show);
    select.addEventListener("change", change);
    change();
  };

  const select = document.querySelector("#good"), troubles = document.querySelector("#trouble");
  const search = document.querySelector("[data-narrows=good]");
  if (troubles) offer(troubles, select);
  if (search) narrow(search, select);
}
