//! `LIMITED_MODE`: a host that takes on little.

use std::ffi::OsStr;

use super::problem::{ConfigError, Problem};
use super::value::quoted;

/// Symbols of each category (spot, linear futures, ...) that limited mode keeps.
pub const LIMITED_SYMBOLS: usize = 10;

/// What the environment variable `LIMITED_MODE` says: `true` or `false`; off if it is not set.
///
/// # Errors
///
/// If it says anything else. It is not guessed what a `1`, an `on` or an empty text was meant for.
pub fn limited_mode(value: Option<&OsStr>) -> Result<bool, ConfigError> {
    let text = value.map(OsStr::to_string_lossy);
    match text.as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(other) => {
            let problem = Problem::whole("environment", quoted(other), "\"true\" or \"false\"");
            let key = "LIMITED_MODE".to_owned();
            Err(ConfigError { problems: vec![Problem { key, ..problem }] })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_true_and_false_and_nothing_else() {
        let mode = |text: &str| limited_mode(Some(OsStr::new(text)));
        assert_eq!(limited_mode(None), Ok(false));
        assert_eq!(mode("true"), Ok(true));
        assert_eq!(mode("false"), Ok(false));
        for other in ["", "1", "TRUE", "yes"] {
            assert!(mode(other).is_err(), "{other}");
        }
        assert_eq!(
            mode("on").unwrap_err().to_string(),
            "environment: `LIMITED_MODE`: expected \"true\" or \"false\", found \"on\"",
        );
    }
}
