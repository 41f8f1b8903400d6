//! What a venue divides its instruments into.

use patchbay_model::Kind;

/// A namespace of symbols with hosts and connections of its own. Where one host serves all kinds
/// and no symbol is used twice, there is one product.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// As the configuration writes it.
    pub name: &'static str,
    /// Kinds of its instruments.
    pub kinds: &'static [Kind],
    /// The kind of a symbol that the venue has not described.
    pub kind: fn(&str) -> Kind,
    /// Exponents of price and quantity of such a symbol: as fine as the venue prints.
    pub exps: (i8, i8),
    /// Websocket paths between which its streams are divided.
    pub routes: u8,
    /// What its URLs contain, whatever the host; may be part of what a later product's contain.
    pub marks: &'static [&'static str],
}

impl Product {
    /// A product over one path.
    pub const fn of(
        name: &'static str,
        kinds: &'static [Kind],
        kind: fn(&str) -> Kind,
        marks: &'static [&'static str],
    ) -> Self {
        Self { name, kinds, kind, exps: (-8, -8), routes: 1, marks }
    }
}

/// Where streams go: a product, by its place in [`Venue::PRODUCTS`](crate::Venue::PRODUCTS), and
/// one of its routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Place of the product.
    pub product: u8,
    /// Below [`Product::routes`].
    pub route: u8,
}

impl Line {
    /// A route of a product.
    pub const fn of(product: u8, route: u8) -> Self {
        Self { product, route }
    }
}
