//! Both ends understand each other, and what is not understood is refused in words.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use common::{Folder, Idle, status};
use patchbay_control::{
    Access, Answer, Client, ClientError, Code, Detail, Operation, Right, Server, Settings, Status,
    TapeQuery,
};

/// A connection without the client, past its greeting.
fn raw(path: &std::path::Path) -> BufReader<UnixStream> {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut from = BufReader::new(stream);
    from.read_line(&mut String::new()).unwrap();
    from
}

fn next(from: &mut BufReader<UnixStream>) -> Answer<serde_json::Value> {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

#[test]
fn every_query_is_answered() {
    let folder = Folder::new("talk");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let mut client = Client::connect(server.path()).unwrap();
    assert_eq!(client.greeting().version, "0.1.0");
    assert_eq!(client.greeting().may, [Right::Read, Right::Operate]);

    let detail = Detail { log: 3, ..Detail::default() };
    assert_eq!(client.status(&detail).unwrap(), status().cut(&detail));
    assert_eq!(client.plugins().unwrap(), status().plugins);
    let books = client.books(&["BTCUSDT".to_owned()], 5).unwrap();
    assert_eq!(books.len(), 2, "two venues list it");
    assert_eq!(client.books(&[], 5).unwrap().len(), 3);
    let lines = client.log(27).unwrap();
    assert_eq!(lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [28, 29, 30]);

    let query = TapeQuery { symbol: "BTCUSDT".to_owned(), ..TapeQuery::default() };
    assert_eq!(Some(client.tape(query.clone()).unwrap()), status().tape);
    let detail = Detail { tape: Some(query), ..detail };
    assert_eq!(client.status(&detail).unwrap().tape, status().tape);
    let query = TapeQuery { symbol: "XRPUSDT".to_owned(), ..TapeQuery::default() };
    let unknown = client.tape(query).unwrap_err();
    assert!(matches!(&unknown, ClientError::Refused(f) if f.code == Code::NoSuchBook));

    let unknown = client.books(&["XRPUSDT".to_owned()], 5).unwrap_err();
    assert!(matches!(&unknown, ClientError::Refused(f) if f.code == Code::NoSuchBook));
    assert_eq!(unknown.to_string(), "no book of `XRPUSDT`");
    client.status(&detail).unwrap();
}

#[test]
fn a_watch_goes_on_until_the_client_leaves() {
    let folder = Folder::new("watch");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let watch = Client::connect(server.path()).unwrap().watch(50, Detail::default()).unwrap();
    let seen: Vec<Status> = watch.take(4).map(Result::unwrap).collect();
    assert_eq!(seen, vec![status().cut(&Detail::default()); 4]);
    wait_for(|| server.clients() == 0);
}

#[test]
fn operations_reach_the_host_with_its_answer() {
    let folder = Folder::new("operate");
    let host = Idle::new(status());
    let server = Server::start(&folder.socket(), host.clone()).unwrap();
    let mut client = Client::connect(server.path()).unwrap();
    let done = client.operate(Operation::Stop {}).unwrap();
    assert_eq!(done, format!("stopping for process {}", std::process::id()));
    let swap = Operation::Swap { plugin: "p".to_owned(), file: "f.so".to_owned() };
    let refused = client.operate(swap).unwrap_err();
    assert!(matches!(&refused, ClientError::Refused(f) if f.code == Code::Refused));
    assert_eq!(refused.to_string(), "f.so: no such file");
    assert_eq!(*host.told.lock().unwrap(), [Operation::Stop {}]);
}

#[test]
fn a_reader_cannot_operate_and_a_stranger_cannot_even_read() {
    let folder = Folder::new("access");
    let own = Access::own().read;
    let reader = Access { read: own, operate: Default::default() };
    let settings = Settings { access: reader, ..Settings::default() };
    let host = Idle::new(status());
    let server = Server::start_with(&folder.socket(), host.clone(), settings).unwrap();
    let mut client = Client::connect(server.path()).unwrap();
    assert_eq!(client.greeting().may, [Right::Read]);
    let refused = client.operate(Operation::Stop {}).unwrap_err();
    assert!(matches!(refused, ClientError::Refused(f) if f.code == Code::NotAllowed));
    assert!(client.plugins().is_ok());
    assert!(host.told.lock().unwrap().is_empty());
    server.stop();

    let nobody = Access { read: Default::default(), operate: Default::default() };
    let settings = Settings { access: nobody, ..Settings::default() };
    let server = Server::start_with(&folder.socket(), host, settings).unwrap();
    let refused = Client::connect(server.path()).unwrap_err();
    assert!(matches!(refused, ClientError::Refused(f) if f.code == Code::NotAllowed));
}

#[test]
fn bad_lines_are_answered_and_the_next_one_is_read() {
    let folder = Folder::new("lines");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let mut raw = raw(server.path());
    let lines = "{\"id\":1,\"do\":\"status\",\"colour\":1}\nhello\n\n{\"id\":4,\"do\":\"log\"}\n";
    raw.get_mut().write_all(lines.as_bytes()).unwrap();
    let answer = next(&mut raw);
    assert_eq!((answer.id, answer.error.unwrap().code), (Some(1), Code::BadRequest));
    for _ in 0..2 {
        let answer = next(&mut raw);
        assert_eq!((answer.id, answer.error.unwrap().code), (None, Code::BadJson));
    }
    let answer = next(&mut raw);
    assert_eq!((answer.id, answer.error), (Some(4), None));
    assert!(answer.ok.unwrap()["log"].is_array());
}

#[test]
fn a_line_without_end_is_refused_at_its_bound() {
    let folder = Folder::new("long");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let mut raw = raw(server.path());
    raw.get_mut().write_all(&vec![b'['; (64 << 10) + 1]).unwrap();
    assert_eq!(next(&mut raw).error.unwrap().code, Code::TooLong);
    assert_eq!(raw.read(&mut [0]).unwrap_or(0), 0, "closed");
}

#[test]
fn bytes_of_no_protocol_do_no_harm() {
    let folder = Folder::new("garbage");
    let server = Server::start(&folder.socket(), Idle::new(status())).unwrap();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..200 {
        let mut stream = UnixStream::connect(server.path()).unwrap();
        let mut bytes = Vec::new();
        for _ in 0..64 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            bytes.extend(seed.to_le_bytes());
        }
        bytes.push(b'\n');
        // It may be full or gone; the host must not be.
        stream.write_all(&bytes).ok();
    }
    wait_for(|| server.clients() == 0);
    Client::connect(server.path()).unwrap().plugins().unwrap();
}

/// Until `done`, for ten seconds at most.
fn wait_for(done: impl Fn() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come true");
}
