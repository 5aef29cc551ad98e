//! A run as text: what there is to read where the charts are not seen, and what the tests hold.

use crate::end::End;
use crate::run::{Ended, PoolRun};
use crate::setup::Half;
use core::fmt::{self, Write as _};
use engine::time::Micros;

/// The percentiles that are told, in hundred-thousandths.
pub const PERCENTILES: [(&str, u32); 4] = [("half", 50_000), ("90 %", 90_000), ("99 %", 99_000), ("99.9 %", 99_900)];

/// How many lines the course of time is told in, at most.
const LINES: usize = 16;

/// A sum over time per time, with one digit after the point.
struct Mean(u64, u64);

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (u128::from(self.0) * 10).checked_div(u128::from(self.1)).unwrap_or(0);
        f.pad(&format!("{}.{}", tenths / 10, tenths % 10))
    }
}

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pool => "one pool",
            Self::Flood => "a connection for each client",
        })
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted => f.write_str("nothing ran"),
            Self::Over => f.write_str("it has ended for everybody"),
            Self::Stuck(clients) => write!(f, "{clients} wait for ever: nothing will happen any more"),
            Self::TooMany => f.write_str("more requests would be there at once than have room: the run ends here"),
        }
    }
}

impl fmt::Display for PoolRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.tell(&mut text)?;
        f.write_str(&text)
    }
}

impl PoolRun {
    fn tell(&self, f: &mut String) -> fmt::Result {
        writeln!(f, "{}, after {}", self.half(), self.now())?;
        for matter in self.matters() {
            writeln!(f, "  ! {}", matter.words)?;
        }
        if let Some(ended) = self.ended() {
            writeln!(f, "  {ended}")?;
        }
        self.tell_ends(f)?;
        self.tell_latency(f)?;
        self.tell_course(f)
    }

    fn tell_ends(&self, f: &mut String) -> fmt::Result {
        let counts = self.counts();
        writeln!(f, "  {:>9} clients came", counts.arrived)?;
        for end in End::ALL {
            let count = counts.of(end);
            if count > 0 {
                let state = end.sqlstate().map(|state| [" (SQLSTATE ", state, ")"].concat()).unwrap_or_default();
                writeln!(f, "  {count:>9} {}: {}{state}", end.program(self.half()), end.words(self.half()))?;
            }
        }
        if self.level().inside > 0 {
            writeln!(f, "  {:>9} are there", self.level().inside)?;
        }
        let (connected, most) = (counts.connected, self.most_connections());
        let memory = self.setup().database.memory_of(most) >> 20;
        writeln!(f, "  {connected:>9} connections opened, {most} at once at most: {memory} MB at the database")?;
        for (count, what) in [
            (u64::from(counts.most_waiting), "waited for a connection at once"),
            (counts.retries, "tries after the first"),
            (counts.leaked, "connections were not given back"),
            (counts.wasted, "queries whose answer nobody wanted any more"),
        ] {
            if count > 0 {
                writeln!(f, "  {count:>9} {what}")?;
            }
        }
        if let Some(first) = counts.first_refused {
            writeln!(f, "  the database first said no after {first}, {} times in all", counts.refusals)?;
        }
        Ok(())
    }

    fn tell_latency(&self, f: &mut String) -> fmt::Result {
        if self.latency().count() == 0 {
            return Ok(());
        }
        write!(f, "  those served waited: mean {}", self.latency().mean())?;
        for (name, share) in PERCENTILES {
            if let Some(time) = self.latency().percentile(share) {
                write!(f, ", {name} up to {time}")?;
            }
        }
        writeln!(f, ", longest {}", self.latency().most())
    }

    /// What happened when; several stretches of the series make one line.
    fn tell_course(&self, f: &mut String) -> fmt::Result {
        let windows: Vec<_> = self.series().windows().collect();
        let together = windows.len().div_ceil(LINES);
        let width = self.series().width().0 * together as u64;
        writeln!(f, "       until     came   served  refused  others  waiting  conns  running  half of them up to")?;
        for (line, part) in windows.chunks(together).enumerate() {
            let (start, end) = (line as u64 * width, ((line as u64 + 1) * width).min(self.now().0));
            if end <= start {
                continue;
            }
            let mut sum = part[0].clone();
            part[1..].iter().for_each(|window| sum.merge(window));
            let refused: u64 = End::ALL.iter().filter(|end| end.is_refused()).map(|end| sum.ends[*end as usize]).sum();
            let served = sum.ends[End::Served as usize];
            let others = sum.ends.iter().sum::<u64>() - served - refused;
            let mean = |area| Mean(area, end - start);
            writeln!(
                f,
                "  {:>10} {:>8} {served:>8} {refused:>8} {others:>7} {:>8} {:>6} {:>8}  {}",
                Micros(end).to_string(),
                sum.arrived,
                mean(sum.area.waiting),
                mean(sum.area.connections),
                mean(sum.area.running),
                sum.latency.percentile(50_000).map(|time| time.to_string()).unwrap_or_default(),
            )?;
        }
        Ok(())
    }
}
