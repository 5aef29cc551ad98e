// Runs the attempt that the page around asks for, and tells what came of it: nothing else is here. It stands in a frame of
// the page, with or without the attribute `sandbox`, and listens to a page of the origin it came from alone.
const home = new URL(location.href).origin;
let args = {};
// A window of another origin: the second one of the bundled server, else a frame in a sandbox, whose origin is nobody's.
const other = async () => {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  if (args.other) frame.src = args.other + "/icon.svg";
  else frame.setAttribute("sandbox", "");
  const loaded = new Promise((done) => { frame.onload = done; setTimeout(done, 3000); });
  document.body.append(frame);
  await loaded;
  return frame;
};
// What an expression comes to in a worker, which is started from a blob.
const worker = (expression) =>
  new Promise((done, failed) => {
    const program = `(async()=>${expression})().then((v)=>postMessage([v]),(e)=>postMessage([null,e.name,e.message]))`;
    const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    const started = new Worker(address);
    started.onerror = () => failed(new Error("the worker does not start"));
    started.onmessage = ({ data: [value, name, message] }) => {
      started.terminate();
      URL.revokeObjectURL(address);
      name ? failed(Object.assign(new Error(message), { name })) : done(value);
    };
  });
const attempts = ATTEMPTS;
const violated = [];
addEventListener("securitypolicyviolation", (event) => violated.push(`${event.effectiveDirective} ${event.blockedURI}`));
const attempt = async (id) => {
  violated.length = 0;
  let heard;
  try {
    heard = `value\n${JSON.stringify(await attempts[id](args))}`;
  } catch (error) {
    heard = `throws ${String(error?.name).replace(/\s/g, "")}\n${error?.message}`;
  }
  // That a policy stood in the way is said a moment later.
  await new Promise((done) => setTimeout(done, 20));
  return heard;
};
// A press on the page counts here as well, for some seconds (a frame of the same origin has its transient activation). What is
// to be tried unasked waits until it is over.
const calm = async () => {
  const { userActivation } = navigator;
  if (!userActivation) await new Promise((done) => setTimeout(done, 6000));
  while (userActivation?.isActive) await new Promise((done) => setTimeout(done, 100));
};
const tell = (id, heard) => parent.postMessage(`${id}\n${violated.join(", ")}\n${heard}`, home);
addEventListener("message", async ({ source, origin, data }) => {
  if (source !== parent || origin !== home || typeof data !== "string") return;
  const [id, given] = data.split("\n");
  args = JSON.parse(given || "{}");
  if (args.unasked) await calm();
  if (Object.hasOwn(attempts, id)) tell(id, await attempt(id));
});
for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", async () => tell(button.name, await attempt(button.name)));
}
parent.postMessage("ready", home);
