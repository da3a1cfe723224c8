// Opens the photos of a problem in a dialog, with the arrow keys from one to the next. Without scripts each is a link.
{
  const button = (words, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "btn btn-outline-light", textContent: words });
    made.addEventListener("click", act);
    return made;
  };

  const open = (links, at) => {
    const words = links[at].closest("[data-viewer]").dataset, image = new Image();
    const [dialog, caption, bar] = ["dialog", "p", "div"].map((name) => document.createElement(name));
    let place = at;
    const show = (to) => {
      place = (to + links.length) % links.length;
      const { alt } = links[place].querySelector("img");
      image.src = links[place].href;
      image.alt = alt;
      caption.textContent = links.length > 1 ? `${place + 1}/${links.length}: ${alt}` : alt;
    };
    const close = button(words.close, () => dialog.close());
    bar.className = "d-flex flex-wrap gap-2";
    if (links.length > 1) bar.append(button(words.previous, () => show(place - 1)), button(words.next, () => show(place + 1)));
    bar.append(close);
    caption.setAttribute("role", "status");
    dialog.className = "viewer";
    dialog.setAttribute("aria-label", words.name);
    dialog.append(bar, caption, image);
    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) show(place + step);
      if (step) event.preventDefault();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      links[place].focus();
    });
    document.body.append(dialog);
    show(at);
    dialog.showModal();
    close.focus();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-photo]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const links = [...document.querySelectorAll("a[data-photo]")];
    open(links, links.indexOf(link));
  });
}
