//! `sdk/scan` alone, without adapter and boundary: what is left for those.

use patchbay_scan::{Cursor, Reader};

use crate::sum::Sum;
use crate::tape::{Frames, Product, SPOT};

pub(crate) fn pass(frames: &Frames, product: Product, vector: bool) -> u64 {
    let mut sum = Sum::default();
    for (_, _, bytes) in frames.iter() {
        let reading = Reading { product, sum: &mut sum };
        let read =
            if vector { Cursor::with(bytes, reading) } else { reading.read(Cursor::scalar(bytes)) };
        read.expect("a recorded frame");
    }
    sum.0
}

struct Reading<'s> {
    product: Product,
    sum: &'s mut Sum,
}

impl<'f> Reader<'f> for Reading<'_> {
    type Output = Option<()>;

    #[inline(always)]
    fn read(self, cursor: Cursor<'f>) -> Option<()> {
        read(cursor, self.product, self.sum)
    }
}

#[inline(always)]
fn read(mut c: Cursor<'_>, product: Product, sum: &mut Sum) -> Option<()> {
    let c = &mut c;
    c.literal(br#"{"stream":""#)?;
    c.plain_text()?;
    c.literal(br#","data":{"#)?;
    if c.literal(br#""e":"depthUpdate","E":"#).is_some() {
        depth(c, product, sum)?;
    } else if c.literal(br#""e":"trade","E":"#).is_some() {
        trade(c, product, sum)?;
    } else {
        quote(c, product, sum)?;
    }
    c.literal(b"}}")?;
    c.end()
}

#[inline(always)]
fn symbol(c: &mut Cursor<'_>, product: Product) -> Option<u64> {
    c.literal(br#","s":""#)?;
    let other = c.plain_text()? != product.symbol.as_bytes();
    if c.literal(br#","ps":""#).is_some() {
        c.plain_text()?;
    }
    Some(u64::from(other))
}

#[inline(always)]
fn depth(c: &mut Cursor<'_>, product: Product, sum: &mut Sum) -> Option<()> {
    let event = c.u64()?;
    if product != SPOT {
        c.literal(br#","T":"#)?;
        c.u64()?;
    }
    sum.add(symbol(c, product)?);
    sum.add(event);
    c.literal(br#","U":"#)?;
    sum.add(c.u64()?);
    c.literal(br#","u":"#)?;
    sum.add(c.u64()?);
    let mut previous = 0;
    if product != SPOT {
        c.literal(br#","pu":"#)?;
        previous = c.u64()?;
    }
    sum.add(previous);
    let mut level = |levels: &[[i64; 2]]| {
        levels.iter().for_each(|&[price, qty]| sum.add_level(price, qty));
        Some(())
    };
    c.literal(br#","b":"#)?;
    c.levels(-8, -8, &mut level)?;
    c.literal(br#","a":"#)?;
    c.levels(-8, -8, &mut level)?;
    Some(())
}

#[inline(always)]
fn trade(c: &mut Cursor<'_>, product: Product, sum: &mut Sum) -> Option<()> {
    let event = c.u64()?;
    if product != SPOT {
        c.literal(br#","T":"#)?;
        c.u64()?;
    }
    sum.add(symbol(c, product)?);
    sum.add(event);
    c.literal(br#","t":"#)?;
    sum.add(c.u64()?);
    c.literal(br#","p":""#)?;
    let price = c.decimal(-8)?;
    c.literal(br#","q":""#)?;
    sum.add_level(price, c.decimal(-8)?);
    let mut off = false;
    if product == SPOT {
        c.literal(br#","T":"#)?;
        c.u64()?;
    } else {
        c.literal(br#","X":""#)?;
        off = c.plain_text()? != b"MARKET";
    }
    c.literal(br#","m":"#)?;
    sum.add(u64::from(c.boolean()?) | u64::from(off) << 1);
    if product == SPOT {
        c.literal(br#","M":"#)?;
        c.boolean()?;
    }
    Some(())
}

/// COIN-M and spot put the id first.
#[inline(always)]
fn quote(c: &mut Cursor<'_>, product: Product, sum: &mut Sum) -> Option<()> {
    let named = c.literal(br#""e":"bookTicker","u":"#).is_some();
    if !named {
        c.literal(br#""u":"#)?;
    }
    let id = c.u64()?;
    if !named && product != SPOT {
        c.literal(br#","e":"bookTicker""#)?;
    }
    let other = symbol(c, product)?;
    let mut values = [0; 4];
    c.literal(br#","b":""#)?;
    values[0] = c.decimal(-8)?;
    c.literal(br#","B":""#)?;
    values[1] = c.decimal(-8)?;
    c.literal(br#","a":""#)?;
    values[2] = c.decimal(-8)?;
    c.literal(br#","A":""#)?;
    values[3] = c.decimal(-8)?;
    let mut event = 0;
    if product != SPOT {
        c.literal(br#","T":"#)?;
        c.u64()?;
        c.literal(br#","E":"#)?;
        event = c.u64()?;
    }
    sum.add(other);
    sum.add(event);
    sum.add(id);
    sum.add_level(values[0], values[1]);
    sum.add_level(values[2], values[3]);
    Some(())
}
