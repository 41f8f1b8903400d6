//! Answers to REST calls.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::wall_ms;
use crate::fault::{Fault, Place, Strike};
use crate::http::Response;
use crate::ledger::{Did, RestEntry};
use crate::meter::Verdict;
use crate::protocol::{Call, Product, Refusal};
use crate::server::Server;
use crate::track::At;

/// An answer, and what is to be done to it.
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// It is late by this.
    pub(crate) late: Duration,
    /// Its body is cut to half.
    pub(crate) truncated: bool,
}

/// A book's bytes and its last update id.
type Depth = Result<(Vec<u8>, u64), Refusal>;

/// Answers a call.
pub(crate) fn answer(
    server: &Server,
    conn: u64,
    target: &str,
    product: Product,
    weight: u32,
    call: &Call,
) -> Answer {
    let world = &server.world;
    let limits = world.limits(product);
    let (name, places): (String, &[Place]) = match call {
        Call::Depth { symbol, .. } => {
            (format!("{}@depth", symbol.to_lowercase()), &[Place::Rest, Place::Book])
        }
        _ => (String::new(), &[Place::Rest]),
    };
    let strike = world.strike(places, conn, &name);
    let fault = strike.map(|Strike { fault, .. }| fault);
    let now = Instant::now();
    let verdict = server.meter.borrow_mut().charge(product, weight, &limits, now);
    let mut answer =
        Answer { response: Response::default(), late: Duration::ZERO, truncated: false };
    let mut did = Did::AsSaid;
    let mut id = None;
    // A fault that answers by itself comes before the limits, so that it is sure to be seen.
    answer.response = match (&fault, verdict) {
        (Some(Fault::TooManyRequests { retry_after_s }), _) => {
            refuse(server, Refusal::TooMany, Some(u64::from(*retry_after_s)))
        }
        (Some(Fault::Banned { retry_after_s }), _) => {
            let until = now + Duration::from_secs(u64::from(*retry_after_s));
            server.meter.borrow_mut().ban(product, until);
            refuse(server, Refusal::Banned, Some(u64::from(*retry_after_s)))
        }
        (Some(Fault::ServerError { status }), _) => refuse(server, Refusal::Failed(*status), None),
        (_, Verdict::Banned(seconds)) => refuse(server, Refusal::Banned, Some(seconds)),
        (_, Verdict::TooMany(seconds)) => refuse(server, Refusal::TooMany, Some(seconds)),
        (fault, Verdict::Allowed) => match call {
            Call::Time => Response::new(200, world.protocol().time(wall_ms())),
            Call::Instruments => Response::new(200, instruments(server, product, "")),
            Call::List(list) => Response::new(200, instruments(server, product, list)),
            Call::Depth { symbol, limit } => {
                let mut depth = depth(server, product, symbol, *limit);
                if matches!(fault, Some(Fault::StaleSnapshot)) {
                    let instead_of = depth.as_ref().ok().map(|(_, id)| *id);
                    depth = stale(server, product, symbol, *limit);
                    let id = depth.as_ref().map_or(0, |(_, id)| *id);
                    did = Did::Served { id, instead_of };
                }
                match depth {
                    Ok((body, last)) => {
                        id = Some(last);
                        Response::new(200, body)
                    }
                    Err(why) => refuse(server, why, None),
                }
            }
            Call::Always(body) => Response::new(200, (*body).to_owned()),
            Call::NotRecorded => refuse(server, Refusal::NotRecorded, None),
            Call::Bad(name) => refuse(server, Refusal::BadParameter(name), None),
        },
    };
    if let Some(fault) = fault {
        match fault {
            Fault::SlowReply { ms } => answer.late = Duration::from_millis(ms),
            Fault::TruncatedBody => {
                answer.truncated = true;
                let of = answer.response.body.len() as u64;
                did = Did::Sent { bytes: of / 2, of };
            }
            _ => {}
        }
        world.enter_fault(conn, Some(product), &name, fault, did);
    }
    let used = server.meter.borrow().used(product);
    answer.response.headers.push((world.protocol().weight_header(), used.to_string()));
    let (at_us, status) = (world.now_us(), answer.response.status);
    let target = target.to_owned();
    world.ledger().rest(RestEntry { at_us, conn, target, status, weight: used, id });
    answer
}

/// A refusal in the venue's words.
pub(crate) fn refuse(server: &Server, why: Refusal, retry_after_s: Option<u64>) -> Response {
    let (status, body) = server.world.protocol().refusal(why);
    let mut response = Response::new(status, body);
    if let Some(seconds) = retry_after_s {
        response.headers.push(("Retry-After", seconds.to_string()));
    }
    response
}

/// The recorded list, or one made of what was recorded.
fn instruments(server: &Server, product: Product, list: &str) -> Vec<u8> {
    let world = &server.world;
    match world.recording().instruments(product, list) {
        Some(body) => body.to_owned(),
        None => {
            let listings = world.recording().listings(product).iter();
            let listed = listings.filter(|l| world.protocol().listed(list, &l.symbol)).cloned();
            let listed: Vec<_> = listed.collect();
            let what = format!("{} instruments {list}", world.product(product));
            let what = what.trim_end();
            world.ledger().derived(format!("{what}: from symbols and digits seen"));
            world.protocol().instruments(product, &listed, wall_ms()).into_bytes()
        }
    }
}

/// The book of a symbol as of the last change that was played.
fn depth(server: &Server, product: Product, symbol: &str, limit: usize) -> Depth {
    let world = &server.world;
    let (recording, protocol) = (world.recording(), world.protocol());
    let position = world.play().position;
    let place = place_of(server, product, symbol)?;
    let track = &recording.tracks[place];
    let mut cursors = world.cursors();
    match cursors[place].at(track, position, recording, protocol) {
        At::Recorded(snapshot) => {
            Ok((protocol.shallower(recording.snapshot(snapshot), limit), snapshot.id))
        }
        At::After(frame, id, book) => {
            Ok((protocol.snapshot(product, recording.payload(frame), id, book, limit), id))
        }
        At::Untold => Err(Refusal::NoBook),
    }
}

/// The first book that was recorded.
fn stale(server: &Server, product: Product, symbol: &str, limit: usize) -> Depth {
    let recording = server.world.recording();
    let track = &recording.tracks[place_of(server, product, symbol)?];
    let snapshot = track.segments.first().ok_or(Refusal::NoBook)?.snapshot;
    let snapshot = &track.snapshots[snapshot];
    let body = server.world.protocol().shallower(recording.snapshot(snapshot), limit);
    Ok((body, snapshot.id))
}

/// The track of a symbol; of several, one with a book.
fn place_of(server: &Server, product: Product, symbol: &str) -> Result<usize, Refusal> {
    let recording = server.world.recording();
    let ours = |place: &usize| {
        let stream = &recording.streams[recording.tracks[*place].stream as usize];
        stream.product == product && stream.symbol == symbol
    };
    let told = |place: &usize| !recording.tracks[*place].segments.is_empty();
    let mut places = (0..recording.tracks.len()).filter(ours);
    let first = places.next().ok_or_else(|| {
        let mut streams = recording.streams.iter();
        match streams.any(|s| s.product == product && s.symbol == symbol) {
            true => Refusal::NoBook,
            false => Refusal::BadSymbol,
        }
    })?;
    Ok(std::iter::once(first).chain(places).find(told).unwrap_or(first))
}
