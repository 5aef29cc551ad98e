// Starts the page, and beside it, on a page that plays, the player. What goes wrong is said on the page, whose words and
// still figures stand without both.
const load = (script, wasm) =>
  import(script)
    .then((program) => program.default({ module_or_path: new URL(wasm, import.meta.url) }))
    .catch((error) => trouble(String(error)));
let player;
const open = () => {
  if (document.querySelector("[data-piece]")) player ??= load("./PLAYER_SCRIPT", "./PLAYER_WASM");
};
if (typeof WebAssembly !== "object") {
  trouble("this browser has no WebAssembly");
} else {
  document.addEventListener("roundtrip:open", open);
  load("./PAGE_SCRIPT", "./PAGE_WASM");
  open();
}
