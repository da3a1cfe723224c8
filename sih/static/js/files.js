// Uploads the photos and files of a form as soon as they are chosen, shrunk where the browser can; the form then sends
// their ids. What the browser cannot shrink, the server does.
{
  const SIDE = 1600, QUALITY = .8, SMALL = 400_000, MOST = 5, LARGEST = 20_000_000; // pixels, quality of JPEG, bytes, files, bytes
  const SHRINKABLE = ["image/jpeg", "image/png", "image/webp"];
  const running = new Map(); // by form: the uploads that are on their way
  const ways = new WeakMap(); // by row: how to upload again, and what is on its way

  const shrink = async (file) => {
    if (!SHRINKABLE.includes(file.type) || file.size < SMALL) return file;
    try {
      const image = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(image.width * scale));
      canvas.height = Math.max(1, Math.round(image.height * scale));
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return blob && blob.size < file.size ? blob : file;
    } catch {
      return file;
    }
  };

  const say = (part, text) => { part.querySelector("[data-files-said]").textContent = text; };
  const amount = (part) => part.querySelectorAll("[name=upload]:checked, li[data-busy]").length;

  const settle = (form, row) => {
    delete row.dataset.busy;
    const left = running.get(form);
    left?.delete(row);
    if (left?.size) return;
    running.delete(form);
    const part = form.querySelector("[data-files]");
    say(part, part.querySelector("[name=upload]:checked") ? part.dataset.done : "");
    if (!form.dataset.waits) return;
    delete form.dataset.waits;
    form.requestSubmit(ways.get(form));
  };

  const show = (part, row, { id, is_photo: isPhoto, url }) => {
    row.dataset.upload = id;
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", name: "upload", value: id, checked: true, className: "form-check-input", id: `upload-${id}` });
    const name = row.querySelector("bdi"), label = document.createElement("label");
    label.htmlFor = box.id;
    name.replaceWith(label);
    label.append(name);
    label.before(box, " ");
    const words = row.querySelector("[data-description]");
    if (!isPhoto) return words.remove();
    words.name = `alt-${id}`;
    words.hidden = false;
    const image = new Image();
    image.alt = "";
    image.src = `${url}?small=1`;
    row.querySelector(".thumbnail").append(image);
  };

  const fail = (row, text) => {
    row.querySelector("[role=alert]").textContent = text;
    row.querySelector("[data-retry]").hidden = false;
  };

  const upload = async (part, row, file) => {
    const form = part.closest("form"), bar = row.querySelector("progress"), state = ways.get(row);
    row.dataset.busy = "1";
    running.set(form, (running.get(form) ?? new Set()).add(row));
    row.querySelector("[role=alert]").textContent = "";
    row.querySelector("[data-retry]").hidden = true;
    bar.hidden = false;
    bar.value = 0;
    const content = await shrink(file);
    if (state.isCancelled) return;
    if (content.size > LARGEST) {
      bar.hidden = true;
      row.querySelector("[role=alert]").textContent = part.dataset.tooLarge;
      return settle(form, row);
    }
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("file", content, file.name);
    const request = new XMLHttpRequest();
    state.request = request;
    request.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = 100 * loaded / total; });
    request.addEventListener("loadend", () => {
      if (state.isCancelled) return;
      bar.hidden = true;
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* an error page */ }
      if (request.status === 201 && answer) show(part, row, answer);
      else fail(row, answer?.message ?? part.dataset.failed);
      settle(form, row);
    });
    request.open("POST", part.dataset.url);
    request.send(body);
  };

  const discard = (part, row) => {
    const state = ways.get(row), form = part.closest("form");
    state.isCancelled = true;
    state.request?.abort();
    if (row.dataset.upload) {
      const body = new FormData();
      body.set("csrf_token", form.elements.csrf_token.value);
      fetch(`${part.dataset.url}/${row.dataset.upload}/deletions`, { method: "POST", body }).catch(() => {});
    }
    const next = row.nextElementSibling?.querySelector("[data-cancel]") ?? part.querySelector("[type=file]");
    row.remove();
    next.focus();
    settle(form, row);
  };

  document.addEventListener("change", ({ target }) => {
    const part = target.closest("[data-files]");
    if (!part || target.type !== "file") return;
    say(part, "");
    for (const file of [...target.files]) {
      if (amount(part) >= MOST) {
        say(part, part.dataset.tooMany);
        break;
      }
      const row = part.querySelector("template").content.firstElementChild.cloneNode(true);
      row.querySelector("bdi").textContent = file.name;
      part.querySelector("[data-files-kept]").append(row);
      const again = () => upload(part, row, file);
      ways.set(row, { again });
      again();
    }
    target.value = "";
  });

  document.addEventListener("click", ({ target }) => {
    const part = target.closest("[data-files]"), row = target.closest("li.file");
    if (!part || !row) return;
    if (target.matches("[data-retry]")) ways.get(row).again();
    if (target.matches("[data-cancel]")) discard(part, row);
  });

  // A form that is sent while an upload is on its way waits for it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!running.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dataset.waits = "1";
    ways.set(form, event.submitter);
    const part = form.querySelector("[data-files]");
    say(part, part.dataset.waits);
  }, true);
}
