//! A websocket server of recorded frames, framed beforehand.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::tape::Frames;

/// The name in the certificate.
pub(super) const HOST: &str = "localhost";

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

/// A certificate for [`HOST`] that signs itself.
pub(super) struct Identity {
    config: Arc<ServerConfig>,
    pem: String,
}

impl Identity {
    pub(super) fn new() -> Self {
        let made = rcgen::generate_simple_self_signed([HOST.to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("its own versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("its own key");
        Self { config: Arc::new(config), pem: made.cert.pem() }
    }

    /// The certificate in a file.
    pub(super) fn file(&self) -> PathBuf {
        let path = std::env::temp_dir().join(format!("patchbay-bench-{}.pem", std::process::id()));
        std::fs::write(&path, &self.pem).expect("a folder for temporary files");
        path
    }
}

/// Serves `stream` to whoever connects, one after the other; the port.
pub(super) fn start(stream: &Arc<Vec<u8>>, identity: Option<&Identity>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let (stream, tls) = (Arc::clone(stream), identity.map(|own| Arc::clone(&own.config)));
    std::thread::spawn(move || {
        for tcp in listener.incoming().flatten() {
            let (stream, tls) = (Arc::clone(&stream), tls.clone());
            std::thread::spawn(move || match tls {
                None => serve(tcp, &stream),
                Some(tls) => {
                    let connection = ServerConnection::new(tls).expect("a good configuration");
                    serve(StreamOwned::new(connection, tcp), &stream);
                }
            });
        }
    });
    port
}

/// A client that leaves early ends its thread.
fn serve(mut client: impl Read + Write, stream: &[u8]) {
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
        drop(client.flush());
    }
}
