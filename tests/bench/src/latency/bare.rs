//! A bare TCP read: the moment at which bytes are there, whatever has to be done with them then.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use super::key::Key;
use super::site::Site;
use super::{Seen, Wait, now};

const HOST: &str = "fstream.binance.com";

/// Reads frames for `time`; a frame is seen when the read that held its last byte returned.
pub(super) fn read(site: &Site, wait: Wait, time: Duration) -> Seen {
    let mut tcp = TcpStream::connect(site.address).expect("the venue listens");
    tcp.set_nodelay(true).expect("an option");
    let mut tls = client(&fs::read(site.authority()).expect("the venue wrote it"));
    let ask = format!(
        "GET /public/stream?streams=btcusdt@depth@100ms/btcusdt@bookTicker HTTP/1.1\r\n\
         Host: {HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    tls.writer().write_all(ask.as_bytes()).expect("room");
    while tls.is_handshaking() || tls.wants_write() {
        tls.complete_io(&mut tcp).expect("a handshake");
    }
    tcp.set_nonblocking(wait == Wait::Spin).expect("an option");
    let (mut seen, mut reads, mut buffer) = (Seen::default(), Vec::new(), vec![0; 1 << 16]);
    let end = now() + time.as_nanos() as u64;
    loop {
        let read = tcp.read(&mut buffer);
        let at = now();
        if at > end {
            break;
        }
        match read {
            Ok(0) => panic!("the venue closed the connection"),
            Ok(count) => {
                seen.stalls.pause();
                reads.push((at, buffer[..count].to_vec()));
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => seen.stalls.looked(at),
            Err(error) => panic!("{error}"),
        }
    }
    // What the bytes are is found out when nothing is measured any more.
    let (mut plain, mut begun) = (Vec::new(), false);
    for (at, cipher) in reads {
        decrypt(&mut tls, &cipher, &mut plain);
        begun = begun || take_head(&mut plain);
        if begun {
            take_frames(&mut plain, at, &mut seen);
        }
    }
    seen
}

fn client(pem: &[u8]) -> ClientConnection {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.expect("a certificate")).expect("an authority");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("its own versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), HOST.try_into().expect("a name")).expect("a client")
}

fn decrypt(tls: &mut ClientConnection, mut cipher: &[u8], plain: &mut Vec<u8>) {
    while !cipher.is_empty() {
        tls.read_tls(&mut cipher).expect("from memory");
        let state = tls.process_new_packets().expect("good records");
        let from = plain.len();
        plain.resize(from + state.plaintext_bytes_to_read(), 0);
        tls.reader().read_exact(&mut plain[from..]).expect("what it said");
    }
}

/// Takes the answer to the handshake away, once it is whole.
fn take_head(plain: &mut Vec<u8>) -> bool {
    let end = plain.windows(4).position(|four| four == b"\r\n\r\n");
    if let Some(end) = end {
        assert!(plain.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(plain));
        plain.drain(..end + 4);
    }
    end.is_some()
}

/// Takes the frames that are whole away.
fn take_frames(plain: &mut Vec<u8>, at: u64, seen: &mut Seen) {
    let mut done = 0;
    while let [_, second, rest @ ..] = &plain[done..] {
        let (head, len) = match (second & 0x7f, rest) {
            (126, [high, low, ..]) => (4, usize::from(u16::from_be_bytes([*high, *low]))),
            (126, _) => break,
            (len, _) => (2, usize::from(len)),
        };
        let Some(payload) = plain.get(done + head..done + head + len) else { break };
        if let Some(key) = Key::of_frame(payload) {
            seen.at.entry(key).or_insert(at);
        }
        done += head + len;
    }
    plain.drain(..done);
}
