//! The terminal of somebody who has logged in: sessions as they look on the screen, and what real programs print, recorded
//! on Debian 12 on a terminal of 80 columns.

use engine::journey::{Action, Timed, run};
use engine::shell::{self, Ask};
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Outcome, Trace};
use engine::world::World;
use proptest::prelude::*;

const BACKEND: &str = "/etc/nginx/conf.d/backend.conf";

/// Somebody at the terminal, and what the screen shows.
struct Session {
    world: World,
    state: State,
    screen: String,
}

impl Session {
    fn new(world: &World) -> Self {
        let mut state = State::booted(world);
        shell::log_in(&mut state);
        Self { world: world.clone(), state, screen: String::new() }
    }

    /// Types a line and returns what it printed. What it wrote is a part of the world afterwards.
    fn types(&mut self, line: &str) -> String {
        self.screen += &[&shell::prompt(&self.world, &self.state), line, "\n"].concat();
        let action = Timed { at: Micros::ZERO, what: Action::Command(line.to_owned()) };
        let (trace, state) = run(&self.world, &self.state, &[action], 0);
        self.state = state;
        self.world = shell::settle(&self.world, &mut self.state);
        let Some(Outcome::Printed(printed)) = trace.outcomes.last() else { panic!("nothing printed") };
        self.screen += printed;
        if !printed.is_empty() && !printed.ends_with('\n') {
            self.screen.push('\n');
        }
        printed.clone()
    }

    /// The page as a visitor gets it.
    fn visit(&self, path: &str) -> String {
        let url = ["https://backend-demo.senus.doxyz", path].concat();
        let (trace, _): (Trace, State) =
            run(&self.world, &self.state, &[Timed { at: Micros::ZERO, what: Action::Open(url) }], 0);
        trace.outcomes[0].to_string().lines().next().unwrap_or_default().to_owned()
    }
}

fn session(name: &str, world: &World, lines: &[&str]) -> Session {
    let mut session = Session::new(world);
    for line in lines {
        session.types(line);
    }
    tests::golden(&format!("terminal/{name}.txt"), &session.screen);
    session
}

/// One line in a fresh terminal.
fn prints(line: &str) -> String {
    Session::new(&World::course()).types(line)
}

#[test]
fn the_commands_of_the_notes_work_as_written() {
    let world = World::course();
    session(
        "notes-explore",
        &world,
        &["cd /etc/nginx/conf.d/", "ls", "batcat frontend.conf", "batcat backend.conf", "pm2 list"],
    );
    session(
        "notes-parity",
        &world,
        &["pm2 list", "curl localhost:3001/users", "curl -s localhost:3000 | grep -c Hello", "exit"],
    );
    session(
        "look-around",
        &world,
        &[
            "whoami; hostname; pwd",
            "ls -la",
            "ls -l /etc/nginx/conf.d",
            "cat users.json | wc -c",
            "grep -n proxy_pass /etc/nginx/conf.d/*.conf",
            "ss -tlnp",
            "sudo ss -tlnp",
            "systemctl status nginx",
            "sudo nginx -t",
            "nginx -t",
            "systemctl reload nginx",
            "pm2 describe backend",
            "pm2 logs --nostream",
            "tail -n 2 /etc/hosts",
            "env",
            "sudo systemctl restart ngnix",
            "foo; ./bar.sh; echo $?",
            "history",
        ],
    );
}

#[test]
fn somebody_looks_into_the_database() {
    let mut session = Session::new(&World::course());
    assert!(session.visit("/posts").contains("200"));
    for line in [
        "pg_lsclusters",
        "systemctl status postgresql",
        "sudo ss -tlnp",
        "psql -d demo -c '\\dt'",
        "sudo -u postgres psql -d demo -c '\\dt'",
        "sudo -u postgres psql -d demo -c '\\d likes'",
        "sudo -u postgres psql -d demo -c 'SELECT * FROM likes'",
        "curl -s -X POST -b session=ada-7f3c localhost:3001/posts/3/like",
        "sudo -u postgres psql -d demo -c 'SELECT * FROM likes'",
        "sudo -u postgres psql -d demo -Atc 'SELECT user_id, liked_by, post_id, sent_at FROM notifications'",
        "sudo -u postgres psql -d demo -c 'INSERT INTO likes VALUES (1, 3)'",
        "echo 'SELECT count(*) FROM users' | sudo -u postgres psql -qt demo",
        "sudo tail -n 5 /var/log/postgresql/postgresql-15-main.log",
        "sudo systemctl stop postgresql",
        "sudo -u postgres psql -d demo",
        "curl -s localhost:3001/posts",
        "sudo systemctl start postgresql && systemctl is-active postgresql",
        "curl -s localhost:3001/posts",
        "sudo -u postgres psql -d demo -f schema.sql | tail -n 3",
        "sudo -u postgres psql -d demo -Atc 'SELECT count(*) FROM likes'",
        "sudo journalctl -u postgresql",
        "sudo -u postgres createdb blog && sudo -u postgres psql -Atc 'SELECT 1' blog && sudo -u postgres dropdb blog",
    ] {
        session.types(line);
    }
    tests::golden("terminal/database.txt", &session.screen);
}

#[test]
fn a_broken_world_is_repaired_from_the_terminal_alone() {
    let wrong = World::course().with_edit(BACKEND, "localhost:3001", "localhost:3010");
    let mut session = Session::new(&wrong);
    session.types("sudo systemctl stop nginx && pm2 stop backend");
    session.screen.clear();
    assert!(session.visit("/users").contains("ERR_CONNECTION_REFUSED"));
    for line in ["systemctl is-active nginx", "sudo systemctl start nginx", "systemctl is-active nginx"] {
        session.types(line);
    }
    assert!(session.visit("/users").contains("502"));
    for line in ["pm2 list", "pm2 restart backend", "curl localhost:3001/users"] {
        session.types(line);
    }
    // The application answers, and nginx asks at another port.
    assert!(session.visit("/users").contains("502"));
    for line in [
        "cd /etc/nginx/conf.d",
        "grep proxy_pass backend.conf",
        "sed -i 's/3010/3001/' backend.conf",
        "sudo sed -i 's/3010/3001/' backend.conf && grep proxy_pass backend.conf",
        "sudo nginx -t && sudo systemctl reload nginx",
    ] {
        session.types(line);
    }
    assert!(session.visit("/users").contains("200"), "{}", session.screen);
    assert_eq!(session.world, World::course());
    tests::golden("terminal/repair.txt", &session.screen);
}

#[test]
fn an_edit_counts_within_the_same_line() {
    let mut session = Session::new(&World::course());
    let printed =
        session.types("sudo sed -i s/listen/lisen/ /etc/nginx/conf.d/backend.conf && sudo nginx -t || echo broken");
    assert!(
        printed.starts_with(
            "2026/02/14 09:00:00 [emerg] 813#813: unknown directive \"lisen\" in /etc/nginx/conf.d/backend.conf:3\n"
        ),
        "{printed}"
    );
    assert!(printed.ends_with("broken\n"));
    assert!(session.world.text(BACKEND).unwrap().contains("lisen"), "it is a part of the world");
    assert_eq!(session.types("sudo systemctl reload nginx; echo $?").lines().last(), Some("1"));
    assert!(session.visit("/users").contains("200"), "nginx keeps what it has loaded");
}

#[test]
fn the_terminal_opens_where_port_22_does() {
    let world = World::course();
    let state = State::booted(&world);
    let (home, elsewhere) = ([203, 0, 113, 7].into(), [198, 51, 100, 7].into());
    let (_, there) = shell::reach(&world, &state, home, 0);
    let closed = world.with_text("security-group", "");
    assert_eq!(there, Ok(()));
    assert_eq!(
        shell::reach(&closed, &state, elsewhere, 0).1.unwrap_err(),
        "ssh: connect to host 52.23.45.67 port 22: Connection timed out\n"
    );
}

#[test]
fn quotes_pipes_and_joints_are_bashs() {
    for (line, expected) in [
        (r#"echo "a  b" 'c  $HOME' d\ e $HOME"#, "a  b c  $HOME d e /home/ubuntu\n"),
        ("false && echo a || echo b; echo c", "b\nc\n"),
        ("foo", "bash: foo: command not found\n"),
        ("echo 'a", "bash: unexpected EOF while looking for matching `''\n"),
        ("ls |", "bash: syntax error: unexpected end of file\n"),
        ("; ls", "bash: syntax error near unexpected token `;'\n"),
        ("foo 2>/dev/null; echo $?", "127\n"),
        ("cd /nope", "bash: cd: /nope: No such file or directory\n"),
        ("cd /etc/hosts", "bash: cd: /etc/hosts: Not a directory\n"),
        ("cd -", "bash: cd: OLDPWD not set\n"),
        ("cd ../../etc/nginx/./conf.d && pwd && cd - && cd .. && pwd", "/etc/nginx/conf.d\n/home/ubuntu\n/home\n"),
        ("cat /etc", "cat: /etc: Is a directory\n"),
        ("cat nope | wc -l", "cat: nope: No such file or directory\n0\n"),
        ("ls nope", "ls: cannot access 'nope': No such file or directory\n"),
        ("echo x > /etc/hosts", "bash: /etc/hosts: Permission denied\n"),
        ("sudo echo x > /etc/hosts", "bash: /etc/hosts: Permission denied\n"),
        ("echo x | sudo tee -a /etc/hosts", "x\n"),
        ("cat /etc/letsencrypt/live/x/privkey.pem", "cat: /etc/letsencrypt/live/x/privkey.pem: Permission denied\n"),
        ("head -n 1 /etc/hosts", "127.0.0.1 localhost\n"),
        ("tail -1 /etc/hosts", "::1       ip6-localhost ip6-loopback\n"),
        ("grep -c server /etc/nginx/conf.d/frontend.conf", "4\n"),
        ("wc /etc/hosts", " 2  5 57 /etc/hosts\n"),
        ("cat /etc/hosts | wc -l", "2\n"),
        ("ls /etc/nginx/conf.d | cat", "backend.conf\nfrontend.conf\n"),
        ("echo hi > note.txt && cat note.txt >> note.txt; cat note.txt", "hi\nhi\n"),
        ("sed -n 2p /etc/hosts", "::1       ip6-localhost ip6-loopback\n"),
        (r"echo 'a.b+c' | sed 's/\([a-z]\)\.b+/<\1&>/'", "<aa.b+>c\n"),
        ("sed s/a nope", "sed: -e expression #1, char 3: unterminated `s' command\n"),
        ("echo `ls`", "not modelled: the output of one command in the line of another ($(…), `…`)\n"),
        ("awk 1", "not modelled: awk\n"),
        (
            "sudo pm2 list",
            "not modelled: sudo pm2, which is another PM2, root's own, and knows none of these processes\n",
        ),
        ("systemctl stop nginx 2> said; tail -n 2 said | head -n 1", "Failed to stop nginx.service: Access denied\n"),
    ] {
        assert_eq!(prints(line), expected, "{line}");
    }
}

#[test]
fn bat_frames_and_breaks_as_recorded() {
    let printed = prints("cd /etc/nginx/conf.d; batcat backend.conf");
    let lines: Vec<&str> = printed.lines().collect();
    let rule = "─".repeat(72);
    assert_eq!(lines[0], format!("───────┬{rule}"));
    assert_eq!(lines[1], "       │ File: backend.conf");
    assert_eq!(lines[7], "   5   │ ");
    assert_eq!(lines[15], "  13   │     ssl_certificate     /etc/letsencrypt/live/backend-demo.senus.doxyz/");
    assert_eq!(lines[16], "       │ fullchain.pem;");
    assert_eq!(*lines.last().unwrap(), format!("───────┴{rule}"));
    assert_eq!(prints("batcat /etc/hosts | head -1"), "127.0.0.1 localhost\n");
    assert_eq!(prints("batcat nope"), "[bat error]: 'nope': No such file or directory (os error 2)\n");
    assert_eq!(prints("batcat /etc"), "[bat error]: '/etc' is a directory.\n");
}

#[test]
fn ss_spreads_its_columns_as_recorded() {
    // ss -tln of iproute2 6.1 with the same sockets, at 80 columns and into a pipe.
    assert_eq!(
        prints("sudo systemctl stop postgresql; ss -tln"),
        "\
State    Recv-Q   Send-Q     Local Address:Port     Peer Address:Port  Process
LISTEN   0        128              0.0.0.0:22            0.0.0.0:*
LISTEN   0        511              0.0.0.0:80            0.0.0.0:*
LISTEN   0        511              0.0.0.0:443           0.0.0.0:*
LISTEN   0        128                 [::]:22               [::]:*
LISTEN   0        511                    *:3000                *:*
LISTEN   0        511                    *:3001                *:*
"
    );
    let piped = prints("sudo ss -tlnp | cat");
    assert!(piped.starts_with("State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"), "{piped}");
    assert!(
        piped.contains("LISTEN 0      511          0.0.0.0:80        0.0.0.0:*    users:((\"nginx\",pid=812,"),
        "{piped}"
    );
    let screen = prints("sudo ss -tlnp");
    assert!(
        screen.starts_with("State     Recv-Q    Send-Q       Local Address:Port        Peer Address:Port    Process\n"),
        "{screen}"
    );
}

#[test]
fn editors_and_the_screen_are_the_pages() {
    let mut session = Session::new(&World::course());
    session.types("sudo nano /etc/nginx/conf.d/backend.conf");
    assert_eq!(session.state.terminal.ask, Some(Ask::Edit(BACKEND.to_owned())));
    session.types("vi backend.js");
    assert_eq!(session.state.terminal.ask, Some(Ask::Edit("backend.js".to_owned())));
    session.types("clear");
    assert_eq!(session.state.terminal.ask, Some(Ask::Clear));
    assert_eq!(session.types("exit"), "logout\n");
    assert_eq!(session.state.terminal.ask, Some(Ask::Leave));
}

#[test]
fn files_come_and_go() {
    let mut session = Session::new(&World::course());
    session.types("cd /etc/nginx/conf.d && sudo mv backend.conf backend.off && sudo nginx -s reload");
    assert_eq!(session.types("ls"), "backend.off  frontend.conf\n");
    session.types("sudo mv backend.off backend.conf; sudo rm frontend.conf");
    assert_eq!(session.types("ls"), "backend.conf\n");
    assert_eq!(session.world.text("/etc/nginx/conf.d/frontend.conf"), None);
    assert_eq!(session.types("rm backend.conf"), "rm: cannot remove 'backend.conf': Permission denied\n");
}

#[test]
fn the_tab_key_completes() {
    let world = World::course();
    let mut state = State::booted(&world);
    shell::log_in(&mut state);
    let words = |line: &str| shell::complete(&world, &state, line, line.len());
    assert_eq!(words("bat"), ["bat", "batcat"]);
    assert_eq!(words("pm2 restart b"), ["backend"]);
    assert_eq!(words("sudo systemctl re"), ["reload", "restart"]);
    assert_eq!(words("cat /etc/nginx/conf.d/f"), ["/etc/nginx/conf.d/frontend.conf"]);
    assert_eq!(words("cd /etc/ng"), ["/etc/nginx/"]);
    assert_eq!(words("ls; cat us"), ["users.json"]);
    assert_eq!(words("cat ~/us"), ["~/users.json"]);
    assert_eq!(words("sudo -u postgres psql -d de"), ["demo"]);
    assert_eq!(words("sudo systemctl stop postg"), ["postgresql"]);
    assert_eq!(words("psq"), ["psql"]);
    assert_eq!(words("service postgresql sta"), ["start", "status"]);
    assert_eq!(shell::complete(&world, &state, "ß", 1).len(), words("").len(), "a cursor inside a character");
}

#[test]
fn logs_are_read_as_they_are_handed_over() {
    let mut session = Session::new(&World::course());
    let path = "/var/log/nginx/access.log";
    let unknown = "tail: cannot open '/var/log/nginx/access.log' for reading: not modelled: what this file holds\n";
    assert_eq!(session.types("tail /var/log/nginx/access.log"), unknown);
    session.state.terminal.logs.push((path.to_owned(), "a\nb 502\nc\n".to_owned()));
    assert_eq!(session.types("tail -n 1 /var/log/nginx/access.log; grep 502 /var/log/nginx/access.log"), "c\nb 502\n");
}

const PIECES: [&str; 44] = [
    "cd",
    "..",
    "-",
    "~",
    "/",
    "ls",
    "-la",
    "cat",
    "*",
    "*.conf",
    "batcat",
    "backend.js",
    "echo",
    "x",
    ">",
    ">>",
    "2>&1",
    "|",
    "grep",
    "-n",
    "sed",
    "-i",
    "s/a*/b&/g",
    "s/./&&/g",
    "&&",
    "||",
    ";",
    "'",
    "\"",
    "\\",
    "$HOME",
    "$?",
    "$(",
    "sudo",
    "tee",
    "rm",
    "mv",
    "head",
    "-n",
    "99999999999999999999",
    "pm2",
    "delete",
    "all",
    "ß",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_ends(lines in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..14), 1..5)) {
        let mut session = Session::new(&World::course());
        for line in lines {
            let line = line.join(" ");
            for cursor in 0..line.len() {
                let _ = shell::complete(&session.world, &session.state, &line, cursor);
            }
            prop_assert!(session.types(&line).len() < 400_000);
        }
    }
}

#[test]
fn files_do_not_grow_without_bound() {
    let mut session = Session::new(&World::course());
    for _ in 0..40 {
        session.types("cat users.json users.json users.json > a.json; cat a.json a.json > users.json");
    }
    assert!(session.world.text("users.json").unwrap().len() <= 65_536);
}
#[test]
#[ignore]
fn dump_for_comparison() {
    let lines = std::fs::read_to_string("/tmp/why-sh/lines.txt").unwrap();
    let mut out = Vec::new();
    for line in lines.lines() {
        let mut s = Session::new(&World::course());
        let p = s.types(line);
        let code = s.state.terminal.status;
        out.push(serde_json::json!([line, p, code]));
    }
    std::fs::write("/tmp/why-sh/ours.json", serde_json::to_string(&out).unwrap()).unwrap();
    let mut s = Session::new(&World::course());
    for l in ["pwd", "ls -la", "ls -la public", "echo $HOME", "ls /", "ls /home", "ls -l /etc/nginx"] {
        println!("{l}\n{}", s.types(l));
    }
}
#[test]
#[ignore]
fn dump_files() {
    let w = World::course();
    for d in &w.documents {
        println!("{}", d.name);
        std::fs::create_dir_all("/tmp/why-sh/docs").unwrap();
        std::fs::write(format!("/tmp/why-sh/docs/{}", d.name.replace('/', "_")), &*d.text).unwrap();
    }
    let mut s = Session::new(&w);
    for l in [
        "ls -laR .pm2",
        "ls -la /etc/nginx/conf.d",
        "cat .pm2/*",
        "ls -la /etc/letsencrypt/live/backend-demo.senus.doxyz",
        "cat /etc/nginx/nginx.conf",
        "ls -ld /etc/nginx/conf.d /var/log/nginx /root",
    ] {
        println!("{l}\n{}", s.types(l));
    }
}
