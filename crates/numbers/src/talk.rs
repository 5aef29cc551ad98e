//! What page and worker say to each other: text, so that both ends can be tried without either.
//!
//! A question is a word and `name=value` pairs. An answer is parts, each with a name: what begins with `#` is a number,
//! the rest is HTML for the place of that name; and, beside the text, the tokens to be drawn.

/// Between two parts of an answer.
const BETWEEN: char = '\u{1e}';

/// A question, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What is asked.
    pub word: &'a str,
    rest: &'a str,
}

impl<'a> Question<'a> {
    /// Reads a question; whatever it is.
    pub fn read(text: &'a str) -> Self {
        let (word, rest) = text.split_once('\n').unwrap_or((text, ""));
        Self { word, rest }
    }

    /// The same question with another word.
    pub fn with(self, word: &'a str) -> Self {
        Self { word, ..self }
    }

    /// What stands behind this name.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.rest.split('&').find_map(|pair| pair.split_once('=').filter(|(known, _)| *known == name)).map(|(_, v)| v)
    }

    /// The number behind this name.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// Everything behind the word.
    pub fn rest(&self) -> &'a str {
        self.rest
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Names and texts.
    pub parts: Vec<(String, String)>,
    /// Where tokens stand and what they are: x, y, kind, one after the other.
    pub tokens: Vec<f32>,
}

impl Answer {
    /// One more text.
    pub fn say(&mut self, name: &str, text: String) {
        self.parts.push((name.to_owned(), text));
    }

    /// One more number.
    pub fn number(&mut self, name: &str, number: u64) {
        self.say(&["#", name].concat(), number.to_string());
    }

    /// The text that was said under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The number that was said under this name.
    pub fn get_number(&self, name: &str) -> Option<u64> {
        self.get(&["#", name].concat())?.parse().ok()
    }

    /// The parts as one text, for [`Answer::read`].
    pub fn write(&self) -> String {
        let parts: Vec<String> = self.parts.iter().map(|(name, text)| [name, "\t", text].concat()).collect();
        parts.join(&BETWEEN.to_string())
    }

    /// Reads the parts again.
    pub fn read(text: &str, tokens: Vec<f32>) -> Self {
        let part = |part: &str| part.split_once('\t').map(|(name, text)| (name.to_owned(), text.to_owned()));
        Self { parts: text.split(BETWEEN).filter_map(part).collect(), tokens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_was_written() {
        let mut answer = Answer { tokens: vec![1.0, 2.0, 0.0], ..Answer::default() };
        answer.say("caption", "<b>a\tb</b>\n".to_owned());
        answer.number("now", 17);
        assert_eq!(Answer::read(&answer.write(), answer.tokens.clone()), answer);
        assert_eq!((answer.get_number("now"), answer.get("nobody")), (Some(17), None));
        let question = Question::read("go\nuntil=12&say=1&odd");
        assert_eq!((question.word, question.number("until"), question.number("odd")), ("go", Some(12), None));
        assert_eq!(Question::read("").word, "");
    }
}
