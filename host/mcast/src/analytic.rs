//! What is computed from the market: features and signals, and their names.

use patchbay_abi as abi;

use crate::bytes::{Put, Take};
use crate::{DecodeError, Item, Kind};

/// One feature's new value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feature {
    /// Feature, named by a [`Name`].
    pub feature: u16,
    /// Value, in the feature's own unit.
    pub value: f64,
}

impl Item for Feature {
    const KIND: Kind = Kind::Features;
    const SIZE: usize = 16;

    fn put(&self, payload: &mut Vec<u8>) {
        payload.put_u16(self.feature);
        payload.put_reserved(6);
        payload.put_f64(self.value);
    }

    fn take(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Self::KIND, bytes);
        let feature = take.u16("feature id")?;
        take.reserved(6)?;
        let value = take.f64("value")?;
        take.done(Self { feature, value })
    }
}

/// A price signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Model, named by a [`Name`].
    pub model: u32,
    /// How far ahead, in ms.
    pub horizon_ms: u32,
    /// Expected relative change of the mid price.
    pub value: f64,
    /// 0 to 1.
    pub confidence: f64,
}

impl From<&abi::Signal> for Signal {
    fn from(signal: &abi::Signal) -> Self {
        let abi::Signal { model, horizon_ms, value, confidence, .. } = *signal;
        Self { model, horizon_ms, value, confidence }
    }
}

impl Signal {
    pub(crate) fn put(&self, payload: &mut Vec<u8>) {
        payload.put_u32(self.model);
        payload.put_u32(self.horizon_ms);
        payload.put_f64(self.value);
        payload.put_f64(self.confidence);
    }

    pub(crate) fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Signal, payload);
        let signal = Self {
            model: take.u32("model id")?,
            horizon_ms: take.u32("horizon_ms")?,
            value: take.f64("value")?,
            confidence: take.f64("confidence")?,
        };
        take.done(signal)
    }
}

/// `Name::space`: features.
pub const SPACE_FEATURE: u8 = 1;

/// `Name::space`: models.
pub const SPACE_MODEL: u8 = 2;

/// What a feature or model is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// [`SPACE_FEATURE`] or [`SPACE_MODEL`].
    pub space: u8,
    /// Its number there.
    pub id: u32,
    /// Its name.
    pub name: &'a str,
    /// What its value is measured in; empty for a bare number.
    pub unit: &'a str,
}

impl<'a> Name<'a> {
    /// False if a text is too long.
    pub(crate) fn put(&self, payload: &mut Vec<u8>) -> bool {
        payload.put_u8(self.space);
        payload.put_reserved(7);
        payload.put_u32(self.id);
        payload.put_text(self.name) && payload.put_text(self.unit)
    }

    pub(crate) fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(Kind::Name, payload);
        let space = take.code("space", SPACE_FEATURE, SPACE_MODEL)?;
        take.reserved(7)?;
        let id = take.u32("id")?;
        let (name, unit) = (take.text("name")?, take.text("unit")?);
        take.done(Self { space, id, name, unit })
    }
}
