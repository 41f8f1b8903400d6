//! What the engine decides by beside its turns, as a journal holds it.

use patchbay_engine::EngineConfig;
use patchbay_journal::{Setting, Value};
use patchbay_model::Nanos;
use patchbay_quality::QualityConfig;

const CROSSED: &str = "crossed_ns";
const AUDIT: &str = "audit_ns";
const BOOKS: &str = "quality.books";
const DRIFT: &str = "quality.drift_ppm";
const LATE: &str = "quality.late_ns";
const OFFSET: &str = "quality.offset_ns";
const ORDER: &str = "quality.order_ns";
const PRICE: &str = "quality.price_bps";
const QUIET: &str = "quality.quiet_ns";
const SILENCE: &str = "quality.silence_ns";
const STEP: &str = "quality.step_ns";
const VOLUME: &str = "quality.volume_times";

/// What a replay has to know; bounds of memory change no output.
pub(crate) fn settings(config: &EngineConfig) -> [Setting<'static>; 12] {
    let of = |key, value| Setting { key, value: Value::Int(value) };
    let quality = &config.quality;
    [
        of(AUDIT, config.audits.interval_ns),
        of(CROSSED, config.crossed_ns),
        of(BOOKS, quality.books.into()),
        of(DRIFT, quality.drift_ppm),
        of(LATE, quality.late_ns),
        of(OFFSET, quality.offset_ns),
        of(ORDER, quality.order_ns),
        of(PRICE, quality.price_bps),
        of(QUIET, quality.quiet_ns),
        of(SILENCE, quality.silence_ns),
        of(STEP, quality.step_ns),
        of(VOLUME, quality.volume_times),
    ]
}

/// Reads them back; everything that is not there is off.
///
/// # Errors
///
/// What is not known.
pub(crate) fn read(settings: &[Setting<'_>], config: &mut EngineConfig) -> Result<(), String> {
    (config.crossed_ns, config.audits.interval_ns) = (0, 0);
    config.quality = QualityConfig::default();
    let quality = &mut config.quality;
    let mut books = 0;
    for setting in settings {
        let place: &mut Nanos = match setting.key {
            CROSSED => &mut config.crossed_ns,
            AUDIT => &mut config.audits.interval_ns,
            BOOKS => &mut books,
            DRIFT => &mut quality.drift_ppm,
            LATE => &mut quality.late_ns,
            OFFSET => &mut quality.offset_ns,
            ORDER => &mut quality.order_ns,
            PRICE => &mut quality.price_bps,
            QUIET => &mut quality.quiet_ns,
            SILENCE => &mut quality.silence_ns,
            STEP => &mut quality.step_ns,
            VOLUME => &mut quality.volume_times,
            key => {
                return Err(format!("its engine decides by `{key}`; replay it with a newer host"));
            }
        };
        match setting.value {
            Value::Int(bound) if bound >= 0 => *place = bound,
            found => return Err(format!("`{}` is {found:?}, and no bound", setting.key)),
        }
    }
    quality.books = books != 0;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use patchbay_engine::AuditConfig;

    #[test]
    fn what_is_written_is_read() {
        let audits = AuditConfig { interval_ns: 5 };
        let quality = QualityConfig { drift_ppm: 1, quiet_ns: 3, ..QualityConfig::USUAL };
        let config = EngineConfig { crossed_ns: 7, audits, quality, ..EngineConfig::default() };
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
