// Shows the page of an action in a dialog: requests and pages are the same as without JavaScript, and the element marked
// data-dialog is shown. After saving, the row of the problem is taken out of the page that follows and replaced in place.
{
  const SLOW = 400; // milliseconds without an answer after which a button says that it works
  const parse = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
  const current = () => document.querySelector("dialog[open]");
  const event = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

  // Read to people with a screen reader: inside an open dialog, since everything else is inert then.
  const say = (text) => {
    const place = current() ?? document.body;
    let region = place.querySelector(":scope > [data-said]");
    if (!region) {
      region = document.createElement("p");
      region.className = "visually-hidden";
      region.dataset.said = "";
      region.setAttribute("role", "status");
      place.append(region);
    }
    setTimeout(() => { region.textContent = text; }, 100);
  };

  // The page of an action opens at its top; one that was refused at its first wrong field.
  const focusOn = (dialog) => {
    const wrong = dialog.querySelector("[aria-invalid=true]");
    if (wrong) return wrong.focus();
    dialog.querySelector(".inputs :is(select, textarea):enabled:not([hidden])")?.focus({ preventScroll: true });
    dialog.scrollTop = 0;
  };

  // An entry in the history, so that Back closes the dialog and leaves the page alone.
  const create = () => {
    const dialog = document.createElement("dialog");
    const opener = document.activeElement;
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.addEventListener("close", () => {
      dialog.remove();
      opener?.focus({ preventScroll: true });
      // The page below may have been read again, without the button that had the focus.
      if (document.activeElement === document.body) document.querySelector("main").focus({ preventScroll: true });
      if (!history.state?.dialog || dialog.dataset.leaving) return;
      history.scrollRestoration = "manual";
      history.back();
    });
    document.body.append(dialog);
    history.pushState({ dialog: true }, "");
    return dialog;
  };
  addEventListener("popstate", ({ state }) => {
    history.scrollRestoration = "auto";
    if (!state?.dialog) current()?.close();
  });

  const open = (part) => {
    const dialog = current() ?? create();
    part.querySelector("h1").id = "dialog-title";
    dialog.replaceChildren(document.adoptNode(part));
    if (!dialog.open) dialog.showModal();
    event("dialog-shown", dialog);
    focusOn(dialog);
  };

  // The message stands where the row is or was, so that nothing above it moves.
  const note = (row, text) => {
    document.querySelector("tr.said")?.remove();
    const [line, cell, words] = ["tr", "td", "p"].map((name) => document.createElement(name));
    line.className = "said";
    cell.colSpan = row.cells.length;
    words.className = "alert alert-success";
    words.textContent = text;
    cell.append(words);
    line.append(cell);
    row.after(line);
  };

  const button = (row) => row?.querySelector("button[formaction]");

  const nextButton = (row) => {
    const rows = [...document.querySelectorAll("tr[id^=p]")];
    return rows.slice(rows.indexOf(row) + 1).map(button).find(Boolean);
  };

  const replaceMain = (page, text) => {
    document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
    const main = document.querySelector("main");
    main.focus({ preventScroll: true });
    main.querySelector(":scope > [role=status]")?.scrollIntoView({ block: "nearest" });
    say(text);
  };

  const refresh = (page, address, number) => {
    const text = page.querySelector("main > [role=status]")?.textContent.trim() ?? "";
    const row = document.querySelector(`tr#p${number}`);
    current()?.close();
    const isLast = row && document.querySelectorAll("tr[id^=p]").length === 1;
    const fresh = row && page.querySelector(`tr#p${number}`);
    if (!row || (isLast && !fresh)) return replaceMain(page, text);
    const next = nextButton(row);
    note(row, text);
    if (fresh) row.replaceWith(document.adoptNode(fresh)); else row.remove();
    const [tabs, counted] = [document, page].map((one) => one.querySelector("main .nav-tabs"));
    if (tabs && counted) tabs.replaceWith(document.adoptNode(counted));
    const [answers, left] = [document, page].map((one) => one.querySelector("main [data-answers]"));
    if (answers && left) answers.replaceWith(document.adoptNode(left));
    (next ?? button(fresh) ?? document.querySelector("main")).focus();
    say(text);
  };

  const show = async (response, form, number) => {
    const page = await parse(response);
    const part = page.querySelector("[data-dialog]");
    if (part) return open(part);
    const isHere = new URL(response.url).pathname === location.pathname;
    event("typed-sent", { form, isHere });
    if (isHere) return refresh(page, response.url, number);
    const dialog = current();
    if (!dialog) return location.assign(response.url);
    dialog.dataset.leaving = "1";
    location.replace(response.url); // in place of the entry of the dialog
  };

  // Without an answer the dialog stays open with what was typed; a button outside a dialog is sent as without scripts.
  const fail = (form, submitter) => {
    const dialog = form.closest("dialog");
    if (dialog) {
      dialog.querySelector(".alert-danger[role=alert]")?.remove();
      const alert = document.createElement("p");
      alert.className = "alert alert-danger py-2";
      alert.setAttribute("role", "alert");
      alert.textContent = form.dataset.offline;
      dialog.querySelector("h1").after(alert);
      alert.scrollIntoView({ block: "nearest" });
    } else {
      form.dataset.plain = "1";
      form.requestSubmit(submitter);
    }
  };

  // Makes the pressed button say that it works, if the answer is slow. Returns what ends it.
  const working = (form, submitter) => {
    if (!submitter || !form.dataset.working) return () => {};
    const before = [...submitter.childNodes];
    const timer = setTimeout(() => {
      submitter.textContent = form.dataset.working;
      submitter.setAttribute("aria-busy", "true");
      say(form.dataset.working);
    }, SLOW);
    return () => {
      clearTimeout(timer);
      submitter.replaceChildren(...before);
      submitter.removeAttribute("aria-busy");
    };
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
    const number = /\/problems\/(\d+)\//.exec(address)?.[1];
    const words = new FormData(form, submitter);
    const stop = working(form, submitter);
    try {
      const sent = form.method === "get" ? fetch(`${address}?${new URLSearchParams(words)}`) : fetch(address, { method: "POST", body: words });
      const response = await sent;
      stop();
      await show(response, form, number);
    } catch {
      stop();
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

  // A tap outside closes the dialog; a text that is selected beyond its edge does not.
  let pressed;
  document.addEventListener("pointerdown", (event) => { pressed = event.target; });
  document.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
    if (target !== pressed || !target.matches("dialog[open]")) return;
    const edge = target.getBoundingClientRect();
    if (x < edge.left || x > edge.right || y < edge.top || y > edge.bottom) target.close();
  });
}
