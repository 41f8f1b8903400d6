//! Readers, from none at all to a library's.

use std::future::poll_fn;

use futures_util::StreamExt;
use patchbay_net::{Batch, Hidden, Network, NetworkOptions, Socket, Transport, Upgrade};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::say;
use crate::race::{Contender, Step};
use crate::sum::Sum;

/// As the host reads.
const BUFFER: usize = 64 * 1024;

/// A connection after its handshake.
async fn upgraded(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
    let ask = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
               Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(ask.as_bytes()).await.expect("it reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("it answers"));
    }
    stream
}

/// Reads the bytes and looks at none.
pub(super) fn bare(runtime: &Runtime, port: u16, bytes: usize, sum: u64) -> Contender<'_> {
    let (mut stream, mut buffer) = (None, vec![0; BUFFER]);
    Contender::resetting("bare read", move |step| {
        if step == Step::Reset {
            stream = Some(runtime.block_on(upgraded(port)));
            return 0;
        }
        let stream = stream.as_mut().expect("it was reset");
        runtime.block_on(async {
            let mut left = bytes;
            while left > 0 {
                left -= stream.read(&mut buffer).await.expect("it writes");
            }
        });
        sum
    })
}

/// A framing layer of our own: frames are looked at where they were read. Fragments and control
/// frames, which the recording does not have, would go to a slower path.
pub(super) fn own(runtime: &Runtime, port: u16, count: usize) -> Contender<'_> {
    let (mut stream, mut buffer) = (None, vec![0; BUFFER]);
    Contender::resetting("own framing in the read buffer", move |step| {
        if step == Step::Reset {
            stream = Some(runtime.block_on(upgraded(port)));
            return 0;
        }
        let stream = stream.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        runtime.block_on(async {
            let (mut seen, mut filled) = (0, 0);
            while seen < count {
                filled += stream.read(&mut buffer[filled..]).await.expect("it writes");
                let mut at = 0;
                while let Some((start, end)) = whole(&buffer[at..filled]) {
                    say(&buffer[at + start..at + end], &mut sum);
                    at += end;
                    seen += 1;
                }
                buffer.copy_within(at..filled, 0);
                filled -= at;
            }
        });
        sum.0
    })
}

/// Where the payload of the first frame lies, if all of it is there.
fn whole(bytes: &[u8]) -> Option<(usize, usize)> {
    assert!(bytes.first().is_none_or(|&first| first == 0x81), "text frames only");
    let (start, len) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        len => (2, usize::from(len)),
    };
    (bytes.len() >= start + len).then_some((start, start + len))
}

/// Through the host's `Transport`.
pub(super) fn patchbay<'a>(
    runtime: &'a Runtime,
    port: u16,
    count: usize,
    reads: &'a mut usize,
) -> Contender<'a> {
    let network = Network::new(NetworkOptions::default()).expect("no files are read");
    let mut socket: Option<Box<dyn Socket>> = None;
    Contender::resetting("`host/net`, batch a wake", move |step| {
        if step == Step::Reset {
            let url = Hidden::new(format!("ws://127.0.0.1:{port}/"));
            let upgrade = Upgrade { url, headers: Vec::new() };
            let opened = runtime.block_on(network.open(&upgrade));
            socket = Some(opened.unwrap_or_else(|fault| panic!("{fault}")));
            return 0;
        }
        let socket = socket.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        runtime.block_on(async {
            let (mut seen, mut batch) = (0, Batch::default());
            while seen < count {
                batch.clear();
                let read = poll_fn(|cx| socket.poll_read(cx, &mut batch)).await;
                read.unwrap_or_else(|end| panic!("{}", end.reason));
                batch.frames().for_each(|(_, payload)| say(payload, &mut sum));
                seen += batch.frames().len();
                *reads += 1;
            }
        });
        sum.0
    })
}

/// tokio-tungstenite, a future for every frame.
pub(super) fn tungstenite(runtime: &Runtime, port: u16, count: usize) -> Contender<'_> {
    let mut socket: Option<WebSocketStream<TcpStream>> = None;
    Contender::resetting("tokio-tungstenite", move |step| {
        if step == Step::Reset {
            let config = WebSocketConfig::default().read_buffer_size(BUFFER);
            socket = Some(runtime.block_on(async {
                let stream = upgraded(port).await;
                WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await
            }));
            return 0;
        }
        let socket = socket.as_mut().expect("it was reset");
        let mut sum = Sum::default();
        runtime.block_on(async {
            for _ in 0..count {
                let message = socket.next().await.expect("it goes on").expect("a frame");
                say(&message.into_data(), &mut sum);
            }
        });
        sum.0
    })
}
