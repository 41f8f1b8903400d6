//! Whether a plugin takes its settings, without running it.

use std::sync::{Arc, Mutex, PoisonError};

use patchbay_loader::Kind;
use patchbay_plugin::Value;
use patchbay_plugin::bind::Plugin;

/// Makes an instance and drops it: a plugin that was given nothing has done nothing.
///
/// # Errors
///
/// What the plugin says against its settings, in words.
pub fn takes(plugin: &Plugin, kind: Kind, settings: &[(&str, Value<'_>)]) -> Result<(), String> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let theirs = Arc::downgrade(&said);
    // A plugin keeps its log for the life of the process; the lines are only kept as long as this.
    let log = Box::leak(Box::new(move |_: u32, text: &str| {
        if let Some(said) = theirs.upgrade() {
            said.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        }
    }));
    let made = match kind {
        Kind::Adapter => plugin.adapter(settings, 0, 0, log).map(drop),
        Kind::Strategy => plugin.strategy(settings, 0, 0, log).map(drop),
    };
    made.map_err(|error| {
        let said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.last().cloned().unwrap_or_else(|| error.to_string())
    })
}
