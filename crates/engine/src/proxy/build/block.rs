//! Locations, `if`, `limit_except`, and the steps of the rewrite module in them.

use super::Builder;
use crate::proxy::parse::Directive;
use crate::proxy::{Block, Condition, Flag, Match, Return, Rewrite, Step};

impl Builder<'_> {
    /// A `location`; returns the index of its block.
    pub(super) fn location(&mut self, directive: &Directive, outer: &Block) -> usize {
        let last = directive.args.last().map_or("", String::as_str);
        let (sign, path) = match directive.args.as_slice() {
            [sign, path] => (sign.as_str(), path.as_str()),
            // The sign may stand right before the path.
            _ => {
                let glued = ["=", "^~", "~*", "~"].into_iter().find(|sign| last.starts_with(sign));
                glued.map_or(("", last), |sign| (sign, &last[sign.len()..]))
            }
        };
        let how = match sign {
            "=" => Match::Exact,
            "^~" => Match::PrefixFirst,
            "~" => Match::Regex,
            "~*" => Match::RegexCaseless,
            _ if path.starts_with('@') => Match::Named,
            _ => Match::Prefix,
        };
        self.block(directive, outer, how, path)
    }

    /// A block with all that stands in it; returns its index.
    pub(super) fn block(&mut self, directive: &Directive, outer: &Block, how: Match, path: &str) -> usize {
        let mut block = self.inherit(&directive.block, outer, false);
        (block.source, block.how, block.path) = (self.source(directive), how, path.to_owned());
        if matches!(how, Match::Regex | Match::RegexCaseless) {
            block.pattern = self.pattern(directive, path, how == Match::RegexCaseless);
        }
        if how == Match::Inner {
            // What the outer location does with the request, its `if` and `limit_except` do as well.
            block.pass.clone_from(&outer.pass);
            block.status_page.clone_from(&outer.status_page);
            block.path.clone_from(&outer.path);
        }
        let place = if how == Match::Inner { outer.how } else { how };
        for inner in directive.block.iter().filter(|inner| matches!(inner.name.as_str(), "proxy_pass" | "grpc_pass")) {
            block.pass = self.pass(inner, place, if how == Match::Inner { &outer.path } else { path });
        }
        block.not_modelled = block.not_modelled.take().or(self.left_out.take());
        let index = self.config.blocks.len();
        self.config.blocks.push(block.clone());
        for inner in &directive.block {
            self.step(inner, &mut block);
            match inner.name.as_str() {
                "internal" => block.internal = Some(self.source(inner)),
                "try_files" => block.try_files = Some((inner.args.clone(), self.source(inner))),
                "stub_status" => block.status_page = Some(self.source(inner)),
                _ => {}
            }
            block.not_modelled = block.not_modelled.take().or(self.left_out.take());
        }
        // What stands inside takes over all of it, wherever it stands.
        for inner in &directive.block {
            match inner.name.as_str() {
                "location" => {
                    let location = self.location(inner, &block);
                    block.inside.push(location);
                }
                "limit_except" => {
                    let inside = self.block(inner, &block, Match::Inner, "");
                    block.limit = Some((inner.args.clone(), inside));
                }
                _ => {}
            }
        }
        self.config.blocks[index] = block;
        index
    }

    /// A directive of the rewrite module.
    fn step(&mut self, directive: &Directive, block: &mut Block) {
        let source = self.source(directive);
        let arg = |i: usize| directive.args.get(i).map_or("", String::as_str);
        let step = match directive.name.as_str() {
            "set" => Some(Step::Set(arg(0).trim_start_matches('$').to_owned(), arg(1).to_owned())),
            "break" => Some(Step::Break(source)),
            "return" => Some(Step::Return(self.returns(directive))),
            "rewrite" => self.rewrite(directive),
            "if" => {
                let condition = self.condition(directive);
                let inside = self.block(directive, block, Match::Inner, "");
                condition.map(|condition| Step::If(condition, inside, source))
            }
            _ => None,
        };
        block.steps.extend(step);
    }

    /// `return code [text]`, `return code URL`, `return URL`.
    fn returns(&self, directive: &Directive) -> Return {
        let source = self.source(directive);
        let first = directive.args.first().map_or("", String::as_str);
        match first.parse() {
            Ok(status) => Return { status, text: directive.args.get(1).cloned(), source },
            Err(_) => Return { status: 302, text: Some(first.to_owned()), source },
        }
    }

    fn rewrite(&mut self, directive: &Directive) -> Option<Step> {
        let pattern = self.pattern(directive, directive.args.first()?, false)?;
        let mut replacement = directive.args.get(1)?.clone();
        let is_url = ["http://", "https://", "$scheme"].iter().any(|start| replacement.starts_with(start));
        let flag = match directive.args.get(2).map_or("", String::as_str) {
            "permanent" => Flag::Redirect(301),
            "redirect" => Flag::Redirect(302),
            _ if is_url => Flag::Redirect(302),
            "last" => Flag::Last,
            "break" => Flag::Break,
            _ => Flag::Next,
        };
        let keeps = !replacement.ends_with('?');
        if !keeps {
            replacement.pop();
        }
        Some(Step::Rewrite(Rewrite { pattern, replacement, flag, keeps, source: self.source(directive) }))
    }

    /// What stands in the parentheses of an `if`.
    fn condition(&mut self, directive: &Directive) -> Option<Condition> {
        let mut words: Vec<String> = directive.args.clone();
        let first = words.first_mut()?;
        *first = first.strip_prefix('(')?.to_owned();
        let last = words.last_mut()?;
        *last = last.strip_suffix(')')?.to_owned();
        words.retain(|word| !word.is_empty());
        let [first, rest @ ..] = words.as_slice() else {
            return None;
        };
        let variable = first.strip_prefix('$').map(ToOwned::to_owned);
        let (Some(name), [sign, ..]) = (variable, rest) else {
            return match (first.as_str(), first.strip_prefix('$')) {
                (_, Some(name)) => Some(Condition::True(name.to_owned())),
                ("-f" | "-d" | "-e" | "-x", _) => Some(Condition::File(false)),
                _ => Some(Condition::File(true)),
            };
        };
        let value = rest.get(1).cloned().unwrap_or_default();
        Some(match sign.as_str() {
            "=" => Condition::Equal(name, value, false),
            "!=" => Condition::Equal(name, value, true),
            sign => {
                let pattern = self.pattern(directive, &value, sign.ends_with('*'))?;
                Condition::Like(name, pattern, sign.starts_with('!'))
            }
        })
    }
}
