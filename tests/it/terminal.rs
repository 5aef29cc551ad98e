//! The instance's terminal: what its commands print, and what they change.

use engine::journey::{Action, Timed, run};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::world::World;

const SITE: &str = "https://backend-demo.senus.doxyz";
const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

fn command(line: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) }
}

fn open(path: &str) -> Timed {
    Timed { at: Micros::ZERO, what: Action::Open([SITE, path].concat()) }
}

/// What the last of the commands prints, and how things stand then.
fn after(world: &World, lines: &[&str]) -> (String, Trace, State) {
    let actions: Vec<Timed> = lines.iter().map(|line| command(line)).collect();
    let (trace, state) = run(world, &State::booted(world), &actions, 0);
    let Some(Outcome::Printed(text)) = trace.outcomes.last() else { panic!("nothing printed") };
    (text.clone(), trace, state)
}

fn prints(world: &World, lines: &[&str]) -> String {
    after(world, lines).0
}

fn last(world: &World, state: &State, action: Timed) -> String {
    match run(world, state, &[action], 0).0.outcomes.last() {
        Some(Outcome::Response { status, body, .. }) => format!("{status} {body}"),
        Some(Outcome::BrowserError { code, .. }) => (*code).to_owned(),
        Some(Outcome::Printed(text)) => text.clone(),
        None => String::new(),
    }
}

#[test]
fn t29_curl_on_the_instance_isolates_the_application() {
    let users = r#"[{"id":1,"name":"Ada"},{"id":2,"name":"Grace"},{"id":3,"name":"Linus"}]"#;
    // Neither nginx, nor the security group, nor the certificate, nor DNS plays a part.
    let broken =
        World::course().with_text("security-group", "").with_text("certificates", "").with_text("senus.doxyz.zone", "");
    let (text, trace, state) = after(&broken, &["systemctl stop nginx", "curl localhost:3001/users"]);
    assert_eq!(text, users);
    assert!(trace.steps.iter().all(|step| !step.slug().contains("firewall") && !step.slug().contains("proxy")));
    assert_ne!(last(&broken, &state, open("/users")), ["200 ", users].concat());
    // And the other way round: with the application stopped, only curl's answer tells where the fault is.
    assert_eq!(
        prints(&World::course(), &["pm2 stop backend", "curl http://localhost:3001/users"]),
        "curl: (7) Failed to connect to localhost port 3001 after 0 ms: Couldn't connect to server\n"
    );
}

#[test]
fn curl_says_what_it_gets() {
    let world = World::course();
    assert_eq!(prints(&world, &["curl 127.0.0.1:3001/"]), "Hello from the backend");
    assert_eq!(prints(&world, &["curl 10.0.1.10:3001/"]), "Hello from the backend");
    let (redirect, ..) = after(&world, &["curl -i http://localhost/users"]);
    assert!(redirect.starts_with("HTTP/1.1 301 Moved Permanently\n"), "{redirect}");
    assert!(redirect.contains("Location: https://localhost/users\n"), "{redirect}");
    let private = world.with_edit("backend.js", "process.env.PORT)", "process.env.PORT, '127.0.0.1')");
    assert_eq!(prints(&private, &["curl 127.0.0.1:3001/"]), "Hello from the backend");
    assert!(prints(&private, &["curl 10.0.1.10:3001/"]).starts_with("curl: (7)"));
    let crash = world.with_edit("backend.js", "res.send(\"Hello from the backend\")", "process.exit(1)");
    assert_eq!(prints(&crash, &["curl localhost:3001/"]), "curl: (52) Empty reply from server\n");
    for line in ["curl --http2 localhost", "curl -d @file localhost:3001/", "curl -o x localhost:3001/"] {
        assert!(prints(&world, &[line]).starts_with("not modelled: curl"), "{line}");
    }
}

#[test]
fn pm2_lists_what_it_keeps() {
    let world = World::course();
    let stopped = "\
┌────┬─────────────┬──────────┬──────┬───────────┬──────────┬──────────┐
│ id │ name        │ mode     │ ↺    │ status    │ cpu      │ memory   │
├────┼─────────────┼──────────┼──────┼───────────┼──────────┼──────────┤
│ 1  │ backend     │ fork     │ 0    │ stopped   │ 0%       │ 0b       │
│ 0  │ frontend    │ fork     │ 0    │ online    │ 0%       │ N/A      │
└────┴─────────────┴──────────┴──────┴───────────┴──────────┴──────────┘
";
    assert_eq!(prints(&world, &["pm2 stop backend", "pm2 list"]), stopped);
    let broken = world.with_edit("backend.js", "app.listen(", "app.listn(");
    assert!(prints(&broken, &["pm2 list"]).contains("│ 1  │ backend     │ fork     │ 15   │ errored   │"));
    assert!(prints(&broken, &["pm2 logs backend"]).contains("\n1|backend  | TypeError: app.listn is not a function\n"));
    // A script that has nothing to do ends, and says nothing.
    let idle = world.with_edit("backend.js", "app.listen(process.env.PORT);", "");
    assert!(!prints(&idle, &["pm2 logs backend --err"]).contains("1|backend "));
    assert!(
        prints(&idle, &["pm2 logs"]).contains("PM2 log: App [backend:1] exited with code [0] via signal [SIGINT]\n")
    );
    assert!(prints(&world, &["pm2 restart all"]).contains("(ids: [ 0, 1 ])"));
    // A number is not given to another.
    assert!(prints(&world, &["pm2 delete frontend", "pm2 list"]).contains("│ 1  │ backend "));
    assert_eq!(prints(&world, &["pm2 stop nobody"]), "[PM2][ERROR] Process or Namespace nobody not found\n");
}

#[test]
fn nginx_takes_signals() {
    let world = World::course();
    assert_eq!(prints(&world, &["nginx -s reload"]), "2026/02/14 09:00:00 [notice] 813#813: signal process started\n");
    assert!(!after(&world, &["nginx -s stop"]).2.nginx.running);
    assert_eq!(
        prints(&world, &["nginx -s stop", "nginx -s reload"]),
        "2026/02/14 09:00:00 [notice] 814#814: signal process started\n2026/02/14 09:00:00 [error] 814#814: open() \"/run/nginx.pid\" failed (2: No such file or directory)\n"
    );
    let wrong = world.with_edit(BACKEND, "return 301", "retrun 301");
    let state = run(&wrong, &State::booted(&world), &[command("nginx -s reload")], 0);
    assert!(
        matches!(&state.0.outcomes[0], Outcome::Printed(text) if text.starts_with("2026/02/14 09:00:00 [emerg] 813#813: unknown directive"))
    );
    assert!(state.1.nginx.running, "the old configuration stays");
}

#[test]
fn the_files_and_sockets_can_be_seen() {
    let world = World::course();
    assert_eq!(prints(&world, &["ls /etc/nginx/conf.d"]), "backend.conf  frontend.conf\n");
    assert_eq!(prints(&world, &["cat users.json"]), world.text("users.json").unwrap());
    assert_eq!(prints(&world, &["cat senus.doxyz.zone"]), "cat: senus.doxyz.zone: No such file or directory\n");
    let sockets = prints(&world, &["ss -tlnp"]);
    for at in ["0.0.0.0:80 ", "0.0.0.0:443 ", "*:3000 ", "*:3001 ", "[::]:22 "] {
        assert!(sockets.contains(at), "{at}: {sockets}");
    }
    assert_eq!(prints(&world, &["rn -rf /"]), "bash: rn: command not found\n");
}

/// The day on which the certificates of the course have 20 days left.
fn april() -> World {
    World::course().with_edit("network", "2026-02-14 09:00:00", "2026-03-31 09:00:00")
}

#[test]
fn t34_a_renewal_needs_port_80_and_nothing_of_the_site() {
    let world = april();
    let (text, trace, state) = after(&world, &["certbot renew"]);
    assert!(text.contains("Congratulations, all renewals succeeded: \n  /etc/letsencrypt/live/backend-demo"), "{text}");
    assert_eq!(trace.steps.iter().filter(|step| step.name == "challenge-checked").count(), 2);
    assert!(
        after(&world, &["certbot renew", "certbot certificates"])
            .0
            .contains("Expiry Date: 2026-06-29 07:59:59+00:00 (VALID: 89 days)")
    );
    // In May the old certificate has expired, and the new one has not.
    let wait = Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(40 * 86_400)) };
    let may = |state: &State| run(&world, state, std::slice::from_ref(&wait), 0).1;
    assert_eq!(last(&world, &may(&State::booted(&world)), open("/")), "ERR_CERT_DATE_INVALID");
    assert_eq!(last(&world, &may(&state), open("/")), "200 Hello from the backend");
    let spent = run(
        &world,
        &state,
        &[Timed { at: Micros::ZERO, what: Action::Wait(Micros::seconds(95 * 86_400)) }, open("/")],
        0,
    )
    .0;
    assert!(
        spent
            .to_string()
            .contains("[certbot has renewed /etc/letsencrypt/live/backend-demo.senus.doxyz/fullchain.pem]")
    );
}

#[test]
fn t34_certbot_says_why_it_fails() {
    let close = |world: &World| world.with_edit("security-group", "  HTTP  ", "# HTTP  ");
    let cases = [
        (
            close(&april()),
            "Type:   connection\n  Detail: 52.23.45.67: Fetching http://backend-demo.senus.doxyz/.well-known/acme-challenge/…: Timeout during connect (likely firewall problem)",
        ),
        (
            april().with_edit("security-group", "80          0.0.0.0/0", "80          203.0.113.7/32"),
            "Timeout during connect (likely firewall problem)",
        ),
        (
            april().with_edit("senus.doxyz.zone", "A      52.23.45.67", "A      52.23.45.76"),
            "52.23.45.76: Fetching http",
        ),
        (
            april().with_edit("senus.doxyz.zone", "backend-demo    IN  A ", "backend-dmeo    IN  A "),
            "Type:   dns\n  Detail: DNS problem: NXDOMAIN looking up A for backend-demo",
        ),
        (
            april().with_edit("certificates", "DNS:backend-demo", "DNS:*"),
            "any combination of challenges that will satisfy the CA. You may need to use an authenticator plugin that can do challenges over DNS.",
        ),
        (april().with_edit(BACKEND, "return 301", "retrun 301"), "The nginx plugin is not working"),
    ];
    for (world, expected) in cases {
        let (text, _, state) = after(&world, &["certbot renew"]);
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("backend-demo.senus.doxyz/fullchain.pem (failure)"), "{text}");
        assert!(state.renewed.iter().all(|renewed| !renewed.path.contains("backend")));
    }
    // The line that decided: with the rule back, the challenge passes.
    let (_, trace, _) = after(&close(&april()), &["certbot renew"]);
    let checked = trace.steps.iter().find(|step| step.name == "challenge-checked").expect("a challenge");
    let Act::Decide { basis, .. } = &checked.act else { panic!("no decision") };
    assert_eq!(basis.to_string(), "security-group holds no inbound rule for tcp port 80 from anywhere");
}

#[test]
fn certbot_renews_in_the_last_thirty_days_only() {
    let early = prints(&World::course(), &["certbot renew"]);
    assert!(early.contains("Certificate not yet due for renewal\n"), "{early}");
    assert!(
        early.contains("fullchain.pem expires on 2026-04-20 (skipped)\nNo renewals were attempted.")
            || early.contains("(skipped)"),
        "{early}"
    );
    assert!(early.contains("No renewals were attempted.\n"));
    let (dry, _, state) = after(&World::course(), &["certbot renew --dry-run"]);
    assert!(dry.contains("Congratulations, all simulated renewals succeeded: \n"), "{dry}");
    assert!(state.renewed.is_empty());
    let (_, _, forced) = after(&World::course(), &["sudo certbot renew --force-renewal"]);
    assert_eq!(forced.renewed.len(), 2);
    // A stopped nginx is started by the plugin.
    assert!(after(&World::course(), &["systemctl stop nginx", "certbot renew --force-renewal"]).2.nginx.running);
}

/// The course's world whose backend takes posts.
fn with_posts() -> World {
    let route =
        "app.post(\"/posts\", (req, res) => { res.status(201).json({ got: req.body.text, all: req.body }); });\n";
    let before = "app.get(\"/users\"";
    World::course()
        .with_edit(
            "backend.js",
            "const app = express();",
            "const app = express();\napp.use(express.json());\napp.use(express.urlencoded({ extended: true }));",
        )
        .with_edit("backend.js", before, &[route, before].concat())
}

#[test]
fn a_body_goes_through_nginx_to_the_application() {
    let world = with_posts();
    let json = "curl -H 'Content-Type: application/json' -d '{\"text\": \"hi there\", \"n\": [1, true]}'";
    let got = r#"{"got":"hi there","all":{"text":"hi there","n":[1,true]}}"#;
    assert_eq!(prints(&world, &[&[json, " localhost:3001/posts"].concat()]), got);
    // Behind nginx as well: its certificate is for another name than localhost, so curl is told to take it.
    let through = [json, " -k -H 'Host: backend-demo.senus.doxyz' https://localhost/posts"].concat();
    let (text, trace, _) = after(&world, &[&through]);
    assert_eq!(text, got);
    let sent = trace.steps.iter().find(|step| step.name == "proxy-request").expect("passed on");
    assert!(format!("{:?}", sent.act).contains("hi there"));
    assert_eq!(
        prints(&world, &["curl -d text=a+b -d x=%41 localhost:3001/posts"]),
        r#"{"got":"a b","all":{"text":"a b","x":"A"}}"#
    );
    assert_eq!(prints(&world, &["curl --json '{}' localhost:3001/posts"]), r#"{"all":{}}"#);
    let broken = prints(&world, &["curl -i --json '{' localhost:3001/posts"]);
    assert!(broken.starts_with("HTTP/1.1 400 Bad Request\n") && broken.contains("SyntaxError"), "{broken}");
    let (text, ..) = after(&world, &["curl -X POST localhost:3001/posts"]);
    assert!(text.contains("not modelled: req.body where no parser has read anything"), "{text}");
    // Without a parser there is no body.
    let none = world.with_edit("backend.js", "app.use(express.json());", "");
    let none = none.with_edit("backend.js", "app.use(express.json());", "");
    let none = none.with_edit("backend.js", "app.use(express.urlencoded({ extended: true }));", "");
    assert!(prints(&none, &["curl -d x=1 localhost:3001/posts"]).contains("Cannot read properties of undefined"));
}

#[test]
fn a_body_that_is_too_large_is_a_413_in_nginxs_words() {
    let limit = |line: &str| World::course().with_edit(BACKEND, "listen 443 ssl;", &format!("listen 443 ssl;\n{line}"));
    let ask = "curl -sk -i -d 0123456789 -H 'Host: backend-demo.senus.doxyz' https://localhost/users";
    let small = prints(&limit("client_max_body_size 9;"), &[ask]);
    assert!(small.starts_with("HTTP/1.1 413 Request Entity Too Large\n"), "{small}");
    assert!(small.contains("<h1>413 Request Entity Too Large</h1>"), "{small}");
    assert!(
        prints(&limit("client_max_body_size 10;"), &[ask]).starts_with("HTTP/1.1 404 Not Found\n"),
        "no such route"
    );
}

#[test]
fn curl_verifies_the_certificate_in_its_own_words() {
    let world = World::course();
    const SHOWN: &str = "\nMore details here: https://curl.se/docs/sslcerts.html\n";
    let name = prints(&world, &["curl https://localhost/users"]);
    let words = "curl: (60) SSL: no alternative certificate subject name matches target host name 'localhost'";
    assert!(name.starts_with(&[words, SHOWN].concat()), "{name}");
    assert!(name.ends_with("please visit the web page mentioned above.\n"), "{name}");
    // Past DNS and the security group, to the instance's own public address: the right name.
    let users = "curl https://backend-demo.senus.doxyz/users";
    assert!(prints(&world, &[users]).starts_with("[{\"id\":1,"));
    assert!(prints(&world, &["curl -L http://backend-demo.senus.doxyz/users"]).starts_with("[{\"id\":1,"));
    assert!(prints(&world, &["curl -sIL http://backend-demo.senus.doxyz/"]).contains("301 Moved Permanently"));
    let closed = world.with_edit("security-group", "  HTTPS ", "# HTTPS ");
    assert!(prints(&closed, &[users]).starts_with("curl: (28) Failed to connect to backend-demo.senus.doxyz port 443"));
    assert_eq!(
        prints(&world, &["curl https://nobody.senus.doxyz/"]),
        "curl: (6) Could not resolve host: nobody.senus.doxyz\n"
    );
    let says = |from: &str, to: &str| prints(&world.with_edit("certificates", from, to), &[users]);
    let own = says("Issuer: C = US, O = Let's Encrypt, CN = R11", "Issuer: CN = backend-demo.senus.doxyz");
    assert!(own.starts_with("curl: (60) SSL certificate problem: self-signed certificate\n"), "{own}");
    let unknown = says("O = Let's Encrypt", "O = Nobody");
    assert!(unknown.starts_with("curl: (60) SSL certificate problem: unable to get local issuer certificate\n"));
    let tls = |lines: &str| {
        let world = world.with_edit(BACKEND, "listen 443 ssl;", &format!("listen 443 ssl;\n{lines}"));
        prints(&world, &["curl -k https://localhost/"])
    };
    assert_eq!(
        tls("ssl_reject_handshake on;"),
        "curl: (35) OpenSSL/3.0.19: error:0A000458:SSL routines::tlsv1 unrecognized name\n"
    );
    assert_eq!(
        prints(&world, &["curl https://localhost:3001/"]),
        "curl: (35) OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number\n"
    );
}

#[test]
fn curl_shows_what_it_sends() {
    let world = World::course();
    let shown = prints(&world, &["curl -sv -H Accept: -H 'X-A: b c' -d a=b localhost:3001/nope"]);
    let sent = "*   Trying 127.0.0.1:3001...\n* Connected to localhost (127.0.0.1) port 3001 (#0)\n> POST /nope HTTP/1.1\n> Host: localhost:3001\n> User-Agent: curl/7.88.1\n> X-A: b c\n> Content-Length: 3\n> Content-Type: application/x-www-form-urlencoded\n> \n< HTTP/1.1 404 Not Found\n";
    assert!(shown.starts_with(sent), "{shown}");
    assert_eq!(prints(&world, &["curl --compressed localhost"]), "not modelled: curl --compressed\n");
    assert_eq!(prints(&world, &["curl -f localhost:3001/nope"]), "curl: (22) The requested URL returned error: 404\n");
    assert!(prints(&world, &["curl -d"]).starts_with("curl: option -d: requires parameter\n"));
    assert!(prints(&world, &["curl 'localhost"]).starts_with("bash: unexpected EOF"));
}

/// What no two runs have in common stands in these columns of PM2's tables.
fn masked(text: &str) -> String {
    let mut hidden: Vec<usize> = Vec::new();
    let mut shown = String::new();
    for line in text.lines().map(str::trim_end) {
        let cells: Vec<&str> = line.split('│').collect();
        if cells.get(1).is_some_and(|cell| cell.trim() == "id") {
            let varies = |cell: &str| ["pid", "uptime", "cpu", "mem", "memory", "user"].contains(&cell.trim());
            hidden = (0..cells.len()).filter(|at| varies(cells[*at])).collect();
        } else if cells.len() > 1 {
            let cell = |(at, cell): (usize, &&str)| {
                let width = cell.chars().count();
                if hidden.contains(&at) { "*".repeat(width) } else { (*cell).to_owned() }
            };
            shown += &cells.iter().enumerate().map(cell).collect::<Vec<_>>().join("│");
            shown += "\n";
            continue;
        }
        shown += &[line, "\n"].concat();
    }
    shown.trim().to_owned()
}

#[test]
fn pm2_prints_what_it_was_recorded_to_print() {
    let recorded =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/pm2.txt")).expect("a recording");
    let world = World::course();
    let mut state = State::booted(&world);
    state.terminal.user = true;
    let mut sessions = recorded.split("### ").skip(1).peekable();
    assert!(sessions.peek().is_some());
    for session in sessions {
        let (head, expected) = session.split_once('\n').expect("a command");
        let (columns, line) = head.split_once(" $ ").expect("a width");
        state.terminal.wide = columns.parse().expect("a number");
        assert_eq!(masked(&engine::shell::run(&world, &mut state, line)), masked(expected), "{head}");
    }
}

/// Without what no two runs have in common: numbers, the month, when something was, and what nobody knows here.
fn timeless(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines().map(str::trim_end) {
        let unknown = line.starts_with("      Tasks:") || line.starts_with("     Memory:");
        // An old worker that has not ended yet.
        if unknown || (line.contains("├─") && line.contains("nginx: worker")) {
            continue;
        }
        let cut = [" since ", "   Duration: "].iter().find_map(|mark| Some(line.find(mark)? + mark.len()));
        let line = line[..cut.unwrap_or(line.len())].replace("Nov ", "Feb ");
        let job = line.strip_prefix("░░ The job identifier is ").map(|rest| rest.trim_start_matches(char::is_numeric));
        let line = job.map_or(line.clone(), |rest| format!("░░ The job identifier is{rest}"));
        shown.extend(line.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).chain(['\n']));
    }
    shown.trim().to_owned()
}

#[test]
fn systemd_and_nginx_print_what_they_were_recorded_to_print() {
    let recorded =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/systemd.txt")).expect("a recording");
    let mut world = World::course();
    world.documents.retain(|document| document.name != "/etc/nginx/conf.d/frontend.conf");
    let mut state = State::default();
    let mut compared = 0;
    for section in recorded.split("\n=== ").skip(1) {
        let (head, rest) = section.split_once('\n').unwrap_or((section, ""));
        let (who, config) = head.split_once(": ").expect("who");
        world = world.with_text(BACKEND, &[config, "\n"].concat());
        state.terminal.user = who == "ubuntu";
        let taken = world.with_edit("ecosystem.config.js", "PORT: 3001", "PORT: 8080");
        match who {
            "root again" => _ = state.start_unit(&world),
            "root, taken" => state.start_processes(&taken),
            _ => state.processes.clear(),
        }
        for session in rest.split("### $ ").skip(1) {
            let (line, expected) = session.split_once('\n').expect("a command");
            let (expected, status) = expected.rsplit_once("rc ").expect("a status");
            let printed = engine::shell::run(&world, &mut state, line);
            assert_eq!(timeless(&printed), timeless(expected), "{head}: {line}");
            assert_eq!(state.terminal.status.to_string(), status.trim(), "{head}: {line}");
            compared += 1;
        }
    }
    assert_eq!(compared, 35);
}

/// Without what no two runs have in common, and Express's `ETag`.
fn undated(text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.contains("ETag: ")) {
        let line = line.split_once("Date: ").map_or(line, |(before, _)| before);
        let line = line.replace("OpenSSL/3.0.19", "OpenSSL/3.0.22");
        let after = line.split_once(" after ").and_then(|(before, rest)| Some((before, rest.split_once(" ms: ")?.1)));
        shown += &after.map_or(line.clone(), |(before, after)| format!("{before}{after}"));
        shown.push('\n');
    }
    shown.trim().to_owned()
}

#[test]
fn curl_prints_what_it_was_recorded_to_print() {
    let recorded =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/curl.txt")).expect("a recording");
    let world = World::course();
    let state = State::booted(&world);
    let commands: Vec<(&str, &str)> =
        recorded.split("### $ ").skip(1).map(|session| session.split_once('\n').expect("a command")).collect();
    assert!(commands.len() > 80);
    let mut wrong = Vec::new();
    let mut state = state;
    for (line, expected) in commands {
        let command = Timed { at: Micros::ZERO, what: Action::Command(format!("{line}; echo \"|$?\"")) };
        let (trace, after) = run(&world, &state, &[command], 0);
        state = after;
        let printed = match trace.outcomes.last() {
            Some(Outcome::Printed(text)) => text.clone(),
            other => panic!("{line}: {other:?}"),
        };
        let (printed, status) = printed.rsplit_once('|').expect("a status");
        let (expected, code) = expected.rsplit_once("rc ").expect("a status");
        if undated(printed) != undated(expected) || status.trim() != code.trim() {
            wrong.push(format!(
                "{line}\n--- is\n{}\nrc {status}--- was\n{}\nrc {code}",
                undated(printed),
                undated(expected)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n=====\n"));
}

#[test]
fn curl_waits_as_long_as_it_is_told() {
    let world = World::course().with_edit("backend.js", "res.send(\"Hello from the backend\")", "{}");
    let waits = |line: &str| {
        let (printed, trace, _) = after(&world, &[&format!("{line}; echo $?")]);
        (printed, trace.steps.last().map_or(0, |step| step.end.0) / 1_000)
    };
    let (printed, end) = waits("curl -m 2 localhost:3001/");
    assert_eq!(printed, "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n28\n");
    assert!((2_000..2_010).contains(&end), "{end}");
    assert_eq!(waits("curl -sm 0.5 -w '%{http_code}\\n' localhost:3001/").0, "000\n28\n");
    assert_eq!(
        waits("curl localhost:3001/").0,
        "not modelled: how long curl waits where no answer comes; Ctrl-C or -m would end it\n1\n"
    );
    // nginx waits for a minute and says so; curl may have gone by then.
    let over = |option: &str| {
        waits(&format!("curl -sk {option} -H 'Host: backend-demo.senus.doxyz' https://localhost/ | head -2"))
    };
    assert_eq!(over(""), ("<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n0\n".to_owned(), 60_000));
    assert_eq!(over("-S -m 3").0, "curl: (28) Operation timed out after 3000 milliseconds with 0 bytes received\n0\n");
}
