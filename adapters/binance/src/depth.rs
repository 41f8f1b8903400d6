//! Changes of the book.

use patchbay_plugin::abi::{DEPTH_DENSE, DEPTH_FIRST, DEPTH_PREVIOUS, SCOPE_INSTRUMENT};
use patchbay_plugin::{AdapterCx, DepthStart};

use crate::fields::Fields;
use crate::product::Product;
use crate::symbol::{Place, Target};

/// `depthUpdate` (SPOT web-socket-streams.md, Diff. Depth Stream; DERIV Diff. Book Depth
/// Streams). Quantities are absolute. Spot ids are dense; futures name the id before.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let exchange_ns = f.key(br#","E":"#)?.time()?;
    f.skip(br#","T":"#)?;
    let target = place.target(f.key(br#","s":""#)?.text()?);
    f.skip(br#","ps":""#)?;
    f.skip(br#","st":"#)?;
    let first = f.key(br#","U":"#)?.number()?;
    let sequence = f.key(br#","u":"#)?.number()?;
    let (chain, previous) = match place.product {
        Product::Spot => (DEPTH_DENSE, 0),
        _ => (DEPTH_PREVIOUS, f.key(br#","pu":"#)?.number()?),
    };
    let mut depth = cx.depth(DepthStart {
        instrument: target.index,
        sequence,
        first,
        previous,
        exchange_ns,
        scope: SCOPE_INSTRUMENT,
        flags: DEPTH_FIRST | chain,
        ..DepthStart::default()
    })?;
    f.key(br#","b":"#)?.levels(target.exps, |price, qty| depth.level(price, qty))?;
    depth.asks();
    f.key(br#","a":"#)?.levels(target.exps, |price, qty| depth.level(price, qty))?;
    f.skip(br#","st":"#)?;
    f.end()?;
    depth.finish()?;
    Ok(target)
}
