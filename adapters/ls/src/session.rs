//! Streams: which there are, what they are called, how they are asked for.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{Board, LS};

const ALL: &[Line] = &[Line::of(LS, 0)];

/// Name under which the host keeps the token.
pub(crate) const TOKEN: &str = "ls";

/// Codes of a stream of the market's operation, and of all of it.
const OPERATION: &str = "JIF";
const EVERYTHING: &str = "0";

impl Streams for Market {
    /// DOC, each by its codes for KOSPI, KOSDAQ and NXT; `JIF` is one for all symbols.
    const STREAMS: &'static [Channel] = &[
        Channel::of(CHANNEL_DEPTH, ALL, "H1_ HA_ NH1"),
        Channel::of(CHANNEL_TRADES, ALL, "S3_ K3_ NS3"),
        Channel::of(CHANNEL_STATUS, ALL, "VI_ VI_ NVI"),
        Channel::of(CHANNEL_STATUS, ALL, OPERATION),
    ];
    /// A stream begins with the next change.
    const HEAL: Heal = Heal::Ask(Topic::Snapshot);
    /// Neither is published: what clients keep to.
    const ROOM: Room = Room { streams: 100, connections: 3, ..Room::FREE };
    /// No other heartbeat is documented.
    const PING: Ping = Ping { every_s: 30, text: "" };

    /// It is part of the host in the configuration: the guide has several.
    fn path(_line: Line) -> &'static str {
        ""
    }

    /// Keys of NXT have exactly 10 characters (DOC `NS3`).
    fn name(&self, _line: Line, channel: &Channel, symbol: &str) -> String {
        if channel.name == OPERATION {
            return format!("{OPERATION} {EVERYTHING}");
        }
        let board = self.board(symbol.as_bytes());
        let code = channel.name.split(' ').nth(board as usize).unwrap_or_default();
        let width = if board == Board::Nxt { 10 } else { 6 };
        format!("{code} {symbol:<width$}")
    }

    /// One stream each, with the token in every message: there is no login (DOC `S3_`).
    fn request(&self, _line: Line, verb: Verb, streams: &[Stream], _ids: &mut Ids) -> Send {
        let name = streams.first().map_or("", |stream| &stream.name);
        let (code, key) = name.split_once(' ').unwrap_or((name, ""));
        let kind = verb.pick("3", "4");
        let header = format!(r#"{{"header":{{"token":"","tr_type":"{kind}"}}"#);
        let text = format!(r#"{header},"body":{{"tr_cd":"{code}","tr_key":"{key}"}}}}"#);
        let token = slot(&text, r#""token":""#, SECRET_TOKEN, ENCODE_TEXT);
        let secrets = vec![Secret { key: TOKEN.to_owned(), ..token }];
        Send { secrets, ..Send::text(text) }
    }

    /// The gateway's firewall drops, without a word, who does not send both.
    fn connect(&self, _line: Line, connect: Connect) -> Connect {
        let agent = concat!("patchbay/", env!("CARGO_PKG_VERSION"));
        let headers = [("User-Agent", agent), ("Accept-Language", "ko-KR")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Connect { headers: headers.to_vec(), ..connect }
    }

    fn batch(_line: Line) -> Batch {
        Batch { streams: 1, bytes: usize::MAX }
    }
}
