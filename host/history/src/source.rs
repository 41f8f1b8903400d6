//! The bytes of a file, decompressed if need be.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::CaptureError;

/// Read at once, before and after decompression.
const CHUNK: usize = 64 << 10;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const XZ: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The magic numbers 0x184D2A50 to 0x184D2A5F, little-endian, after the first byte.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// Opens `path` and decompresses what its first bytes say is compressed.
///
/// # Errors
///
/// [`CaptureError::Open`].
pub(crate) fn open(path: &Path) -> Result<Box<dyn BufRead + Send>, CaptureError> {
    let mut file = File::open(path).map_err(CaptureError::open(path))?;
    let magic = first_bytes(&mut file).map_err(CaptureError::open(path))?;
    let file = BufReader::with_capacity(CHUNK, file);
    if magic.starts_with(&GZIP) {
        Ok(Box::new(BufReader::with_capacity(CHUNK, MultiGzDecoder::new(file))))
    } else if magic.starts_with(&XZ) {
        Ok(Box::new(BufReader::with_capacity(CHUNK, XzReader::new(file, true))))
    } else if is_zstd(magic) {
        Ok(Box::new(BufReader::with_capacity(CHUNK, Zstd::new(file))))
    } else {
        Ok(Box::new(file))
    }
}

/// The first bytes of `file`, zeros beyond its end; the position stays at the start.
pub(crate) fn first_bytes(file: &mut File) -> io::Result<[u8; 8]> {
    let mut bytes = [0; 8];
    let mut read = 0;
    while read < bytes.len() {
        match file.read(&mut bytes[read..])? {
            0 => break,
            n => read += n,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(bytes)
}

fn is_zstd(magic: [u8; 8]) -> bool {
    magic.starts_with(&ZSTD) || (magic[0] & 0xf0 == 0x50 && magic[1..4] == ZSTD_SKIPPABLE)
}

/// A zstd file of one or more frames. ruzstd's own reader ends after the first.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), in_frame: false }
    }

    /// Goes to the next frame that holds data; false at the end of the file.
    fn start_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => self.skip(u64::from(length))?,
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.source.by_ref().take(length), &mut io::sink())?;
        if skipped == length { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Decodes until there is something to collect or the frame is over.
    fn fill(&mut self) -> io::Result<()> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(io::Error::other)?;
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame && !self.start_frame()? {
                return Ok(0);
            }
            self.in_frame = true;
            self.fill()?;
            match self.decoder.read(buf)? {
                0 if !buf.is_empty() => self.in_frame = false,
                read => return Ok(read),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn frame(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    #[test]
    fn reads_all_frames_and_skips_the_skippable() {
        let mut file = vec![0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        file.extend(frame(b"first, "));
        file.extend(frame(b""));
        file.extend(frame(b"second"));
        let mut text = Vec::new();
        Zstd::new(&file[..]).read_to_end(&mut text).unwrap();
        assert_eq!(text, b"first, second");
    }

    #[test]
    fn a_cut_frame_is_an_error() {
        let file = frame(b"some text that does not end where it should");
        for keep in 1..file.len() - 4 {
            let mut text = Vec::new();
            assert!(Zstd::new(&file[..keep]).read_to_end(&mut text).is_err(), "{keep} bytes");
        }
    }

    #[test]
    fn knows_magic_numbers() {
        assert!(is_zstd([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]));
        assert!(is_zstd([0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]));
        assert!(!is_zstd(*b"{\"t\":\"he"));
    }
}
