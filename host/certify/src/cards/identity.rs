//! 1xx: identity and manifest.

use patchbay_testkit::laws::judge;

use crate::outcome::{Outcome, Outcomes};
use crate::subject::Subject;

pub(crate) fn try_all(subject: &Subject, known: bool, out: &mut Outcomes) {
    let manifest = &subject.loaded.manifest;
    out.insert(101, Outcome::passed(vec![("bytes", manifest.size)]));
    out.insert(102, names_a_venue(&manifest.name, &manifest.version, known));
    out.insert(103, described(subject));
}

fn names_a_venue(name: &str, version: &str, known: bool) -> Outcome {
    let numbers: Vec<_> = version.split('.').map(str::parse::<u64>).collect();
    if numbers.len() != 3 || numbers.iter().any(Result::is_err) {
        return Outcome::failed(format!("version {version:?}: expected three numbers"));
    }
    match known {
        true => Outcome::passed(Vec::new()),
        false => Outcome::unverified(format!("the certificate knows no venue `{name}`")),
    }
}

fn described(subject: &Subject) -> Outcome {
    let settings = match subject.settings(&[]) {
        Ok(settings) => settings,
        Err(error) => return Outcome::failed(error),
    };
    let player = match subject.player() {
        Ok(player) => player,
        Err(error) => return Outcome::failed(error.to_string()),
    };
    match judge::settings_are_described(&player) {
        Ok(()) => Outcome::passed(vec![("settings", settings.len() as u64)]),
        Err(broken) => Outcome::failed(broken.to_string()),
    }
}
