//! The HTML of a page, put together from the shell and the course.

use super::assets::Assets;
use super::{figures, root};
use course::html::escape;
use course::sections::{LABORATORY, SANDBOX, SECTIONS, Section, neighbours};
use course::words::{self, Words};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::fmt::Write as _;

/// The shell with everything filled in that is the same on every page.
pub struct Shell<'a> {
    shell: String,
    assets: &'a Assets,
    policy: Option<&'a str>,
}

impl<'a> Shell<'a> {
    pub fn new(shell: &str, assets: &'a Assets, policy: Option<&'a str>) -> Self {
        Self { shell: shell.to_owned(), assets, policy }
    }

    /// The page of a section.
    pub fn section(&self, section: &Section) -> String {
        let words = words::of(section);
        let root = root(section);
        let page = page(section, words, self.assets);
        self.fill(root, section.slug, words.get("title"), words.get("description"), &page)
    }

    /// The page for an address that leads nowhere.
    pub fn not_found(&self) -> String {
        let list = contents("./", None);
        let page = format!(
            "<main id=\"page\" tabindex=\"-1\"><header class=\"title\"><h1>There is no page at this address</h1></header>\
             <article class=\"words\"><p>The link may be old or mistyped. Nothing is lost: here is the whole course.</p><nav aria-label=\"The course\">{list}</nav></article></main>"
        );
        self.fill("./", "404", "There is no page at this address", "", &page)
    }

    fn fill(&self, root: &str, slug: &str, title: &str, description: &str, page: &str) -> String {
        let title = if slug.is_empty() { "Roundtrip".to_owned() } else { format!("{title} · Roundtrip") };
        self.shell
            .replace("./icon.svg", &format!("{root}icon.svg"))
            .replace("<!-- slot:head -->", &self.head(root, slug, &title, description))
            .replace("<!-- slot:top -->", &top(root, slug))
            .replace("<!-- slot:page -->", page)
            .replace("<!-- slot:foot -->", &foot(root))
            .lines()
            .filter(|line| !line.trim_start().starts_with("<!--"))
            .fold(String::new(), |text, line| text + line + "\n")
    }

    fn head(&self, root: &str, slug: &str, title: &str, description: &str) -> String {
        let Assets { style, boot, start, page, .. } = self.assets;
        let (title, description) = (escape(title), escape(description));
        let mut head = String::new();
        if let Some(policy) = self.policy {
            let _ = writeln!(head, "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">", escape(policy));
        }
        let _ = write!(
            head,
            "<title>{title}</title>\n\
             <meta name=\"description\" content=\"{description}\">\n\
             <meta property=\"og:title\" content=\"{title}\">\n\
             <meta property=\"og:description\" content=\"{description}\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <link rel=\"icon\" href=\"{root}icon.svg\" type=\"image/svg+xml\">\n\
             <script src=\"{root}{boot}\" data-section=\"{slug}\" data-root=\"{root}\"></script>\n\
             <link rel=\"stylesheet\" href=\"{root}{style}\">\n\
             <link rel=\"preload\" href=\"{root}fonts/fira-sans-400.woff2\" as=\"font\" type=\"font/woff2\" crossorigin>\n\
             <link rel=\"preload\" href=\"{root}fonts/fira-sans-500.woff2\" as=\"font\" type=\"font/woff2\" crossorigin>\n\
             <script type=\"module\" src=\"{root}{start}\" data-page=\"{} {}\" crossorigin></script>",
            page.0, page.1
        );
        let (script, wasm) = page;
        let _ = write!(
            head,
            "\n<link rel=\"modulepreload\" href=\"{root}{script}\" crossorigin fetchpriority=\"low\">\
             \n<link rel=\"preload\" href=\"{root}{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin fetchpriority=\"low\">"
        );
        head
    }
}

/// What stands between the bar at the top and the foot.
fn page(section: &Section, words: Words, assets: &Assets) -> String {
    let model = words::MODEL.split_once('\n').map_or("", |(_heading, text)| text).replace("\n## ", "\n### ");
    let (lead, rest) = markdown(&words.body.replace("{model}", &model), root(section));
    let piece = course::pieces::PIECES.iter().find(|piece| section.figure == Some(piece.figure));
    let mut out = format!("<main id=\"page\" tabindex=\"-1\" data-section=\"{}\"", section.slug);
    let live = course::live::on(section);
    if let Some(piece) = piece {
        let (script, wasm) = &assets.player;
        let slim = if figures::is_slim(piece.figure) { " class=\"slim\"" } else { "" };
        let _ = write!(out, "{slim} data-piece=\"{}\" data-player=\"{script} {wasm}\"", piece.name);
    }
    if piece.is_some() || live.is_some() {
        let (lens, lens_wasm) = &assets.lens;
        let _ = write!(out, " data-lens=\"{lens} {lens_wasm}\"");
    }
    let laboratory = section.slug == LABORATORY;
    if laboratory {
        let ((script, wasm), sheet) = &assets.laboratory;
        let _ = write!(out, " data-laboratory=\"{script} {wasm} {sheet}\"");
    }
    let sandbox = section.slug == SANDBOX;
    if sandbox {
        let ((script, wasm), sheet) = &assets.sandbox;
        let programs = assets.programs.join(" ");
        let _ = write!(out, " data-laboratory=\"{script} {wasm} {sheet}\" data-programs=\"{programs}\"");
    }
    let number = section.figure.and_then(course::numbers::of_figure);
    if let Some(number) = number {
        let ((script, wasm), root) = (&assets.numbers, root(section));
        let slim = if figures::is_slim(number.figure) { " class=\"slim\"" } else { "" };
        let _ = write!(
            out,
            "{slim} data-piece=\"{}\" data-player=\"{script} {wasm}\" data-work=\"{root}{}\"",
            number.name, assets.work
        );
    }
    out += "><header class=\"title\">";
    let title = words.get("title");
    let title = title.strip_prefix(section.number).unwrap_or(title).trim_start_matches('.').trim();
    if !section.number.is_empty() {
        let _ = write!(out, "<p class=\"number\">{}</p>", section.number);
    }
    let _ = write!(out, "<h1>{}</h1><div class=\"lead\">{lead}</div></header>", escape(title));
    if let Some(number) = section.figure {
        out += &figures::figure(
            number,
            if section.slug.is_empty() { "The course" } else { title },
            words.get("alt"),
            root(section),
        );
    }
    if let Some(piece) = piece {
        out += &figures::run(piece);
    }
    if let Some(live) = live {
        let _ = write!(
            out,
            "<section class=\"live\" data-for=\"{live}\" data-live=\"{}\" aria-label=\"For real\"><h2>For real</h2><p>{} \
             <button type=\"button\">Look again</button> <output></output></p></section>",
            assets.live.join(" "),
            course::live::WORDS
        );
    }
    if laboratory {
        out += "<div data-place=\"laboratory\"><noscript><p>Here your browser is asked to fetch, so this needs JavaScript.</p></noscript></div>";
        let cors = words::of(course::sections::find("5.2").unwrap_or(section));
        let _ = write!(
            out,
            "<section class=\"lab-figure\" aria-label=\"The way through figure 13\" hidden>{}</section>",
            figures::marked(13, cors.get("short"), cors.get("alt"))
        );
    }
    if sandbox {
        out += &figures::attempts();
    }
    if let Some(number) = number {
        let _ = write!(out, "<link rel=\"stylesheet\" href=\"{}{}\">", root(section), assets.numbers_style);
        out += &figures::run_in_numbers(number);
    }
    // What is long and can wait stands below the words.
    let more = if sandbox { "<div data-place=\"sandbox-more\"></div>" } else { "" };
    let _ = write!(out, "<article class=\"words\">{rest}</article>{more}{}</main>", turn(section));
    out
}

/// The text as HTML: its first paragraph, and the rest.
fn markdown(text: &str, root: &str) -> (String, String) {
    let events: Vec<Event<'_>> = Parser::new(text).collect();
    let end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Paragraph)));
    let split = match (events.first(), end) {
        (Some(Event::Start(Tag::Paragraph)), Some(end)) => end + 1,
        _ => 0,
    };
    let html = |events: &[Event<'_>]| {
        let mut out = String::new();
        pulldown_cmark::html::push_html(&mut out, events.iter().cloned());
        out.replace("href=\"../", &format!("href=\"{root}")).replace("<pre>", "<pre tabindex=\"0\">")
    };
    (html(&events[..split]), html(&events[split..]))
}

/// The bar at the top, with the table of contents.
fn top(root: &str, slug: &str) -> String {
    let mark = "<svg viewBox=\"0 0 32 32\" width=\"24\" height=\"24\" aria-hidden=\"true\"><path class=\"there\" d=\"M5 11h17m-5-5 5 5-5 5\"/><path class=\"back\" d=\"M27 21H10m5-5-5 5 5 5\"/></svg>";
    format!(
        "<header class=\"top\"><a class=\"mark\" href=\"{root}\">{mark}Roundtrip</a>\
         <details class=\"contents\"><summary>Contents</summary><nav aria-label=\"Contents\">{}</nav></details>\
         <div id=\"tools\"></div></header>\
         <p id=\"trouble\" role=\"alert\" hidden>The part of this page that plays could not go on: <output></output>. \
         The words and the still figures are complete without it. <a href=\"\">Load the page again</a></p>",
        contents(root, Some(slug))
    )
}

/// The whole course as a list of links; the page that is open is marked.
fn contents(root: &str, open: Option<&str>) -> String {
    let mut out = String::from("<ol>");
    let mut inside = false;
    for section in &SECTIONS {
        let link = link(root, section, open == Some(section.slug));
        if !section.number.is_empty() && !section.is_chapter() {
            let _ = write!(out, "<li>{link}</li>");
            continue;
        }
        if inside {
            out += "</ol></li>";
        }
        inside = section.is_chapter();
        let _ = write!(out, "<li>{link}{}", if inside { "<ol>" } else { "</li>" });
    }
    out + "</ol>"
}

fn link(root: &str, section: &Section, here: bool) -> String {
    let mark = if here { " aria-current=\"page\"" } else { "" };
    let number = if section.number.is_empty() { String::new() } else { format!("<b>{}</b> ", section.number) };
    format!("<a href=\"{}\"{mark}>{number}{}</a>", address(root, section), escape(words::of(section).get("short")))
}

/// The relative address of a section's page.
pub fn address(root: &str, section: &Section) -> String {
    if section.slug.is_empty() { root.to_owned() } else { format!("{root}{}/", section.slug) }
}

/// The way to the pages before and after.
fn turn(section: &Section) -> String {
    let (before, after) = neighbours(section.slug);
    let to = |section: Option<&Section>, rel: &str, word: &str, root: &str| match section {
        Some(section) => format!(
            "<a rel=\"{rel}\" href=\"{}\"><span>{word}</span>{}</a>",
            address(root, section),
            escape(words::of(section).get("title"))
        ),
        None => "<span></span>".to_owned(),
    };
    let root = root(section);
    let (before, after) = (to(before, "prev", "Previous", root), to(after, "next", "Next", root));
    format!("<nav class=\"turn\" aria-label=\"Next and previous page\">{before}{after}</nav>")
}

fn foot(root: &str) -> String {
    format!(
        "<footer class=\"foot\"><p>Everything that moves here is computed in your browser by a request-flow engine. Nothing you do is sent anywhere, save what is “for real”: to the server on your own machine.</p>\
         <p><a href=\"{root}about/\">What the simulation claims, and what it leaves out</a></p></footer>"
    )
}
