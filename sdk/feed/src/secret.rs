//! Places for secrets in what is sent.

use patchbay_plugin::Secret;
use patchbay_plugin::abi::TARGET_BODY;

/// A place behind the first `mark` of a payload or body, for what `SECRET_*` and `ENCODE_*` say.
pub fn slot(text: &str, mark: &str, kind: u32, encoding: u32) -> Secret {
    let offset = text.find(mark).map_or(text.len(), |at| at + mark.len());
    Secret { kind, target: TARGET_BODY, encoding, offset, ..Secret::default() }
}
