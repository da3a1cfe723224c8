// Asks now and then what has changed since the page was made, and says so where it is seen: a link to the list as it is
// now, and a note in each row that a colleague changed or has open. No row moves.
{
  const SECOND = 1000, MINUTE = 60 * SECOND;
  const RARELY = 5 * MINUTE, UNTOUCHED = 10 * MINUTE;
  const found = new WeakMap(); // of each [data-changes]: what it has heard so far
  let touchedAt = Date.now(), askedAt = Date.now(), notBefore = 0, ticking = 0;

  const rows = () => [...document.querySelectorAll("[id^=p][data-event]")];

  const note = (row, words) => {
    const place = row.querySelector("[data-note-place]");
    if (place && place.textContent !== words) place.textContent = words;
  };

  const tell = (place, state) => {
    const { one, many, over } = place.dataset;
    const count = state.problems.size > 99 ? "99+" : state.problems.size;
    const words = state.isOver ? over : count === 1 ? one : count ? many.replace("{count}", count) : "";
    if (place.textContent === words) return;
    const link = document.createElement("a"), address = new URL(location.href);
    address.hash = "";
    address.searchParams.delete("after"); // what is new is not on a later page
    link.href = address;
    link.textContent = words;
    place.replaceChildren(link);
  };

  const show = (place, state, answer) => {
    const { changed, present } = place.dataset;
    document.dispatchEvent(new CustomEvent("counts", { detail: answer.counts }));
    state.cursor = answer.cursor ?? state.cursor;
    state.isOver ||= answer.is_over;
    for (const number of answer.new) state.problems.add(number);
    Object.assign(state.changed, answer.changed);
    for (const row of rows()) {
      const number = row.id.slice(1);
      const names = answer.present[number]?.join(", ");
      const [event, name] = state.changed[number] ?? [0];
      note(row, [event > row.dataset.event && changed.replace("{name}", name),
                 names && present.replace("{name}", names)].filter(Boolean).join(" · "));
      state.problems.delete(Number(number));
    }
    tell(place, state);
  };

  const ask = async (place) => {
    if (!found.has(place)) found.set(place, { cursor: null, problems: new Set(), changed: {}, isOver: false });
    const state = found.get(place);
    const address = new URL(place.dataset.changes, location.href);
    address.searchParams.set("rows", rows().map((row) => row.id.slice(1)).join(","));
    if (state.cursor) address.searchParams.set("cursor", state.cursor);
    const response = await fetch(address, { headers: { "X-Sih-By-Itself": "1" } }).catch(() => null);
    if (response?.ok && !response.redirected) return show(place, state, await response.json());
    if (response?.status >= 500) notBefore = Date.now() + (Number(response.headers.get("Retry-After")) || 0) * SECOND;
    else if (response) clearInterval(ticking); // the session is over, or the page is of an earlier version
  };

  const look = () => {
    const place = document.querySelector("[data-changes]");
    if (!place || document.hidden) return;
    const now = Date.now();
    const every = now - touchedAt >= UNTOUCHED ? RARELY : place.dataset.every * SECOND;
    if (now < askedAt + every || now < notBefore) return;
    askedAt = now;
    ask(place);
  };

  for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"])
    addEventListener(kind, () => { touchedAt = Date.now(); }, { capture: true, passive: true });
  document.addEventListener("visibilitychange", look);
  ticking = setInterval(look, SECOND);
}
