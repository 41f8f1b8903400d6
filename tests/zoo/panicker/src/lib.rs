//! An adapter that panics on a chosen frame: what the host must survive.

use patchbay_plugin::{Adapter, AdapterCx, Config, Error, Frame, Wish, export_adapter};

/// Ignores frames until the chosen one.
#[derive(Debug)]
pub struct Panicker {
    frames: i64,
    at: i64,
}

impl Adapter for Panicker {
    const NAME: &'static str = "zoo-panicker";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = "at = 1000\n";
    const SCHEMA: &'static str =
        "[keys.at]\ntype = \"integer\"\ndoc = \"Frame on which it panics, from 1\"\n";

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self { frames: 0, at: config.int("at")? })
    }

    fn plan(&mut self, _wishes: &[Wish<'_>], _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn handle_frame(&mut self, _frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.frames += 1;
        assert_ne!(self.frames, self.at, "told to panic on frame {}", self.at);
        cx.ignore();
        Ok(())
    }
}

export_adapter!(Panicker);
