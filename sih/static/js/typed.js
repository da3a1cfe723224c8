// Keeps what is typed into a form marked data-typed, in this tab and under the NIK, until the form is sent or discarded
// or the person signs out, in this tab or another. The forms of one problem and action share a name, so that a second step finds the first.
{
  const { nik, signOut } = document.currentScript.dataset;
  const PREFIX = "typed ", SENT = "typed-sent";
  const own = `${PREFIX}${nik} `;
  const storage = (() => { try { return window.sessionStorage; } catch { return null; } })();
  const names = () => Object.keys(storage).filter((name) => name.startsWith(PREFIX));
  const nameOf = (form) => own + form.dataset.typed;
  const read = (form) => JSON.parse(storage.getItem(nameOf(form)) ?? "{}");
  const forget = () => names().forEach((name) => storage.removeItem(name));
  const tabs = new BroadcastChannel("signed-out");
  const forms = () => [...document.querySelectorAll("form[data-typed]")];
  const isTyped = (field) => field.name && field.name !== "upload" && !["hidden", "file"].includes(field.type) && !field.hidden && field.matches("input, select, textarea");
  const valueOf = (field) => field.type === "checkbox" ? String(field.checked) : field.value;
  const put = (field, value) => { if (field.type === "checkbox") field.checked = value === "true"; else field.value = value; };
  let isRestoring = false;

  const offerDiscarding = (form) => {
    const button = form.querySelector("[data-discard]");
    if (button) button.hidden = !storage.getItem(nameOf(form));
  };

  const restore = (form) => {
    const kept = read(form);
    isRestoring = true;
    for (const field of form.elements) {
      if (!isTyped(field) || field.disabled || !(field.name in kept) || valueOf(field) === kept[field.name]) continue;
      if (field.matches("select") && ![...field.options].some((option) => option.value === kept[field.name])) continue;
      put(field, kept[field.name]);
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    isRestoring = false;
    offerDiscarding(form);
  };

  const keep = ({ target }) => {
    const form = target.form;
    if (isRestoring || !form?.matches("[data-typed]") || !isTyped(target)) return;
    try {
      storage.setItem(nameOf(form), JSON.stringify({ ...read(form), [target.name]: valueOf(target) }));
    } catch {
      return; // no room: what is typed stays in the form
    }
    offerDiscarding(form);
  };

  if (storage && nik) {
    for (const name of names()) if (!name.startsWith(own)) storage.removeItem(name);
    // A form that was sent as a page is done with, unless it came back or the answer was an error.
    const sent = storage.getItem(SENT);
    storage.removeItem(SENT);
    if (sent && !document.querySelector("main [data-dialog]") && !forms().some((form) => nameOf(form) === sent)) storage.removeItem(sent);
    forms().forEach(restore);

    document.addEventListener("input", keep);
    document.addEventListener("change", keep);
    document.addEventListener("dialog-shown", ({ detail }) => detail.querySelectorAll("form[data-typed]").forEach(restore));
    document.addEventListener("typed-sent", ({ detail: { form, isHere } }) => {
      if (!form.dataset.typed) return;
      if (isHere) storage.removeItem(nameOf(form)); else storage.setItem(SENT, nameOf(form));
    });
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.getAttribute("action") === signOut) {
        forget();
        tabs.postMessage(nik);
      } else if (form.dataset.typed && !event.defaultPrevented) storage.setItem(SENT, nameOf(form));
    });
    tabs.addEventListener("message", forget);
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-discard]");
      if (!button) return;
      storage.removeItem(nameOf(button.form));
      button.form.querySelector("[data-dialog-closer]").click();
    });
  }
}
