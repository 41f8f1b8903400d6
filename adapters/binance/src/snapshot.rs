//! Books by REST.

use patchbay_plugin::abi::{DEPTH_PARTIAL, DEPTH_SNAPSHOT, SCOPE_NONE};
use patchbay_plugin::{AdapterCx, DepthStart};

use crate::fields::Fields;
use crate::symbol::Target;

/// `/depth` (SPOT rest-api.md, Order book; DERIV Order Book): the best `limit` levels a side.
/// Spot sends no time, and only COIN-M the symbol.
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    target: Target<'_>,
    limit: usize,
    cx: &mut AdapterCx<'_>,
) -> Result<(), F::Stop> {
    let sequence = f.key(br#"{"lastUpdateId":"#)?.number()?;
    let exchange_ns = f.at(br#","E":"#).then(|| f.time()).transpose()?;
    f.skip(br#","T":"#)?;
    f.skip(br#","symbol":""#)?;
    f.skip(br#","pair":""#)?;
    let mut sides = [Vec::with_capacity(limit), Vec::with_capacity(limit)];
    for (side, text) in sides.iter_mut().zip([br#","bids":"#, br#","asks":"#]) {
        f.key(text)?.levels(target.exps, |price, qty| {
            side.push((price, qty));
            Ok(())
        })?;
    }
    f.end()?;
    let [bids, asks] = sides;
    let full = bids.len().max(asks.len()) >= limit;
    let mut depth = cx.depth(DepthStart {
        instrument: target.index,
        sequence,
        exchange_ns: exchange_ns.unwrap_or(0),
        scope: SCOPE_NONE,
        flags: DEPTH_SNAPSHOT | if full { DEPTH_PARTIAL } else { 0 },
        ..DepthStart::default()
    })?;
    bids.iter().try_for_each(|&(p, q)| depth.level(p, q))?;
    depth.asks();
    asks.iter().try_for_each(|&(p, q)| depth.level(p, q))?;
    Ok(depth.finish()?)
}
