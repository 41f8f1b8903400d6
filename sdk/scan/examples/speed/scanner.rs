//! The straight-line scanners.

use patchbay_scan::Cursor;

/// Mixes a decoded value into the sum of a frame.
#[inline]
pub(crate) const fn mix(sum: u64, value: u64) -> u64 {
    sum.wrapping_mul(31).wrapping_add(value)
}

/// Reads a frame to the end and sums up its values.
#[inline]
pub(crate) fn read(mut c: Cursor<'_>, product: &str) -> Option<u64> {
    let c = &mut c;
    c.literal(br#"{"stream":""#)?;
    let stream = c.plain_text()?;
    c.literal(br#","data":{"#)?;
    let at = stream.iter().position(|&byte| byte == b'@')?;
    let (spot, coin) = (product == "spot", product == "coinm");
    let sum = match stream[at + 1] {
        b'd' => depth(c, spot, coin)?,
        b't' => trade(c, spot)?,
        b'b' if spot => spot_quote(c)?,
        b'b' => quote(c, coin)?,
        _ => return None,
    };
    c.literal(b"}}")?;
    c.end()?;
    Some(sum)
}

#[inline]
fn depth(c: &mut Cursor<'_>, spot: bool, coin: bool) -> Option<u64> {
    c.literal(br#""e":"depthUpdate","E":"#)?;
    let mut sum = c.u64()?;
    if !spot {
        c.literal(br#","T":"#)?;
        sum = mix(sum, c.u64()?);
    }
    c.literal(br#","s":""#)?;
    sum = mix(sum, c.plain_text()?.len() as u64);
    if coin {
        c.literal(br#","ps":""#)?;
        c.plain_text()?;
    }
    c.literal(br#","U":"#)?;
    sum = mix(sum, c.u64()?);
    c.literal(br#","u":"#)?;
    sum = mix(sum, c.u64()?);
    if !spot {
        c.literal(br#","pu":"#)?;
        sum = mix(sum, c.u64()?);
    }
    c.literal(br#","b":"#)?;
    c.levels(-8, -8, |price, qty| {
        sum = mix(mix(sum, price as u64), qty as u64);
        Some(())
    })?;
    c.literal(br#","a":"#)?;
    c.levels(-8, -8, |price, qty| {
        sum = mix(mix(sum, price as u64), qty as u64);
        Some(())
    })?;
    Some(sum)
}

#[inline]
fn trade(c: &mut Cursor<'_>, spot: bool) -> Option<u64> {
    c.literal(br#""e":"trade","E":"#)?;
    let mut sum = c.u64()?;
    let mut time = 0;
    if !spot {
        c.literal(br#","T":"#)?;
        time = c.u64()?;
    }
    c.literal(br#","s":""#)?;
    let symbol = c.plain_text()?;
    c.literal(br#","t":"#)?;
    let id = c.u64()?;
    c.literal(br#","p":""#)?;
    let price = c.decimal(-8)?;
    c.literal(br#","q":""#)?;
    let qty = c.decimal(-8)?;
    if spot {
        c.literal(br#","T":"#)?;
        time = c.u64()?;
    } else {
        c.literal(br#","X":""#)?;
        c.plain_text()?;
    }
    c.literal(br#","m":"#)?;
    let maker = c.boolean()?;
    if spot {
        c.literal(br#","M":"#)?;
        c.boolean()?;
    }
    for value in [time, symbol.len() as u64, id, price as u64, qty as u64, u64::from(maker)] {
        sum = mix(sum, value);
    }
    Some(sum)
}

#[inline]
fn quote(c: &mut Cursor<'_>, coin: bool) -> Option<u64> {
    let (id, symbol);
    if coin {
        c.literal(br#""u":"#)?;
        id = c.u64()?;
        c.literal(br#","e":"bookTicker","s":""#)?;
        symbol = c.plain_text()?;
        c.literal(br#","ps":""#)?;
        c.plain_text()?;
    } else {
        c.literal(br#""e":"bookTicker","u":"#)?;
        id = c.u64()?;
        c.literal(br#","s":""#)?;
        symbol = c.plain_text()?;
    }
    let sum = sides(c, mix(id, symbol.len() as u64))?;
    c.literal(br#","T":"#)?;
    let time = c.u64()?;
    c.literal(br#","E":"#)?;
    Some(mix(mix(sum, c.u64()?), time))
}

#[inline]
fn spot_quote(c: &mut Cursor<'_>) -> Option<u64> {
    c.literal(br#""u":"#)?;
    let id = c.u64()?;
    c.literal(br#","s":""#)?;
    let symbol = c.plain_text()?;
    let sum = sides(c, mix(id, symbol.len() as u64))?;
    Some(mix(mix(sum, 0), 0))
}

#[inline]
fn sides(c: &mut Cursor<'_>, mut sum: u64) -> Option<u64> {
    c.literal(br#","b":""#)?;
    sum = mix(sum, c.decimal(-8)? as u64);
    c.literal(br#","B":""#)?;
    sum = mix(sum, c.decimal(-8)? as u64);
    c.literal(br#","a":""#)?;
    sum = mix(sum, c.decimal(-8)? as u64);
    c.literal(br#","A":""#)?;
    Some(mix(sum, c.decimal(-8)? as u64))
}
