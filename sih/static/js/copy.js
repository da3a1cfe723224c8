// Buttons that copy the text of the element with the id of data-copy. Pages without TLS have no clipboard API.
document.addEventListener("click", async ({ target }) => {
  const source = document.getElementById(target.dataset.copy);
  if (!source) return;
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(source.textContent);
  } else {
    getSelection().selectAllChildren(source);
    document.execCommand("copy");
  }
  document.getElementById("copied").textContent = target.dataset.copied;
});
