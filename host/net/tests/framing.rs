//! Frames cut where they were read are those that tungstenite reads, wherever the network cuts them.
#![allow(clippy::unwrap_used)]

mod twin;

use std::path::{Path, PathBuf};

use patchbay_history::{Captures, Event};
use patchbay_net::{Bytes, Frame, Framing, SplitMix64};
use twin::{Heard, ours, theirs};

const MESSAGE_MAX: usize = 16 << 20;

/// Both readers over the same chunks; what they agreed on.
fn agreed(chunks: &[&[u8]], message_max: usize) -> Heard {
    let heard = ours(chunks, message_max);
    assert_eq!(heard, theirs(chunks, message_max), "{chunks:?}");
    heard
}

/// Cut in two at every byte, and into single bytes.
fn agreed_however_cut(stream: &[u8], message_max: usize) -> Heard {
    let whole = agreed(&[stream], message_max);
    for at in 0..=stream.len() {
        let (front, back) = stream.split_at(at);
        assert_eq!(agreed(&[front, back], message_max), whole);
    }
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(agreed(&bytes, message_max), whole);
    whole
}

/// The examples of RFC 6455, section 5.7, as a server sends them.
#[test]
fn the_examples_of_the_rfc() {
    let mut stream = Vec::new();
    stream.extend(b"\x81\x05Hello");
    // In fragments, and a ping between them.
    stream.extend(b"\x01\x03Hel");
    stream.extend(b"\x89\x05Hello");
    stream.extend(b"\x80\x02lo");
    stream.extend(b"\x8a\x05Hello");
    stream.extend(b"\x82\x7e\x01\x00");
    stream.extend([7; 256]);
    stream.extend(b"\x81\x05Hello");
    // Section 5.5.1: a goodbye, which is answered; nothing after it is read.
    stream.extend(b"\x88\x06\x03\xe8done");
    stream.extend(b"\x81\x05Hello");
    let heard = agreed_however_cut(&stream, MESSAGE_MAX);
    let hello = || (1, b"Hello".to_vec());
    assert_eq!(heard.frames, [hello(), hello(), (2, vec![7; 256]), hello()]);
    assert_eq!((heard.pings, heard.pongs), (1, 1));
    assert_eq!(heard.owed, [(0x8a, b"Hello".to_vec()), (0x88, b"\x03\xe8done".to_vec())]);
    assert_eq!(heard.end, "Some((1000, \"done\"))");
    // 64 KiB in one frame.
    let mut stream = b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00".to_vec();
    stream.extend([7; 65536]);
    for at in [0, 1, 2, 9, 10, 11, 65545, 65546] {
        let (front, back) = stream.split_at(at);
        assert_eq!(agreed(&[front, back], MESSAGE_MAX).frames, [(2, vec![7; 65536])]);
    }
}

/// Each breaks a rule; what stood before it is heard.
#[test]
fn what_breaks_a_rule_ends_the_conversation() {
    let wrong: [(&str, &[u8]); 11] = [
        ("masked", b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"),
        ("a reserved bit", b"\xc1\x05Hello"),
        ("a reserved opcode", b"\x83\x05Hello"),
        ("a reserved control opcode", b"\x8b\x05Hello"),
        ("not UTF-8", b"\x81\x02\xff\xfe"),
        ("not UTF-8 across fragments", b"\x01\x01\xe2\x80\x01\x28"),
        ("a continuation of nothing", b"\x80\x02lo"),
        ("a message within a message", b"\x01\x03Hel\x81\x05Hello"),
        ("a fragmented ping", b"\x09\x05Hello"),
        ("a ping that is too long", b"\x89\x7e\x00\x7eHello"),
        ("too long", b"\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00"),
    ];
    for (what, bytes) in wrong {
        let stream = [b"\x81\x05Hello", bytes].concat();
        let heard = agreed_however_cut(&stream, 4096);
        assert_eq!(heard.frames, [(1, b"Hello".to_vec())], "{what}");
        assert!(!heard.end.starts_with("Some") && heard.end != "None", "{what}: {}", heard.end);
    }
}

/// A message in fragments is bounded as a whole.
#[test]
fn fragments_together_have_the_bound_of_a_message() {
    let mut stream = Vec::new();
    stream.extend(b"\x02\x7d");
    stream.extend([7; 125]);
    stream.extend(b"\x80\x7d");
    stream.extend([7; 125]);
    assert_eq!(agreed(&[&stream], 250).frames, [(2, vec![7; 250])]);
    assert!(agreed(&[&stream], 249).frames.is_empty());
}

/// Text that is not ASCII, cut within its characters.
#[test]
fn characters_may_be_cut_anywhere() {
    let text = "실시간 시세 · café";
    let mut stream = vec![0x81, text.len() as u8];
    stream.extend(text.as_bytes());
    assert_eq!(agreed_however_cut(&stream, 4096).frames, [(1, text.as_bytes().to_vec())]);
}

/// Streams with bytes changed, lost and doubled, in chunks of all sizes.
#[test]
fn damaged_streams_are_read_alike() {
    let seeds: [&[u8]; 4] = [
        b"\x81\x05Hello\x82\x03\x01\x02\x03",
        b"\x01\x03Hel\x89\x05Hello\x80\x02lo\x8a\x05Hello\x81\x05Hello",
        b"\x82\x7e\x01\x00\x81\x05Hello\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        b"\x81\x05Hello\x88\x06\x03\xe8done\x81\x05Hello",
    ];
    let mut random = SplitMix64::new(1);
    let mut below = |bound: usize| random.below(bound as u64) as usize;
    for round in 0..20_000 {
        let mut stream = seeds[below(seeds.len())].repeat(1 + below(2));
        for _ in 0..1 + below(3) {
            let at = below(stream.len());
            match below(4) {
                0 => stream[at] ^= 1 << below(8),
                1 => stream[at] = below(256) as u8,
                2 => drop(stream.remove(at)),
                _ => stream.insert(at, stream[at]),
            }
        }
        let chunks: Vec<&[u8]> = stream.chunks(1 + round % 16).collect();
        agreed(&chunks, 200);
    }
}

#[test]
fn recorded_frames_however_cut() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from);
    let capture = corpus.join("binance-usdm/hftbacktest/btcusdt_20240808.gz");
    if !capture.exists() {
        return println!("skipped: no {}", capture.display());
    }
    let (mut captures, mut recorded) = (Captures::open(&[&capture]).unwrap(), Vec::new());
    while recorded.len() < 2000 {
        if let Event::Frame { data, .. } = captures.next().unwrap().unwrap().event {
            recorded.push((1, data.to_vec()));
        }
    }
    // Every place of a cut, in frames of both kinds of head.
    let few = &recorded[..20];
    assert!(few.iter().any(|(_, data)| data.len() > 125));
    assert_eq!(agreed_however_cut(&stream_of(few), MESSAGE_MAX).frames, few);
    // More than a batch holds, in reads of many sizes.
    let stream = stream_of(&recorded);
    for size in [61, 1000, 1448, 16_384, 65_536, 300_000] {
        let chunks: Vec<&[u8]> = stream.chunks(size).collect();
        assert_eq!(agreed(&chunks, MESSAGE_MAX).frames, recorded);
    }
}

/// As a server sends text frames (RFC 6455, section 5.2).
fn stream_of(frames: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (_, payload) in frames {
        stream.push(0x81);
        match payload.len() {
            len @ ..126 => stream.push(len as u8),
            len => {
                stream.push(126);
                stream.extend(u16::try_from(len).unwrap().to_be_bytes());
            }
        }
        stream.extend_from_slice(payload);
    }
    stream
}

/// A venue that pings and never reads is owed a bounded number of answers.
#[test]
fn what_is_owed_is_bounded() {
    let mut framing = Framing::new(b"\x89\x05Hello".repeat(100_000), MESSAGE_MAX);
    let mut batch = patchbay_net::Batch::default();
    framing.take(&mut batch, |_| Ok(None)).unwrap();
    assert_eq!(batch.pings, 100_000);
    assert!(framing.owed().unwrap().len() < 80_000 && !framing.is_ready());
    // When it reads again, what was kept back follows, and frames are taken.
    for _ in 0..100 {
        framing.owed().unwrap().clear();
    }
    assert!(framing.owed().unwrap().is_empty() && framing.is_ready());
    framing.send(Frame { opcode: 1, data: Bytes::from_static(b"Hello") }).unwrap();
    assert_eq!(framing.owed().unwrap().len(), 2 + 4 + 5);
}
