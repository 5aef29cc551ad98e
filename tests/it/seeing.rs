//! One outcome from every side: golden files of what everybody sees of each failure (FACTS, section 1), of where the time
//! went, and of one opened message of each kind.

use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;
use viewpoint::inspect::{self, Field, Opened, Reason, Wire};
use viewpoint::waterfall::{Phase, Request, waterfall};
use viewpoint::{Case, Seen, View, Who};

const POSTS: &str = "https://backend-demo.senus.doxyz/posts";
const URL: &str = "https://backend-demo.senus.doxyz/users";
const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

/// How a world is made to fail: an edit before everything was started, a command after it, and what is opened.
struct Fault {
    name: &'static str,
    edit: (&'static str, &'static str, &'static str),
    command: &'static str,
    url: &'static str,
    /// What the browser ends with: a status, or Chromium's code.
    ends: &'static str,
}

const NO_EDIT: (&str, &str, &str) = ("", "", "");

/// Every failure of FACTS, section 1, that the engine plays, in that order.
const FAULTS: &[Fault] = &[
    Fault {
        name: "name-does-not-exist",
        edit: NO_EDIT,
        command: "",
        url: "https://backend-dmeo.senus.doxyz/users",
        ends: "ERR_NAME_NOT_RESOLVED",
    },
    Fault {
        name: "packets-dropped",
        edit: ("security-group", "HTTPS        TCP       443 ", "HTTPS        TCP       8443"),
        command: "",
        url: URL,
        ends: "ERR_CONNECTION_TIMED_OUT",
    },
    Fault {
        name: "port-closed",
        edit: NO_EDIT,
        command: "systemctl stop nginx",
        url: URL,
        ends: "ERR_CONNECTION_REFUSED",
    },
    Fault {
        name: "closed-without-a-byte",
        edit: (BACKEND, "proxy_pass http://localhost:3001;", "return 444;"),
        command: "",
        url: URL,
        ends: "ERR_EMPTY_RESPONSE",
    },
    Fault {
        name: "reset-after-the-request",
        edit: (BACKEND, "return 301 https://$host$request_uri;", "reset_timedout_connection on;\n    return 444;"),
        command: "",
        url: "http://backend-demo.senus.doxyz/users",
        ends: "ERR_CONNECTION_RESET",
    },
    Fault {
        name: "certificate-for-another-name",
        edit: ("certificates", "DNS:backend-demo", "DNS:another-host"),
        command: "",
        url: URL,
        ends: "ERR_CERT_COMMON_NAME_INVALID",
    },
    Fault {
        name: "certificate-with-common-name-only",
        edit: ("certificates", "DNS:backend-demo.senus.doxyz\n", "\n"),
        command: "",
        url: URL,
        ends: "ERR_CERT_COMMON_NAME_INVALID",
    },
    Fault {
        name: "wildcard-two-labels",
        edit: ("certificates", "DNS:backend-demo.senus.doxyz", "DNS:*.doxyz"),
        command: "",
        url: URL,
        ends: "ERR_CERT_COMMON_NAME_INVALID",
    },
    Fault {
        name: "certificate-expired",
        edit: ("network", "2026-02-14", "2026-05-01"),
        command: "",
        url: URL,
        ends: "ERR_CERT_DATE_INVALID",
    },
    Fault {
        name: "certificate-not-yet-valid",
        edit: ("network", "2026-02-14", "2026-01-01"),
        command: "",
        url: URL,
        ends: "ERR_CERT_DATE_INVALID",
    },
    Fault {
        name: "certificate-self-signed",
        edit: ("certificates", "Issuer: C = US, O = Let's Encrypt, CN = R11", "Issuer: CN = backend-demo.senus.doxyz"),
        command: "",
        url: URL,
        ends: "ERR_CERT_AUTHORITY_INVALID",
    },
    Fault {
        name: "certificate-of-an-unknown-authority",
        edit: ("network", "browser trusts     Let's Encrypt", "browser trusts     Somebody Else"),
        command: "",
        url: URL,
        ends: "ERR_CERT_AUTHORITY_INVALID",
    },
    Fault {
        name: "only-tls-1-1",
        edit: (BACKEND, "listen 443 ssl;\n", "listen 443 ssl;\n    ssl_protocols TLSv1.1;\n"),
        command: "",
        url: URL,
        ends: "ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
    },
    Fault {
        name: "plain-http-on-443",
        edit: (BACKEND, "listen 443 ssl;", "listen 10.0.1.10:443;"),
        command: "",
        url: URL,
        ends: "ERR_SSL_PROTOCOL_ERROR",
    },
    Fault {
        name: "handshake-rejected",
        edit: (BACKEND, "listen 443 ssl;\n", "listen 443 ssl;\n    ssl_reject_handshake on;\n"),
        command: "",
        url: URL,
        ends: "ERR_SSL_UNRECOGNIZED_NAME_ALERT",
    },
    Fault {
        name: "http-to-the-tls-port",
        edit: NO_EDIT,
        command: "",
        url: "http://backend-demo.senus.doxyz:443/users",
        ends: "400",
    },
    Fault {
        name: "redirect-loop",
        edit: (BACKEND, "301 https://$host", "302 http://$host"),
        command: "",
        url: "http://backend-demo.senus.doxyz/users",
        ends: "ERR_TOO_MANY_REDIRECTS",
    },
    Fault { name: "application-down", edit: NO_EDIT, command: "pm2 stop backend", url: URL, ends: "502" },
    Fault {
        name: "application-too-slow",
        edit: ("network", "app-work           3 ms", "app-work           90 s"),
        command: "",
        url: URL,
        ends: "504",
    },
    Fault {
        name: "no-such-route",
        edit: NO_EDIT,
        command: "",
        url: "https://backend-demo.senus.doxyz/nobody",
        ends: "404",
    },
    Fault {
        name: "empty-500",
        edit: ("backend.js", "res.json(users)", "res.status(500).end()"),
        command: "",
        url: URL,
        ends: "HTTP ERROR 500",
    },
    Fault {
        name: "empty-404",
        edit: ("backend.js", "res.json(users)", "res.status(404).end()"),
        command: "",
        url: URL,
        ends: "HTTP ERROR 404",
    },
    Fault {
        name: "body-shorter-than-announced",
        edit: (
            "backend.js",
            "app.get(\"/users\", (req, res) => res.json(users));",
            "app.get(\"/users\", (req, res) => {\n  res.set(\"Content-Type\", \"application/json\");\n  \
             res.set(\"Content-Length\", \"100\");\n  res.write(\"[\\n\");\n  res.write(\"1, 2\");\n  \
             setTimeout(() => process.exit(1), 20);\n});",
        ),
        command: "",
        url: URL,
        ends: "200 ERR_CONTENT_LENGTH_MISMATCH",
    },
    Fault {
        name: "cut-between-pieces",
        edit: (
            "backend.js",
            "app.get(\"/users\", (req, res) => res.json(users));",
            "app.get(\"/users\", (req, res) => {\n  res.set(\"Content-Type\", \"application/json\");\n  \
             res.write(\"[\\n1, 2\");\n  setTimeout(() => process.exit(1), 20);\n});",
        ),
        command: HTTP_1_1,
        url: URL,
        ends: "200 ERR_INCOMPLETE_CHUNKED_ENCODING",
    },
    Fault {
        name: "two-locations",
        edit: (BACKEND, "    return 301", "    add_header Location /other;\n    return 301"),
        command: "",
        url: "http://backend-demo.senus.doxyz/users",
        ends: "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION",
    },
    Fault {
        name: "two-lengths",
        edit: (BACKEND, "proxy_pass http://localhost:3001;", "add_header Content-Length 3;\n        return 200 hello;"),
        command: "",
        url: URL,
        ends: "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH",
    },
    Fault {
        name: "no-content",
        edit: (BACKEND, "proxy_pass http://localhost:3001;", "return 204;"),
        command: "",
        url: URL,
        ends: "ERR_ABORTED",
    },
    Fault {
        name: "unsafe-port",
        edit: NO_EDIT,
        command: "",
        url: "http://backend-demo.senus.doxyz:22/",
        ends: "ERR_UNSAFE_PORT",
    },
];

/// What fails behind the application, at its database.
const BEHIND: &[Fault] = &[
    Fault { name: "database-stopped", edit: NO_EDIT, command: "systemctl stop postgresql", url: POSTS, ends: "500" },
    Fault {
        name: "database-turns-away",
        edit: ("ecosystem.config.js", "mango-lantern-42", "mango-lantern-24"),
        command: "",
        url: POSTS,
        ends: "500",
    },
    Fault {
        name: "no-such-table",
        edit: ("backend.js", "FROM posts JOIN", "FROM psots JOIN"),
        command: "",
        url: POSTS,
        ends: "500",
    },
];

/// nginx asks the application with HTTP/1.1, which knows pieces.
const HTTP_1_1: &str = "sed -i 's/proxy_pass/proxy_http_version 1.1; proxy_pass/' /etc/nginx/conf.d/backend.conf && \
                        systemctl reload nginx";

fn timed(what: Action) -> Timed {
    Timed { at: Micros::ZERO, what }
}

/// The world with the fault, and how things stand before the request.
fn broken(fault: &Fault) -> (World, State) {
    let (document, from, to) = fault.edit;
    let world = World::course();
    assert!(document.is_empty() || world.text(document).unwrap().contains(from), "{}: nothing to edit", fault.name);
    let world = world.with_edit(document, from, to);
    let booted = State::booted(&world);
    let commands = [timed(Action::Command(fault.command.to_owned()))];
    let state = if fault.command.is_empty() { booted } else { run(&world, &booted, &commands, 0).1 };
    (world, state)
}

/// The views as text: a heading, where they look, and what they see; a sentence where there is nothing to see.
pub fn written(views: &[View]) -> String {
    views.iter().fold(String::new(), |text, View { who, at, seen }| {
        let seen = match seen {
            Seen::Text(text) => text.lines().fold(String::new(), |all, line| format!("{all}    {line}\n")),
            Seen::Nothing(words) => format!("    ({words})\n"),
        };
        format!("{text}== {}: {at}\n{}\n", who.word(), seen.replace(" \n", "\n").replace("    \n", "\n"))
    })
}

fn ending(trace: &Trace) -> String {
    match trace.outcomes.last() {
        Some(Outcome::BrowserError { code, .. }) => (*code).to_owned(),
        Some(Outcome::Response { status, cut: Some(code), .. }) => format!("{status} {code}"),
        Some(Outcome::Response { status, .. }) => status.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn everybody_sees_each_failure_in_their_own_words() {
    for fault in FAULTS.iter().chain(BEHIND) {
        let (world, state) = broken(fault);
        let case = Case::play(&world, &state, fault.url, 0);
        assert_eq!(ending(&case.trace), fault.ends, "{}", fault.name);
        tests::golden(&format!("views/{}.txt", fault.name), &written(&case.views()));
    }
}

#[test]
fn everybody_sees_a_request_that_works() {
    let world = World::course();
    let state = State::booted(&world);
    for (name, url) in [("as-it-is", URL), ("redirected", "http://backend-demo.senus.doxyz/users")] {
        let case = Case::play(&world, &state, url, 0);
        tests::golden(&format!("views/{name}.txt"), &written(&case.views()));
    }
}

/// No failure stands there twice, and the pages of another scheme are one more.
#[test]
fn each_failure_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = FAULTS.iter().map(|fault| fault.name).collect();
    assert_eq!((names.len(), FAULTS.len()), (28, 28));
}

/// A page that came encrypted asks for something in the clear.
#[test]
fn a_script_on_a_secure_page_asks_for_nothing_in_the_clear() {
    let world = World::course();
    let state = State::booted(&world);
    let case = Case::play(&world, &state, "http://backend-demo.senus.doxyz/users", 0);
    let case = case.from_page("https://frontend-demo.senus.doxyz");
    let views = [Who::Script, Who::ScriptConsole].map(|who| case.view(who));
    tests::golden("views/mixed-content.txt", &written(&views));
}

/// A waterfall as text: a row a request, a line a bar.
fn bars(requests: &[Request]) -> String {
    let ms = |time: Micros| format!("{:>10}.{:03} ms", time.0 / 1_000, time.0 % 1_000);
    requests.iter().fold(String::new(), |text, request| {
        let head = format!("{text}{} {}\n", request.url, request.end);
        let lines = request.bars.iter().fold(head, |text, bar| {
            format!("{text}  {} + {}  {}\n", ms(bar.start), ms(bar.end - bar.start), bar.phase.word())
        });
        format!("{lines}  {} + {}  in all\n", ms(request.start), ms(request.stop - request.start))
    })
}

#[test]
fn the_waterfall_of_the_demo_world() {
    let world = World::course();
    let open = |url: &str| timed(Action::Open(url.to_owned()));
    let wait = timed(Action::Wait(Micros::seconds(100)));
    let http = "http://backend-demo.senus.doxyz/users";
    let mut text = String::new();
    let mut show = |title: &str, world: &World, state: &State, actions: &[Timed]| {
        let trace = run(world, state, actions, 0).0;
        text.push_str(&format!("# {title}\n"));
        for (index, action) in actions.iter().enumerate() {
            if let Action::Open(url) | Action::Reach(url) = &action.what {
                let requests = waterfall(&trace, index, url);
                assert!(requests.iter().all(adds_up), "{title}");
                text.push_str(&bars(&requests));
            }
        }
        text.push('\n');
    };
    let state = State::booted(&world);
    show(
        "cold, warm, and when the connection has been closed",
        &world,
        &state,
        &[open(URL), open(URL), wait, open(URL)],
    );
    show("a redirect, and then one from memory", &world, &state, &[open(http), open(http)]);
    show("only the connection", &world, &state, &[timed(Action::Reach(URL.to_owned()))]);
    for fault in FAULTS.iter().chain(&BEHIND[2..]) {
        let (world, state) = broken(fault);
        show(fault.name, &world, &state, &[open(fault.url)]);
    }
    tests::golden("waterfall.txt", &text);
}

/// Whether the bars follow each other without a gap, from the beginning to the end.
fn adds_up(request: &Request) -> bool {
    let ends = [request.start].into_iter().chain(request.bars.iter().map(|bar| bar.end));
    let joined = request.bars.iter().zip(ends).all(|(bar, before)| bar.start == before && bar.start <= bar.end);
    joined && request.bars.last().is_none_or(|bar| bar.end == request.stop)
}

#[test]
fn t01_the_lookup_is_over_before_the_connection_and_the_answer_comes_back_on_it() {
    let world = World::course();
    let state = State::booted(&world);
    let case = Case::play(&world, &state, URL, 0);
    let requests = waterfall(&case.trace, 0, URL);
    let of = |phase| requests[0].bars.iter().find(|bar| bar.phase == phase).unwrap();
    assert!(of(Phase::Lookup).end <= of(Phase::Connect).start);
    // Nobody of the name system has any part in what comes after.
    let rows = case.rows();
    let names = [Place::Resolver, Place::Root, Place::TopLevel, Place::Dns];
    for hop in rows[0].hops().filter(|hop| hop.step.end > of(Phase::Lookup).end) {
        assert!(!names.contains(&hop.from) && !names.contains(&hop.to));
    }
    let (step, _) = rows[0].response().unwrap();
    assert_eq!(step.slug(), "response.firewall-browser");
    assert!(rows[0].hops().any(|hop| matches!(hop.message, Message::Response(_)) && hop.from == Place::Instance));
}

/// What a script on a page of this origin gets, and what its console says.
fn fetched(world: &World, url: &str, page: &str) -> [String; 2] {
    let state = State::booted(world);
    let case = Case::play(world, &state, url, 0).from_page(page);
    [Who::Script, Who::ScriptConsole].map(|who| match case.view(who).seen {
        Seen::Text(text) => text.lines().next().unwrap().to_owned(),
        Seen::Nothing(words) => words,
    })
}

#[test]
fn t03_an_origin_is_scheme_host_and_port() {
    let open_ports = World::course().with_edit(
        "security-group",
        "Outbound",
        "Inbound\n  Custom  TCP  3000-3001  0.0.0.0/0\n# Outbound",
    );
    let url = "http://backend-demo.senus.doxyz:3001/users";
    let same = "Response { type: \"basic\", status: 200, ok: true }";
    let refused = "TypeError: Failed to fetch";
    assert_eq!(fetched(&open_ports, url, "http://backend-demo.senus.doxyz:3001")[0], same);
    // Another port, another scheme, another host: each is another origin, whatever the domain.
    for page in ["http://backend-demo.senus.doxyz:3000", "http://backend-demo.senus.doxyz", "http://senus.doxyz:3001"] {
        let [answer, console] = fetched(&open_ports, url, page);
        assert_eq!(answer, refused, "{page}");
        let words = format!(
            "Access to fetch at '{url}' from origin '{page}' has been blocked by CORS policy: No \
             'Access-Control-Allow-Origin' header is present on the requested resource."
        );
        assert_eq!(console, words);
    }
    let [answer, console] = fetched(&open_ports, url, "https://backend-demo.senus.doxyz");
    assert_eq!(answer, refused);
    assert!(
        console.starts_with("Mixed Content: The page at 'https://backend-demo.senus.doxyz/' was loaded over HTTPS")
    );
}

#[test]
fn t05_the_console_says_what_is_wrong_with_the_header() {
    const PAGE: &str = "https://frontend-demo.senus.doxyz";
    const ADVICE: &str = " Have the server send the header with a valid value.";
    let header = |values: &[&str]| {
        let lines: String =
            values.iter().map(|value| format!("add_header Access-Control-Allow-Origin '{value}';\n")).collect();
        World::course().with_edit(BACKEND, "location / {", &["location / {\n", &lines].concat())
    };
    for values in [&["*"][..], &[PAGE], &["", PAGE]] {
        let [answer, console] = fetched(&header(values), URL, PAGE);
        assert_eq!(
            (&*answer, &*console),
            ("Response { type: \"cors\", status: 200, ok: true }", "The console is empty.")
        );
    }
    let slash = [PAGE, "/"].concat();
    let both = [PAGE, ",https://www.senus.doxyz"].concat();
    let rows: [(&[&str], String); 6] = [
        (&["senus.doxyz"], format!("contains the invalid value 'senus.doxyz'.{ADVICE}")),
        (
            &["https://senus.doxyz"],
            format!("has a value 'https://senus.doxyz' that is not equal to the supplied origin.{ADVICE}"),
        ),
        // An origin has no slash at its end. As an address it is fine, so Chromium does not call it invalid.
        (&[&slash], format!("has a value '{slash}' that is not equal to the supplied origin.{ADVICE}")),
        (&["null"], format!("has a value 'null' that is not equal to the supplied origin.{ADVICE}")),
        (&["*", PAGE], format!("contains multiple values '*, {PAGE}', but only one is allowed.{ADVICE}")),
        (&[&both], format!("contains multiple values '{both}', but only one is allowed.{ADVICE}")),
    ];
    for (values, says) in rows {
        let [answer, console] = fetched(&header(values), URL, PAGE);
        let from = format!("Access to fetch at '{URL}' from origin '{PAGE}' has been blocked by CORS policy: ");
        assert_eq!(answer, "TypeError: Failed to fetch");
        assert_eq!(console, format!("{from}The 'Access-Control-Allow-Origin' header {says}"));
    }
}

/// An opened message as text: as the tool prints it, then a line a field, then the decisions.
pub fn opened(opened: &Opened) -> String {
    let Opened { title, tool, text, fields, because } = opened;
    let text = text.lines().fold(format!("## {title} ({tool})\n"), |all, line| format!("{all}    {line}\n"));
    let text = fields.iter().fold(text, |all, field| {
        let Field { name, value, means, wire, basis } = field;
        let sealed = if *wire == Wire::Sealed { " (sealed)" } else { "" };
        let basis = basis.as_ref().map_or_else(String::new, |basis| format!(" [{basis}]"));
        format!("{all}{name}: {value}{sealed}\n        {means}{basis}\n")
    });
    because.iter().fold(text, |all, Reason { at, words, basis }| format!("{all}  <- {at}: {words} [{basis}]\n"))
}

/// The first message of each name and shape in a run.
fn one_of_each(world: &World, state: &State, url: &str, wanted: &[&str]) -> String {
    let (trace, after) = run(world, state, &[timed(Action::Open(url.to_owned()))], 0);
    let mut text = String::new();
    for slug in wanted {
        let index = trace.steps.iter().position(|step| step.slug() == *slug);
        let index = index.unwrap_or_else(|| panic!("no {slug}"));
        let message = inspect::open(world, &after, &trace, index).expect("a message");
        assert!(
            message.fields.iter().all(|field| field.means.ends_with(['.', '?'])),
            "{slug}: a sentence for each field"
        );
        text.push_str(&format!("# {slug}\n{}\n", opened(&message)));
    }
    text
}

#[test]
fn one_message_of_each_kind_is_opened() {
    let world = World::course();
    let whole = [
        "browser-asks-resolver.browser-resolver",
        "resolver-asks-root.resolver-root",
        "root-answers.root-resolver",
        "dns-answers.dns-resolver",
        "resolver-answers.resolver-browser",
        "syn.browser-firewall",
        "syn-ack.firewall-browser",
        "ack.browser-firewall",
        "client-hello.browser-firewall",
        "server-hello.firewall-browser",
        "request.browser-firewall",
        "proxy-syn.proxy-app",
        "proxy-request.proxy-app",
        "app-response.app-proxy",
        "response.proxy-instance",
    ];
    let mut text = one_of_each(&world, &State::booted(&world), URL, &whole);
    let redirect = ["response.firewall-browser"];
    text += &one_of_each(&world, &State::booted(&world), "http://backend-demo.senus.doxyz/users", &redirect);
    let old = world.with_edit(BACKEND, "listen 443 ssl;\n", "listen 443 ssl;\n    ssl_protocols TLSv1.2;\n");
    let flights = ["client-hello.browser-firewall", "server-hello.firewall-browser"];
    text += &one_of_each(&old, &State::booted(&old), URL, &flights);
    let faults = [
        ("name-does-not-exist", "resolver-answers.resolver-browser"),
        ("port-closed", "rst.firewall-browser"),
        ("closed-without-a-byte", "fin.firewall-browser"),
        ("handshake-rejected", "tls-alert.firewall-browser"),
        ("application-down", "response.proxy-instance"),
    ];
    for (name, slug) in faults {
        let fault = FAULTS.iter().find(|fault| fault.name == name).unwrap();
        let (world, state) = broken(fault);
        text += &one_of_each(&world, &state, fault.url, &[slug]);
    }
    tests::golden("inspect.txt", &text);
}

/// Every message of every run opens, and no decision does.
#[test]
fn every_message_opens() {
    for fault in FAULTS.iter().chain(BEHIND) {
        let (world, state) = broken(fault);
        let (trace, after) = run(&world, &state, &[timed(Action::Open(fault.url.to_owned()))], 0);
        for (index, step) in trace.steps.iter().enumerate() {
            let travels = matches!(step.act, Act::Travel { .. });
            let message = inspect::open(&world, &after, &trace, index);
            assert_eq!(message.is_some(), travels, "{}", step.slug());
            assert!(message.is_none_or(|message| !message.text.is_empty() && !message.fields.is_empty()));
        }
        assert!(inspect::open(&world, &after, &trace, trace.steps.len()).is_none());
    }
}

/// What is sealed on the wire is what TLS seals: in TLS 1.3 the certificate, in TLS 1.2 not; the name asked for never is.
#[test]
fn what_can_be_read_on_the_way() {
    let world = World::course();
    let old = world.with_edit(BACKEND, "listen 443 ssl;\n", "listen 443 ssl;\n    ssl_protocols TLSv1.2;\n");
    for (world, expected) in [(&world, Wire::Sealed), (&old, Wire::Open)] {
        let (trace, after) = run(world, &State::booted(world), &[timed(Action::Open(URL.to_owned()))], 0);
        let wire = |slug: &str, field: &str| {
            let index = trace.steps.iter().position(|step| step.slug() == slug).unwrap();
            let message = inspect::open(world, &after, &trace, index).unwrap();
            message.fields.iter().find(|f| f.name == field).unwrap().wire
        };
        assert_eq!(wire("server-hello.firewall-browser", "subjectAltName"), expected);
        assert_eq!(wire("client-hello.browser-firewall", "server_name"), Wire::Open);
        assert_eq!(wire("request.browser-firewall", "Host"), Wire::Sealed);
        assert_eq!(wire("proxy-request.proxy-app", "Host"), Wire::Open);
    }
}
