//! One entry of `streams`: which instruments it means.

use patchbay_model::{Canonical, Kind};

/// Which instruments are wanted, as someone wrote it.
///
/// ```text
/// [KIND:]NAME     a canonical name (BTC/USDT-PERP) or the venue's own symbol (BTCUSDT)
/// [KIND:]PATTERN  the same with * for any text and ? for any character in it, but not for its
///                 marks / - and : (*/KRW, BTC/*, linear:*/USDT-PERP, KRW-*)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The kind that it is of, if it says so.
    pub kind: Option<Kind>,
    /// Name or pattern.
    pub name: String,
    /// Where it stands: `patchbay.toml:7:5`.
    pub origin: String,
}

impl Selection {
    /// Reads an entry that stands at `origin`; `None` if it has another form.
    pub fn parse(text: &str, origin: &str) -> Option<Self> {
        let (kind, name) = match text.split_once(':') {
            // A name of what is settled in a third currency has a colon of its own.
            Some((before, _)) if before.contains('/') => (None, text),
            Some((before, name)) => (Some(Kind::from_name(before)?), name),
            None => (None, text),
        };
        let plain = |c: char| !c.is_whitespace() && !c.is_control();
        let fits = !name.is_empty() && name.chars().all(plain);
        let (name, origin) = (name.to_owned(), origin.to_owned());
        fits.then_some(Self { kind, name, origin })
    }

    /// Kind and venue symbol, if it can be nothing else: it then is wanted whatever the venue lists.
    pub fn exact(&self) -> Option<(Kind, &str)> {
        let canonical = Canonical::parse(&self.name).is_some();
        let kind = self.kind.filter(|_| !canonical && !self.is_pattern())?;
        Some((kind, &self.name))
    }

    /// Whether it may mean several instruments.
    pub fn is_pattern(&self) -> bool {
        self.name.contains(['*', '?'])
    }

    /// Whether it means an instrument of this kind, venue symbol and canonical name.
    pub fn matches(&self, kind: Kind, symbol: &str, canonical: Option<&str>) -> bool {
        if self.kind.is_some_and(|own| own != kind) {
            return false;
        }
        match (self.is_pattern(), self.name.contains('/')) {
            (false, _) => symbol == self.name || canonical == Some(&*self.name),
            (true, true) => canonical.is_some_and(|name| fits(&self.name, name)),
            (true, false) => fits(&self.name, symbol),
        }
    }

    /// As it was written.
    pub fn text(&self) -> String {
        self.kind.map_or_else(|| self.name.clone(), |kind| format!("{kind}:{}", self.name))
    }
}

/// Whether a text fits a pattern, in time proportional to the product of their lengths.
fn fits(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mark = |c: char| "/-:".contains(c);
    // Which beginnings of the text fit the pattern so far.
    let mut open = vec![false; text.len() + 1];
    open[0] = true;
    for symbol in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for end in 0..=text.len() {
            let before = end.checked_sub(1).map(|at| (text[at], open[at], next[at]));
            next[end] = match (symbol, before) {
                ('*', None) => open[end],
                ('*', Some((c, _, longer))) => open[end] || longer && !mark(c),
                ('?', Some((c, shorter, _))) => shorter && !mark(c),
                (symbol, Some((c, shorter, _))) => shorter && c == symbol,
                (_, None) => false,
            };
        }
        open = next;
    }
    open[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_one_meaning() {
        let parse = |text: &str| Selection::parse(text, "f:1:1");
        let exact = |text: &str| parse(text).unwrap().exact().map(|it| (it.0, it.1.to_owned()));
        assert_eq!(exact("spot:BTCUSDT"), Some((Kind::Spot, "BTCUSDT".to_owned())));
        assert_eq!(exact("spot:KRW-BTC"), Some((Kind::Spot, "KRW-BTC".to_owned())));
        for listed in ["BTCUSDT", "BTC/USDT", "spot:BTC/USDT", "spot:BTC*", "BTC/USD-PERP:USDC"] {
            assert_eq!(exact(listed), None, "{listed}");
        }
        for wrong in ["", "spot:", "sport:BTCUSDT", ":BTC", "BTC USDT", "spot:\n"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
        for text in ["*/KRW", "linear:BTC/*", "BTC/USD-PERP:USDC"] {
            assert_eq!(parse(text).unwrap().text(), text);
        }
    }

    #[test]
    fn a_star_stays_between_marks() {
        let cases = [
            ("*/KRW", "BTC/KRW", true),
            ("*/KRW", "BTC/KRW-PERP", false),
            ("*/KRW", "BTC/USDT", false),
            ("BTC/*", "BTC/USDT", true),
            ("BTC/*", "BTC/USDT-PERP", false),
            ("BTC/*-*", "BTC/USDT-PERP", true),
            ("BTC/*-*", "BTC/USD-20240927-60000-C", false),
            ("BTC/*-*-*-C", "BTC/USD-20240927-60000-C", true),
            ("*", "BTCUSDT", true),
            ("*", "", true),
            ("*USD?", "BTCUSDT", true),
            ("*USD?", "BTCUSD", false),
            ("KRW-*", "KRW-BTC", true),
            ("?", "-", false),
            ("**A*", "BAB", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_name_is_canonical_or_the_venues() {
        let means = |text: &str| {
            let selection = Selection::parse(text, "").unwrap();
            selection.matches(Kind::Linear, "BTCUSDT", Some("BTC/USDT-PERP"))
        };
        for text in ["BTCUSDT", "linear:BTCUSDT", "BTC/USDT-PERP", "linear:*/USDT-PERP", "BTC*"] {
            assert!(means(text), "{text}");
        }
        for text in ["BTC/USDT", "spot:BTCUSDT", "btcusdt", "inverse:*/*-PERP", "BTC"] {
            assert!(!means(text), "{text}");
        }
    }
}
