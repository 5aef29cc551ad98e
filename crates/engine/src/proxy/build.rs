//! From directives to a configuration. What nginx refuses is found while the files are read (`parse`); here the
//! directives are sorted into what a request meets, and what is not modelled is said.

mod block;
mod groups;
mod maps;
mod servers;

use super::effects::{self, Effect};
use super::parse::{self, Directive};
use super::settings::{Key, Setting, Settings};
use super::variables;
use super::{Block, Config, Match};
use crate::pattern::{Fault, Pattern};
use crate::problem::{Problem, Source};
use core::net::IpAddr;

/// What loading needs besides the files themselves.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The names of `/etc/hosts`.
    pub hosts: &'a [(IpAddr, String)],
    /// The paths of the certificate files that exist.
    pub certificates: &'a [String],
    /// The paths of key files that belong to the certificates; none where that is not known.
    pub keys: &'a [String],
    /// The paths of key files that belong to none of the certificates.
    pub other_keys: &'a [String],
}

/// Loads the files of `conf.d`, given in the order of their names, as inside `http { }`.
pub fn build(files: &[(&str, &str)], around: Surroundings<'_>) -> Config {
    let read = parse::read(files, around);
    if read.refused() {
        return Config { problems: read.problems, ..Config::default() };
    }
    let (trees, config) = (read.trees, Config { problems: read.problems, ..Config::default() });
    let mut made = Vec::new();
    trees.iter().for_each(|tree| variables_made(tree, &mut made));
    let mut builder = Builder { document: "", around, config, made, unknown: Vec::new(), left_out: None };
    // Directives of `http` count for blocks before them, and names in later files: what is inherited comes first.
    let mut http = Block::empty(Source::default(), Match::Inner, String::new());
    for (tree, (document, _)) in trees.iter().zip(files) {
        builder.document = document;
        http = builder.inherit(tree, &http, true);
    }
    for named in ["upstream", "map", "geo", "limit_req_zone"] {
        for (tree, (document, _)) in trees.iter().zip(files) {
            builder.document = document;
            for directive in tree.iter().filter(|directive| directive.name == named) {
                match named {
                    "upstream" => builder.group(directive),
                    "limit_req_zone" => builder.zone(directive),
                    _ => builder.map(directive),
                }
            }
        }
    }
    for (tree, (document, _)) in trees.iter().zip(files) {
        builder.document = document;
        for directive in tree.iter().filter(|directive| directive.name == "server") {
            builder.server(directive, tree, &http);
        }
    }
    let mut config = builder.config;
    servers::sockets(&mut config);
    config
}

struct Builder<'a> {
    document: &'a str,
    around: Surroundings<'a>,
    config: Config,
    /// The variables that the configuration makes itself.
    made: Vec<String>,
    /// Those of them whose value is not modelled.
    unknown: Vec<String>,
    /// What the directive just read leaves out of account.
    left_out: Option<(String, Source)>,
}

/// The names of the variables that a configuration makes itself: `set`, `map`, `geo`, named groups of expressions.
fn variables_made(tree: &[Directive], into: &mut Vec<String>) {
    for directive in tree {
        let name = match directive.name.as_str() {
            "set" => directive.args.first(),
            "map" => directive.args.get(1),
            "geo" => directive.args.last(),
            _ => None,
        };
        into.extend(name.and_then(|name| name.strip_prefix('$')).map(ToOwned::to_owned));
        for text in core::iter::once(&directive.name).chain(&directive.args) {
            let mut rest = text.as_str();
            while let Some((_, after)) = rest.split_once("(?") {
                rest = after;
                let name = after.trim_start_matches('P').trim_start_matches(['<', '\'']);
                let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
                if name.len() < after.len() && end > 0 {
                    into.push(name[..end].to_owned());
                }
            }
        }
        variables_made(&directive.block, into);
    }
}

impl Block {
    /// A block in which nothing stands.
    fn empty(source: Source, how: Match, path: String) -> Self {
        Self {
            source,
            how,
            path,
            pattern: None,
            steps: Vec::new(),
            settings: Settings::default(),
            pass: None,
            status_page: None,
            internal: None,
            try_files: None,
            inside: Vec::new(),
            limit: None,
            not_modelled: None,
        }
    }
}

impl Builder<'_> {
    fn source(&self, directive: &Directive) -> Source {
        Source::new(self.document, directive.line)
    }

    /// Reports something that is not modelled.
    fn report(&mut self, directive: &Directive, words: String) {
        self.config.problems.push(Problem::not_modelled(self.document, directive.line, words));
    }

    /// Reports it, and keeps in mind that it may decide.
    fn leave_out(&mut self, directive: &Directive, what: &str) {
        self.report(directive, [what, " is not modelled"].concat());
        self.left_out = self.left_out.take().or(Some((what.to_owned(), self.source(directive))));
    }

    /// Reports what the engine leaves out: the directive itself, and variables in it.
    fn mention(&mut self, directive: &Directive) {
        match effects::of(&directive.name, &directive.args) {
            Effect::Obeyed => {}
            Effect::LeftOut => self.report(directive, ["`", &directive.name, "` is not modelled"].concat()),
            Effect::Decides => {
                self.report(directive, ["`", &directive.name, "` is not modelled"].concat());
                self.left_out = self.left_out.take().or(Some((directive.name.clone(), self.source(directive))));
            }
        }
        if matches!(directive.name.as_str(), "log_format" | "access_log" | "error_log" | "proxy_cache_bypass") {
            return;
        }
        let expressions = matches!(directive.name.as_str(), "location" | "server_name" | "if" | "rewrite");
        for (i, text) in directive.args.iter().enumerate() {
            if !expressions || (directive.name == "rewrite" && i > 0) || (directive.name == "if" && i == 0) {
                self.mention_variables(directive, text);
            }
        }
    }

    fn mention_variables(&mut self, directive: &Directive, text: &str) {
        for name in variables::names(text) {
            let made = self.made.iter().any(|made| made == name);
            if (!made && variables::known(name) == Some(false)) || self.unknown.iter().any(|other| other == name) {
                self.leave_out(directive, &["the variable $", name].concat());
            }
        }
    }

    /// Compiles an expression.
    fn pattern(&mut self, directive: &Directive, text: &str, caseless: bool) -> Option<Pattern> {
        match Pattern::new(text, caseless) {
            Ok(pattern) => Some(pattern),
            Err(Fault::Refused(..)) => None,
            Err(Fault::NotModelled(what)) => {
                self.leave_out(directive, &["in the regular expression ", text, ", ", what].concat());
                None
            }
        }
    }

    /// A block that takes over what holds around it, with its own settings in place of the inherited ones.
    fn inherit(&mut self, tree: &[Directive], outer: &Block, http: bool) -> Block {
        let mut block = Block::empty(outer.source.clone(), outer.how, String::new());
        block.settings = outer.settings.clone();
        block.not_modelled.clone_from(&outer.not_modelled);
        let mut own = Vec::new();
        for directive in tree {
            let inner = matches!(directive.name.as_str(), "server" | "location" | "upstream" | "map" | "geo" | "types");
            if !inner {
                self.mention(directive);
            }
            if let Some(key) = Key::of(&directive.name) {
                let named = matches!(key, Key::Access | Key::Root);
                let name = named.then(|| directive.name.clone());
                let args = name.into_iter().chain(directive.args.iter().cloned()).collect();
                own.push((key, Setting { args, source: self.source(directive) }));
            }
            // Of what stands in `http` itself, only settings reach a request.
            if http && matches!(directive.name.as_str(), "server" | "upstream") {
                self.left_out = None;
            }
        }
        block.settings.replace(own);
        block.not_modelled = block.not_modelled.take().or(self.left_out.take());
        block
    }
}
