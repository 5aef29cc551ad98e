//! What the page knows while a figure of numbers is open.

use crate::measure::Measure;
use browser::canvas::Canvas;
use browser::dom;
use numbers::head::Head;
use numbers::knob::{Knob, Values};
use numbers::{devices, pool};

/// Which figure is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Figure 14.
    Pool,
    /// Figure 15.
    Devices,
}

impl Kind {
    /// By the piece's name.
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "pool" => Some(Self::Pool),
            "devices" => Some(Self::Devices),
            _ => None,
        }
    }

    /// What may be set.
    pub fn knobs(self) -> &'static [Knob] {
        match self {
            Self::Pool => &pool::settings::KNOBS,
            Self::Devices => &devices::settings::KNOBS,
        }
    }

    /// A question about it.
    pub fn question(self, word: &str, rest: &str) -> String {
        let figure = if self == Self::Pool { "" } else { "devices-" };
        [figure, word, "\n", rest].concat()
    }
}

/// One form of the figure, with what is drawn over it.
pub struct Board {
    pub canvas: Canvas,
    pub lights: dom::Drawing,
    pub geometry: String,
}

/// Everything.
pub struct State {
    pub kind: Kind,
    pub values: Values,
    pub head: Head,
    pub boards: Vec<Board>,
    /// Which form is shown, and was told to the worker.
    pub shown: Option<usize>,
    /// Somebody answers.
    pub ready: bool,
    /// A question is on its way.
    pub busy: bool,
    /// Other settings are to be told.
    pub set: bool,
    /// Another form is to be told.
    pub stage: bool,
    /// A frame is due.
    pub due: bool,
    /// All words are to be said anew.
    pub say: bool,
    /// Tokens or lights still move.
    pub moves: bool,
    /// The point is looked for.
    pub finding: bool,
    /// It is known.
    pub found: bool,
    /// The run shall go on as it was when settings are told: to the end, or playing.
    pub then: Then,
    /// Which stretch of the charts is read.
    pub at: Option<u64>,
    /// Which stretch of the distribution.
    pub bin: Option<u64>,
    /// How many tokens are drawn at most.
    pub tokens: u64,
    /// The figure is seen.
    pub seen: bool,
    /// Nothing shall travel.
    pub still: bool,
    /// The player takes keys.
    pub keys: bool,
    /// An animation frame is asked for.
    pub awake: bool,
    /// When the last frame was, in milliseconds.
    pub before: Option<f64>,
    /// How many milliseconds have passed that no question has taken yet.
    pub passed: f64,
    /// When all words were said last.
    pub said: f64,
    /// What is to be put into places that wait for their frame.
    pub waiting: Vec<(String, String)>,
    /// What stands in each place.
    pub places: Vec<(String, String)>,
    /// What was spoken last.
    pub spoken: String,
    /// When the flood was first refused, in microseconds, if it was.
    pub refused: Option<u64>,
    /// The latest tokens, to be drawn again in another light.
    pub drawn: (Vec<f32>, u64),
    /// The work on this device.
    pub measure: Measure,
}

/// How a run goes on when its settings are others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It waits.
    Wait,
    /// It plays.
    Play,
    /// It plays, unless nothing shall travel: the address asks for it.
    Autoplay,
    /// It goes to its end.
    End,
}

impl State {
    /// At the beginning.
    pub fn new(kind: Kind, values: Values, boards: Vec<Board>) -> Self {
        Self {
            kind,
            values,
            head: Head::new(1, None),
            boards,
            shown: None,
            ready: false,
            busy: false,
            set: true,
            stage: true,
            due: false,
            say: false,
            moves: false,
            finding: false,
            found: false,
            then: Then::Wait,
            at: None,
            bin: None,
            tokens: numbers::controls::USUAL_TOKENS,
            seen: true,
            still: false,
            keys: true,
            awake: false,
            before: None,
            passed: 0.0,
            said: 0.0,
            waiting: Vec::new(),
            places: Vec::new(),
            spoken: String::new(),
            refused: None,
            drawn: (Vec::new(), 130),
            measure: Measure::default(),
        }
    }

    /// Other settings: the run begins anew, and goes on as it was.
    pub fn set_anew(&mut self) {
        self.then = match (self.head.over, self.head.playing) {
            (_, true) => Then::Play,
            (true, _) => Then::End,
            // Somebody slides on before the first answer has come.
            _ if self.set => self.then,
            _ if self.head.seek.is_some() => Then::End,
            _ => Then::Wait,
        };
        self.head = numbers::head::respond(self.head, numbers::head::Cue::Stop);
        (self.set, self.finding, self.found, self.refused) = (true, false, false, None);
    }
}
