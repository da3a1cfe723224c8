// Says that a form of a problem is open, at once and every half minute while it is seen; the answer names others who
// have the same problem open.
{
  const EVERY = 30 * 1000;
  let problem, saidAt = 0;

  const greet = (form, names) => {
    const words = document.querySelector("[data-changes]")?.dataset.present;
    if (!names.length || !words || form.querySelector("[data-others]")) return;
    const others = document.createElement("p");
    others.dataset.others = "";
    others.setAttribute("role", "status");
    others.textContent = words.replace("{name}", names.join(", "));
    form.querySelector("h1").after(others);
  };

  setInterval(async () => {
    const form = document.querySelector("dialog[open] form.action");
    const opened = form?.getAttribute("action").match(/^\/problems\/\d+/)?.[0];
    const isSaid = opened === problem && Date.now() < saidAt + EVERY;
    if (!opened) problem = undefined;
    if (!opened || document.hidden || isSaid) return;
    [problem, saidAt] = [opened, Date.now()];
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const sent = { method: "POST", body, headers: { "X-Sih-By-Itself": "1" } };
    const response = await fetch(`${opened}/presences`, sent).catch(() => null);
    if (response?.ok && !response.redirected) greet(form, (await response.json()).names);
  }, 1000);
}
