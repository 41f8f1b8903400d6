//! Every line of a shipped plugin's schema, taken out, misspelt, of another type or written twice:
//! the schema is refused with the place, or still allows what its defaults are.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use patchbay_runtime::config::{PluginTables, Schema, settings_of};

const SCHEMA: &str = include_str!("../../../adapters/binance/schema.toml");
const DEFAULTS: &str = include_str!("../../../adapters/binance/venue.toml");

/// The schema with line `at`, from 0, replaced.
fn replaced(at: usize, by: &[&str]) -> String {
    let mut lines: Vec<&str> = SCHEMA.lines().collect();
    lines.splice(at..=at, by.iter().copied());
    lines.join("\n")
}

fn refusal(text: &str) -> String {
    Schema::parse("schema", text).expect_err(text).to_string()
}

#[test]
fn every_line_of_a_shipped_schema() {
    let settings = |schema: &str| {
        let tables = PluginTables { defaults: DEFAULTS.to_owned(), schema: schema.to_owned() };
        settings_of("binance", &tables, &[])
    };
    let meaning = settings(SCHEMA).unwrap();
    let mut key = String::new();
    let mut held = 0;
    for (at, line) in SCHEMA.lines().enumerate() {
        if let Some(header) = line.strip_prefix("[keys.\"") {
            key = header.trim_end_matches("\"]").to_owned();
            let other = refusal(&replaced(at, &[&line.replace("[keys.", "[kesy.")]));
            let words = format!("schema:{}:2: unknown key `kesy`; did you mean `keys`?", at + 1);
            assert!(other.starts_with(&words), "{other}");
            let twice = refusal(&replaced(at, &[line, "type = \"bool\"", "doc = \"X.\"", line]));
            assert!(twice.contains(&format!("schema:{}:", at + 4)), "{twice}");
            continue;
        }
        let Some((attribute, value)) = line.split_once(" = ") else { continue };
        held += 1;
        let place = format!("schema:{}:", at + 1);
        let (first, rest) = attribute.split_at(1);
        let misspelt =
            refusal(&replaced(at, &[&format!("{}{first}{} = {value}", &rest[..1], &rest[1..])]));
        let words = format!("did you mean `keys.\"{key}\".{attribute}`?")
            .replace(&format!("\"{key}\""), if key.contains('.') { "\"KEY\"" } else { "KEY" });
        let misspelt = misspelt.replace(&key, "KEY");
        assert!(misspelt.contains(&place) && misspelt.contains(&words), "{words}: {misspelt}");
        let other = if value.starts_with('"') { "3" } else { "\"3\"" };
        let other = refusal(&replaced(at, &[&format!("{attribute} = {other}")]));
        assert!(other.contains(&place) && other.contains("expected "), "{other}");
        let twice = refusal(&replaced(at, &[line, line]));
        let again = format!("schema:{}:1", at + 2);
        assert!(twice.contains(&again) && twice.contains("the key once"), "{twice}");
        let without = replaced(at, &[]);
        match attribute {
            "type" | "doc" => assert!(refusal(&without).contains("found nothing"), "{key}"),
            // A bound less is the same for values within it.
            _ => assert_eq!(settings(&without).unwrap(), meaning, "{key}"),
        }
    }
    assert!(held > 70, "{held} lines");
}
