//! The keys of `patchbay.toml`: the one table to add to.

use std::ops::RangeInclusive;

use patchbay_journal::SEGMENT_BYTES_MAX;
use patchbay_loader::Kind;

use super::form::Form;
use super::schema::{Key, Of, Schema, Type};
use super::value::{Scalar, Setting, SettingValue, Settings};
use crate::live::DATAGRAM_MAX;

/// A core of the machine.
const CORE: Of = Of::Scalar(Scalar::Int);

/// Every key, with its default, its bounds and what it does.
const KNOWN: &[Known] = &[
    path("plugins.folder", "plugins", "Folder of plugin files, one .so each."),
    one_of(
        "plugins.trust",
        &["folder", "listed"],
        "Whether every file of the folder may be loaded, or only those in plugins.list. Owner and \
         mode of a file are checked either way.",
    ),
    bool(
        "plugins.watch",
        true,
        "Whether adapters come, change and go with their files while it runs.",
    ),
    path("plugins.list", "plugins.toml", "Names and SHA-256 of the files that may be loaded."),
    path("state.folder", "state", "Folder of the registry, of journals and of saved faults."),
    int("history.messages", 10_000, 1..=1_000_000, "Messages remembered of each instrument."),
    int("history.arena_mib", 32, 1..=16_384, "MiB of memory that they share."),
    int(
        "books.crossed_ms",
        1000,
        0..=3_600_000,
        "How long a live book may be crossed or locked, ms; 0 for as long as it likes.",
    ),
    int(
        "books.audit_s",
        10,
        0..=86_400,
        "Seconds between two books of an adapter that are compared with the venue's; 0 for none.",
    ),
    int(
        "books.audit_percent",
        25,
        1..=100,
        "Share of a venue's limit up to which such comparisons are asked for.",
    ),
    bool("quality.enabled", true, "Whether the quality of data is watched."),
    int(
        "quality.order_ms",
        1,
        0..=60_000,
        "How far times of a stream go back that is a fault, ms.",
    ),
    int("quality.late_ms", 500, 0..=60_000, "Least delay beyond the fastest that is late, ms."),
    int("quality.offset_ms", 500, 0..=3_600_000, "Least offset of a clock that is a fault, ms."),
    int("quality.step_ms", 100, 0..=3_600_000, "Least step of a clock that is a fault, ms."),
    int("quality.drift_ppm", 200, 0..=100_000, "Least drift of a clock that is a fault."),
    int(
        "quality.price_bps",
        100,
        0..=10_000,
        "Least distance of a price from recent ones that is a fault, hundredths of a percent.",
    ),
    int(
        "quality.volume_times",
        20,
        0..=1_000_000,
        "Least multiple of the usual volume of a second that is a spike.",
    ),
    int("quality.silence_s", 5, 0..=86_400, "Least silence of a stream that is a fault, s."),
    bool(
        "quality.books",
        true,
        "Whether crossed and locked books and losses of books and trades are incidents.",
    ),
    int("quality.quiet_s", 5, 1..=3600, "Seconds without a finding after which one is over."),
    int(
        "journal.segment_mib",
        64,
        1..=(SEGMENT_BYTES_MAX >> 20) as i64,
        "MiB of one file of a journal.",
    ),
    bool("journal.enabled", true, "Whether a run is journalled."),
    int("journal.max_gib", 16, 1..=65_536, "GiB at which the journal of a run ends."),
    int("journal.keep", 4, 0..=10_000, "Journals of earlier runs that are kept."),
    int("host.number", 1, 1..=255, "Number of this host, another for each host of a network."),
    one_of(
        "host.wait",
        &["block", "spin"],
        "What the engine thread does when it has nothing to do.",
    ),
    list("host.cores.engine", CORE, 1024, "Cores that the engine thread may run on."),
    list("host.cores.io", CORE, 1024, "Cores of the I/O threads, dealt out one a thread."),
    list("host.cores.multicast", CORE, 1024, "Cores that the multicast thread may run on."),
    bool("multicast.enabled", true, "Whether anything is sent."),
    form("multicast.interface", Form::Interface, "127.0.0.1", "Interface to send by."),
    int("multicast.ttl", 1, 0..=255, "Routers that a datagram may pass, plus one."),
    form("multicast.crypto", Form::Group, "239.255.42.1:9001", "Group of channel 1."),
    form("multicast.stocks", Form::Group, "239.255.42.2:9002", "Group of channel 2."),
    int(
        "multicast.datagram_bytes",
        DATAGRAM_MAX as i64,
        512..=DATAGRAM_MAX as i64,
        "Most bytes of a datagram.",
    ),
    int("multicast.snapshot_cycle_s", 30, 1..=3600, "Seconds in which each book is sent whole."),
    int("multicast.snapshot_burst", 1, 1..=64, "Most datagrams of snapshots between two updates."),
    int("multicast.heartbeat_ms", 100, 10..=60_000, "Longest silence of a channel, ms."),
    int("multicast.repeat_s", 5, 1..=3600, "Seconds in which each definition is sent again."),
    int("multicast.monitor_ms", 1000, 100..=3_600_000, "Time between monitoring lines, ms."),
    bool("multicast.derived_quotes", true, "Whether changes of a book's best levels are quotes."),
    form("control.socket", Form::PathOrNone, "", "Control socket."),
    path("log.folder", "logs", "Folder of the log files that `--production` writes."),
    one_of("log.level", &["info", "debug", "warn", "error"], "What is too unimportant to log."),
    int("log.file_mib", 16, 1..=1024, "MiB of a log file."),
    int("log.files", 8, 2..=1000, "Log files that are kept."),
    one_of("secrets.from", &["folder", "credentials"], "Where keys come from."),
    path("secrets.folder", "secrets", "Folder of the keys, NAME.toml each."),
    list("network.extra_ca", Of::Form(Form::Path), 64, "Issuers of certificates to believe too."),
    list("network.addresses", Of::Form(Form::Override), 1024, "Addresses in place of names' own."),
    tables("adapters", "An instance of an adapter in each table."),
    tables("strategies", "An instance of a strategy in each table."),
];

/// A key of the host.
struct Known {
    key: &'static str,
    allowed: Allowed,
    doc: &'static str,
}

enum Allowed {
    /// Its default.
    Path(&'static str),
    /// The first is the default.
    OneOf(&'static [&'static str]),
    /// Its form and default.
    Form(Form, &'static str),
    /// Its default and bounds.
    Int(i64, RangeInclusive<i64>),
    /// Its default.
    Bool(bool),
    /// Its elements, none by default, and the most of them.
    List(Of, usize),
    /// Tables that are checked apart.
    Tables,
}

const fn path(key: &'static str, default: &'static str, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Path(default), doc }
}

const fn one_of(key: &'static str, values: &'static [&'static str], doc: &'static str) -> Known {
    Known { key, allowed: Allowed::OneOf(values), doc }
}

const fn int(
    key: &'static str,
    default: i64,
    bounds: RangeInclusive<i64>,
    doc: &'static str,
) -> Known {
    Known { key, allowed: Allowed::Int(default, bounds), doc }
}

const fn form(key: &'static str, form: Form, default: &'static str, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Form(form, default), doc }
}

const fn bool(key: &'static str, default: bool, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Bool(default), doc }
}

const fn list(key: &'static str, of: Of, max: usize, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::List(of, max), doc }
}

const fn tables(key: &'static str, doc: &'static str) -> Known {
    Known { key, allowed: Allowed::Tables, doc }
}

impl Known {
    fn key(&self) -> Key {
        let text = |text: &&str| SettingValue::Text((*text).to_owned());
        let (ty, one_of) = match &self.allowed {
            Allowed::Path(_) => (Type::Form(Form::Path), Vec::new()),
            Allowed::OneOf(values) => (Type::Text, values.iter().map(text).collect()),
            Allowed::Int(_, bounds) => {
                (Type::Int { min: *bounds.start(), max: *bounds.end() }, Vec::new())
            }
            Allowed::Form(form, _) => (Type::Form(*form), Vec::new()),
            Allowed::Bool(_) => (Type::Bool, Vec::new()),
            Allowed::List(of, max) => (Type::List { of: *of, min: 0, max: *max }, Vec::new()),
            Allowed::Tables => (Type::Table, Vec::new()),
        };
        Key { doc: self.doc.to_owned(), ty, one_of }
    }

    fn default(&self) -> Option<Setting> {
        let text = |text: &str| SettingValue::Text(text.to_owned());
        let value = match &self.allowed {
            Allowed::Path(default) | Allowed::Form(_, default) => text(default),
            Allowed::OneOf(values) => text(values.first()?),
            Allowed::Int(default, _) => SettingValue::Int(*default),
            Allowed::Bool(default) => SettingValue::Bool(*default),
            Allowed::List(..) => return Some(Setting::List(Vec::new())),
            Allowed::Tables => return None,
        };
        Some(Setting::One(value))
    }
}

/// The keys of `patchbay.toml`, those within the table of an instance left out.
pub fn host_schema() -> Schema {
    let keys = KNOWN.iter().map(|known| (known.key.to_owned(), known.key()));
    Schema { keys: keys.collect() }
}

/// Key of the streams wanted of an adapter.
pub(super) const STREAMS: &str = "streams";
/// Key of the names of the keys that an adapter may use.
pub(super) const KEYS: &str = "keys";
/// Key of how many symbols share a connection; that of an adapter, too.
pub(super) const PER_CONNECTION: &str = "symbols_per_connection";

/// The keys within the table of an instance. `own` is its table for the plugin; `per_connection` the
/// plugin's own key for the symbols of a connection, whose bounds are the venue's: `Some(None)` if it
/// has none, `None` if the plugin is not known.
pub(super) fn instance_schema(
    kind: Kind,
    own: &str,
    per_connection: Option<Option<&Key>>,
) -> Schema {
    let key = |ty, doc: &str| Key { doc: doc.to_owned(), ty, one_of: Vec::new() };
    let list = |form, max| Type::List { of: Of::Form(form), min: 0, max };
    let mut keys = vec![
        ("plugin", key(Type::Form(Form::Name), "Name of the plugin; the instance's if left out.")),
        (own, key(Type::Table, "Settings of the plugin.")),
    ];
    if kind == Kind::Adapter {
        let names = "Keys that it may use; the first is meant where it names none.";
        keys.push((STREAMS, streams()));
        keys.push((KEYS, key(list(Form::KeyName, 16), names)));
        let any = key(Type::Int { min: 1, max: 10_000 }, "Symbols that share a connection.");
        let per_connection = per_connection.map_or(Some(&any), |known| known);
        keys.extend(per_connection.map(|key| (PER_CONNECTION, key.clone())));
    }
    Schema { keys: keys.into_iter().map(|(name, key)| (name.to_owned(), key)).collect() }
}

/// The streams wanted of an adapter, which its own table may say, too.
pub(super) fn streams() -> Key {
    let ty = Type::List { of: Of::Form(Form::Stream), min: 0, max: 10_000 };
    let doc = "Instruments whose data is wanted: \"spot:BTCUSDT\", \"BTC/USDT\", \"*/KRW\".";
    Key { doc: doc.to_owned(), ty, one_of: Vec::new() }
}

/// What the host does where `patchbay.toml` says nothing, by key.
pub(super) fn host_defaults() -> Settings {
    let defaults = KNOWN.iter().filter_map(|known| Some((known.key.to_owned(), known.default()?)));
    Settings(defaults.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_within_its_bounds() {
        for known in KNOWN {
            match &known.allowed {
                Allowed::Int(default, bounds) => assert!(bounds.contains(default), "{}", known.key),
                Allowed::Form(form, default) => assert!(form.fits(default), "{}", known.key),
                _ => {}
            }
        }
    }

    #[test]
    fn no_key_stands_twice_and_each_is_explained() {
        assert_eq!(host_schema().keys.len(), KNOWN.len());
        for (name, key) in host_schema().keys() {
            assert!(key.doc.ends_with('.'), "{name}");
        }
    }
}
