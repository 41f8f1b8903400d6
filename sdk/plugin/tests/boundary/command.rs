//! Requests and wishes, which cross unchanged.

use patchbay_plugin::abi::{self, BucketCost, TickBand};
use patchbay_plugin::bind::{Answer, Command, Plugin};
use patchbay_plugin::model::{Instrument, Kind, OptionSide};
use patchbay_plugin::{
    Adapter, AdapterCx, Bucket, Config, Connect, Error, Frame, FrameBuf, Http, Reply, Secret, Send,
    Token, Value, Wish,
};

use crate::log;

/// Gives every command that there is, in the order of [`commands`].
struct Asker;

impl Adapter for Asker {
    const NAME: &'static str = "asker";
    const VERSION: &'static str = "0";

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        assert_eq!((config.seed(), config.instance()), (77, 5));
        assert_eq!(config.value("a.real"), Some(Value::Float(-0.125)));
        assert!(config.bool("b.on")?);
        assert_eq!(config.int("c.integer")?, i64::MIN);
        assert!(config.texts("d").eq(["über", ""]));
        Ok(Self)
    }

    fn plan(&mut self, wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        assert_eq!(wishes, self::wishes());
        for command in commands() {
            match command {
                Command::Connect(connect) => cx.connect(&connect)?,
                Command::Send(send) => cx.send(&send)?,
                Command::Close { conn, reason } => cx.close(conn, &reason)?,
                Command::Http(http) => cx.http(&http)?,
                Command::Wake(at) => cx.wake(at),
                Command::Define { index, instrument } => {
                    cx.define_instrument(index, &instrument)?
                }
                Command::Bucket(bucket) => cx.define_bucket(&bucket)?,
                Command::ServerTime { id, server_ns } => cx.server_time(id, server_ns),
                Command::Fail { code, text } => cx.fail(code, &text),
            }
        }
        Ok(())
    }

    fn handle_frame(&mut self, _frame: Frame<'_>, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn handle_reply(&mut self, reply: Reply<'_>, _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        assert_eq!((reply.id, reply.status, reply.error), (9, 503, abi::REPLY_OK));
        assert_eq!(reply.url, "https://example.invalid/a");
        assert_eq!(reply.headers, [("retry-after", "3"), ("x", "")]);
        assert_eq!(reply.body, b"busy");
        Ok(())
    }
}

const CONFIG: &[(&str, Value<'_>)] = &[
    ("a.real", Value::Float(-0.125)),
    ("b.on", Value::Bool(true)),
    ("c.integer", Value::Int(i64::MIN)),
    ("d.0", Value::Text("über")),
    ("d.1", Value::Text("")),
];

fn wishes() -> Vec<Wish<'static>> {
    vec![
        Wish {
            channels: abi::CHANNEL_DEPTH | abi::CHANNEL_TRADES,
            symbol: "BTC-USDT",
            kind: Kind::Spot,
            depth: 400,
            interval_ms: 100,
        },
        Wish {
            channels: abi::CHANNEL_MARK,
            symbol: "BTC-USDT-SWAP",
            kind: Kind::Linear,
            depth: 0,
            interval_ms: 0,
        },
    ]
}

fn secrets() -> Vec<Secret> {
    vec![
        Secret {
            kind: abi::SECRET_WALL_TIME,
            target: abi::TARGET_SCRATCH,
            encoding: abi::ENCODE_ISO8601,
            offset: 0,
            header: 1,
            ..Secret::default()
        },
        Secret {
            kind: abi::SECRET_HMAC_SHA256,
            target: abi::TARGET_HEADER,
            encoding: abi::ENCODE_BASE64,
            offset: 3,
            from: 2,
            to: usize::MAX,
            key: "trading".to_owned(),
            header: 1,
            over: abi::TARGET_SCRATCH,
            over_index: 1,
        },
    ]
}

fn costs() -> Vec<BucketCost> {
    vec![BucketCost { bucket: 1, cost: 2 }, BucketCost { bucket: 3, cost: u32::MAX }]
}

fn scratch() -> Vec<String> {
    vec![String::new(), "POST/api/v5/trade/order{}".to_owned()]
}

fn headers() -> Vec<(String, String)> {
    vec![
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("OK-ACCESS-SIGN".to_owned(), String::new()),
    ]
}

fn option() -> Instrument {
    Instrument {
        symbol: "BTC-USD-260925-100000-C".to_owned(),
        base: "BTC".to_owned(),
        quote: "USD".to_owned(),
        settle: "BTC".to_owned(),
        kind: Kind::Option,
        provisional: false,
        price_exp: -4,
        qty_exp: -1,
        tick: 1,
        bands: vec![TickBand { from: 50, tick: 5 }, TickBand { from: i64::MAX, tick: 10 }],
        lot: 2,
        min_qty: 3,
        max_qty: 4,
        min_notional: 5,
        notional_exp: -6,
        contract_size: 7,
        contract_exp: -8,
        contract_unit: abi::CONTRACT_QUOTE,
        option: Some(OptionSide::Put),
        strike: 1_000_000_000,
        expiry_ns: 1_790_323_200_000_000_000,
        session: abi::SESSION_AUCTION,
        checksum: abi::CHECKSUM_CRC32_25,
    }
}

fn commands() -> Vec<Command> {
    vec![
        Command::Bucket(Bucket {
            id: 1,
            capacity: 6_000,
            refill: 100,
            period_ns: 60_000_000_000,
            scope: abi::BUCKET_ACCOUNT,
            name: "rest weight".to_owned(),
        }),
        Command::Define { index: 7, instrument: Box::new(option()) },
        Command::Define {
            index: 8,
            instrument: Box::new(Instrument::provisional("삼성전자", Kind::Equity, 0, 0)),
        },
        Command::Connect(Connect {
            tag: 4,
            url: "wss://example.invalid/ws?a=b".to_owned(),
            headers: headers(),
            secrets: secrets(),
            costs: costs(),
            life_ns: 1,
            ping_ns: 2,
            ping_text: "ping".to_owned(),
            silence_ns: 3,
            ping_wait_ns: 4,
            symbols: 5,
            flags: abi::CONNECT_EXCLUSIVE | abi::CONNECT_DEFLATE,
            scratch: scratch(),
        }),
        Command::Connect(Connect::default()),
        Command::Send(Send {
            conn: 11,
            opcode: abi::OPCODE_BINARY,
            payload: vec![0, 255, 128],
            secrets: secrets(),
            costs: costs(),
            scratch: scratch(),
            tokens: vec![
                Token { field: "access_token".to_owned(), name: "access".to_owned() },
                Token { field: "refresh_token".to_owned(), name: String::new() },
            ],
        }),
        Command::Http(Http {
            id: u64::MAX,
            purpose: abi::PURPOSE_SNAPSHOT,
            scope: (u32::from(abi::SCOPE_CONNECTION), 6),
            method: "POST".to_owned(),
            base: "https://example.invalid".to_owned(),
            path: "/api?limit=5".to_owned(),
            headers: headers(),
            body: b"{}".to_vec(),
            secrets: secrets(),
            costs: costs(),
            timeout_ns: 12,
            token_field: "listenKey".to_owned(),
            token: "listen".to_owned(),
            scratch: scratch(),
        }),
        Command::Http(Http::default()),
        Command::ServerTime { id: 3, server_ns: -4 },
        Command::Close { conn: 11, reason: "not wanted".to_owned() },
        Command::Wake(i64::MAX),
        Command::Fail { code: abi::FAIL_BANNED, text: "until noon".to_owned() },
    ]
}

#[test]
fn every_command_wish_and_value_crosses_unchanged_and_in_order() {
    let plugin = Plugin::linked_adapter::<Asker>();
    let mut instance = plugin.adapter(CONFIG, 77, 5, &log).expect("a configuration that it knows");
    let call = instance.plan(1, &wishes());
    assert_eq!(call.status, abi::OK);
    assert_eq!(call.commands.collect::<Vec<_>>(), commands());
}

#[test]
fn a_reply_crosses_unchanged() {
    let plugin = Plugin::linked_adapter::<Asker>();
    let mut instance = plugin.adapter(CONFIG, 77, 5, &log).expect("a configuration that it knows");
    let mut body = FrameBuf::default();
    body.fill(b"busy");
    let answer = Answer {
        id: 9,
        status: 503,
        error: abi::REPLY_OK,
        url: "https://example.invalid/a",
        headers: &[("retry-after", "3"), ("x", "")],
        body: &mut body,
    };
    assert_eq!(instance.reply(1, answer).status, abi::OK);
}
