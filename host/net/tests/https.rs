//! Real HTTP requests on loopback.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use common::pki::Pki;
use common::server::{answer, request, serve, write};
use common::*;
use patchbay_abi::*;
use patchbay_net::{Event, Hub, Network, NetworkOptions, OffThread};
use patchbay_plugin::Http;
use patchbay_plugin::bind::Command;
use tokio::time::{Instant, sleep};

async fn one(hub: &mut Hub, http: Http) -> ((u64, u32, u32, String), String) {
    hub.command(Command::Http(http));
    let events = until(hub, is_reply).await;
    (replies(&events).remove(0), notes(&events))
}

#[tokio::test]
async fn a_connection_is_kept_and_used_again() {
    let (address, _server) = serve(None, |number, mut stream| async move {
        loop {
            let text = request(&mut stream).await;
            if text.is_empty() {
                return;
            }
            let first = text.lines().next().unwrap();
            let body = format!("{number} {first} {}", text.split("\r\n\r\n").nth(1).unwrap());
            write(&mut stream, &answer("200 OK", "X-Used: 7\r\n", &body)).await;
        }
    })
    .await;
    let base = format!("http://{address}");
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    let (reply, _) = one(&mut hub, get(1, &base, "/a?b=1")).await;
    assert_eq!(reply, (1, 200, REPLY_OK, "0 GET /a?b=1 HTTP/1.1 ".to_owned()));
    let post = Http { method: "POST".to_owned(), body: b"x=1".to_vec(), ..get(2, &base, "/c") };
    hub.command(Command::Http(post));
    let events = until(&mut hub, is_reply).await;
    assert_eq!(replies(&events)[0].3, "0 POST /c HTTP/1.1 x=1");
    let Event::Reply { headers, url, sent, at, .. } = &events[0] else { panic!("{events:?}") };
    assert!(headers.contains(&("x-used".to_owned(), "7".to_owned())));
    assert_eq!(url, &format!("{base}/c"));
    assert!(*sent > TestClock::START && at >= sent);
}

#[tokio::test]
async fn what_went_wrong_says_whether_it_was_sent() {
    let (address, _server) = serve(None, |_, mut stream| async move {
        let text = request(&mut stream).await;
        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
        match path.as_str() {
            "/cut" => write(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await,
            "/chunk" => {
                let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf";
                write(&mut stream, head).await;
            }
            "/slow" => sleep(Duration::from_secs(60)).await,
            "/head" => {
                write(&mut stream, "HTTP/1.1 200 OK\r\n").await;
                let _gone = "X: y\r\n";
                loop {
                    write(&mut stream, "X-Slow-Loris: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n").await;
                    tokio::task::yield_now().await;
                }
            }
            _ => {}
        }
    })
    .await;
    let base = format!("http://{address}");
    let mut hub = Hub::new(options(network(NetworkOptions::default())));
    for path in ["/cut", "/chunk", "/nothing", "/head"] {
        let (reply, note) = one(&mut hub, get(1, &base, path)).await;
        assert_eq!(reply, (1, 0, REPLY_LOST, String::new()), "{path} {note}");
        assert!(note.contains("127.0.0.1"), "{note}");
    }
    let start = Instant::now();
    let slow = Http { timeout_ns: SECOND / 2, ..get(2, &base, "/slow") };
    let (reply, note) = one(&mut hub, slow).await;
    assert_eq!(reply.2, REPLY_TIMEOUT);
    assert!((500..700).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert!(note.contains("no answer within 4"), "{note}");
    // Nobody listens there: not sent.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = free.local_addr().unwrap();
    drop(free);
    let (reply, note) = one(&mut hub, get(3, &format!("http://{nobody}"), "/")).await;
    assert_eq!(reply.2, REPLY_NOT_SENT);
    assert!(note.contains("check firewall"), "{note}");
    let (reply, note) = one(&mut hub, get(4, "https://venue.invalid", "/")).await;
    assert_eq!(reply.2, REPLY_NOT_SENT);
    assert!(note.contains("venue.invalid: the name was not resolved"), "{note}");
    let inject =
        Http { headers: vec![("X".to_owned(), "a\r\nB: c".to_owned())], ..get(5, &base, "/") };
    let (reply, note) = one(&mut hub, inject).await;
    assert_eq!(reply.2, REPLY_NOT_SENT);
    assert!(note.contains("the header X holds a line break"), "{note}");
}

#[tokio::test]
async fn a_body_has_a_bound() {
    let (address, _server) = serve(None, |_, mut stream| async move {
        request(&mut stream).await;
        write(&mut stream, &answer("200 OK", "", &"x".repeat(2000))).await;
    })
    .await;
    let small = NetworkOptions { body_max: 1000, ..NetworkOptions::default() };
    let mut hub = Hub::new(options(network(small)));
    let (reply, note) = one(&mut hub, get(1, &format!("http://{address}"), "/")).await;
    assert_eq!(reply.2, REPLY_LOST);
    assert!(note.contains("larger than 1000 bytes"), "{note}");
}

fn at(host: &str, address: SocketAddr, pki: &[&Pki]) -> NetworkOptions {
    NetworkOptions {
        extra_ca: pki.iter().map(|pki| pki.ca.clone()).collect(),
        overrides: BTreeMap::from([(host.to_owned(), address)]),
        ..NetworkOptions::default()
    }
}

#[tokio::test]
async fn a_wrong_certificate_is_refused_with_its_reason() {
    const HOST: &str = "api.venue.test";
    let (pki, stranger) = (Pki::new("right"), Pki::new("stranger"));
    let cases = [
        (pki.acceptor(HOST), None),
        (pki.acceptor_until(HOST, 2020), Some("check this machine's clock")),
        (pki.acceptor("other.test"), Some("check the host in the configuration")),
        (stranger.acceptor(HOST), Some("extra_ca")),
    ];
    for (acceptor, expected) in cases {
        let (address, _server) = serve(Some(acceptor), |_, mut stream| async move {
            request(&mut stream).await;
            write(&mut stream, &answer("200 OK", "", "secret")).await;
        })
        .await;
        let mut hub = Hub::new(options(network(at(HOST, address, &[&pki]))));
        let (reply, note) = one(&mut hub, get(1, &format!("https://{HOST}"), "/")).await;
        match expected {
            None => assert_eq!(reply.1, 200, "{note}"),
            Some(words) => {
                assert_eq!(reply.2, REPLY_NOT_SENT);
                assert!(note.contains("api.venue.test: its certificate was refused"), "{note}");
                assert!(note.contains(words), "{note}");
            }
        }
    }
}

#[tokio::test]
async fn a_port_without_tls_says_so() {
    let (address, _server) = serve(None, |_, mut stream| async move {
        write(&mut stream, "SSH-2.0-OpenSSH\r\n").await;
        sleep(Duration::from_secs(1)).await;
    })
    .await;
    let mut hub = Hub::new(options(network(at("venue.test", address, &[]))));
    let (reply, note) = one(&mut hub, get(1, "https://venue.test", "/")).await;
    assert_eq!(reply.2, REPLY_NOT_SENT);
    assert!(note.contains("venue.test: TLS failed"), "{note}");
}

#[test]
fn a_bad_ca_file_is_named() {
    let options =
        NetworkOptions { extra_ca: vec!["Cargo.toml".into()], ..NetworkOptions::default() };
    let refused = Network::new(options).err().unwrap().to_string();
    assert!(refused.contains("extra_ca Cargo.toml: no certificate"), "{refused}");
}

#[tokio::test]
async fn reference_data_is_fetched_on_its_own_thread() {
    let (address, _server) = serve(None, |_, mut stream| async move {
        request(&mut stream).await;
        write(&mut stream, &answer("200 OK", "", "[]")).await;
    })
    .await;
    let transport = network(NetworkOptions::default());
    let mut with = options(network(NetworkOptions::default()));
    with.reference = Some(Arc::new(OffThread::start("reference", transport).unwrap()));
    let mut hub = Hub::new(with);
    let http = Http { purpose: PURPOSE_REFERENCE, ..get(1, &format!("http://{address}"), "/") };
    let (reply, _) = one(&mut hub, http).await;
    assert_eq!(reply.3, "[]");
}
