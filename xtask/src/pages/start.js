// Starts the page's own program, and the player on a page that has a figure to play. What goes wrong is said on the page,
// whose words and still figures stand without both.
//
// The player is the larger one by far. It comes when the page stands and the line is idle, so that words and turning pages
// never wait for it; at once where the reader reaches for the figure, or where the address already asks for something; and
// only then where the browser is to save data or the line is slow.
const load = ([script, wasm]) =>
  import("./" + script)
    .then((program) => program.default({ module_or_path: new URL("./" + wasm, import.meta.url) }))
    .catch((error) => trouble(String(error)));
const named = () => document.querySelector("[data-player]");
const players = {};
const play = () => {
  const files = named()?.dataset.player;
  return files && (players[files] ??= load(files.split(" ")));
};
// What shows more of a run comes when somebody asks to see it.
let lens;
const look = () => {
  const main = document.querySelector("[data-lens]");
  if (main) lens ??= load(main.dataset.lens.split(" "));
};
// The player has a button of the same name in this one's place.
const begin = () => {
  const said = document.querySelector(".waiting output");
  if (said) said.textContent = "The engine is on its way…";
  play()?.then(() => document.querySelector(".player .play")?.click());
};
const place = (event) => named() && event.target.closest?.(".board, [data-place=player]");
const line = navigator.connection ?? {};
const sparing = line.saveData || /2g/.test(line.effectiveType);
// Two pages have a program of their own, the laboratory's and the sandbox's, each with its style sheet.
const experiments = {};
const experiment = () => {
  const files = document.querySelector("[data-laboratory]")?.dataset.laboratory;
  if (!files || experiments[files]) return;
  const [script, wasm, sheet] = files.split(" ");
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(sheet, import.meta.url) });
  document.head.append(link);
  experiments[files] = load([script, wasm]);
};
const open = () => {
  experiment();
  // In a frame that nobody sees, no moment may ever count as idle.
  if (named() && !sparing) window.requestIdleCallback ? requestIdleCallback(play, { timeout: 2000 }) : setTimeout(play);
  if (local) find();
};
// What is real where the bundled server shows this page, which answers to the names of this machine only: elsewhere nobody
// is asked, unless the reader wants it.
let real;
const find = async () => {
  const place = document.querySelector("[data-live]");
  if (!place || real || document.documentElement.classList.contains("embed")) return;
  const answer = await fetch("/live/state", { cache: "no-store" }).catch(() => {});
  const there = answer?.ok && /json/.test(answer.headers.get("content-type"));
  const said = place.querySelector("output");
  if (!there && said) said.textContent = "It is not here.";
  if (!there || real) return;
  const [script, wasm, style] = place.dataset.live.split(" ");
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("./" + style, import.meta.url) });
  sheet.onload = sheet.onerror = () => real ??= load([script, wasm]);
  document.head.append(sheet);
};
const local = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname);
if (typeof WebAssembly !== "object") {
  trouble("this browser has no WebAssembly");
} else {
  if (named() && location.search) play();
  else load(document.querySelector("[data-page]").dataset.page.split(" "));
  for (const reach of ["pointerover", "focusin"]) document.addEventListener(reach, (event) => place(event) && play());
  document.addEventListener("click", (event) => event.target.closest?.(".waiting .play") && begin());
  document.addEventListener("click", (event) => event.target.closest?.(".live:not(.on) button") && find());
  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target === document.body && document.querySelector(".waiting")) {
      event.preventDefault();
      begin();
    }
  });
  document.addEventListener("roundtrip:lens", look);
  // Where the browser allows no worker, what computes for a figure does so in the page.
  document.addEventListener("roundtrip:work", () => import(new URL(named().dataset.work, location)));
  document.addEventListener("roundtrip:open", open);
  document.readyState === "complete" ? open() : addEventListener("load", open);
}
