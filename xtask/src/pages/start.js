// Starts the program that the page names: the player on a page that plays, else the page's own; the player comes to that one
// when such a page is turned to. What goes wrong is said on the page, whose words and still figures stand without both.
const load = ([script, wasm]) =>
  import("./" + script)
    .then((program) => program.default({ module_or_path: new URL("./" + wasm, import.meta.url) }))
    .catch((error) => trouble(String(error)));
let player;
const open = () => {
  const main = document.querySelector("[data-player]");
  if (main) player ??= load(main.dataset.player.split(" "));
  return main;
};
if (typeof WebAssembly !== "object") {
  trouble("this browser has no WebAssembly");
} else {
  document.addEventListener("roundtrip:open", open);
  open() || load(document.querySelector("[data-page]").dataset.page.split(" "));
}
