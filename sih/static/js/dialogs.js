// Shows the page of an action in a dialog: requests and pages are the same as without JavaScript, and the element marked
// data-dialog is shown. After saving, the page below is refreshed.
const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

const open = (part) => {
  document.querySelector("dialog")?.remove();
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  part.querySelector("h1").id = "dialog-title";
  dialog.append(document.adoptNode(part));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("[aria-invalid], select, textarea")?.focus();
};

const refresh = (page, address) => {
  if (new URL(address).pathname !== location.pathname) return location.assign(address);
  document.querySelector("dialog")?.close();
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  document.querySelector("main").focus({ preventScroll: true });
};

const show = async (response) => {
  const page = await parse(response);
  const part = page.querySelector("[data-dialog]");
  if (part) open(part); else refresh(page, response.url);
};

// Without an answer the dialog stays open with what was typed; a button outside a dialog is sent as without scripts.
const fail = (form, submitter) => {
  if (form.closest("dialog")) {
    const alert = document.createElement("p");
    alert.className = "alert alert-danger py-2";
    alert.setAttribute("role", "alert");
    alert.textContent = form.dataset.offline;
    form.querySelector("h1").after(alert);
  } else {
    form.dataset.plain = "1";
    form.requestSubmit(submitter);
  }
};

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form.dataset.plain || event.defaultPrevented) return;
  const isOpener = submitter?.hasAttribute("data-dialog-opener");
  if (!isOpener && !form.closest("dialog") && form.id !== "do") return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const address = submitter?.getAttribute("formaction") ?? form.action;
  const words = new FormData(form, submitter);
  try {
    const sent = form.method === "get" ? fetch(`${address}?${new URLSearchParams(words)}`) : fetch(address, { method: "POST", body: words });
    await show(await sent);
  } catch {
    fail(form, submitter);
  } finally {
    delete form.dataset.busy;
  }
});

document.addEventListener("click", (event) => {
  const dialog = event.target.closest("dialog");
  if (!dialog || !event.target.closest("[data-dialog-closer]")) return;
  event.preventDefault();
  dialog.close();
});
