//! Frames in buffers that end in readable zeros.

use patchbay_abi::FRAME_PADDING;

/// A reused buffer for one frame or reply body, followed by [`FRAME_PADDING`] zero bytes, as the
/// ABI promises to plugins.
#[derive(Clone, Debug)]
pub struct FrameBuf {
    bytes: Vec<u8>,
    len: usize,
}

impl FrameBuf {
    /// Room for `capacity` bytes before it has to grow.
    pub fn with_capacity(capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity + FRAME_PADDING);
        bytes.resize(FRAME_PADDING, 0);
        Self { bytes, len: 0 }
    }

    /// Replaces the content; allocates only beyond the largest content so far.
    pub fn fill(&mut self, data: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(data);
        self.bytes.resize(data.len() + FRAME_PADDING, 0);
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
