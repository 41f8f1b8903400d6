//! Promise C-1, the part that is read once at the start: whatever is done to a configuration, it
//! either means what it meant, or it is refused with the file, the line, what was found and what was
//! expected. Everything that is wrong is said at once, in less than a second.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use patchbay_loader::{Kind, Trust};
use patchbay_plugin::Value;
use patchbay_runtime::config::{
    Config, HostConfig, Instance, PluginTables, Schema, SettingValue, Unfound, Waiting, Wanted,
    host_schema,
};
use patchbay_runtime::names::Selection;

/// The shipped file but for its streams, which are the only key in it that is not a default.
fn shipped_text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let (before, after) = WITH_STREAMS.split_once("\nstreams = [").unwrap();
        format!("{before}{}", after.split_once(']').unwrap().1)
    });
    &TEXT
}

const WITH_STREAMS: &str = include_str!("../../../config/patchbay.toml");

const SCHEMA: &str = r#"
[keys."rest.spot"]
type = "string"
doc = "Base URL of the REST interface."

[keys."rest.timeout_s"]
type = "float"
doc = "How long an answer may take."
min = 0.1
max = 60

[keys."depth.interval_ms"]
type = "integer"
doc = "Interval of depth updates."
one_of = [100, 1000]

[keys.symbols_per_connection]
type = "integer"
doc = "Symbols on one websocket."
min = 1
max = 1024

[keys.trades]
type = "bool"
doc = "Whether trades are wanted."

[keys.products]
type = "list"
doc = "What to trade."
min = 1
max = 3
one_of = ["spot", "usdm", "coinm"]

[keys.ports]
type = "list"
doc = "Ports to try."
"#;

const DEFAULTS: &str = r#"
symbols_per_connection = 5
trades = true
products = ["spot", "usdm", "coinm"]
ports = [9443, 443]
rest = { spot = "https://api.binance.com", timeout_s = 5 }
depth.interval_ms = 100
"#;

/// A folder with a configuration in it, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(patchbay: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("patchbay-config-{}-{number}", std::process::id());
        let folder = Self(std::env::temp_dir().join(name));
        folder.write("patchbay.toml", patchbay)
    }

    fn write(self, file: &str, text: &str) -> Self {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn path(&self) -> PathBuf {
        self.0.join("patchbay.toml")
    }

    /// Loads it; problems without the folder's own path.
    fn load(&self) -> Result<Config, String> {
        let config = Config::load(&self.path(), &mut |wanted| tables(wanted));
        config.map_err(|error| error.to_string().replace(&format!("{}/", self.0.display()), ""))
    }

    fn refusal(&self) -> String {
        self.load().expect_err("it should be refused")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn tables(wanted: &Wanted<'_>) -> Result<PluginTables, Unfound> {
    match (wanted.name, wanted.kind) {
        ("binance", Kind::Adapter) | ("recorder", Kind::Strategy) => {
            Ok(PluginTables { defaults: DEFAULTS.into(), schema: SCHEMA.into() })
        }
        ("later", _) => Err(Unfound::Missing("there is none".to_owned())),
        _ => {
            let folder = wanted.plugins.folder.display();
            Err(Unfound::Refused(format!("there is none in {folder}")))
        }
    }
}

/// Loads `patchbay.toml` with `text` and compares the problems.
fn check(text: &str, expected: &str) {
    assert_eq!(Folder::new(text).refusal(), expected, "{text}");
}

/// The only problem of a venue's file with `text`.
fn check_venue(text: &str, expected: &str) {
    let folder = Folder::new("[adapters.binance]").write("venues/binance.toml", text);
    assert_eq!(folder.refusal(), format!("venues/binance.toml:{expected}"), "{text}");
}

/// Everything that a configuration means, paths from its own folder.
fn meaning(folder: &Folder, config: &Config) -> String {
    format!("{config:#?}").replace(&folder.0.display().to_string(), "")
}

#[test]
fn the_shipped_file_loads_and_shows_every_default() {
    let shipped = Folder::new(shipped_text());
    let empty = Folder::new("[adapters.binance]");
    let (shipped_config, empty_config) = (shipped.load().unwrap(), empty.load().unwrap());
    assert_eq!(meaning(&shipped, &shipped_config), meaning(&empty, &empty_config));

    let HostConfig { plugins, state_folder, history, books, quality, journal, .. } =
        shipped_config.host;
    assert_eq!(plugins.folder, shipped.0.join("plugins"));
    assert!(matches!(plugins.trust, Trust::Folder));
    assert_eq!(state_folder, shipped.0.join("state"));
    assert_eq!((history.messages, history.arena_bytes), (10_000, 32 << 20));
    assert_eq!((books.crossed_ns, books.audit_ns), (1_000_000_000, 10_000_000_000));
    assert_eq!(books.audit_percent, 25);
    assert_eq!(quality, patchbay_quality::QualityConfig::USUAL);
    assert_eq!(journal.segment_bytes, 64 << 20);
}

#[test]
fn the_shipped_file_wants_streams_and_a_wrong_one_is_refused() {
    let config = Folder::new(WITH_STREAMS).load().unwrap();
    let streams = &config.instances[0].streams;
    assert_eq!(streams.len(), 8);
    assert_eq!(streams[3].exact(), Some((patchbay_model::Kind::Linear, "BTCUSDT")));
    let wrong = WITH_STREAMS.replace("spot:ETHUSDT", "sport:ETHUSDT");
    let refusal = Folder::new(&wrong).refusal();
    for part in ["`adapters.binance.streams.1`", "sport:ETHUSDT", "KIND:SYMBOL"] {
        assert!(refusal.contains(part), "{refusal}");
    }
}

#[test]
fn the_shipped_file_loads_with_the_tables_of_its_adapter() {
    let tables = PluginTables {
        defaults: include_str!("../../../adapters/binance/venue.toml").into(),
        schema: include_str!("../../../adapters/binance/schema.toml").into(),
    };
    let folder = Folder::new(shipped_text());
    let config = Config::load(&folder.path(), &mut |_| Ok(tables.clone()));
    let instances = config.map(|config| config.instances).unwrap();
    assert!(instances[0].settings.len() > 20, "{instances:?}");
}

#[test]
fn the_shipped_file_loads_from_where_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/patchbay.toml");
    let host = HostConfig::load(&path).unwrap();
    assert_eq!(host.plugins.folder, path.parent().unwrap().join("plugins"));
}

#[test]
fn the_shipped_file_shows_every_key_of_the_host() {
    for (key, _) in host_schema().keys().filter(|(key, _)| key.contains('.')) {
        let shown = assignments(shipped_text()).into_iter().any(|line| line.dotted() == key);
        assert!(shown, "{key}");
    }
}

/// One `key = value` of a file.
#[derive(Clone)]
struct Assignment {
    line: usize,
    table: String,
    key: String,
    value: String,
}

impl Assignment {
    fn dotted(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// The file with this line replaced by others.
    fn replaced(&self, text: &str, by: &str) -> String {
        let lines = text.lines().enumerate();
        let lines: Vec<&str> =
            lines.map(|(i, line)| if i + 1 == self.line { by } else { line }).collect();
        lines.join("\n")
    }
}

fn assignments(text: &str) -> Vec<Assignment> {
    let mut table = String::new();
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_end_matches(']').to_owned();
        } else if let Some((key, value)) = line.split_once(" = ") {
            let (key, value) = (key.to_owned(), value.to_owned());
            found.push(Assignment { line: i + 1, table: table.clone(), key, value });
        }
    }
    found
}

/// Every way to misspell a key by one character.
fn misspelt(key: &str) -> Vec<String> {
    let mut all = vec![key.to_uppercase(), format!("{key}s"), format!("{key}.x")];
    for i in 0..key.len() {
        let (before, after) = key.split_at(i);
        all.push(format!("{before}{}", &after[1..]));
        all.push(format!("{before}x{}", &after[1..]));
        all.push(format!("{before}x{after}"));
        all.push(format!("{before}{}{after}", &after[..1]));
        if after.len() > 1 && after[..1] != after[1..2] {
            all.push(format!("{before}{}{}{}", &after[1..2], &after[..1], &after[2..]));
        }
    }
    all.retain(|other| !other.is_empty() && other != key);
    all
}

#[test]
fn a_line_taken_out_of_the_shipped_file_changes_nothing() {
    let shipped = Folder::new(shipped_text());
    let before = meaning(&shipped, &shipped.load().unwrap());
    for line in assignments(shipped_text()) {
        let folder = Folder::new(&line.replaced(shipped_text(), ""));
        let after = meaning(&folder, &folder.load().unwrap());
        assert_eq!(after, before, "without {}", line.dotted());
    }
}

#[test]
fn a_misspelt_key_is_refused_with_the_one_that_was_meant() {
    let mut mutants = 0;
    for line in assignments(shipped_text()) {
        for key in misspelt(&line.key) {
            let mutant = line.replaced(shipped_text(), &format!("{key} = {}", line.value));
            let refusal = Folder::new(&mutant).refusal();
            let place = format!("patchbay.toml:{}:", line.line);
            assert!(refusal.starts_with(&place), "{key}: {refusal}");
            assert!(refusal.contains(&format!("`{}`", line.dotted())), "{key}: {refusal}");
            assert_eq!(refusal.lines().count(), 1, "{key}: {refusal}");
            mutants += 1;
        }
    }
    assert!(mutants > 200, "{mutants} mutants");
}

#[test]
fn a_misspelt_table_is_refused_with_the_one_that_was_meant() {
    let headers = shipped_text().lines().filter_map(|line| line.strip_prefix('['));
    let tables = headers.map(|header| header.trim_end_matches(']'));
    for table in tables.filter(|table| !table.contains('.')) {
        for other in misspelt(table).into_iter().filter(|other| !other.contains('.')) {
            let mutant = shipped_text().replace(&format!("[{table}]"), &format!("[{other}]"));
            let refusal = Folder::new(&mutant).refusal();
            let expected = format!("unknown key `{other}`; did you mean `{table}`?");
            assert!(refusal.ends_with(&expected), "{other}: {refusal}");
            assert_eq!(refusal.lines().count(), 1, "{other}: {refusal}");
        }
    }
}

#[test]
fn a_value_of_another_type_is_refused_with_both() {
    let others = [
        ("true", "true"),
        ("1.5", "the float 1.5"),
        ("[]", "an empty list"),
        ("[1]", "a list"),
        ("{}", "a table"),
        ("2026-01-02", "the date 2026-01-02"),
        ("9223372036854775808", "9223372036854775808, which 64 bits do not hold"),
        ("nan", "the float nan"),
    ];
    for line in assignments(shipped_text()) {
        let (bool, list) = (["true", "false"].contains(&&*line.value), line.value.starts_with('['));
        let wrong = match line.value.starts_with('"') {
            true => ("3", "the integer 3"),
            false => ("\"3\"", "the string \"3\""),
        };
        let others = others.into_iter().filter(|(other, _)| match *other {
            "true" => !bool,
            "[]" | "[1]" => !list,
            _ => true,
        });
        for (value, found) in others.chain([wrong]) {
            let mutant = line.replaced(shipped_text(), &format!("{} = {value}", line.key));
            let refusal = Folder::new(&mutant).refusal();
            let column = line.key.len() + 4;
            let place = format!("patchbay.toml:{}:{column}: `{}`", line.line, line.dotted());
            assert!(refusal.starts_with(&format!("{place}: expected ")), "{refusal}");
            assert!(refusal.contains(&format!(", found {found}")), "{refusal}");
            assert_eq!(refusal.lines().count(), 1, "{refusal}");
        }
    }
}

#[test]
fn a_value_out_of_range_is_refused_with_the_range() {
    let cases = [
        (
            "[history]\nmessages = 0",
            "2:12: `history.messages`: expected an integer from 1 to 1000000, found the integer 0",
        ),
        (
            "[history]\nmessages = -1",
            "2:12: `history.messages`: expected an integer from 1 to 1000000, found the integer -1",
        ),
        (
            "[history]\narena_mib = 16385",
            "2:13: `history.arena_mib`: expected an integer from 1 to 16384, found the integer 16385",
        ),
        (
            "[books]\naudit_percent = 0",
            "2:17: `books.audit_percent`: expected an integer from 1 to 100, found the integer 0",
        ),
        (
            "[books]\ncrossed_ms = -1",
            "2:14: `books.crossed_ms`: expected an integer from 0 to 3600000, found the integer -1",
        ),
        (
            "[journal]\nsegment_mib = 1025",
            "2:15: `journal.segment_mib`: expected an integer from 1 to 1024, found the integer 1025",
        ),
        (
            "[plugins]\ntrust = \"Folder\"",
            "2:9: `plugins.trust`: expected one of \"folder\", \"listed\", found the string \"Folder\"",
        ),
        (
            "[plugins]\nfolder = \"\"",
            "2:10: `plugins.folder`: expected a path, found the string \"\"",
        ),
        (
            "[adapters.binance]\nplugin = \"Binance\"",
            "2:10: `adapters.binance.plugin`: expected a name of a-z, 0-9 and -, at most 32 long, found the string \"Binance\"",
        ),
    ];
    for (text, expected) in cases {
        check(text, &format!("patchbay.toml:{expected}"));
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_with_both_lines() {
    for line in assignments(shipped_text()) {
        let again = format!("{} = {}", line.key, line.value);
        let mutant = line.replaced(shipped_text(), &format!("{again}\n{again}"));
        let (first, second) = (line.line, line.line + 1);
        let expected = format!(
            "patchbay.toml:{second}:1: `{}`: expected the key once in its table, found another \
             (the first is on line {first})",
            line.dotted(),
        );
        check(&mutant, &expected);
    }
    check(
        "[history]\nmessages = 1\n[history]\nmessages = 1",
        "patchbay.toml:3:2: `history`: expected the key once in its table, found another\n\
         patchbay.toml:4:1: `history.messages`: expected the key once in its table, found another \
         (the first is on line 2)",
    );
}

#[test]
fn a_text_that_is_not_toml_is_refused_at_its_line() {
    let cases = [
        ("[plugins\nfolder = \"x\"", "1:9: expected `]`, found unclosed table"),
        (
            "[plugins]\nfolder = \"x\nlist = \"y\"",
            "2:12: expected `\"`, found invalid basic string",
        ),
        (
            "[plugins]\nfolder = x",
            "2:10: expected literal string, found \"x\" (string values must be quoted)",
        ),
        ("[plugins]\nfolder \"x\"", "2:8: expected `=`, found key with no value"),
        ("[plugins]\nfolder =", "2:9: expected literal string, found string values must be quoted"),
        ("[history]\nmessages = 01", "2:12: expected TOML, found \"0\" (unexpected leading zero)"),
    ];
    for (text, expected) in cases {
        check(text, &format!("patchbay.toml:{expected}"));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = Folder::new("");
    let refusal = |name: &str| HostConfig::load(&folder.0.join(name)).unwrap_err().to_string();
    assert!(refusal("none.toml").contains("none.toml: expected a file that can be read, found \""));
    fs::write(folder.0.join("latin.toml"), b"[plugins]\nlist = \"\xe9\"").unwrap();
    assert!(refusal("latin.toml").contains("latin.toml:2:9: expected UTF-8"));
    fs::write(folder.0.join("long.toml"), "#".repeat(300 << 10)).unwrap();
    assert!(refusal("long.toml").contains("long.toml: expected a file of at most 256 KiB"));
}

#[test]
fn settings_come_from_defaults_then_the_venue_then_the_instance() {
    let text = "[adapters.one]\nplugin = \"binance\"\n[adapters.one.venue]\nproducts = [\"usdm\"]\n\
                rest.timeout_s = 2\n[adapters.two]\nplugin = \"binance\"\n[strategies.recorder]\n";
    let venue = "[rest]\nspot = \"https://api1.binance.com\"\ntimeout_s = 3.5\n";
    let folder = Folder::new(text).write("venues/binance.toml", venue).write("venues/x.toml", "?");
    let config = folder.load().unwrap();
    let names: Vec<_> = config.instances.iter().map(|one| (one.name.as_str(), one.kind)).collect();
    let expected = [("one", Kind::Adapter), ("two", Kind::Adapter), ("recorder", Kind::Strategy)];
    assert_eq!(names, expected);
    assert_eq!(config.unused_venues, [folder.0.join("venues/x.toml")]);
    assert_eq!(
        config.instances[0].lend(),
        [
            ("depth.interval_ms", Value::Int(100)),
            ("ports.0", Value::Int(9443)),
            ("ports.1", Value::Int(443)),
            ("products.0", Value::Text("usdm")),
            ("rest.spot", Value::Text("https://api1.binance.com")),
            ("rest.timeout_s", Value::Float(2.0)),
            ("symbols_per_connection", Value::Int(5)),
            ("trades", Value::Bool(true)),
        ],
    );
    let value = |instance: usize, key: &str| {
        let settings = &config.instances[instance].settings;
        settings.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    };
    assert_eq!(value(1, "rest.timeout_s"), Some(SettingValue::Float(3.5)));
    assert_eq!(value(1, "products.2"), Some(SettingValue::Text("coinm".into())));
    assert_eq!(value(2, "rest.timeout_s"), Some(SettingValue::Float(5.0)), "no venue of its own");
}

#[test]
fn a_venues_file_is_held_to_the_plugins_schema() {
    let cases = [
        ("[rest]\nspto = \"x\"", "2:1: unknown key `rest.spto`; did you mean `rest.spot`?"),
        ("resst.spot = \"x\"", "1:1: unknown key `resst`; did you mean `rest`?"),
        ("\"rest.spot\" = \"x\"", "1:1: unknown key `\"rest.spot\"`; did you mean `rest.spot`?"),
        ("rest = 3", "1:8: `rest`: expected a table, found the integer 3"),
        ("rest.spot = 3", "1:13: `rest.spot`: expected a string, found the integer 3"),
        (
            "rest.timeout_s = 0",
            "1:18: `rest.timeout_s`: expected a float from 0.1 to 60.0, found the integer 0",
        ),
        (
            "rest.timeout_s = 1e3",
            "1:18: `rest.timeout_s`: expected a float from 0.1 to 60.0, found the float 1e3",
        ),
        (
            "depth.interval_ms = 500",
            "1:21: `depth.interval_ms`: expected one of 100, 1000, found the integer 500",
        ),
        (
            "symbols_per_connection = 5.0",
            "1:26: `symbols_per_connection`: expected an integer from 1 to 1024, found the float 5.0",
        ),
        ("trades = \"yes\"", "1:10: `trades`: expected true or false, found the string \"yes\""),
        (
            "products = \"spot\"",
            "1:12: `products`: expected a list of 1 to 3 strings out of \"spot\", \"usdm\", \"coinm\", found the string \"spot\"",
        ),
        (
            "products = []",
            "1:12: `products`: expected a list of 1 to 3 strings out of \"spot\", \"usdm\", \"coinm\", found 0 of them",
        ),
        (
            "products = [\"spot\",\n  \"usd\"]",
            "2:3: `products.1`: expected one of \"spot\", \"usdm\", \"coinm\", found the string \"usd\"",
        ),
        ("ports = [1, \"2\"]", "1:13: `ports.1`: expected an integer, found the string \"2\""),
        ("ports = [\"9443\"]", "1:10: `ports.0`: expected an integer, found the string \"9443\""),
        (
            "trades = 2026-01-02",
            "1:10: `trades`: expected true or false, found the date 2026-01-02, which no setting can be (as text it needs quotes)",
        ),
    ];
    for (text, expected) in cases {
        check_venue(text, expected);
    }
}

#[test]
fn an_instances_table_is_held_to_the_plugins_schema() {
    check(
        "[adapters.binance.venue]\nrest.spto = \"x\"\nrest.timeout_s = 61",
        "patchbay.toml:2:6: unknown key `adapters.binance.venue.rest.spto`; did you mean \
         `adapters.binance.venue.rest.spot`?\n\
         patchbay.toml:3:18: `adapters.binance.venue.rest.timeout_s`: expected a float from 0.1 to \
         60.0, found the integer 61",
    );
    check(
        "[strategies.recorder.setting]",
        "patchbay.toml:1:22: unknown key `strategies.recorder.setting`; did you mean \
         `strategies.recorder.settings`?",
    );
}

#[test]
fn a_plugin_that_is_not_there_is_named_with_the_reason() {
    check(
        "[adapters.x]\nplugin = \"recorder\"\n[strategies.y]",
        "patchbay.toml:2:10: `adapters.x.plugin`: expected a plugin that is an adapter, found \
         `recorder`: there is none in plugins\n\
         patchbay.toml:3:13: `strategies.y.plugin`: expected a plugin that is a strategy, found \
         `y`: there is none in plugins",
    );
    check(
        "[adapters.\"a b\"]\nplugin = \"binance\"",
        "patchbay.toml:1:11: `adapters.\"a b\"`: expected a name of a-z, 0-9 and -, at most 32 \
         long, found \"a b\"",
    );
}

#[test]
fn an_adapter_waits_for_its_file_unless_nobody_looks_for_it() {
    let instances = "[adapters.later]\n[adapters.too]\nplugin = \"later\"\n";
    let config = Folder::new(instances).load().unwrap();
    assert_eq!(config.instances, []);
    let waiting = |name: &str| {
        let (plugin, why) = ("later".to_owned(), "there is none".to_owned());
        Waiting { name: name.to_owned(), plugin, why }
    };
    assert_eq!(config.waiting, ["later", "too"].map(waiting));
    check(
        &format!("plugins.watch = false\n{instances}"),
        "patchbay.toml:2:11: `adapters.later.plugin`: expected a plugin that is an adapter, found \
         `later`: there is none",
    );
    check(
        "[strategies.later]",
        "patchbay.toml:1:13: `strategies.later.plugin`: expected a plugin that is a strategy, \
         found `later`: there is none",
    );
}

#[test]
fn streams_are_the_instances_or_those_of_its_venue() {
    let wants = |text: &str| {
        let venue = "streams = [\n\"spot:A\"]\n";
        let folder = Folder::new(text).write("venues/binance.toml", venue);
        let config = folder.load().unwrap();
        let [instance] = &config.instances[..] else { panic!("{config:?}") };
        assert!(instance.settings.iter().all(|(key, _)| !key.starts_with("streams")));
        let place = |origin: &str| origin.replace(&format!("{}/", folder.0.display()), "");
        let streams = instance.streams.iter();
        streams.map(|it| (it.text(), place(&it.origin))).collect::<Vec<_>>()
    };
    let one = |text: &str, origin: &str| vec![(text.to_owned(), origin.to_owned())];
    let usual = one("spot:A", "venues/binance.toml:2:1");
    assert_eq!(wants("[adapters.binance]"), usual);
    let pattern = "[adapters.binance]\nstreams = [\"linear:*/USDT-PERP\"]";
    assert_eq!(wants(pattern), one("linear:*/USDT-PERP", "patchbay.toml:2:12"));
    assert_eq!(wants("[adapters.binance]\nstreams = []"), []);
    check_venue(
        "streams = [\"kind:B\"]",
        "1:12: `streams.0`: expected KIND:SYMBOL, KIND being spot, linear, inverse, option or \
         equity, or a name or pattern such as BTC/USDT or */KRW, found the string \"kind:B\"",
    );
}

#[test]
fn a_plugin_that_no_table_names_is_run_by_its_own() {
    let own = "[adapters.x]\nplugin = \"binance\"\n[adapters.later]\n[strategies.nothing]\n";
    let load = |folder: &Folder| {
        let names = Config::load_plugin(
            &folder.path(),
            "binance",
            &mut |wanted| tables(wanted),
            &mut |_| Ok(()),
        );
        let wants = |it: Instance| (it.name, it.streams.iter().map(Selection::text).collect());
        names.unwrap().instances.into_iter().map(wants).collect::<Vec<(_, Vec<_>)>>()
    };
    assert_eq!(load(&Folder::new(own)), [("x".to_owned(), vec![])]);
    let folder = Folder::new("").write("venues/binance.toml", "streams = [\"*/KRW\"]\n");
    assert_eq!(load(&folder), [("binance".to_owned(), vec!["*/KRW".to_owned()])]);
}

#[test]
fn a_key_without_a_default_is_required() {
    let folder = Folder::new("[adapters.binance.venue]\ntrades = true\n");
    let tables = PluginTables { defaults: "trades = false".into(), schema: SCHEMA.into() };
    let error = Config::load(&folder.path(), &mut |_| Ok(tables.clone())).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    let all = [
        "depth.interval_ms",
        "ports",
        "products",
        "rest.spot",
        "rest.timeout_s",
        "symbols_per_connection",
    ];
    assert_eq!(keys, all.map(|key| format!("adapters.binance.venue.{key}")));
    assert!(error.problems.iter().all(|problem| problem.line == 1 && problem.found == "nothing"));
}

#[test]
fn a_plugins_own_tables_are_checked_too() {
    let folder = Folder::new("[adapters.binance]");
    let refusal = |defaults: &str, schema: &str| {
        let tables = PluginTables { defaults: defaults.into(), schema: schema.into() };
        let config = Config::load(&folder.path(), &mut |_| Ok(tables.clone()));
        config.expect_err("it should be refused").to_string()
    };
    assert_eq!(
        refusal("trades = 1\nx = 2", "[keys.trades]\ntype = \"bool\"\ndoc = \"Trades.\""),
        "plugin binance, defaults:1:10: `trades`: expected true or false, found the integer 1\n\
         plugin binance, defaults:2:1: unknown key `x`; did you mean `trades`?",
    );
    assert_eq!(
        refusal("x = 2", ""),
        "plugin binance, defaults:1:1: unknown key `x`; did you mean `streams`?",
    );
    let strategy = Folder::new("[strategies.none]");
    let tables = PluginTables { defaults: "x = 2".into(), schema: String::new() };
    let refusal_of = Config::load(&strategy.path(), &mut |_| Ok(tables.clone()));
    assert_eq!(
        refusal_of.expect_err("it should be refused").to_string(),
        "plugin none, defaults:1:1: `x`: expected no key at all, found an unknown key",
    );
    assert_eq!(
        refusal("", "[keys.x]\ntype = \"bol\"\ndoc = \"X.\""),
        "plugin binance, schema:2:8: `keys.x.type`: expected one of \"string\", \"url\", \
         \"integer\", \"float\", \"bool\", \"list\", found the string \"bol\"",
    );
}

#[test]
fn a_schema_is_refused_for_everything_that_is_wrong_with_it() {
    let cases = [
        ("[keyz.a]", "1:2: unknown key `keyz`; did you mean `keys`?"),
        ("keys = 3", "1:8: `keys`: expected a table, found the integer 3"),
        ("[keys]\na = 3", "2:5: `keys.a`: expected a table, found the integer 3"),
        ("[keys.a]\ntype = \"bool\"", "1:7: `keys.a.doc`: expected a string, found nothing"),
        (
            "[keys.a]\ndoc = \"A.\"",
            "1:7: `keys.a.type`: expected one of \"string\", \"url\", \"integer\", \"float\", \"bool\", \"list\", found nothing",
        ),
        (
            "[keys.a]\ntype = \"int\"\ndoc = \"A.\"",
            "2:8: `keys.a.type`: expected one of \"string\", \"url\", \"integer\", \"float\", \"bool\", \"list\", found the string \"int\"",
        ),
        (
            "[keys.a]\ntype = \"bool\"\ndoc = \"A.\"\nmni = 3",
            "4:1: unknown key `keys.a.mni`; did you mean `keys.a.min`?",
        ),
        (
            "[keys.a]\ntype = \"string\"\ndoc = \"A.\"\nmin = 3",
            "4:7: `keys.a.min`: expected no bound, as it is a string, found 3",
        ),
        (
            "[keys.a]\ntype = \"integer\"\ndoc = \"A.\"\nmin = 3.5",
            "4:7: `keys.a.min`: expected an integer, found 3.5",
        ),
        (
            "[keys.a]\ntype = \"integer\"\ndoc = \"A.\"\nmin = 3\nmax = 2",
            "4:7: `keys.a.min`: expected a number not above `max`, found a greater one",
        ),
        (
            "[keys.a]\ntype = \"list\"\ndoc = \"A.\"\nmax = -1",
            "4:7: `keys.a.max`: expected a number of elements, found -1",
        ),
        (
            "[keys.a]\ntype = \"integer\"\ndoc = \"A.\"\none_of = [\"1\"]",
            "4:10: `keys.a.one_of`: expected values that each are an integer, found strings",
        ),
        (
            "[keys.a]\ntype = \"string\"\ndoc = \"A.\"\none_of = []",
            "4:10: `keys.a.one_of`: expected a list of at least 1 values of one kind, found 0 of them",
        ),
        (
            "[keys.\"a b\"]\ntype = \"bool\"\ndoc = \"A.\"",
            "1:7: `keys.\"a b\"`: expected a dotted key of A-Z, a-z, 0-9, - and _, found \"a b\"",
        ),
        (
            "[keys.a]\ntype = \"bool\"\ndoc = \"A.\"\n[keys.\"a.b\"]\ntype = \"bool\"\ndoc = \"B.\"",
            "1:7: `keys.a`: expected no key below this one, found `a.b`, which makes a table of it",
        ),
    ];
    for (text, expected) in cases {
        let refusal = Schema::parse("schema", text).expect_err(text).to_string();
        assert_eq!(refusal, format!("schema:{expected}"), "{text}");
    }
    let schema = Schema::parse("schema", SCHEMA).unwrap();
    let described: Vec<_> =
        schema.keys().map(|(name, key)| format!("{name}: {}", key.ty)).collect();
    assert_eq!(described[0], "depth.interval_ms: an integer");
    assert_eq!(described[2], "products: a list of 1 to 3 strings");
}

#[test]
fn all_problems_of_all_files_are_said_at_once() {
    let text = "[state]\nfoldr = \"x\"\n[history]\nmessages = 0\nmessages = 1\n[adapters.binance]\n\
                plug = 1\nvenue.trades = 1\n[strategies.recorder.settings]\nports = [true]\n";
    let folder = Folder::new(text).write("venues/binance.toml", "x = 1\ny = \n");
    assert_eq!(
        folder.refusal(),
        "patchbay.toml:2:1: unknown key `state.foldr`; did you mean `state.folder`?\n\
         patchbay.toml:4:12: `history.messages`: expected an integer from 1 to 1000000, found the \
         integer 0\n\
         patchbay.toml:5:1: `history.messages`: expected the key once in its table, found another \
         (the first is on line 4)\n\
         patchbay.toml:7:1: unknown key `adapters.binance.plug`; did you mean \
         `adapters.binance.plugin`?\n\
         patchbay.toml:8:16: `adapters.binance.venue.trades`: expected true or false, found the \
         integer 1\n\
         patchbay.toml:10:10: `strategies.recorder.settings.ports.0`: expected an integer, found \
         true\n\
         venues/binance.toml:1:1: unknown key `x`; did you mean `rest`?\n\
         venues/binance.toml:2:5: expected literal string, found string values must be quoted",
    );
}

#[test]
fn a_list_of_trusted_plugins_is_read_if_asked_for() {
    let hash = "0f".repeat(32);
    let list = format!("[[plugin]]\nfile = \"binance.so\"\nsha256 = \"{hash}\"\n");
    let folder = Folder::new("[plugins]\ntrust = \"listed\"").write("plugins.toml", &list);
    let Trust::Listed(hashes) = folder.load().unwrap().host.plugins.trust else {
        panic!("it should be listed");
    };
    assert_eq!(hashes.into_iter().collect::<Vec<_>>(), [("binance.so".to_owned(), [0x0f; 32])]);

    let folder = Folder::new("[plugins]").write("plugins.toml", "?");
    assert!(folder.load().is_ok(), "not asked for");
    let refusal = Folder::new("[plugins]\ntrust = \"listed\"").refusal();
    assert!(refusal.starts_with("plugins.toml: expected a file that can be read"), "{refusal}");
}

/// A finder may map what it finds: it must not be asked before it is certain which files are
/// trusted.
#[test]
fn no_plugin_is_looked_for_in_doubt() {
    let instance = "[adapters.binance]\n";
    for doubt in [
        "[plugins]\ntrust = \"listd\"",
        "[plugins]\ntrust = \"listed\"",
        "[plugins]\ntrsut = \"listed\"",
        "[plugin]\ntrust = \"listed\"",
        "[plugins]\ntrust = listed",
        "[plugins\ntrust = \"listed\"",
        "[history]\nmessages \"\"\n[plugins]\ntrust = \"listed\"",
        "[plugins]\nfolder = \"a\"\nfolder = \"b\"",
    ] {
        let folder = Folder::new(&format!("{instance}{doubt}\n"));
        let mut asked = false;
        let config = Config::load(&folder.path(), &mut |wanted| {
            asked = true;
            tables(wanted)
        });
        assert!(config.is_err() && !asked, "{doubt}");
    }
}

#[test]
fn the_tables_of_a_plugin_are_asked_for_once() {
    let folder =
        Folder::new("[adapters.a]\nplugin = \"binance\"\n[adapters.b]\nplugin = \"binance\"");
    let mut asked = 0;
    let config = Config::load(&folder.path(), &mut |wanted| {
        asked += 1;
        tables(wanted)
    });
    assert_eq!((config.unwrap().instances.len(), asked), (2, 1));
}

/// Every byte that matters, taken out or changed: no panic, no message without a place, and what is
/// taken is what is written.
#[test]
fn a_changed_byte_is_located_or_means_what_it_says() {
    let folder = Folder::new("");
    let (mut start, mut refused) = (0, 0);
    for line in shipped_text().split_inclusive('\n') {
        for at in start..start + line.len() {
            if line.starts_with(['#', '\n']) {
                continue;
            }
            for by in ["", "x", "0", "\"", "[", "#", " ", "\n", "=", "\u{0}", "é"] {
                let mutant = format!("{}{by}{}", &shipped_text()[..at], &shipped_text()[at + 1..]);
                fs::write(folder.path(), &mutant).unwrap();
                match Config::load(&folder.path(), &mut |wanted| tables(wanted)) {
                    Ok(config) => means(&folder, &config, &mutant),
                    Err(error) => {
                        refused += 1;
                        assert!(error.problems.iter().all(|problem| problem.line > 0), "{error}");
                    }
                }
            }
        }
        start += line.len();
    }
    assert!(refused > 1_000, "{refused} refused");
}

/// Holds the parts of a configuration against its text, as another reader understands it.
fn means(folder: &Folder, config: &Config, text: &str) {
    let table: toml::Table = text.parse().expect(text);
    let value = |section: &str, key: &str| table.get(section).and_then(|table| table.get(key));
    let int = |section: &str, key: &str, default: usize| {
        let written = value(section, key).map(|value| value.as_integer().unwrap() as usize);
        written.unwrap_or(default)
    };
    let path = |section: &str, key: &str| {
        folder.0.join(value(section, key).map_or(section, |value| value.as_str().unwrap()))
    };
    let HostConfig { plugins, state_folder, history, books, journal, .. } = &config.host;
    assert_eq!(plugins.folder, path("plugins", "folder"), "{text}");
    assert_eq!(*state_folder, path("state", "folder"), "{text}");
    assert_eq!(history.messages, int("history", "messages", 10_000), "{text}");
    assert_eq!(history.arena_bytes, int("history", "arena_mib", 32) << 20, "{text}");
    let times = [books.crossed_ns / 1_000_000, books.audit_ns / 1_000_000_000];
    let [crossed, audit] = times.map(|time| time as usize);
    assert_eq!(crossed, int("books", "crossed_ms", 1000), "{text}");
    assert_eq!(audit, int("books", "audit_s", 10), "{text}");
    assert_eq!(books.audit_percent as usize, int("books", "audit_percent", 25), "{text}");
    assert_eq!(journal.segment_bytes, (int("journal", "segment_mib", 64) << 20) as u64, "{text}");
}

/// A file given by mistake, about as long as is allowed: keys that are unknown, twice, or no TOML.
#[test]
fn the_worst_file_is_refused_in_less_than_a_second() {
    // What takes longest is the search for near keys, some twenty times as long unoptimised.
    let lines = if cfg!(debug_assertions) { 1_000 } else { 8_000 };
    let numbered = |line: &str| (0..lines).map(|i| line.replace('#', &i.to_string())).collect();
    let unknown: String = numbered("plugins.folder# = 1\n");
    let twice: String = numbered("x# = 1\n") + &numbered("x# = 1\n");
    let broken: String = numbered("x# = \n");
    let timed = |text: &str| {
        let folder = Folder::new(text);
        #[allow(clippy::disallowed_methods, reason = "the promise is about real time")]
        let start = std::time::Instant::now();
        folder.refusal();
        start.elapsed().as_secs_f64()
    };
    for text in [unknown, twice, broken, "[".repeat(250 << 10), "a.".repeat(120 << 10)] {
        let seconds = timed(&text);
        assert!(seconds < 1.0, "{seconds} s for {text:.20}");
    }
}
