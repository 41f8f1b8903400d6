//! Promise C-1 through the program: every key of every TOML file that it reads is taken out,
//! misspelt, given another type, put out of its range and written twice. `check` and `run` either
//! start with the same meaning, or both end with exit code 78 within a second and say file, line,
//! what was found and what was expected.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use patchbay_test_replay::{built, scratch};

const SHIPPED: &str = include_str!("../../../config/patchbay.toml");
const VENUE: &str = include_str!("../../../adapters/binance/venue.toml");

/// One `key = value`, perhaps over several lines; lines from 1.
#[derive(Clone)]
struct Assignment {
    lines: std::ops::RangeInclusive<usize>,
    table: String,
    key: String,
    value: String,
}

/// What is done to a file, and what has to come of it.
struct Mutant {
    name: String,
    text: String,
    outcome: Outcome,
}

enum Outcome {
    /// It means what it meant.
    Same,
    /// It is refused: the line that is blamed, and words that must be there.
    Refused(usize, Vec<String>),
}

fn assignments(text: &str) -> Vec<Assignment> {
    let (mut table, mut found) = (String::new(), Vec::<Assignment>::new());
    let mut open = false;
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        match found.last_mut() {
            Some(last) if open => {
                last.value.push_str(line.trim());
                last.lines = *last.lines.start()..=i + 1;
                open = !line.ends_with(']');
                continue;
            }
            _ => {}
        }
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_matches(['[', ']']).to_owned();
        } else if let Some((key, value)) = line.split_once(" = ") {
            open = value.starts_with('[') && !value.ends_with(']');
            let (key, value) = (key.to_owned(), value.to_owned());
            found.push(Assignment { lines: i + 1..=i + 1, table: table.clone(), key, value });
        }
    }
    found
}

impl Assignment {
    fn dotted(&self) -> String {
        match &*self.table {
            "" => self.key.clone(),
            table => format!("{table}.{}", self.key),
        }
    }

    fn replaced(&self, text: &str, by: &str) -> String {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.splice(self.lines.start() - 1..*self.lines.end(), by.lines());
        lines.join("\n") + "\n"
    }

    /// With another value.
    fn valued(&self, text: &str, value: &str) -> String {
        self.replaced(text, &format!("{} = {value}", self.key))
    }

    fn misspelt(&self) -> String {
        let mut key = self.key.clone().into_bytes();
        match (1..key.len()).find(|&at| key[at - 1] != key[at]) {
            Some(at) => key.swap(at - 1, at),
            None => key.push(b'x'),
        }
        String::from_utf8(key).unwrap()
    }

    /// All that is done to it. `prefix` is the table of the key in messages.
    fn mutants(&self, text: &str, required: bool) -> Vec<Mutant> {
        let (line, dotted) = (*self.lines.start(), self.dotted());
        let mutant =
            |name: &str, text, outcome| Mutant { name: format!("{dotted} {name}"), text, outcome };
        let refused = |words: &[&str]| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            Outcome::Refused(line, words)
        };
        let key = format!("`{dotted}`");
        let mut all = Vec::new();
        if !required {
            all.push(mutant("taken out", self.replaced(text, ""), Outcome::Same));
        }
        let misspelt = self.misspelt();
        let words = ["unknown key", &misspelt, "did you mean", &key];
        let other = self.replaced(text, &format!("{misspelt} = {}", self.value));
        all.push(mutant("misspelt", other, refused(&words)));
        let first = self.value.as_bytes()[0];
        let of_another_type = match first {
            b'"' | b'[' => "3",
            _ => "\"3\"",
        };
        let found = match first {
            b'"' | b'[' => "found the integer 3",
            _ => "found the string \"3\"",
        };
        let other = self.valued(text, of_another_type);
        all.push(mutant("of another type", other, refused(&[&key, "expected ", found])));
        let beyond = match first {
            b'"' => Some("\"\\u0000\""),
            b'[' if self.table == "host.cores" => Some("[-1]"),
            b'[' => Some("[\"\\u0000\"]"),
            b't' | b'f' => None,
            _ => Some("-1"),
        };
        if let Some(beyond) = beyond {
            let other = self.valued(text, beyond);
            all.push(mutant("out of range", other, refused(&[&key[..key.len() - 1], "expected "])));
        }
        let mut twice: Vec<&str> = text.lines().collect();
        let again: Vec<&str> = twice[line - 1..*self.lines.end()].to_vec();
        let at = *self.lines.end();
        twice.splice(at..at, again);
        let words = [&*key, "the key once", &format!("the first is on line {line}")];
        let words = words.map(str::to_owned).to_vec();
        let outcome = Outcome::Refused(at + 1, words);
        all.push(mutant("written twice", twice.join("\n") + "\n", outcome));
        all
    }
}

/// Headers of tables, each misspelt.
fn tables(text: &str) -> Vec<Mutant> {
    let headers = text.lines().enumerate().filter(|(_, line)| line.starts_with('['));
    headers
        .filter(|(_, line)| !line.contains('.'))
        .map(|(i, line)| {
            let name = line.trim_matches(['[', ']']);
            let other = format!("{}x{}", &name[..1], &name[1..]);
            let words = ["unknown key", &other, "did you mean", name].map(str::to_owned).to_vec();
            Mutant {
                name: format!("[{name}] misspelt"),
                text: text.replacen(line, &line.replace(name, &other), 1),
                outcome: Outcome::Refused(i + 1, words),
            }
        })
        .collect()
}

/// A folder in which the shipped configuration runs, against nobody: every name of the venue leads
/// to a port of this machine where nobody listens.
struct Site(PathBuf);

impl Site {
    fn new(name: &str, patchbay: &str) -> Self {
        let site = Self(scratch(&format!("mutants-{name}")));
        fs::create_dir(site.0.join("plugins")).unwrap();
        private(&site.0.join("plugins"), 0o700);
        let plugin = built(false).plugin("patchbay-binance");
        fs::copy(plugin, site.0.join("plugins/binance.so")).unwrap();
        fs::create_dir(site.0.join("run")).unwrap();
        private(&site.0.join("run"), 0o700);
        fs::create_dir(site.0.join("venues")).unwrap();
        site.write("patchbay.toml", patchbay);
        site
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn patchbay(&self, args: &[&str]) -> Output {
        let mut command = built(false).command(&args[..1]);
        command.arg(self.0.join("patchbay.toml")).args(&args[1..]);
        command.env("XDG_RUNTIME_DIR", self.0.join("run")).env_remove("LD_LIBRARY_PATH");
        command.output().unwrap()
    }

    /// Writes each mutant to `file` and holds `check` and `run` to it; how many were refused.
    fn hold(&self, file: &str, whole: &str, mutants: &[Mutant]) -> usize {
        self.write(file, whole);
        let meaning = self.patchbay(&["check"]);
        let said = text(&meaning.stderr);
        assert!(meaning.status.success(), "{file} as it is: {said}");
        let mut refused = 0;
        for mutant in mutants {
            self.write(file, &mutant.text);
            let name = format!("{file}: {}", mutant.name);
            match &mutant.outcome {
                Outcome::Same => {
                    let checked = self.patchbay(&["check"]);
                    assert_eq!(text(&checked.stdout), text(&meaning.stdout), "{name}");
                    let ran = self.patchbay(&["run", "--for", "1ms", "--json"]);
                    let said = text(&ran.stderr);
                    assert_eq!(ran.status.code(), Some(0), "{name}: {said}");
                }
                Outcome::Refused(line, words) => {
                    refused += 1;
                    let place = format!("{}:{line}:", self.0.join(file).display());
                    let says = |said: &str| {
                        assert!(said.contains(&place), "{name}: {place} is not in: {said}");
                        for word in words {
                            assert!(said.contains(word), "{name}: {word} is not in: {said}");
                        }
                    };
                    let checked = self.refused(&name, &["check"]);
                    says(&checked);
                    let ran = self.refused(&name, &["run", "--for", "1ms", "--json"]);
                    assert_eq!(ran, checked, "{name}");
                }
            }
        }
        self.write(file, whole);
        refused
    }

    /// What the program says as it refuses.
    fn refused(&self, name: &str, args: &[&str]) -> String {
        // Another program may have the processor for a second: the promise is kept if one of some
        // attempts keeps it.
        let mut fastest = Duration::MAX;
        let mut said = String::new();
        for _ in 0..5 {
            #[allow(clippy::disallowed_methods, reason = "the promise is about real time")]
            let start = std::time::Instant::now();
            let output = self.patchbay(args);
            fastest = fastest.min(start.elapsed());
            said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(78), "{name}: {args:?}: {said}");
            assert_eq!(output.stdout, b"", "{name}: {args:?}");
            assert!(!said.contains("panicked"), "{name}: {said}");
            if fastest < Duration::from_secs(1) {
                return said;
            }
        }
        panic!("{name}: {args:?} took {fastest:?}: {said}");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn private(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The shipped file, the venue's names leading nowhere.
fn shipped() -> String {
    let hosts = VENUE.lines().filter_map(|line| line.split_once("://")?.1.split(['"', ':']).next());
    let nowhere: Vec<_> = hosts.map(|host| format!("\"{host}=127.0.0.1:9\"")).collect();
    let text = SHIPPED.replace("addresses = []", &format!("addresses = [{}]", nowhere.join(", ")));
    assert_ne!(text, SHIPPED);
    text
}

/// The key without which the mutants would speak to the real venue is never taken out, and has no
/// default to fall back to here.
const ALWAYS: [&str; 1] = ["network.addresses"];

#[test]
fn every_key_of_the_shipped_configuration() {
    let whole = shipped();
    let site = Site::new("shipped", &whole);
    let keys = assignments(&whole);
    assert!(keys.len() > 35, "{} keys", keys.len());
    let mut mutants = tables(&whole);
    for key in &keys {
        mutants.extend(key.mutants(&whole, ALWAYS.contains(&&*key.dotted())));
    }
    let refused = site.hold("patchbay.toml", &whole, &mutants);
    assert!(refused > 3 * keys.len(), "{refused} refused of {}", mutants.len());
}

#[test]
fn every_key_of_a_venues_table() {
    let site = Site::new("venue", &shipped());
    let keys = assignments(VENUE);
    assert!(keys.len() > 20, "{} keys", keys.len());
    let mutants: Vec<_> = keys.iter().flat_map(|key| key.mutants(VENUE, false)).collect();
    let refused = site.hold("venues/binance.toml", VENUE, &mutants);
    assert!(refused > 3 * keys.len(), "{refused} refused of {}", mutants.len());
}

#[test]
fn every_key_of_the_list_of_trusted_plugins() {
    let whole = shipped().replace("trust = \"folder\"", "trust = \"listed\"");
    let site = Site::new("trusted", &whole);
    let plugin = site.0.join("plugins/binance.so");
    let listed = built(false).run(&["plugin", "inspect", plugin.to_str().unwrap(), "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let hash = listed["sha256"].as_str().unwrap();
    let list = format!("[[plugin]]\nfile = \"binance.so\"\nsha256 = \"{hash}\"\n");
    let mut mutants = Vec::new();
    for mut key in assignments(&list) {
        key.table = "plugin.0".to_owned();
        mutants.extend(key.mutants(&list, true));
        let words = vec![format!("`plugin.0.{}`", key.key), "found nothing".to_owned()];
        mutants.push(Mutant {
            name: format!("{} taken out", key.key),
            text: key.replaced(&list, ""),
            outcome: Outcome::Refused(1, words),
        });
    }
    assert_eq!(site.hold("plugins.toml", &list, &mutants), 10);

    // A file that is not the one that was listed is refused where it is asked for.
    let other = list.replace(hash, &"0".repeat(64));
    site.write("plugins.toml", &other);
    let said = site.refused("another hash", &["check"]);
    assert!(said.contains("`adapters.binance.plugin`") && said.contains("SHA-256"), "{said}");
}

#[test]
fn every_field_of_a_key_file() {
    let whole = shipped().replace("keys = []", "keys = [\"account\"]");
    let site = Site::new("key", &whole);
    fs::create_dir(site.0.join("secrets")).unwrap();
    private(&site.0.join("secrets"), 0o700);
    let file = "secrets/account.toml";
    let key = "key_id = \"id\"\nsecret = \"canary\"\npassphrase = \"canary\"\n";
    site.write(file, key);
    private(&site.0.join(file), 0o600);
    assert!(site.patchbay(&["check"]).status.success());
    for (line, field) in ["key_id", "secret", "passphrase"].iter().enumerate() {
        let was = key.lines().nth(line).unwrap();
        let cases = [
            was.replacen(field, &format!("{field}x"), 1),
            format!("{field} = 3"),
            format!("{was}\n{was}"),
        ];
        for case in cases {
            site.write(file, &key.replace(was, &case));
            let said = site.refused(&case, &["check"]);
            assert_eq!(site.refused(&case, &["run", "--for", "1ms"]), said);
            for part in ["`adapters.binance.keys.0`", "account.toml:", "texts named key_id, secret"]
            {
                assert!(said.contains(part), "{case}: {part} is not in: {said}");
            }
            assert!(!said.contains("canary"), "{said}");
        }
    }
}
