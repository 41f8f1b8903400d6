//! Payloads that are a list of items of one size.

use std::marker::PhantomData;

use crate::Kind;
use crate::bytes::Take;
use crate::error::{DecodeError, Fault};

/// An item of a list payload.
pub trait Item: Sized {
    /// Kind whose payload is a list of it.
    const KIND: Kind;
    /// Bytes of one.
    const SIZE: usize;

    /// Appends its bytes.
    fn put(&self, payload: &mut Vec<u8>);

    /// Reads exactly one.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Field`]; its offset is that of the first item.
    fn take(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// Items of a payload, looked at once and then trusted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct List<'a, T> {
    bytes: &'a [u8],
    item: PhantomData<T>,
}

impl<'a, T: Item> List<'a, T> {
    /// Judges `count` items.
    pub(crate) fn decode(payload: &'a [u8], count: u16) -> Result<Self, DecodeError> {
        let mut take = Take::new(T::KIND, payload);
        let wrong = |at, fault| Take::new(T::KIND, payload).wrong("item", at, fault);
        if !payload.len().is_multiple_of(T::SIZE) {
            let whole = payload.len() / T::SIZE * T::SIZE;
            return Err(wrong(whole, Fault::Missing));
        }
        let found = (payload.len() / T::SIZE) as u64;
        if found != u64::from(count) || count == 0 {
            return Err(take.wrong("count", 0, Fault::Count { stated: count, found }));
        }
        for place in 0..usize::from(count) {
            let item = take.bytes("item", T::SIZE)?;
            T::take(item).map_err(|error| error.moved(place * T::SIZE))?;
        }
        take.done(Self { bytes: payload, item: PhantomData })
    }

    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        self.bytes.chunks_exact(T::SIZE).map_while(|bytes| T::take(bytes).ok())
    }
}

impl DecodeError {
    /// The same error, `by` bytes further on.
    pub(crate) fn moved(mut self, by: usize) -> Self {
        if let Self::Field { offset, .. } = &mut self {
            *offset += by;
        }
        self
    }
}
