//! What a plugin author depends on.
//!
//! An adapter is a state machine: frames, replies and timers come in, records and requests go out.
//! It opens no socket, reads no clock, starts no thread and holds no secret; see [`Adapter`]. A
//! strategy takes turns and gives intents; see [`Strategy`].
//!
//! ```
//! use patchbay_plugin::{Adapter, AdapterCx, Config, Error, Frame, Wish, export_adapter};
//!
//! struct Silent;
//!
//! impl Adapter for Silent {
//!     const NAME: &'static str = "silent";
//!     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
//!
//!     fn create(_config: &Config<'_>) -> Result<Self, Error> {
//!         Ok(Self)
//!     }
//!     fn plan(&mut self, _wishes: &[Wish<'_>], _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
//!         Ok(())
//!     }
//!     fn handle_frame(&mut self, _frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
//!         cx.ignore();
//!         Ok(())
//!     }
//! }
//!
//! export_adapter!(Silent);
//! # fn main() {}
//! ```
//!
//! Both ends of the boundary live here, so that each `unsafe` call stands beside the promise that
//! it relies on: `export` is the plugin's end, [`bind`] the host's.
#![allow(unsafe_code)]

pub use patchbay_abi as abi;
pub use patchbay_model as model;

mod adapter;
pub mod bind;
mod command;
mod config;
mod cx;
mod depth;
mod error;
#[doc(hidden)]
pub mod export;
mod frame;
mod guard;
mod instrument;
mod log;
mod read;
mod strategy;
mod symbols;

pub use adapter::{Adapter, Frame, Open, Reply, Scope, Wish};
pub use command::{Bucket, Connect, Header, Http, Secret, Send, Token};
pub use config::{Config, ConfigError, Value};
pub use cx::AdapterCx;
pub use depth::{DepthStart, DepthWriter};
pub use error::Error;
pub use frame::FrameBuf;
pub use strategy::{Book, Strategy, StrategyCx, Turn};
pub use symbols::Symbols;

/// Exports an adapter type as the plugin of this library. The crate needs a feature `export`, on by
/// default; without it the library can be linked statically beside others.
#[macro_export]
macro_rules! export_adapter {
    ($adapter:ty) => {
        /// The descriptor that the host looks for.
        #[cfg(feature = "export")]
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub static PATCHBAY_PLUGIN_V0: $crate::abi::PluginDecl =
            $crate::export::AdapterExport::<$adapter>::DECL;
    };
}

/// Exports a strategy type as the plugin of this library; as [`export_adapter!`].
#[macro_export]
macro_rules! export_strategy {
    ($strategy:ty) => {
        /// The descriptor that the host looks for.
        #[cfg(feature = "export")]
        #[allow(unsafe_code)]
        #[unsafe(no_mangle)]
        pub static PATCHBAY_PLUGIN_V0: $crate::abi::PluginDecl =
            $crate::export::StrategyExport::<$strategy>::DECL;
    };
}
