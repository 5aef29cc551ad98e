//! Loading a page: what waits for what, and what of it shows when (HTML standard).

use engine::journey::{Action, Timed, run};
use engine::message::Message;
use engine::page::{Buttons, Picture, Shown, happened, html, script, shown};
use engine::place::Place;
use engine::state::State;
use engine::time::Micros;
use engine::trace::{Act, Outcome, Trace};
use engine::url::Url;
use engine::world::World;
use std::fmt::Write as _;

const PAGE: &str = "https://frontend-demo.senus.doxyz/";
const HTML: &str = "public/index.html";
const SCRIPT: &str = "<script defer src=\"/app.js\"></script>";

fn load(world: &World, click: Option<u64>) -> Trace {
    let what = Action::Load { url: PAGE.to_owned(), click: click.map(Micros::millis) };
    run(world, &State::booted(world), &[Timed { at: Micros::ZERO, what }], 0).0
}

/// When a step of this name was over; none where it did not happen.
fn at(trace: &Trace, name: &str) -> Option<Micros> {
    trace.steps.iter().find(|step| step.name == name).map(|step| step.end)
}

fn words(trace: &Trace, name: &str) -> String {
    let step = trace.steps.iter().find(|step| step.name == name).unwrap_or_else(|| panic!("no {name} in\n{trace}"));
    let Act::Decide { verdict, .. } = &step.act else { panic!("{name} is no decision") };
    verdict.words.to_string()
}

/// The steps of the browser that the page is about, in order.
fn course(trace: &Trace) -> Vec<&'static str> {
    const NAMES: [&str; 17] = [
        "paint-waits",
        "parser-waits",
        "first-paint",
        "plain-paint",
        "script-runs",
        "hydrated",
        "script-fails",
        "script-missing",
        "style-missing",
        "image-shown",
        "image-missing",
        "click-works",
        "click-does-nothing",
        "click-too-early",
        "script-asks",
        "browser-computes",
        "answer-withheld",
    ];
    trace.steps.iter().map(|step| step.name).filter(|name| NAMES.contains(name)).collect()
}

fn with_html(from: &str, to: &str) -> World {
    let world = World::course();
    assert!(world.text(HTML).is_some_and(|text| text.contains(from)), "{from} does not stand in the page");
    world.with_edit(HTML, from, to)
}

#[test]
fn the_page_as_it_is() {
    let trace = load(&World::course(), Some(450));
    tests::golden("traces/page.txt", &trace.to_string());
    assert!(matches!(trace.outcomes[0], Outcome::Response { status: 200, .. }));
}

/// The small page beside the figure, each time that it changes, in the worlds of the figure's switches.
#[test]
fn what_the_little_page_shows() {
    let piece = course::pieces::find("frontend").expect("figure 9");
    let (world, actions) = (World::course(), piece.actions());
    let mut text = String::new();
    for switch in piece.switches {
        let (world, actions) = switch.change.set(true, piece, &world, &actions);
        let trace = course::play(&world, &actions);
        let _ = writeln!(text, "{}", switch.name);
        let mut before = Shown::default();
        for (index, step) in trace.steps.iter().enumerate() {
            let now = shown(trace.steps[..=index].iter().filter_map(happened));
            if now != before {
                let Shown { title, parts, styled, pictures, buttons, written, says } = &now;
                let at = step.end;
                let parts = parts.len();
                let _ = writeln!(
                    text,
                    "  {at} {}: “{title}”, {parts} parts, styled {styled}, {pictures:?}, {buttons:?}, {written:?}, {says:?}",
                    step.name
                );
            }
            before = now;
        }
    }
    tests::golden("traces/page-shown.txt", &text);
}

#[test]
fn t01_the_answer_comes_back_on_its_connection_and_the_lookup_is_over_by_then() {
    let trace = load(&World::course(), None);
    let dns = |place: Place| matches!(place, Place::Resolver | Place::Root | Place::TopLevel | Place::Dns);
    for step in &trace.steps {
        let Act::Travel { from, to, message } = &step.act else { continue };
        let name_service = matches!(message, Message::Query { .. } | Message::Answer { .. });
        assert_eq!(dns(*from) || dns(*to), name_service, "{}", step.slug());
    }
    assert!(at(&trace, "resolver-answers") < at(&trace, "page-request"));
    let answers: Vec<String> = trace.steps.iter().filter(|s| s.name == "html").map(engine::trace::Step::slug).collect();
    assert_eq!(answers, ["html.proxy-instance", "html.instance-firewall", "html.firewall-browser"]);
}

#[test]
fn t03_an_origin_is_scheme_host_and_port() {
    let origin = |url: &str| Url::parse(url).expect("a URL").origin();
    for (one, other, same) in [
        ("http://localhost:3000/a", "http://localhost:3001/a", false),
        ("http://senus.doxyz/", "https://senus.doxyz/", false),
        ("https://frontend-demo.senus.doxyz/", "https://backend-demo.senus.doxyz/", false),
        ("https://senus.doxyz/a?b", "https://senus.doxyz:443/c", true),
        ("http://senus.doxyz:80/", "http://SENUS.doxyz/", true),
    ] {
        assert_eq!(origin(one) == origin(other), same, "{one} {other}");
    }
}

#[test]
fn t03_a_module_of_another_origin_needs_leave_and_a_classic_script_does_not() {
    let widget = |headers: &str| {
        let route = "app.get(\"/widget.js\", (req, res) => {\n  res.set(\"Content-Type\", \"text/javascript\");\n";
        let body = "  res.send(\"button.addEventListener(\\\"click\\\", like);\");\n});\napp.get(\"/\",";
        World::course().with_edit("backend.js", "app.get(\"/\",", &[route, headers, body].concat())
    };
    let src = "src=\"https://backend-demo.senus.doxyz/widget.js\"></script>";
    let trace = |headers: &str, tag: &str| load(&widget(headers).with_edit(HTML, SCRIPT, &[tag, src].concat()), None);
    let allowed = "  res.set(\"Access-Control-Allow-Origin\", \"https://frontend-demo.senus.doxyz\");\n";
    assert!(at(&trace("", "<script defer "), "hydrated").is_some());
    assert!(at(&trace(allowed, "<script type=\"module\" "), "hydrated").is_some());
    let refused = trace("", "<script type=\"module\" ");
    assert_eq!(at(&refused, "hydrated"), None);
    assert!(words(&refused, "script-missing").contains("does not allow this origin"));
    // The request was sent and answered all the same, and named its origin.
    let sent = refused.steps.iter().find_map(|step| match &step.act {
        Act::Travel { message: Message::Request(request), .. } if step.name == "script-request" => {
            Some(request.clone())
        }
        _ => None,
    });
    assert_eq!(sent.expect("a request").header("Origin"), Some("https://frontend-demo.senus.doxyz"));
}

#[test]
fn t05_two_values_let_nobody_read() {
    // The application sets the header, and nginx adds it once more: each alone would do.
    const NGINX: &str = "/etc/nginx/conf.d/backend.conf";
    let route = "app.get(\"/widget.js\", (req, res) => {\n  res.set(\"Content-Type\", \"text/javascript\");\n";
    let allows = "  res.set(\"Access-Control-Allow-Origin\", \"*\");\n";
    let body = "  res.send(\"button.addEventListener(\\\"click\\\", like);\");\n});\napp.get(\"/\",";
    let tag = "<script type=\"module\" src=\"https://backend-demo.senus.doxyz/widget.js\"></script>";
    let adds = "location / {\n        add_header Access-Control-Allow-Origin *;";
    let world = World::course().with_edit(HTML, SCRIPT, tag);
    let app =
        |world: &World, lines: &str| world.with_edit("backend.js", "app.get(\"/\",", &[route, lines, body].concat());
    let nginx = |world: &World| world.with_edit(NGINX, "location / {", adds);
    assert!(at(&load(&app(&world, allows), None), "hydrated").is_some());
    assert!(at(&load(&nginx(&app(&world, "")), None), "hydrated").is_some());
    let twice = load(&nginx(&app(&world, allows)), None);
    assert_eq!(at(&twice, "hydrated"), None);
    assert!(words(&twice, "script-missing").contains("(Access-Control-Allow-Origin: *, *)"), "{twice}");
}

#[test]
fn t36_the_page_can_be_read_before_its_script_runs_and_a_click_waits_for_a_listener() {
    let world = World::course();
    let trace = load(&world, Some(450));
    assert!(at(&trace, "first-paint") < at(&trace, "script-runs"));
    assert!(words(&trace, "click-does-nothing").contains("/app.js has not run yet"));
    assert!(at(&load(&world, Some(2_450)), "click-works").is_some());
    assert!(at(&load(&world, Some(0)), "click-too-early").is_some());
    // While the script runs, a click waits; when it has run, there is a listener.
    let late = load(&world, Some(750));
    assert!(at(&late, "script-runs").is_some_and(|end| end > Micros::millis(750)));
    assert_eq!(at(&late, "click-works"), at(&late, "hydrated"));
}

#[test]
fn a_sheet_in_the_head_holds_the_paint_back_and_a_missing_one_does_not() {
    let trace = load(&World::course(), None);
    assert_eq!(at(&trace, "first-paint").map(|at| at.0 / 1_000), Some(422));
    let css = trace.steps.iter().filter(|step| step.name == "css").map(|step| step.end).max();
    assert!(at(&trace, "first-paint") >= css);
    let missing = load(&with_html("/style.css", "/styles.css"), None);
    assert_eq!(course(&missing)[..3], ["paint-waits", "style-missing", "plain-paint"]);
    assert!(at(&missing, "hydrated").is_some());
    // Below the body it does not hold the paint back.
    let below = with_html("<link rel=\"stylesheet\" href=\"/style.css\">\n", "");
    let below = below.with_edit(HTML, "</h1>", "</h1><link rel=stylesheet href=/style.css>");
    assert_eq!(at(&load(&below, None), "first-paint"), at(&load(&below, None), "html-read"));
    // What is not text/css is no style sheet.
    let wrong = with_html("/style.css", "/app.js");
    assert!(words(&load(&wrong, None), "style-missing").contains("its type is application/javascript"));
}

#[test]
fn a_script_stops_the_parser_unless_it_says_otherwise() {
    let trace = |tag: &str| load(&with_html(SCRIPT, &[tag, " src=\"/app.js\"></script>"].concat()), None);
    let tags = [
        ("<script", false),
        ("<script defer", true),
        ("<script async", true),
        ("<script type=module", true),
        ("<script type=module async", true),
    ];
    for (tag, paints_first) in tags {
        let trace = trace(tag);
        assert_eq!(at(&trace, "first-paint") < at(&trace, "script-runs"), paints_first, "{tag}\n{trace}");
        assert_eq!(at(&trace, "parser-waits").is_none(), paints_first, "{tag}");
        // What stands below such a script is not there yet when it runs: it finds no button.
        assert_eq!(at(&trace, "hydrated").is_some(), paints_first, "{tag}");
        let found = "Uncaught TypeError: Cannot read properties of null (reading 'addEventListener')";
        assert!(paints_first || words(&trace, "script-fails").starts_with(found), "{tag}");
    }
    let data = trace("<script type=\"application/json\"");
    assert_eq!(at(&data, "script-runs"), None, "a block of data never runs");
}

#[test]
fn scripts_that_are_put_off_run_in_order_and_async_ones_as_they_come() {
    let small = World::course().with_edit("public/style.css", "body {", "// [2 kB of it, not shown]\nbody {");
    let small = small.with_text("public/people.svg", "console.log(\"small\");");
    let two = |how: &str| {
        let tags =
            ["<script ", how, " src=\"/app.js\"></script><script ", how, " src=\"/people.js\"></script>"].concat();
        // The second script is a file of another name: the world has as many documents as it has.
        let mut world = small.with_edit(HTML, SCRIPT, &tags);
        let mut script = (**world.document("public/people.svg").expect("a picture")).clone();
        script.name = "public/people.js".to_owned();
        world.documents.push(script.into());
        let trace = load(&world, None);
        let runs = trace.steps.iter().filter(|step| step.name == "script-runs");
        let first = runs.map(|step| match &step.act {
            Act::Decide { verdict, .. } => verdict.words.split(',').next().unwrap_or("").to_owned(),
            Act::Travel { .. } => String::new(),
        });
        first.collect::<Vec<_>>()
    };
    assert_eq!(two("defer"), ["runs /app.js", "runs /people.js"]);
    assert_eq!(two("async"), ["runs /people.js", "runs /app.js"]);
}

#[test]
fn a_script_that_fails_leaves_the_page_as_it_is() {
    let thrown = "throw new Error(\"no such user\");\nconst button = ";
    let world = World::course().with_edit("public/app.js", "const button = ", thrown);
    let trace = load(&world, Some(2_450));
    assert!(words(&trace, "script-fails").starts_with("Uncaught Error: no such user"));
    assert!(words(&trace, "click-does-nothing").contains("/app.js failed"));
    let page = shown(trace.steps.iter().filter_map(happened));
    assert_eq!((page.styled, page.buttons), (true, Buttons::Dead));
    let missing = load(&with_html("/app.js", "/ap.js"), Some(2_450));
    assert!(words(&missing, "script-missing").contains("404 Not Found"));
    let open = load(&World::course().with_edit("public/app.js", "});", ""), None);
    assert!(words(&open, "script-fails").contains("SyntaxError"));
    let strange = load(&World::course().with_edit("public/app.js", "const button", "for (;;) button"), None);
    assert!(words(&strange, "not-modelled").contains("for (;;)"));
}

#[test]
fn an_image_that_is_missing_leaves_its_words() {
    let trace = load(&with_html("/people.svg", "/poeple.svg"), None);
    assert!(words(&trace, "image-missing").ends_with("in its place stand the words The three of them"));
    assert_eq!(shown(trace.steps.iter().filter_map(happened)).pictures, [Picture::Missing]);
    assert_eq!(shown(load(&World::course(), None).steps.iter().filter_map(happened)).pictures, [Picture::There]);
}

#[test]
fn at_most_six_connections_and_the_rest_waits() {
    let images = "<img src=\"/people.svg\">".repeat(20);
    let trace = load(&with_html("<button", &[&images, "<button"].concat()), None);
    let syns = trace.steps.iter().filter(|step| step.slug() == "syn.browser-firewall").count();
    assert_eq!(syns, 6);
    assert_eq!(trace.steps.iter().filter(|step| step.slug() == "asset-request.browser-firewall").count(), 21);
    // On one connection a request goes out when the answer before it is there.
    let mut open = std::collections::BTreeMap::new();
    for step in &trace.steps {
        match step.slug().as_str() {
            "asset-request.browser-firewall" => *open.entry("asked").or_insert(0_i32) += 1,
            "static-asset.firewall-browser" => *open.entry("asked").or_insert(0) -= 1,
            _ => {}
        }
        assert!(open.get("asked").is_none_or(|asked| *asked <= 6));
    }
}

/// Whatever stands in the files, reading them ends, and so does the run.
#[test]
fn whatever_stands_in_a_page_it_ends() {
    let course = World::course();
    for name in [HTML, "public/app.js", "public/style.css"] {
        let text = course.text(name).expect("a file").to_owned();
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let world = course.with_text(name, &text[..end]);
            assert!(!load(&world, Some(450)).steps.is_empty());
        }
    }
    let long = 100_000;
    for piece in
        ["<", "</", "<!--", "<a ", "<a b=\"", "<button>x<b>", "<script>", "<img src=x>", "<é", "é", "=", "<title>"]
    {
        let _ = html::parse(&piece.repeat(long / piece.len()));
    }
    for piece in
        ["(", ")", "const a = ", "throw new Error(", "x.textContent = 1;\n", "\"", "é", "// [9 kB not shown]\n"]
    {
        let _ = script::parse(&piece.repeat(long / piece.len()));
    }
    let chain = "<script src=\"/app.js\"></script>".repeat(300);
    assert!(words(&load(&with_html("<button", &[&chain, "<button"].concat()), None), "not-modelled").contains("200"));
}

/// The same expression on the server and in the browser: the same number, and quite different things have travelled.
#[test]
fn the_same_job_on_the_server_and_in_the_browser() {
    let piece = course::pieces::find("execution").expect("figure 10");
    let trace = course::play(&World::course(), &piece.actions());
    let arrived = |action: usize| {
        let bodies = trace.steps.iter().filter(|step| step.action == action).filter_map(|step| match &step.act {
            Act::Travel { to: Place::Browser, message: Message::Response(response), .. } => {
                Some(response.body.to_string())
            }
            _ => None,
        });
        bodies.collect::<String>()
    };
    assert_eq!(arrived(0), "{\"count\":2}");
    assert_eq!(words(&trace, "browser-computes"), "computed here, in the browser: 2");
    assert_eq!(shown(trace.steps.iter().filter_map(happened)).written.as_deref(), Some("2"));
    for (part, in_browser) in [("Ada", true), ("Grace", true), ("users.filter(", true), ("require(", false)] {
        assert_eq!((arrived(0).contains(part), arrived(1).contains(part)), (false, in_browser), "{part}");
    }
    let other = |name: &str| {
        let switch = piece.switches.iter().find(|switch| switch.name == name).expect("a switch");
        let (world, actions) = switch.change.set(true, piece, &World::course(), &piece.actions());
        course::play(&world, &actions)
    };
    // T03: the back end is another origin, so its answer is withheld from the page until it allows the page to read it.
    let withheld = other("other-origin");
    assert!(words(&withheld, "answer-withheld").contains("another origin"));
    assert_eq!(words(&withheld, "script-fails"), "Uncaught TypeError: Failed to fetch");
    assert_eq!(words(&other("allowed-origin"), "browser-computes"), "computed here, in the browser: 2");
    assert_eq!(words(&other("other-job"), "browser-computes"), "computed here, in the browser: 3");
    let mut text = String::new();
    let _ = writeln!(text, "as it is\n{trace}\nother-origin\n{withheld}");
    tests::golden("traces/execution.txt", &text);
}
