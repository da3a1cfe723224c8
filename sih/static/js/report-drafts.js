// Sends what is typed into the form of a report to the server, at most every five seconds and when the page is left, so
// that it is offered again here or on another device. In the browser nothing is stored.
{
  const EVERY = 5000, SOON = 1000;
  const form = document.querySelector("form[data-draft]");
  const note = form.querySelector("[data-draft-note]");
  let waiting, sentAt = 0, isDirty = false, isOver = false;

  const send = async () => {
    clearTimeout(waiting);
    waiting = undefined;
    if (!isDirty || isOver) return;
    [isDirty, sentAt] = [false, Date.now()];
    const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const body = new URLSearchParams(typed);
    const response = await fetch(form.dataset.draft, { method: "POST", body, keepalive: true }).catch(() => null);
    const isKept = response?.ok && !response.redirected && (await response.json()).kept;
    if (!response) plan();
    note.textContent = isKept ? note.dataset.kept : note.dataset.lost;
  };

  const plan = (event) => {
    if (event && !event.target.name) return; // what narrows the goods
    isDirty = true;
    waiting ??= setTimeout(send, Math.max(SOON, sentAt + EVERY - Date.now()));
  };

  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  form.addEventListener("submit", () => { isOver = true; });
  window.addEventListener("pageshow", () => { isOver = false; });
  window.addEventListener("beforeunload", send); // before the next page is asked for, which may be the same one
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
}
