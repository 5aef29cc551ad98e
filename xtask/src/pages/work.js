// Starts the program that computes beside the page: in a worker, or, where there can be none, in the page.
import start from "./SCRIPT";
start({ module_or_path: new URL("./WASM", import.meta.url) });
