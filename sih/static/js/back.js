// Remembers the list of this tab with its filters, and leads back to it, also after forms and reloads.
{
  const KEY = "sih-list";
  if (document.querySelector("[data-list]")) sessionStorage.setItem(KEY, location.pathname + location.search);
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("[data-back]");
    const list = sessionStorage.getItem(KEY);
    if (link && list) link.href = list + link.hash;
  });
}
