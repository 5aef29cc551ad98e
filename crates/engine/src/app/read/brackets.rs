//! Brackets: V8 refuses a script before it runs anything of it.

use super::super::tokens::{Kind, Token};

/// Whether every bracket is closed by its like; V8's words where one is not.
pub fn balanced(tokens: &[Token]) -> Result<(), (u32, u32, &'static str)> {
    // The brackets that are open, and whether they hold the arguments of a call.
    let mut open: Vec<(&str, bool)> = Vec::new();
    let mut before = None;
    for token in tokens {
        let wrong = |words| Err((token.line, token.column, words));
        let text = if token.kind == Kind::Sign { token.text.as_str() } else { "" };
        let unlike = match (text, open.last().copied()) {
            ("(" | "[" | "{", _) => {
                let call = text == "(" && !matches!(before, Some("for" | "if" | "while" | "")) && before.is_some();
                open.push((text, call));
                false
            }
            (")" | "]" | "}", last) => {
                let opened = open.pop().map(|(sign, _)| sign);
                !matches!((opened, text), (Some("("), ")") | (Some("["), "]") | (Some("{"), "}")) && {
                    open.extend(last);
                    true
                }
            }
            // `for (;;)` is the one bracket that may hold it; it is none of a call.
            (";", Some(("(", call))) => call,
            (";", Some(("[", _))) => true,
            _ if token.kind == Kind::End && !open.is_empty() => {
                return wrong("SyntaxError: Unexpected end of input");
            }
            _ => false,
        };
        if unlike {
            return wrong(match (open.last(), text) {
                (Some(("(", true)), _) => "SyntaxError: missing ) after argument list",
                (_, ")") => "SyntaxError: Unexpected token ')'",
                (_, "]") => "SyntaxError: Unexpected token ']'",
                (_, "}") => "SyntaxError: Unexpected token '}'",
                _ => "SyntaxError: Unexpected token ';'",
            });
        }
        before = Some(if token.kind == Kind::Word { token.text.as_str() } else { "" });
    }
    Ok(())
}
