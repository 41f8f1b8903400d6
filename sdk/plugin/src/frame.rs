//! Frames in buffers that end in readable zeros.

use patchbay_abi::FRAME_PADDING;

/// A reused buffer for one frame or reply body, followed by [`FRAME_PADDING`] zero bytes, as the
/// ABI promises to plugins.
#[derive(Clone, Debug)]
pub struct FrameBuf {
    /// As long as the longest content so far, padding included.
    bytes: Vec<u8>,
    len: usize,
}

impl FrameBuf {
    /// Room for `capacity` bytes before it has to grow.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: vec![0; capacity + FRAME_PADDING], len: 0 }
    }

    /// Replaces the content; allocates only beyond the largest content so far.
    #[inline]
    pub fn fill(&mut self, data: &[u8]) {
        let whole = data.len() + FRAME_PADDING;
        if self.bytes.len() < whole {
            self.bytes.resize(whole, 0);
        }
        let (content, padding) = self.bytes.split_at_mut(data.len());
        content.copy_from_slice(data);
        padding[..FRAME_PADDING].fill(0);
        self.len = data.len();
    }

    /// The content.
    pub fn content(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The content, for a reader that overwrites it.
    pub(crate) fn content_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }
}

impl Default for FrameBuf {
    fn default() -> Self {
        Self::with_capacity(64 * 1024)
    }
}
