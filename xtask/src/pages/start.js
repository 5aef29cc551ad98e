// Starts the app. What goes wrong is said on the page, whose words and still figures stand without it.
if (typeof WebAssembly !== "object") {
  trouble("this browser has no WebAssembly");
} else {
  import("./SCRIPT")
    .then((app) => app.default({ module_or_path: new URL("./WASM", import.meta.url) }))
    .catch((error) => trouble(String(error)));
}
