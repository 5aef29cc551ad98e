// Starts the page, and beside it, on a page that plays, the player, which such a page names. What goes wrong is said on the
// page, whose words and still figures stand without both.
const load = (script, wasm) =>
  import("./" + script)
    .then((program) => program.default({ module_or_path: new URL("./" + wasm, import.meta.url) }))
    .catch((error) => trouble(String(error)));
let player;
const open = () => {
  const main = document.querySelector("[data-player]");
  if (main) player ??= load(...main.dataset.player.split(" "));
};
if (typeof WebAssembly !== "object") {
  trouble("this browser has no WebAssembly");
} else {
  document.addEventListener("roundtrip:open", open);
  load("PAGE_SCRIPT", "PAGE_WASM");
  open();
}
