//! Frames as a socket's reader has them: copied into a buffer just before, a read's worth at once.

use std::ops::Range;

use crate::clock::untimed;
use crate::tape::Kind;

/// Bytes of one read, as `host/net` makes it.
const READ: usize = 128 * 1024;

/// Texts back to back.
#[derive(Default)]
pub(crate) struct Feed {
    text: String,
    list: Vec<(Kind, i64, Range<usize>)>,
}

impl Feed {
    /// # Panics
    ///
    /// If a frame is not text.
    pub(crate) fn of<'f>(frames: impl Iterator<Item = (Kind, i64, &'f [u8])>) -> Self {
        let mut feed = Self::default();
        for (kind, at, bytes) in frames {
            let start = feed.text.len();
            feed.text.push_str(str::from_utf8(bytes).expect("a text frame"));
            feed.list.push((kind, at, start..feed.text.len()));
        }
        feed
    }

    /// Hands over kind, receive time and text of every frame. Copying is not timed.
    #[inline]
    pub(crate) fn each(&self, mut take: impl FnMut(Kind, i64, &str)) {
        let (mut rest, mut buffer) = (&self.list[..], String::with_capacity(READ));
        while let Some(&(_, _, Range { start, .. })) = rest.first() {
            let fitting = rest.partition_point(|(_, _, range)| range.end - start <= READ);
            let (read, behind) = rest.split_at(fitting.max(1));
            untimed(|| {
                buffer.clear();
                buffer.push_str(&self.text[start..read[read.len() - 1].2.end]);
            });
            for (kind, at, range) in read {
                take(*kind, *at, &buffer[range.start - start..range.end - start]);
            }
            rest = behind;
        }
    }
}
