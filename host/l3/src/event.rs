//! One order record, looked at once and then trusted.

use patchbay_abi as abi;
use patchbay_abi::{SLOT_ORDER, Slot};
use patchbay_model::{Nanos, Side};

/// What makes an order record unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalid {
    /// A slot of another kind.
    NotOrder,
    /// The action is none of `ORDER_*`.
    Action,
    /// The side is neither to buy nor to sell.
    Side,
    /// A negative quantity, or none of an order that comes.
    Quantity,
    /// The price `i64::MIN`, which has no mirror image.
    Price,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotOrder => "not an order record",
            Self::Action => "unknown action",
            Self::Side => "no side",
            Self::Quantity => "impossible quantity",
            Self::Price => "price out of range",
        })
    }
}

impl std::error::Error for Invalid {}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It came to rest.
    Add,
    /// It changed: less of it is left, it was executed in part, or it has another price.
    Change,
    /// It left.
    Delete,
}

/// An event of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What became of it.
    pub action: Action,
    /// The venue's id of it.
    pub id: u64,
    /// Its side.
    pub side: Side,
    /// Price mantissa.
    pub price: i64,
    /// Quantity mantissa: what came, or what is left.
    pub qty: i64,
    /// The venue's time, 0 if it told none.
    pub exchange_ns: Nanos,
    /// Host time of its frame.
    pub receive_ns: Nanos,
}

impl Event {
    /// Looks at a record.
    ///
    /// # Errors
    ///
    /// [`Invalid`].
    pub fn parse(slot: &Slot) -> Result<Self, Invalid> {
        if slot.head().kind != SLOT_ORDER {
            return Err(Invalid::NotOrder);
        }
        let order = slot.order();
        let flags = order.head.flags;
        let action = match flags & 0xf {
            abi::ORDER_ADD => Action::Add,
            abi::ORDER_REDUCE | abi::ORDER_EXECUTE => Action::Change,
            abi::ORDER_DELETE => Action::Delete,
            _ => return Err(Invalid::Action),
        };
        let side = match (flags >> 4 & 0b11) as u8 {
            abi::SIDE_BUY => Side::Buy,
            abi::SIDE_SELL => Side::Sell,
            _ => return Err(Invalid::Side),
        };
        if order.qty < i64::from(action == Action::Add) {
            return Err(Invalid::Quantity);
        }
        if order.price == i64::MIN {
            return Err(Invalid::Price);
        }
        Ok(Self {
            action,
            id: order.order_id,
            side,
            price: order.price,
            qty: order.qty,
            exchange_ns: order.head.exchange_ns,
            receive_ns: order.head.receive_ns,
        })
    }
}
