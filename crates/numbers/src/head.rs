//! Where the reader is in a run: playing or not, at which moment, how fast. Pure: [`respond`] makes the next head out of a
//! head and what somebody did, and [`Head::target`] says up to which moment the run is wanted.
//!
//! The run is computed elsewhere and may be behind: the head shows what was computed, never more.

/// The paces that can be chosen, in thousandths of the simulated time.
pub const PACES: [u64; 9] = [1, 5, 20, 50, 100, 250, 1_000, 5_000, 20_000];

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whether time goes on.
    pub playing: bool,
    /// The moment that is shown, in microseconds.
    pub now: u64,
    /// Until when the run lasts, as far as is known.
    pub length: u64,
    /// Whether the run has reached its end.
    pub over: bool,
    /// A moment that is wanted and not reached yet.
    pub seek: Option<u64>,
    /// How fast, in thousandths of the simulated time.
    pub pace: u64,
    /// Somebody has chosen the pace.
    pub chosen: bool,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Play or pause; at the end, from the beginning.
    Toggle,
    /// As much further as is played in half a second.
    Step,
    /// As much back.
    StepBack,
    /// To this moment.
    Seek(u64),
    /// To the end, however long that takes.
    End,
    /// This pace.
    Pace(u64),
    /// Faster or slower by one.
    Faster(bool),
    /// Stop what is going on, where it is.
    Stop,
}

/// A moment that no run reaches: the end.
pub const NEVER: u64 = u64::MAX;

impl Head {
    /// At the beginning of a run that is expected to last so long, in microseconds. The pace is one at which that takes
    /// about twelve seconds, unless one was chosen.
    pub fn new(length: u64, before: Option<Self>) -> Self {
        let chosen = before.filter(|before| before.chosen).map(|before| before.pace);
        Self {
            playing: false,
            now: 0,
            length,
            over: false,
            seek: None,
            pace: chosen.unwrap_or_else(|| pace_for(length)),
            chosen: chosen.is_some(),
        }
    }

    /// Up to which moment the run is wanted, when so many milliseconds have passed.
    pub fn target(&self, passed: u64) -> u64 {
        match self.seek {
            Some(seek) => seek,
            None if self.playing => self.now.saturating_add(passed.saturating_mul(self.pace)),
            None => self.now,
        }
    }

    /// What was computed has come: the run stands at this moment.
    pub fn reached(mut self, now: u64, length: u64, over: bool) -> Self {
        (self.now, self.length, self.over) = (now, length.max(now), over);
        // On the way to an earlier moment the run begins anew, and passes everything before.
        if over || self.seek.is_some_and(|seek| seek == now) {
            self.seek = None;
        }
        if over {
            self.playing = false;
        }
        self
    }

    /// Whether something is to be computed.
    pub fn wants(&self) -> bool {
        self.playing || self.seek.is_some()
    }
}

/// The pace at which a run of so many microseconds takes about twelve seconds.
fn pace_for(length: u64) -> u64 {
    let wanted = length / 12_000;
    PACES.into_iter().rev().find(|pace| *pace <= wanted.max(1)).unwrap_or(1)
}

/// The head after this.
pub fn respond(mut head: Head, cue: Cue) -> Head {
    let stride = head.pace.saturating_mul(500).max(1);
    match cue {
        Cue::Toggle if head.over && !head.playing => {
            (head.playing, head.seek, head.over) = (true, Some(0), false);
        }
        Cue::Toggle => {
            head.playing = !head.playing;
            head.seek = None;
        }
        Cue::Step if head.over => {}
        Cue::Step => (head.playing, head.seek) = (false, Some(head.now.saturating_add(stride))),
        Cue::StepBack => (head.playing, head.seek) = (false, Some(head.now.saturating_sub(stride))),
        Cue::Seek(at) => head.seek = Some(at),
        Cue::End => (head.playing, head.seek) = (false, Some(NEVER)),
        Cue::Pace(pace) => (head.pace, head.chosen) = (pace, true),
        Cue::Faster(up) => {
            let next = if up {
                PACES.into_iter().find(|pace| *pace > head.pace)
            } else {
                PACES.into_iter().rev().find(|pace| *pace < head.pace)
            };
            (head.pace, head.chosen) = (next.unwrap_or(head.pace), true);
        }
        Cue::Stop => (head.playing, head.seek) = (false, None),
    }
    if head.seek == Some(head.now) {
        head.seek = None;
    }
    head
}

/// A pace in words: `1⁄20`, `5×`.
pub fn pace(thousandths: u64) -> String {
    match thousandths {
        250 => "¼×".to_owned(),
        slow if slow < 1_000 => format!("1/{}×", 1_000 / slow.max(1)),
        fast => format!("{}×", fast / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_pressed_the_head_is_sound() {
        let cues = [
            Cue::Toggle,
            Cue::Step,
            Cue::StepBack,
            Cue::Seek(500),
            Cue::End,
            Cue::Pace(20),
            Cue::Faster(true),
            Cue::Faster(false),
            Cue::Stop,
        ];
        // Every row of four cues; after each the run comes as far as it is wanted, or half as far.
        for code in 0..9_usize.pow(4) * 2 {
            let mut head = Head::new(1_000, None);
            for place in 0..4 {
                head = respond(head, cues[code / 2 / 9_usize.pow(place) % 9]);
                assert!(PACES.contains(&head.pace));
                let target = head.target(16).min(1_000);
                let now = if code % 2 == 0 { target } else { head.now + target.saturating_sub(head.now) / 2 };
                head = head.reached(now, 1_000, now == 1_000);
                assert!(!(head.over && head.wants()), "{head:?}");
            }
            let stopped = respond(head, Cue::Stop);
            assert!(!stopped.wants() && stopped.target(1_000) == head.now);
        }
    }

    #[test]
    fn a_run_takes_about_twelve_seconds() {
        assert_eq!([4_000, 2_600_000, 10_000_000, 70_000_000, u64::MAX].map(pace_for), [1, 100, 250, 5_000, 20_000]);
        assert_eq!(Head::new(1, Some(respond(Head::new(9, None), Cue::Pace(50)))).pace, 50);
        assert_eq!([1, 50, 250, 1_000, 20_000].map(pace), ["1/1000×", "1/20×", "¼×", "1×", "20×"]);
    }

    #[test]
    fn at_the_end_it_begins_anew() {
        let over = Head { over: true, now: 900, ..Head::new(900, None) };
        let again = respond(over, Cue::Toggle);
        assert_eq!((again.playing, again.target(5)), (true, 0));
        let again = again.reached(0, 900, false);
        assert!(again.playing && again.seek.is_none());
        assert_eq!(respond(over, Cue::Step), over);
    }
}
