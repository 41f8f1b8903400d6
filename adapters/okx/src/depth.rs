//! Books.

use patchbay_feed::prelude::*;

use crate::Market;

/// None by REST: subscriptions begin with them.
impl Books for Market {}

/// A row of `books` or its faster kin, a snapshot of `full` levels (DOC Order book channel). Levels
/// are price, quantity (contracts of derivatives), `"0"`, number of orders; quantity 0 deletes. A
/// change names the `seqId` before its own, which may fall: maintenance starts it again. Frames of
/// before 2022 have no ids, only a checksum; since 2026-09 that is always 0, which means none.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    to: Target,
    full: Option<usize>,
    at: &mut Place<'_, '_>,
) -> Read<'f, F> {
    let form = [Cell::Decimal(to.exps.0), Cell::Decimal(to.exps.1), Cell::Skip, Cell::Skip];
    let mut depth = at.depth(to, (0, 0), if full.is_some() { DEPTH_SNAPSHOT } else { 0 })?;
    f.key(br#"{"asks":"#)?.rows(form, |[price, qty, ..]| depth.level(price, qty))?;
    depth.bids();
    f.key(br#","bids":"#)?.rows(form, |[price, qty, ..]| depth.level(price, qty))?;
    depth.start().exchange_ns = f.key(br#","ts":""#)?.time()?;
    let checksum = f.at(br#","checksum":"#).then(|| f.decimal(0)).transpose()?.unwrap_or(0);
    // -1 with snapshots.
    let previous = f.at(br#","prevSeqId":"#).then(|| f.decimal(0)).transpose()?.unwrap_or(-1);
    let sequence = f.at(br#","seqId":"#).then(|| f.number()).transpose()?;
    let partial = full.is_some_and(|full| depth.deepest() >= full);
    let start = depth.start();
    (start.sequence, start.previous) = (sequence.unwrap_or(0), previous.max(0) as u64);
    start.scope = if sequence.is_some() { SCOPE_INSTRUMENT } else { SCOPE_NONE };
    start.checksum = checksum as u32;
    start.flags |= u8::from(previous >= 0) * DEPTH_PREVIOUS;
    start.flags |= u8::from(checksum != 0) * DEPTH_CHECKSUM;
    start.flags |= u8::from(partial) * DEPTH_PARTIAL;
    Ok(depth.finish()?)
}
