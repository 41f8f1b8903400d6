//! Whether a venue can be reached, said once and then ever more rarely.

use std::collections::BTreeMap;

use patchbay_model::Nanos;

/// Time until the second line about a venue that stays out of reach; it doubles with each.
const PAUSE: Nanos = 2_000_000_000;
/// Longest time between two lines.
const PAUSE_MAX: Nanos = 300_000_000_000;
/// After so long without a failure the next one is news again.
const FORGIVEN: Nanos = 60_000_000_000;

/// Attempts in vain, of connections and requests of one adapter instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// Hosts that do not answer, and what the last attempt said.
    hosts: BTreeMap<String, String>,
    pub(crate) since: Nanos,
    pub(crate) failures: u64,
    pub(crate) last_error: String,
    failed_at: Nanos,
    /// No line before this.
    next: Nanos,
    pause: Nanos,
}

impl Reach {
    /// An attempt came to nothing; the line that is due for the log, if one is.
    pub(crate) fn failed(&mut self, at: Nanos, host: &str, text: &str) -> Option<String> {
        if self.hosts.is_empty() {
            self.since = at;
            self.failures = 0;
        }
        if at - self.failed_at > FORGIVEN {
            (self.next, self.pause) = (at, PAUSE);
        }
        self.failed_at = at;
        self.failures += 1;
        text.clone_into(&mut self.last_error);
        self.hosts.insert(host.to_owned(), text.to_owned());
        if at < self.next {
            return None;
        }
        self.next = at + self.pause;
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        if self.failures == 1 {
            return Some(format!("out of reach: {text}; it is tried again and again"));
        }
        let seconds = (at - self.since) / 1_000_000_000;
        let (failures, texts) = (self.failures, self.texts());
        Some(format!("out of reach for {seconds} s, {failures} attempts in vain: {texts}"))
    }

    /// What was last said of each host; hosts of which the same was said together.
    fn texts(&self) -> String {
        let mut said: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (host, text) in &self.hosts {
            let of_it = text.strip_prefix(host.as_str()).unwrap_or(text);
            said.entry(of_it).or_default().push(host);
        }
        let texts: Vec<_> = said.iter().map(|(text, of)| of.join(", ") + text).collect();
        texts.join("; ")
    }

    /// A host answered; the line that is due, if it did not before.
    pub(crate) fn answered(&mut self, at: Nanos, host: &str) -> Option<String> {
        self.hosts.remove(host)?;
        if !self.hosts.is_empty() {
            return None;
        }
        let seconds = (at - self.since) / 1_000_000_000;
        self.since = 0;
        let failures = self.failures;
        Some(format!("can be reached again, after {seconds} s and {failures} attempts in vain"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Nanos = 1_000_000_000;

    #[test]
    fn lines_become_rare_and_name_every_host() {
        let mut reach = Reach::default();
        let start = 1_000 * SECOND;
        let mut lines = Vec::new();
        for second in 0..600 {
            let host = if second % 2 == 0 { "a" } else { "b" };
            let line = reach.failed(start + second * SECOND, host, &format!("{host}: no route"));
            lines.extend(line.map(|line| (second, line)));
        }
        let seconds: Vec<_> = lines.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [0, 2, 6, 14, 30, 62, 126, 254, 510]);
        assert_eq!(lines[0].1, "out of reach: a: no route; it is tried again and again");
        let third = "out of reach for 6 s, 7 attempts in vain: a, b: no route";
        assert_eq!(lines[2].1, third);
        assert_eq!((reach.failures, reach.since), (600, start));
        let end = start + 600 * SECOND;
        assert_eq!(reach.answered(end, "a"), None);
        let line = reach.answered(end, "b").unwrap();
        assert_eq!(line, "can be reached again, after 600 s and 600 attempts in vain");
        assert_eq!((reach.answered(end, "b"), reach.since), (None, 0));
    }

    #[test]
    fn a_host_that_comes_and_goes_is_not_news_each_time() {
        let mut reach = Reach::default();
        let mut lines = 0;
        for second in 0..60 {
            let at = (1_000 + second) * SECOND;
            lines += usize::from(reach.failed(at, "a", "a: reset").is_some());
            reach.answered(at + SECOND / 2, "a");
        }
        assert_eq!(lines, 5);
        assert!(reach.failed(1_200 * SECOND, "a", "a: reset").is_some());
    }
}
