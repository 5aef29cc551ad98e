// Runs before the first paint, on every page, without the app: the theme, the embedded view, the way to a piece.
(() => {
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const pieces = PIECES;
  let theme = query.get("theme");
  // In a sandboxed frame there is no storage, and asking for it throws.
  try { theme = theme || localStorage.getItem("roundtrip:theme"); } catch {}
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  root.classList.add("script");
  if (query.get("embed") === "1") {
    root.classList.add("embed");
    const piece = query.get("piece");
    const page = pieces[piece];
    const here = document.currentScript.dataset.section;
    if (piece !== null && !page) {
      addEventListener("DOMContentLoaded", () => {
        const notice = document.createElement("p");
        notice.className = "notice";
        notice.textContent = `This link asks for the piece “${piece}”, which there is not. There are: ${Object.keys(pieces).filter((name) => /^[a-z]/.test(name)).join(", ")}.`;
        document.getElementById("page").prepend(notice);
      });
    }
    if (page && here !== page) {
      query.delete("piece");
      location.replace(document.currentScript.dataset.root + page + "/?" + query + location.hash);
    }
  }
  // The icon stays where it is when the address changes below the page.
  for (const icon of document.querySelectorAll("link[rel=icon]")) icon.href = icon.href;
  // A script that cannot be fetched says nothing by itself.
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) trouble("a script could not be fetched");
  }, true);
  window.trouble = (why) => {
    const box = document.getElementById("trouble");
    if (!box) return addEventListener("DOMContentLoaded", () => window.trouble(why), { once: true });
    box.querySelector("output").textContent = why;
    box.hidden = false;
  };
})();
