//! The last messages of one instrument, as the core took them.

use serde::{Deserialize, Serialize};

use super::MessageKind;

/// Messages that a tape holds at most on either side of the one that was asked for.
pub const MAX_MESSAGES: usize = 250;

/// Which messages of which instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TapeQuery {
    /// The venue's symbol in its own spelling.
    pub symbol: String,
    /// Name of the venue; empty for the first that has the symbol.
    pub venue: String,
    /// What the instrument is; empty for the first that there is.
    pub kind: String,
    /// Only messages of this kind.
    pub only: Option<MessageKind>,
    /// Number of a message; 0 for the newest.
    pub at: u64,
    /// Messages up to that one, at most [`MAX_MESSAGES`].
    pub back: usize,
    /// Messages behind it, at most [`MAX_MESSAGES`].
    pub ahead: usize,
}

impl Default for TapeQuery {
    /// The newest hundred, of no symbol.
    fn default() -> Self {
        let [symbol, venue, kind] = Default::default();
        Self { symbol, venue, kind, only: None, at: 0, back: 100, ahead: 0 }
    }
}

/// Messages of one instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tape {
    /// The venue's symbol in its own spelling.
    pub symbol: String,
    /// Name of the venue.
    pub venue: String,
    /// What the instrument is.
    pub kind: String,
    /// Decimal exponent of prices.
    pub price_exp: i8,
    /// Decimal exponent of quantities.
    pub qty_exp: i8,
    /// Number of the oldest message that is held; 0 if none is.
    pub oldest: u64,
    /// Number of the newest message, which is how many there were.
    pub newest: u64,
    /// Those that were asked for, oldest first.
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// 1, 2, 3 ... over the whole run, in the order in which the core took them.
    pub number: u64,
    /// What it tells.
    pub kind: MessageKind,
    /// The venue's update id, 0 if it has none.
    pub sequence: u64,
    /// The venue's time, 0 if it sends none.
    pub exchange_ns: i64,
    /// Host time at which it was read from its socket.
    pub receive_ns: i64,
    /// The side that took, of a trade; that of the order, of an order. `buy`, `sell` or empty.
    pub side: String,
    /// Price mantissa of a trade or order.
    pub price: Option<i64>,
    /// Quantity mantissa of a trade or order.
    pub qty: Option<i64>,
    /// Number of a trade or order, 0 if it has none.
    pub id: u64,
    /// The best [`super::MAX_LEVELS`] levels of those that a message of depth has, or the bid of a
    /// quote: price and quantity mantissa.
    pub bids: Vec<[i64; 2]>,
    /// The same of the other side.
    pub asks: Vec<[i64; 2]>,
    /// How many levels of bids and asks a message of depth has.
    pub levels: [u32; 2],
    /// Numbers with a name and an exponent of their own.
    pub values: Vec<Named>,
    /// What else there is to say, in words.
    pub about: Vec<String>,
}

/// A number that is no price or quantity of the instrument's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Named {
    /// What it is.
    pub name: String,
    /// Its mantissa.
    pub mantissa: i64,
    /// Its decimal exponent.
    pub exp: i8,
}
