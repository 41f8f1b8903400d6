//! A websocket server of recorded frames, framed beforehand.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::tape::Frames;

/// Text frames as a server sends them (RFC 6455, section 5.2).
pub(super) fn framed(frames: &Frames) -> Vec<u8> {
    let mut stream = Vec::new();
    for (_, _, payload) in frames.iter() {
        stream.push(0x81);
        match payload.len() {
            len @ ..126 => stream.push(len as u8),
            len => {
                let len = u16::try_from(len).expect("no recorded frame is longer");
                stream.push(126);
                stream.extend(len.to_be_bytes());
            }
        }
        stream.extend_from_slice(payload);
    }
    stream
}

/// Serves `stream` to whoever connects, one after the other; the port.
pub(super) fn start(stream: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let stream = Arc::new(stream);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let stream = Arc::clone(&stream);
            std::thread::spawn(move || serve(client, &stream));
        }
    });
    port
}

/// A client that leaves early ends its thread.
fn serve(mut client: TcpStream, stream: &[u8]) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let key = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim().to_owned())
    });
    let accept = derive_accept_key(key.unwrap_or_default().as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    if client.write_all(answer.as_bytes()).is_ok() {
        drop(client.write_all(stream));
    }
}
