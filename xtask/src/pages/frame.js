// Fetches what the laboratory tells it to, one call after the other, and tells what script got: nothing else is here. It
// stands in a frame of the laboratory and listens to that page alone, which must be of the origin that this page came from;
// in a sandbox this page's own origin is another one (`null`), its address is not.
(() => {
  const home = new URL(location.href).origin;
  const violated = [];
  addEventListener("securitypolicyviolation", (event) => {
    violated.push(`${event.effectiveDirective} ${event.blockedURI}`);
  });
  const one = async ({ url, init }) => {
    try {
      const answer = await fetch(url, init);
      const seen = { type: answer.type, status: answer.status, headers: [...answer.headers], body: null };
      try { seen.body = (await answer.text()).slice(0, 4096); } catch {}
      return seen;
    } catch (error) {
      return { name: String(error?.name), message: String(error?.message) };
    }
  };
  addEventListener("message", async ({ source, origin, data }) => {
    if (source !== parent || origin !== home) return;
    const { number, calls } = JSON.parse(data);
    violated.length = 0;
    const seen = [];
    for (const call of calls) seen.push(await one(call));
    parent.postMessage(JSON.stringify({ number, seen, violated, origin: self.origin }), home);
  });
  parent.postMessage("ready", home);
})();
