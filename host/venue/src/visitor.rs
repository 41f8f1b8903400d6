//! Connections from their acceptance: TLS, requests, upgrades.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use crate::fault::{Fault, Place};
use crate::http::{self, Request, Response};
use crate::ledger::Did;
use crate::protocol::{Endpoint, Post, Posted, Refusal};
use crate::rest;
use crate::server::{Guard, Server};
use crate::session::Session;
use crate::socket::Socket;
use crate::tls::Leaf;

/// For a TLS handshake, and for each request: who is slower is not served.
const REQUEST_WITHIN: Duration = Duration::from_secs(60);

/// Accepts connections for ever.
pub(crate) async fn accept(server: Rc<Server>, listener: TcpListener, tls: bool) {
    loop {
        while server.connections() >= server.world.config.connections {
            server.vacancy.notified().await;
        }
        let Ok((tcp, _)) = listener.accept().await else {
            // Out of descriptors, or the client has gone: neither ends a server.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let conn = server.world.open_connection();
        let visit = visit(server.clone(), conn, tcp, tls);
        let task = tokio::task::spawn_local(visit);
        server.admit(conn, task.abort_handle());
    }
}

/// One connection, to its end.
async fn visit(server: Rc<Server>, conn: u64, tcp: TcpStream, tls: bool) {
    let mut guard = Guard::new(server.clone(), conn);
    // Without it, one-byte segments would be put together again.
    let ready = tcp.set_nodelay(true);
    let reason = match (ready, secure(&server, conn, tcp, tls).await) {
        (Ok(()), Ok(socket)) => match serve(&server, conn, socket).await {
            Ok(reason) => reason,
            Err(error) => format!("socket: {error}"),
        },
        (_, Err(error)) => format!("TLS: {error}"),
        (Err(error), _) => format!("socket: {error}"),
    };
    guard.ends(reason);
}

/// The TLS handshake, with the certificate that the plan says.
async fn secure(server: &Server, conn: u64, tcp: TcpStream, tls: bool) -> io::Result<Socket> {
    if !tls {
        return Ok(Socket::Plain(tcp));
    }
    let strike = server.world.strike(&[Place::Accept], conn, "");
    let leaf = match strike.as_ref().map(|strike| &strike.fault) {
        Some(Fault::ExpiredCertificate) => Leaf::Expired,
        Some(Fault::WrongName) => Leaf::OtherName,
        _ => Leaf::Good,
    };
    if let Some(strike) = strike {
        server.world.enter_fault(conn, None, "", strike.fault, Did::AsSaid);
    }
    let acceptor = server.world.certificates.acceptor(leaf);
    let stream =
        timeout(REQUEST_WITHIN, acceptor.accept(tcp)).await.map_err(io::Error::other)??;
    Ok(Socket::Tls(Box::new(stream)))
}

/// Requests until the connection ends or becomes a websocket. Returns why it ended.
async fn serve(server: &Rc<Server>, conn: u64, mut socket: Socket) -> io::Result<String> {
    let mut buffer = Vec::new();
    loop {
        let read = timeout(REQUEST_WITHIN, http::read(&mut socket, &mut buffer));
        let request = match read.await {
            Ok(request) => request?,
            Err(_) => return Ok("no request for too long".to_owned()),
        };
        let Some(request) = request else { return Ok("client".to_owned()) };
        let world = &server.world;
        let endpoint =
            world.protocol().endpoint(&request.host, &request.target, world.recording().products());
        let header = |name: &str| request.header(name);
        let post = Post { target: &request.target, header: &header, body: &request.body };
        let posted = (request.method == "POST").then(|| world.protocol().post(&post)).flatten();
        if request.key.is_some() && !world.protocol().admits(&header) {
            return Ok("the venue's firewall".to_owned());
        }
        let endpoint = match posted {
            Some(Posted::Answer { status, body, login }) => {
                if login {
                    world.ledger().login(conn);
                }
                let response = Response::new(status, body);
                if write(&mut socket, &request, &response, false).await? {
                    return Ok("answered".to_owned());
                }
                continue;
            }
            Some(Posted::Rest { product, weight, call }) => {
                Endpoint::Rest { product, weight, call }
            }
            None if request.method == "POST" => Endpoint::Unknown,
            None => endpoint,
        };
        let (response, truncated) = match (endpoint, &request.key) {
            (Endpoint::Stream { product, route, combined, names }, Some(key)) => {
                let limits = world.limits(product);
                if server.meter.borrow_mut().connect(product, &limits, Instant::now()) {
                    if let Some(entry) = world.ledger().connection(conn) {
                        entry.path.clone_from(&request.target);
                    }
                    socket.write_all(&http::upgraded(key)).await?;
                    socket.flush().await?;
                    let server = server.clone();
                    let session = Session::new(server, conn, product, route, combined, limits);
                    return session.run(socket, &buffer, &names).await;
                }
                (rest::refuse(server, Refusal::TooMany, Some(1)), false)
            }
            (Endpoint::Rest { product, weight, call }, None)
                if matches!(&*request.method, "GET" | "POST") =>
            {
                let answer = rest::answer(server, conn, &request.target, product, weight, &call);
                if !answer.late.is_zero() {
                    sleep(answer.late).await;
                }
                (answer.response, answer.truncated)
            }
            _ => (rest::refuse(server, Refusal::NoPath, None), false),
        };
        if write(&mut socket, &request, &response, truncated).await? {
            return Ok(if truncated { "truncated body" } else { "answered" }.to_owned());
        }
    }
}

/// Writes an answer; whether the connection ends with it.
async fn write(
    socket: &mut Socket,
    request: &Request,
    response: &Response,
    truncated: bool,
) -> io::Result<bool> {
    let bytes = response.bytes(request.close);
    let cut = if truncated { response.body.len().div_ceil(2) } else { 0 };
    socket.write_all(&bytes[..bytes.len() - cut]).await?;
    socket.flush().await?;
    let ends = request.close || truncated;
    if ends {
        socket.shutdown().await?;
    }
    Ok(ends)
}
