// The first step of signing in without loading a page: looks up the name of a NIK.
for (const form of document.querySelectorAll("[data-sign-in]")) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const step = (name) => form.querySelector(`[data-step=${name}]`);

  const refuse = (message) => {
    const alert = document.createElement("p");
    alert.className = "alert alert-danger py-2";
    alert.setAttribute("role", "alert");
    alert.textContent = message;
    part("refusal").replaceChildren(alert);
    part("nik").focus();
  };

  const welcome = (account) => {
    part("refusal").replaceChildren();
    part("name").textContent = account.nama_karyawan;
    part("store").textContent = `${account.kode_toko} ${account.nama_toko}`;
    part("nik").value = account.nik_karyawan;
    part("nik").readOnly = true;
    step("nik").hidden = true;
    step("pin").hidden = false;
    form.pin.disabled = false;
    form.pin.focus();
  };

  form.addEventListener("submit", async (event) => {
    if (!step("pin").hidden) return;
    event.preventDefault();
    try {
      const response = await fetch(form.dataset.signIn, { method: "POST", body: new FormData(form) });
      const answer = await response.json();
      // The CSRF token has expired: send the form itself, whose answer has a new one.
      if (response.status === 400) form.submit();
      else if (response.ok) welcome(answer); else refuse(answer.message);
    } catch {
      form.submit();
    }
  });
}
