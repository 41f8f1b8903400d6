//! What the engine decides by beside its turns, as a journal holds it.

use patchbay_engine::EngineConfig;
use patchbay_journal::{Setting, Value};
use patchbay_model::Nanos;

const CROSSED: &str = "crossed_ns";
const AUDIT: &str = "audit_ns";

/// What a replay has to know; bounds of memory change no output.
pub(crate) const fn settings(config: &EngineConfig) -> [Setting<'static>; 2] {
    [
        Setting { key: AUDIT, value: Value::Int(config.audits.interval_ns) },
        Setting { key: CROSSED, value: Value::Int(config.crossed_ns) },
    ]
}

/// Reads them back; everything that is not there is off.
///
/// # Errors
///
/// What is not known.
pub(crate) fn read(settings: &[Setting<'_>], config: &mut EngineConfig) -> Result<(), String> {
    (config.crossed_ns, config.audits.interval_ns) = (0, 0);
    for setting in settings {
        let place: &mut Nanos = match setting.key {
            CROSSED => &mut config.crossed_ns,
            AUDIT => &mut config.audits.interval_ns,
            key => {
                return Err(format!("its engine decides by `{key}`; replay it with a newer host"));
            }
        };
        match setting.value {
            Value::Int(ns) if ns >= 0 => *place = ns,
            found => return Err(format!("`{}` is {found:?}, and no time", setting.key)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use patchbay_engine::AuditConfig;

    #[test]
    fn what_is_written_is_read() {
        let audits = AuditConfig { interval_ns: 5 };
        let config = EngineConfig { crossed_ns: 7, audits, ..EngineConfig::default() };
        let mut read_back = EngineConfig { crossed_ns: 9, ..EngineConfig::default() };
        read(&settings(&config), &mut read_back).unwrap();
        assert_eq!(read_back, config);
        read(&[], &mut read_back).unwrap();
        assert_eq!(read_back, EngineConfig::default());
    }

    #[test]
    fn what_is_unknown_is_named() {
        let mut config = EngineConfig::default();
        let unknown = Setting { key: "auction_ns", value: Value::Int(1) };
        assert!(read(&[unknown], &mut config).unwrap_err().contains("`auction_ns`"));
        for value in [Value::Int(-1), Value::Bool(true)] {
            let wrong = Setting { key: CROSSED, value };
            assert!(read(&[wrong], &mut config).unwrap_err().contains("`crossed_ns`"));
        }
    }
}
