//! The attempts. Each is a piece of JavaScript, the body of an `async` function, run as it stands here; several are those of
//! `tests/oracles/sandbox.json`, by whose names they go.

use crate::served::Op;

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its stable name: the recording's, where there is one.
    pub id: &'static str,
    /// Beside which others it stands.
    pub group: Group,
    /// What it tries, in a few words.
    pub title: &'static str,
    /// The body of an `async` function. `args.other` is an origin that is not ours, or empty; `args.worker` runs the rest in a worker.
    pub code: &'static str,
    /// What is reached where it succeeds: a box of the figure behind “Allowed?”.
    pub door: Door,
    /// Values, as JSON, which say that nothing was reached.
    pub closed: &'static [&'static str],
    /// What the bundled server can do in its place.
    pub server: Option<Op>,
    /// How it begins.
    pub begins: Begins,
}

/// Attempts that stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Files of the machine, and what replaces them.
    Files,
    /// The machine itself: environment, processes, network.
    Machine,
    /// What a page has for itself.
    Own,
    /// Pages of another origin.
    Others,
    /// In a worker.
    Worker,
    /// A WebAssembly module.
    Wasm,
    /// In a frame with the attribute `sandbox`.
    Frame,
}

impl Group {
    /// Those of the first table, in their order.
    pub const TABLE: [Self; 6] = [Self::Files, Self::Machine, Self::Own, Self::Others, Self::Worker, Self::Wasm];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Files => "Files",
            Self::Machine => "The machine: environment, processes, network",
            Self::Own => "The page’s own document and storage",
            Self::Others => "Other origins",
            Self::Worker => "A worker, started from a blob",
            Self::Wasm => "WebAssembly",
            Self::Frame => "In the frame",
        }
    }
}

/// A box of figure 12 to which “Allowed?” leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// `DOM`.
    Dom,
    /// `Storage`.
    Storage,
    /// `Cookies`.
    Cookies,
    /// `FS`.
    Files,
    /// `OS`.
    System,
    /// `Processes`.
    Processes,
    /// None of them: it lights no arrow behind the question.
    None,
}

/// How an attempt begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// At a press of its button, or with all others.
    Freely,
    /// The same, but only once no press counts any more (transient activation, HTML standard): it shows what happens unasked.
    Unasked,
    /// As freely, where the bundled server is.
    WithServer,
    /// By a press of a button inside the frame, since the browser wants a person to have acted there.
    InFrame,
    /// By the person picking a file.
    ByPicking,
    /// Not on the page: the words say why.
    Never(&'static str),
}

const fn probe(id: &'static str, group: Group, door: Door, title: &'static str, code: &'static str) -> Probe {
    Probe { id, group, title, code, door, closed: &[], server: None, begins: Begins::Freely }
}

impl Probe {
    const fn closed(self, closed: &'static [&'static str]) -> Self {
        Self { closed, ..self }
    }

    const fn server(self, op: Op) -> Self {
        Self { server: Some(op), ..self }
    }

    const fn begins(self, begins: Begins) -> Self {
        Self { begins, ..self }
    }
}

/// The attempt of this name.
pub fn find(id: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.id == id)
}

/// Those of a group that the page can try.
pub fn of(group: Group) -> impl Iterator<Item = &'static Probe> {
    PROBES.iter().filter(move |probe| probe.group == group && !matches!(probe.begins, Begins::Never(_)))
}

const ASKS: Begins = Begins::Never("the browser would ask the reader for a permission");
const KNOWS: Begins = Begins::Never("it needs a page of its own");

/// Every attempt.
pub const PROBES: &[Probe] = &[
    probe("read-file", Group::Files, Door::Files, "Read a file by its path", "return await (await fetch('file:///etc/hosts')).text()")
        .server(Op::Read),
    probe("read-directory", Group::Files, Door::Files, "List a directory", "return await (await fetch('file:///etc/')).text()")
        .server(Op::List),
    probe(
        "os-04",
        Group::Files,
        Door::Files,
        "Go to a file’s address",
        "const u=location.href;try{location.href='file:///etc/passwd'}catch(e){return e.name+': '+e.message}await new Promise(r=>setTimeout(r,500));return location.href===u?'stayed':location.href",
    )
    .closed(&["\"stayed\""])
    .server(Op::Climb),
    probe("os-06", Group::Files, Door::Files, "Import a file as a module", "return String(await import('file:///etc/hosts'))"),
    probe("os-10", Group::Files, Door::Files, "Load Node’s file system module", "return require('fs')"),
    probe(
        "os-11",
        Group::Files,
        Door::Files,
        "Import Node’s file system module",
        "const r=[];for(const m of ['fs','node:fs'])try{await import(m);r.push('ok')}catch(e){r.push(e.name+': '+e.message)}return r",
    )
    .closed(&[NO_FS]),
    probe("os-13", Group::Files, Door::Files, "Open a file picker, unasked", "return await showOpenFilePicker()")
    .begins(Begins::Unasked),
    probe("os-14", Group::Files, Door::Files, "Open a directory picker, unasked", "return await showDirectoryPicker()")
    .begins(Begins::Unasked),
    probe("write-log", Group::Files, Door::Files, "Write a log file", "return await showSaveFilePicker({suggestedName:'access.log'})")
        .server(Op::Log)
    .begins(Begins::Unasked),
    probe("pick", Group::Files, Door::None, "Read a file that you pick", "").begins(Begins::ByPicking),
    probe("environment", Group::Machine, Door::System, "Read the environment", "return process.env").server(Op::Environment),
    probe("os-08", Group::Machine, Door::System, "Find Deno or Bun", "return [typeof Deno,typeof Bun].join()")
        .closed(&["\"undefined,undefined\""]),
    probe(
        "os-12",
        Group::Machine,
        Door::System,
        "Find ActiveX or Java",
        "return [typeof ActiveXObject,typeof navigator.javaEnabled,navigator.javaEnabled&&navigator.javaEnabled()].join()",
    )
    .closed(&["\"undefined,function,false\""]),
    probe("see-processes", Group::Machine, Door::Processes, "See processes", "return process.pid").server(Op::Process),
    probe(
        "start-process",
        Group::Machine,
        Door::Processes,
        "Start a process",
        "return require('child_process').execSync('ps').toString()",
    ),
    probe(
        "net-01",
        Group::Machine,
        Door::System,
        "Open a raw socket",
        "return [typeof TCPSocket,typeof UDPSocket,typeof TCPServerSocket].join()",
    )
    .closed(&["\"undefined,undefined,undefined\""])
    .server(Op::Socket),
    probe(
        "keep-socket",
        Group::Machine,
        Door::None,
        "Keep a connection: a WebSocket to the server",
        "const s=new WebSocket(location.origin.replace(/^http/,'ws')+'/live/echo');try{return await new Promise((r,n)=>{const h=[];s.onerror=()=>n(new Error('no connection'));s.onopen=()=>s.send('one');s.onmessage=e=>{h.push(e.data);h.length<2?s.send('two'):r(h)}})}finally{s.close()}",
    )
    .begins(Begins::WithServer),
    probe(
        "net-07",
        Group::Machine,
        Door::None,
        "Set the headers Host, Cookie and Origin",
        "const h=new Headers();const q=new Request('/echo',{headers:{Host:'evil',Cookie:'a=1',Origin:'http://evil.test','X-Ok':'1'}});return [...q.headers].join(';')",
    )
    .closed(&["\"x-ok,1\""]),
    probe("net-06", Group::Machine, Door::None, "Send a body with GET", "return (await fetch('/echo',{method:'GET',body:'x'})).status"),
    probe("dev-07", Group::Machine, Door::System, "Open a USB device, unasked", "return await navigator.usb.requestDevice({filters:[]})")
    .begins(Begins::Unasked),
    probe("dev-09", Group::Machine, Door::System, "Open an input device, unasked", "return await navigator.hid.requestDevice({filters:[]})")
    .begins(Begins::Unasked),
    probe(
        "dev-10",
        Group::Machine,
        Door::System,
        "Take the whole screen, unasked",
        "return await document.documentElement.requestFullscreen()",
    )
    .begins(Begins::Unasked),
    probe("dev-13", Group::Machine, Door::None, "Find the battery", "return typeof navigator.getBattery")
        .closed(&["\"undefined\""]),
    probe("js-02", Group::Machine, Door::None, "Find the size of its own heap", "return typeof performance.memory")
        .closed(&["\"undefined\""]),
    probe("dom-01", Group::Own, Door::Dom, "Read and change its own document", "document.title='changed';return document.title"),
    probe(
        "local-storage",
        Group::Own,
        Door::Storage,
        "Write and read localStorage",
        "localStorage.setItem('roundtrip:probe','v');const v=localStorage.getItem('roundtrip:probe');localStorage.removeItem('roundtrip:probe');return v",
    ),
    probe(
        "sto-03",
        Group::Own,
        Door::Storage,
        "Write and read sessionStorage",
        "sessionStorage.setItem('k','v');return sessionStorage.getItem('k')",
    ),
    probe(
        "indexed-db",
        Group::Own,
        Door::Storage,
        "Open an IndexedDB database",
        "return await new Promise((r,n)=>{const q=indexedDB.open('roundtrip:probe');q.onsuccess=()=>{q.result.close();indexedDB.deleteDatabase('roundtrip:probe');r('ok')};q.onerror=()=>r('error '+q.error.name)})",
    ),
    probe(
        "cookie",
        Group::Own,
        Door::Cookies,
        "Set and read a cookie",
        "document.cookie='probe=1; max-age=9';return document.cookie.includes('probe=1')",
    )
    .closed(&["false"]),
    probe(
        "sto-06",
        Group::Own,
        Door::None,
        "Set a cookie for another site",
        "document.cookie='d=1; domain=other.test';return document.cookie.includes('d=1')",
    )
    .closed(&["false"]),
    probe(
        "opfs",
        Group::Own,
        Door::None,
        "Write and read a file of its own (OPFS)",
        "const d=await navigator.storage.getDirectory();const f=await d.getFileHandle('probe.txt',{create:true});const w=await f.createWritable();await w.write('kept');await w.close();const t=await (await f.getFile()).text();await d.removeEntry('probe.txt');return t",
    ),
    probe(
        "os-20",
        Group::Own,
        Door::Files,
        "Climb out of that store of files",
        "const d=await navigator.storage.getDirectory();return await d.getFileHandle('../etc/passwd')",
    ),
    probe(
        "dom-03",
        Group::Others,
        Door::None,
        "Take the document of a frame of another origin",
        "const f=await other();const v=f.contentDocument;f.remove();return v===null?'null':'object'",
    )
    .closed(&["\"null\""]),
    probe(
        "dom-04",
        Group::Others,
        Door::None,
        "Read the document of another origin’s window",
        "const f=await other();try{return f.contentWindow.document.title}finally{f.remove()}",
    ),
    probe(
        "dom-05",
        Group::Others,
        Door::None,
        "Read the address of another origin’s window",
        "const f=await other();try{return f.contentWindow.location.href}finally{f.remove()}",
    ),
    probe(
        "dom-06",
        Group::Others,
        Door::None,
        "Read the localStorage of another origin’s window",
        "const f=await other();try{return f.contentWindow.localStorage}finally{f.remove()}",
    ),
    probe(
        "dom-07",
        Group::Others,
        Door::None,
        "Count that window’s frames, and write it a message",
        "const f=await other();const w=f.contentWindow;const v=[w.length,w.closed,typeof w.postMessage].join();f.remove();return v",
    ),
    probe(
        "dom-09",
        Group::Others,
        Door::None,
        "Read the pixels of another origin’s picture",
        "const i=new Image();i.src=args.other+'/icon.svg';await i.decode();const c=document.createElement('canvas');c.width=c.height=1;const g=c.getContext('2d');g.drawImage(i,0,0);return g.getImageData(0,0,1,1).data.length",
    )
    .begins(Begins::WithServer),
    probe(
        "dom-10",
        Group::Others,
        Door::None,
        "Run another origin’s script with the page’s own powers",
        "await new Promise((r,n)=>{const s=document.createElement('script');s.src=args.other+'/5.1-sandbox/x.js';s.onload=r;s.onerror=n;document.head.append(s)});return window.__x",
    )
    .begins(Begins::Never("the second origin has no script for it")),
    probe(
        "wrk-02",
        Group::Others,
        Door::None,
        "Start a worker from another origin",
        "return await new Promise((r,n)=>{try{const w=new Worker((args.other||'https://other.test')+'/w.js');w.onmessage=e=>r(e.data);w.onerror=e=>r('error event')}catch(e){r(e.name+': '+e.message)}})",
    ),
    probe(
        "net-16",
        Group::Own,
        Door::None,
        "Fetch data: and blob: addresses",
        "const b=URL.createObjectURL(new Blob(['hi']));return [await (await fetch('data:,hello')).text(),await (await fetch(b)).text()].join()",
    ),
    probe("worker-dom", Group::Worker, Door::Dom, "Reach the page’s document", "return await worker(`document.title`)"),
    probe("worker-storage", Group::Worker, Door::Storage, "Reach localStorage", "return await worker(`localStorage.length`)"),
    probe(
        "worker-db",
        Group::Worker,
        Door::Storage,
        "Open an IndexedDB database",
        "return await worker(`await new Promise(r=>{const q=indexedDB.open('roundtrip:worker');q.onsuccess=()=>{q.result.close();indexedDB.deleteDatabase('roundtrip:worker');r('ok')};q.onerror=()=>r('error '+q.error.name)})`)",
    ),
    probe("worker-file", Group::Worker, Door::Files, "Read a file by its path", "return await worker(`await (await fetch('file:///etc/hosts')).text()`)"),
    probe("worker-process", Group::Worker, Door::Processes, "See processes", "return await worker(`process.pid`)"),
    probe(
        "wasm-01",
        Group::Wasm,
        Door::System,
        "Start a module that imports a function, and give it none",
        "const b=new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,7,1,1,109,1,102,0,0]);return await WebAssembly.instantiate(b)",
    ),
    probe("sbx-02", Group::Frame, Door::None, "Say its origin", "return [self.origin,location.origin].join()"),
    probe(
        "sbx-03",
        Group::Frame,
        Door::Storage,
        "Write and read localStorage",
        "localStorage.setItem('roundtrip:probe','v');const v=localStorage.getItem('roundtrip:probe');localStorage.removeItem('roundtrip:probe');return v",
    ),
    probe(
        "frame-cookie",
        Group::Frame,
        Door::Cookies,
        "Set and read a cookie",
        "document.cookie='probe=1; max-age=9';return document.cookie.includes('probe=1')",
    )
    .closed(&["false"]),
    probe(
        "sbx-05",
        Group::Frame,
        Door::Storage,
        "Open an IndexedDB database",
        "return await new Promise((r,n)=>{const q=indexedDB.open('z');q.onsuccess=()=>{q.result.close();indexedDB.deleteDatabase('z');r('ok')};q.onerror=()=>r('error '+q.error.name)})",
    ),
    probe("frame-opfs", Group::Frame, Door::None, "Open a store of files of its own (OPFS)", "await navigator.storage.getDirectory();return 'ok'"),
    probe("sbx-08", Group::Frame, Door::Dom, "Read the page around it", "return [self.origin,parent.document.title.length>0].join()"),
    probe(
        "frame-undo",
        Group::Frame,
        Door::None,
        "Take its own sandbox away, and put it back",
        "const f=frameElement;const was=f.getAttribute('sandbox');f.removeAttribute('sandbox');const held=f.hasAttribute('sandbox');f.setAttribute('sandbox',was);return held?'held':'undone'",
    )
    .closed(&["\"held\""]),
    probe(
        "sbx-13",
        Group::Frame,
        Door::None,
        "Start a worker from a blob, and let it say its origin",
        "return await new Promise(r=>{const w=new Worker(URL.createObjectURL(new Blob(['postMessage(self.origin)'])));w.onmessage=e=>r(e.data);w.onerror=e=>r('worker error')})",
    )
    .closed(&["\"worker error\""]),
    probe("sbx-15", Group::Frame, Door::None, "Run a text as a program", "return eval('1+1')"),
    probe(
        "frame-form",
        Group::Frame,
        Door::None,
        "Submit a form",
        "const f=document.createElement('form');let n=0;f.onsubmit=e=>{e.preventDefault();n++};document.body.append(f);f.requestSubmit();f.remove();return n",
    )
    .closed(&["0"]),
    probe(
        "frame-top",
        Group::Frame,
        Door::None,
        "Change the address of the whole page, unasked",
        "top.location.replace(args.page+'#moved-by-the-frame');await new Promise(r=>setTimeout(r,100));return 'asked'",
    ),
    probe(
        "frame-popup",
        Group::Frame,
        Door::None,
        "Open a window",
        "const w=open('about:blank');if(w===null)return 'null';w.close();return 'a window'",
    )
    .closed(&["\"null\""])
    .begins(Begins::InFrame),
    probe("frame-modal", Group::Frame, Door::None, "Ask a question in a dialog", "return confirm('The frame asks.')")
        .closed(&["false"])
        .begins(Begins::InFrame),
    probe(
        "frame-download",
        Group::Frame,
        Door::None,
        "Download a file",
        "const a=document.createElement('a');a.href=URL.createObjectURL(new Blob(['from the frame']));a.download='from-the-frame.txt';a.click();return 'asked'",
    )
    .begins(Begins::InFrame),
    probe(
        "sbx-07",
        Group::Frame,
        Door::None,
        "Fetch, and hear as whom",
        "return (await (await fetch('/echo')).json()).origin",
    )
    .begins(Begins::Never("the laboratory shows what is sent, header by header")),
    probe("sbx-16", Group::Frame, Door::None, "Say its origin, on a page whose policy says sandbox", "return self.origin").begins(KNOWS),
    probe(
        "sto-02",
        Group::Own,
        Door::Storage,
        "Fill localStorage",
        "localStorage.clear();let n=0;try{for(;;){localStorage.setItem('q'+n,'x'.repeat(262144));n++}}catch(e){const k=n*262144;localStorage.clear();return [e.name,k].join()}",
    )
    .begins(Begins::Never("it would erase what this page keeps for the reader")),
    probe(
        "dev-01",
        Group::Machine,
        Door::System,
        "Find the place on the earth",
        "return await new Promise(r=>navigator.geolocation.getCurrentPosition(()=>r('position'),e=>r('error '+e.code+' '+e.message),{timeout:3000}))",
    )
    .begins(ASKS),
    probe("dev-03", Group::Machine, Door::System, "Read the clipboard", "return await navigator.clipboard.readText()").begins(ASKS),
    probe("dev-04", Group::Machine, Door::System, "Write the clipboard, unasked", "return await navigator.clipboard.writeText('x')")
        .begins(Begins::Never("it would write over what the reader has copied")),
    probe(
        "lna-01",
        Group::Others,
        Door::None,
        "Fetch from this machine, as a page of the web without TLS",
        "return (await fetch('http://127.0.0.1:21102/echo')).status",
    )
    .begins(KNOWS),
];

/// What two imports of Node's module end with in Chromium.
pub const NO_FS: &str = r#"["TypeError: Failed to resolve module specifier 'fs'","TypeError: Failed to fetch dynamically imported module: node:fs"]"#;
