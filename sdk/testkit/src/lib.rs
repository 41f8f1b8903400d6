//! What the author of an adapter needs to test it: in-process, through the real trampolines, without
//! a host, a network or a clock.
//!
//! A [`Player`] gives an adapter its inputs and keeps what it answers. The [`laws`] hold for every
//! adapter and need one call each; [`mutate`](mod@mutate) damages frames by a seed, [`corpus`]
//! finds recorded ones. The testkit knows no venue, and nothing of books: whether the records mean
//! what the venue said is for the adapter's own tests.
//!
//! ```
//! use patchbay_plugin::abi::{Head, SIDE_NONE, SLOT_TRADE, Trade};
//! use patchbay_plugin::model::{Instrument, Kind, parse_decimal};
//! use patchbay_plugin::{Adapter, AdapterCx, Config, Error, Frame, Wish};
//! use patchbay_testkit::{Input, Player, laws};
//!
//! /// Reads `<price> <quantity>`, whatever trades.
//! struct Ticker {
//!     exp: i8,
//! }
//!
//! impl Adapter for Ticker {
//!     const NAME: &'static str = "ticker";
//!     const VERSION: &'static str = "1.0.0";
//!     const DEFAULTS: &'static str = "exp = -2";
//!     const SCHEMA: &'static str = r#"keys.exp = { type = "integer", doc = "Exponent." }"#;
//!
//!     fn create(config: &Config<'_>) -> Result<Self, Error> {
//!         Ok(Self { exp: config.int("exp")? as i8 })
//!     }
//!
//!     fn plan(&mut self, _wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
//!         cx.define_instrument(0, &Instrument::provisional("GOLD", Kind::Spot, self.exp, 0))
//!     }
//!
//!     fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
//!         let text = str::from_utf8(frame.bytes).map_err(|_| Error::new("no text"))?;
//!         let (price, qty) = text.split_once(' ').ok_or_else(|| Error::new("no blank"))?;
//!         let number = |text: &str, exp| {
//!             parse_decimal(text.as_bytes(), exp).map_err(|error| Error::new(error.to_string()))
//!         };
//!         cx.push(Trade {
//!             head: Head {
//!                 kind: SLOT_TRADE,
//!                 flags: 0,
//!                 instrument: 0,
//!                 sequence: 0,
//!                 exchange_ns: 0,
//!                 receive_ns: cx.now(),
//!             },
//!             price: number(price, self.exp)?,
//!             qty: number(qty, 0)?,
//!             trade_id: 0,
//!             fills: 0,
//!             aggressor: SIDE_NONE,
//!             id_hashed: 0,
//!             flags: 0,
//!         })
//!     }
//! }
//!
//! // Its own defaults, changed as a venue's file would change them.
//! let mut player = Player::with::<Ticker>("exp = -4");
//! player.plan(&[]);
//! let played = player.frame(1, b"61800.25 3");
//! assert_eq!(played.slots[0].trade().price, 618_002_500);
//! assert_eq!(player.show(&played), "GOLD trade 61800.25 x 3\n");
//! assert_eq!(player.frame(1, b"61800.25").log, "warn: no blank\n");
//!
//! // What every adapter must obey.
//! let inputs = [Input::Plan(&[]), Input::text(1, "61800.25 3"), Input::text(1, "0.01 1")];
//! let fresh = Player::of::<Ticker>;
//! laws::settings_are_described(&fresh());
//! laws::same_input_same_output(fresh, inputs);
//! let tally = laws::any_bytes_are_safe(&mut fresh(), &inputs, 1, 1_000);
//! assert!(tally.accepted > 0 && tally.rejected > 0, "{tally}");
//! laws::a_rejected_input_leaves_nothing(fresh, &inputs, 1, 1_000);
//! ```
#![forbid(unsafe_code)]

mod corpus;
mod input;
pub mod laws;
mod log;
pub mod mutate;
mod played;
mod player;
pub mod records;
mod settings;
mod show;
mod sound;

pub use corpus::{Capture, Event, corpus};
pub use input::Input;
pub use played::Played;
pub use player::{Known, Player, PlayerError};
pub use records::Record;
