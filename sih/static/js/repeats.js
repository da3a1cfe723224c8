// Shows what a report may repeat while it is written: a moment after the last key, and never an answer that is older than
// what is written now.
{
  const PAUSE = 700; // milliseconds
  const place = document.querySelector("[data-repeats]");
  const form = place.closest("form");
  let timer, asked = 0, last = "";

  const ask = async () => {
    const body = new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "shown" && name !== "step"));
    const words = ["title", "trouble", "description"].map((name) => body.get(name) ?? "");
    const written = [...words, body.get("good"), body.get("caller")].join("\n");
    if (written === last || !body.get("good") || !words.some(Boolean)) return;
    last = written;
    const turn = (asked += 1);
    const sent = { method: "POST", body, headers: { "X-Sih-By-Itself": "1" } };
    const response = await fetch(place.dataset.repeats, sent).catch(() => null);
    if (turn !== asked || !response?.ok || response.redirected) return;
    const found = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn === asked) place.replaceChildren(...found.querySelector("[data-repeats]").childNodes);
  };

  const wait = () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); };
  form.addEventListener("input", wait);
  form.addEventListener("change", wait);
}
