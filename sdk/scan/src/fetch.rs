//! Memory that is wanted soon.

/// Has the place fetched into the processor's caches, and does not wait for it. For many places that
/// nobody has looked at for long: asked for all at once, they come at the same time.
#[inline(always)]
pub fn fetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    crate::simd::fetch(place);
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
