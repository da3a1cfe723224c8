// Loads Bootstrap from the CDN with an integrity hash. On an error or a timeout it uses the server's copy, and then uses
// it directly for the rest of the visit.
(() => {
  const me = document.currentScript;
  const { own, cdn, integrity } = me.dataset;
  const LIMIT = 1200; // milliseconds
  const root = document.documentElement;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  const show = () => { root.style.removeProperty("visibility"); };
  const takeOwn = () => {
    clearTimeout(limit);
    sessionStorage.setItem("sih-own-styles", "1");
    link.onerror = show;
    link.removeAttribute("integrity");
    link.removeAttribute("crossorigin");
    link.href = own;
  };
  const limit = setTimeout(takeOwn, LIMIT);
  link.onload = () => { clearTimeout(limit); show(); };
  link.onerror = takeOwn;
  root.style.visibility = "hidden";
  if (sessionStorage.getItem("sih-own-styles")) {
    takeOwn();
  } else {
    link.integrity = integrity;
    link.crossOrigin = "anonymous";
    link.href = cdn;
  }
  me.after(link); // before sih.css, which overrides it
})();
