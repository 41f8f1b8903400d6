//! Keys go into what leaves, and nowhere else.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::fake::{Fake, ok};
use common::server::{Peer, answer, request, serve, write};
use common::*;
use patchbay_abi::*;
use patchbay_net::{
    Event, Hub, HubOptions, Keyring, NetworkOptions, Redacted, Response, SecretStore,
};
use patchbay_plugin::bind::Command;
use patchbay_plugin::{Connect, Http, Secret, Send};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey,
};

/// A folder of this test with key files of mode 0600.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("secrets-{name}"));
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    for (file, text) in files {
        let path = folder.join(file);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

fn keyed(transport: Arc<dyn patchbay_net::Transport>, name: &str, text: &str) -> HubOptions {
    let store = SecretStore::folder(&folder(name, &[("main.toml", text)]), &["main"]).unwrap();
    let mut options = options(transport);
    options.keyring = Arc::new(Keyring::new(Arc::new(store), "main"));
    options
}

fn slot(kind: u32, target: u32, index: usize, offset: usize, encoding: u32) -> Secret {
    Secret {
        kind,
        target,
        encoding,
        offset,
        from: 0,
        to: 0,
        key: String::new(),
        header: index,
        over: 0,
        over_index: 0,
    }
}

fn over(slot: Secret, over: u32, over_index: usize, from: usize, to: usize) -> Secret {
    Secret { over, over_index, from, to, ..slot }
}

/// What leaves, as text: path, headers, body.
async fn sent(name: &str, key: &str, wall: i64, http: Http) -> String {
    let fake = Fake::new();
    let mut hub = Hub::new(keyed(fake.clone(), name, key));
    hub.set_wall_offset(wall - TestClock::START);
    hub.command(Command::Http(http));
    let events = until(&mut hub, is_reply).await;
    assert_eq!(replies(&events)[0].2, REPLY_OK, "{}", notes(&events));
    fake.last.lock().unwrap().clone()
}

const BINANCE: &str = "key_id = \"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A\"\n\
     secret = \"NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j\"\n";

#[tokio::test(start_paused = true)]
async fn binance_rest() {
    let cases = [
        ("LTCBTC", "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
        (
            "%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96",
            "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3",
        ),
    ];
    for (symbol, expected) in cases {
        let path = format!(
            "/api/v3/order?symbol={symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&\
             price=0.1&recvWindow=5000&timestamp=&signature="
        );
        let (end, time) = (path.len(), path.find("&signature").unwrap());
        let hmac = slot(SECRET_HMAC_SHA256, TARGET_PATH, 0, end, ENCODE_HEX);
        let http = Http {
            headers: vec![("X-MBX-APIKEY".to_owned(), String::new())],
            secrets: vec![
                slot(SECRET_KEY_ID, TARGET_HEADER, 0, 0, ENCODE_TEXT),
                slot(SECRET_WALL_TIME, TARGET_PATH, 0, time, ENCODE_MILLIS),
                over(hmac, TARGET_PATH, 0, 14, time),
            ],
            ..get(1, "https://api.binance.com", &path)
        };
        let shown = Redacted::http(&http).to_string();
        assert!(
            shown.contains("timestamp=<time>&signature=<signature> | X-MBX-APIKEY: <key id>"),
            "{shown}"
        );
        let text = sent("binance", BINANCE, 1_499_827_319_559_000_000, http).await;
        assert!(
            text.contains(&format!("timestamp=1499827319559&signature={expected}\n")),
            "{text}"
        );
        assert!(text.contains(
            "X-MBX-APIKEY: vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
        ));
    }
}

#[tokio::test(start_paused = true)]
async fn binance_usd_m() {
    let key = "secret = \"2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9\"";
    let body = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&\
                recvWindow=5000&timestamp=1591702613943&signature=";
    let hmac = slot(SECRET_HMAC_SHA256, TARGET_BODY, 0, body.len(), ENCODE_HEX);
    let http = Http {
        method: "POST".to_owned(),
        body: body.into(),
        secrets: vec![over(hmac, TARGET_BODY, 0, 0, body.len() - "&signature=".len())],
        ..get(1, "https://fapi.binance.com", "/fapi/v1/order")
    };
    let text = sent("usdm", key, 0, http).await;
    assert!(
        text.ends_with("=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"),
        "{text}"
    );
}

/// The WebSocket API signs sorted parameters, which stand elsewhere in the frame.
#[tokio::test(start_paused = true)]
async fn binance_websocket_api() {
    let fake = Fake::new();
    let mut hub = Hub::new(keyed(fake.clone(), "wsapi", BINANCE));
    hub.set_wall_offset(1_645_423_376_532_000_000 - TestClock::START);
    hub.command(connect(1, "wss://ws-api.binance.com/ws-api/v3"));
    until(&mut hub, is_opened).await;
    let scratch = "apiKey=&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&\
                   symbol=BTCUSDT&timeInForce=GTC&timestamp=&type=LIMIT"
        .to_owned();
    let payload = r#"{"signature":""}"#;
    let time = scratch.find("&type").unwrap();
    let hmac = slot(SECRET_HMAC_SHA256, TARGET_BODY, 0, 14, ENCODE_HEX);
    // In this order: the second insertion must find its place behind the first.
    let secrets = vec![
        slot(SECRET_KEY_ID, TARGET_SCRATCH, 0, 7, ENCODE_TEXT),
        slot(SECRET_WALL_TIME, TARGET_SCRATCH, 0, time, ENCODE_MILLIS),
        over(hmac, TARGET_SCRATCH, 0, 0, usize::MAX),
    ];
    let scratch = vec![scratch];
    let payload = payload.into();
    hub.command(Command::Send(Send {
        conn: 1,
        opcode: 1,
        payload,
        secrets,
        scratch,
        ..Send::default()
    }));
    // The fake clock moves by timers alone: it still shows the same millisecond.
    during(&mut hub, Duration::from_micros(10)).await;
    let expected = "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24";
    assert_eq!(fake.remote(0).texts(), [format!(r#"{{"signature":"{expected}"}}"#)]);
}

#[tokio::test(start_paused = true)]
async fn okx() {
    let key =
        "key_id = \"k\"\npassphrase = \"pass\"\nsecret = \"22582BD0CFF14C41EDBF1AB98506286D\"";
    let body = r#"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"2.15","sz":"2"}"#;
    let header = |name: &str| (name.to_owned(), String::new());
    let sign = slot(SECRET_HMAC_SHA256, TARGET_HEADER, 1, 0, ENCODE_BASE64);
    let http = Http {
        method: "POST".to_owned(),
        body: body.into(),
        headers: vec![
            header("OK-ACCESS-KEY"),
            header("OK-ACCESS-SIGN"),
            header("OK-ACCESS-TIMESTAMP"),
            header("OK-ACCESS-PASSPHRASE"),
        ],
        scratch: vec![format!("POST/api/v5/trade/order{body}")],
        secrets: vec![
            slot(SECRET_KEY_ID, TARGET_HEADER, 0, 0, ENCODE_TEXT),
            slot(SECRET_WALL_TIME, TARGET_HEADER, 2, 0, ENCODE_ISO8601),
            slot(SECRET_PASSPHRASE, TARGET_HEADER, 3, 0, ENCODE_TEXT),
            slot(SECRET_WALL_TIME, TARGET_SCRATCH, 0, 0, ENCODE_ISO8601),
            over(sign, TARGET_SCRATCH, 0, 0, usize::MAX),
        ],
        ..get(1, "https://www.okx.com", "/api/v5/trade/order")
    };
    let text = sent("okx", key, 1_607_418_537_715_000_000, http).await;
    assert!(
        text.contains("OK-ACCESS-SIGN: iwrdSpN7pm4G4u8+fswZUyH6mOM48+sBF6WvKpj4Dvk=\n"),
        "{text}"
    );
    assert!(text.contains("OK-ACCESS-TIMESTAMP: 2020-12-08T09:08:57.715Z\n"), "{text}");
    assert!(text.contains("OK-ACCESS-PASSPHRASE: pass\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn upbit_and_bithumb_jwt() {
    let key = "key_id = \"AK\"\nsecret = \"SK\"";
    let bearer = |kind, claims: &str, secrets: Vec<Secret>, path: &str| {
        let jwt = slot(kind, TARGET_HEADER, 0, 7, ENCODE_TEXT);
        let mut all = secrets;
        all.push(over(jwt, TARGET_SCRATCH, 0, 0, usize::MAX));
        Http {
            headers: vec![("Authorization".to_owned(), "Bearer ".to_owned())],
            scratch: vec![claims.to_owned()],
            secrets: all,
            ..get(1, "https://api.upbit.com", path)
        }
    };
    let nonce = "00000000-0000-4000-8000-000000000001";
    let claims = format!(r#"{{"access_key":"","nonce":"{nonce}"}}"#);
    let id = slot(SECRET_KEY_ID, TARGET_SCRATCH, 0, 15, ENCODE_TEXT);
    let http = bearer(SECRET_JWT_HS256, &claims, vec![id.clone()], "/v1/accounts");
    let text = sent("upbit", key, 0, http).await;
    assert!(
        text.contains(
            "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhY2Nlc3Nfa2V5IjoiQUsiLCJub25jZSI6IjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSJ9.JEa-JnsVxJuB3oyH6cYAAG1KT-wduTmC2tZ_rM_46Sk\n"
        ),
        "{text}"
    );
    let path = "/v2/orders?market=KRW-BTC&side=bid&volume=0.01&price=100.0&ord_type=limit";
    let claims = format!(
        r#"{{"access_key":"","nonce":"{nonce}","timestamp":,"query_hash":"","query_hash_alg":"SHA512"}}"#
    );
    let place = |text: &str| claims.find(text).unwrap() + text.len();
    let hash = slot(SECRET_SHA512, TARGET_SCRATCH, 0, place("query_hash\":\""), ENCODE_HEX);
    let secrets = vec![
        id,
        slot(SECRET_WALL_TIME, TARGET_SCRATCH, 0, place("timestamp\":"), ENCODE_MILLIS),
        over(hash, TARGET_PATH, 0, "/v2/orders?".len(), usize::MAX),
    ];
    let http = bearer(SECRET_JWT_HS256, &claims, secrets, path);
    let text = sent("bithumb", key, 1_700_000_000_000_000_000, http).await;
    assert!(text.contains(".RcplnNIG9RZ9ZNeUt240tZioVoyr8AHBblI2emlqDkQ\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn signatures_with_private_keys_verify() {
    let random = ring::rand::SystemRandom::new();
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let pem = |name: &str, der: &[u8]| {
        format!("-----BEGIN {name}-----\n{}\n-----END {name}-----\n", base64(der, true))
    };
    let key = format!("private_key = \"\"\"\n{}\"\"\"", pem("PRIVATE KEY", pkcs8.as_ref()));
    let path = "/p?a=1&signature=";
    let sign = slot(SECRET_ED25519, TARGET_PATH, 0, path.len(), ENCODE_BASE64_PERCENT);
    let http =
        Http { secrets: vec![over(sign, TARGET_PATH, 0, 3, 6)], ..get(1, "https://v", path) };
    let text = sent("ed25519", &key, 0, http).await;
    let signature = text.lines().next().unwrap().strip_prefix(path).unwrap();
    let signature = signature.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let public = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref().to_vec());
    public.verify(b"a=1", &unbase64(&signature)).unwrap();

    // Both forms in which a P-256 key comes.
    let generated = rcgen::KeyPair::generate().unwrap();
    let public = generated.public_key_raw().to_vec();
    let pkcs8 = generated.serialize_der();
    let at = pkcs8.windows(5).position(|w| w == [2, 1, 1, 4, 32]).unwrap() + 5;
    let mut sec1 = vec![0x30, 0x77, 2, 1, 1, 4, 32];
    sec1.extend(&pkcs8[at..at + 32]);
    sec1.extend([0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 0xa1, 0x44, 3, 0x42, 0]);
    sec1.extend(&public);
    for (name, der) in [("PRIVATE KEY", &pkcs8), ("EC PRIVATE KEY", &sec1)] {
        let key = format!("key_id = \"org/key\"\nprivate_key = \"\"\"\n{}\"\"\"", pem(name, der));
        let jwt = slot(SECRET_JWT_ES256, TARGET_HEADER, 0, 7, ENCODE_TEXT);
        let http = Http {
            headers: vec![("Authorization".to_owned(), "Bearer ".to_owned())],
            scratch: vec![r#"{"sub":"x"}"#.to_owned()],
            secrets: vec![over(jwt, TARGET_SCRATCH, 0, 0, usize::MAX)],
            ..get(1, "https://v", "/")
        };
        let text = sent("es256", &key, 0, http).await;
        let token = text.split("Bearer ").nth(1).unwrap().trim();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.clone());
        public.verify(signed.as_bytes(), &unbase64(signature)).unwrap();
        let header = String::from_utf8(unbase64(signed.split('.').next().unwrap())).unwrap();
        assert!(
            header.starts_with(r#"{"alg":"ES256","typ":"JWT","kid":"org/key","nonce":""#),
            "{header}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_decoded_secret_signs_and_nonces_grow() {
    // HMAC-SHA256 with key "key" of "The quick brown fox jumps over the lazy dog".
    let path = "/The_quick_brown_fox?n=&s=";
    let hmac = slot(SECRET_HMAC_SHA512, TARGET_PATH, 0, path.len(), ENCODE_HEX);
    let http = |id| Http {
        secrets: vec![
            slot(SECRET_NONCE, TARGET_PATH, 0, path.len() - 3, ENCODE_TEXT),
            over(hmac.clone(), TARGET_PATH, 0, 1, 20),
        ],
        ..get(id, "https://v", path)
    };
    let fake = Fake::new();
    let mut hub = Hub::new(keyed(fake.clone(), "nonce", "secret_base64 = \"a2V5\""));
    hub.command(Command::Http(http(1)));
    hub.command(Command::Http(http(2)));
    let mut seen = 0;
    while seen < 2 {
        seen += replies(&until(&mut hub, is_reply).await).len();
    }
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA512, b"key");
    let expected = ring::hmac::sign(&key, b"The_quick_brown_fox");
    let expected: String = expected.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let paths = fake.paths();
    assert!(paths.iter().all(|path| path.ends_with(&format!("&s={expected}"))), "{paths:?}");
    let nonce = |path: &String| -> u64 { path[23..].split('&').next().unwrap().parse().unwrap() };
    assert_eq!(nonce(&paths[1]), nonce(&paths[0]) + 1);
    assert_eq!(nonce(&paths[0]), 1_795_419_120_000_000);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_filled_is_refused_by_name() {
    let fake = Fake::new();
    let mut hub = Hub::new(keyed(fake.clone(), "lacks", "key_id = \"k\""));
    let with = |id, secret| Http { secrets: vec![secret], ..get(id, "https://v", "/p") };
    let hmac = slot(SECRET_HMAC_SHA256, TARGET_PATH, 0, 2, ENCODE_HEX);
    let cases = [
        (over(hmac.clone(), TARGET_PATH, 0, 0, 1), "key \"main\" has no secret"),
        (
            Secret { key: "x".to_owned(), ..slot(SECRET_KEY_ID, 1, 0, 2, 0) },
            "no key \"x\"; add x.toml",
        ),
        (Secret { key: "t".to_owned(), ..slot(SECRET_TOKEN, 1, 0, 2, 0) }, "no token \"t\""),
        (slot(SECRET_KEY_ID, TARGET_PATH, 0, 3, 0), "beyond the text"),
        (slot(SECRET_KEY_ID, TARGET_HEADER, 0, 0, 0), "no such text"),
        (slot(SECRET_KEY_ID, TARGET_PATH, 0, 0, ENCODE_HEX), "kind and encoding"),
        (over(hmac.clone(), TARGET_SCRATCH, 0, 0, 0), "text to cover"),
        (over(hmac, TARGET_PATH, 0, 2, 1), "not inside the text"),
    ];
    for (id, (secret, words)) in (1..).zip(cases) {
        hub.command(Command::Http(with(id, secret)));
        let events = until(&mut hub, is_reply).await;
        assert_eq!(replies(&events)[0].2, REPLY_REFUSED);
        assert!(notes(&events).contains(words), "{words}: {}", notes(&events));
    }
    assert!(fake.paths().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_blanked_and_filled_in_later() {
    let fake = Fake::answering(|request| {
        let body = match request.path.expose().as_str() {
            "/login" => br#"{"ok":true,"access_token":"tok-123"}"#.to_vec(),
            _ => b"{}".to_vec(),
        };
        (Duration::ZERO, Ok(Response { body, ..ok() }))
    });
    let mut hub = Hub::new(options(fake.clone()));
    let (token_field, token) = ("access_token".to_owned(), "session".to_owned());
    hub.command(Command::Http(Http { token_field, token, ..get(1, "https://v", "/login") }));
    let events = until(&mut hub, is_reply).await;
    assert_eq!(replies(&events)[0].3, r#"{"ok":true,"access_token":"       "}"#);
    let secret = Secret { key: "session".to_owned(), ..slot(SECRET_TOKEN, TARGET_PATH, 0, 3, 0) };
    hub.command(Command::Http(Http { secrets: vec![secret], ..get(2, "https://v", "/p?") }));
    until(&mut hub, is_reply).await;
    assert_eq!(fake.paths()[1], "/p?tok-123");
}

#[test]
fn only_private_files_are_read() {
    let folder = folder("modes", &[("a.toml", "secret = \"s\"\n"), ("notes.txt", "not a key")]);
    let file = folder.join("a.toml");
    let read = || {
        SecretStore::folder(&folder, &["a"])
            .map(|s| s.names().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(read().unwrap(), ["a"]);
    for mode in [0o644, 0o640, 0o660, 0o700, 0o606] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let refused = read().unwrap_err().to_string();
        assert!(
            refused.contains(&format!("mode {mode:04o}, expected 0600; chmod it")),
            "{refused}"
        );
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    assert!(read().is_err() && SecretStore::credentials(&folder, &["a"]).is_ok());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(read().unwrap_err().to_string().contains("mode 0777"));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    for (text, words) in [
        ("key_id = \"k\"\nsecret = canary", "a.toml:2: not understood"),
        ("secrets = \"canary\"", "a.toml:1: not understood; expected TOML with texts named key_id"),
        ("secret = 77", "a.toml:1"),
        ("secret_base64 = \"?canary\"", "secret_base64: it is not Base64"),
        ("private_key = \"canary\"", "private_key: it is not a private key in PEM"),
        ("secret = \"canary\"\nsecret_base64 = \"\"", "give one of them"),
    ] {
        fs::write(&file, text).unwrap();
        let refused = read().unwrap_err();
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains(words) && !shown.contains("canary"), "{shown}");
        assert!(!shown.contains("77"), "{shown}");
    }
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("notes.txt", &file).unwrap();
    let refused = read().unwrap_err().to_string();
    assert!(refused.ends_with("a.toml: a symbolic link; put the file itself there"), "{refused}");
    fs::remove_file(&file).unwrap();
    let refused = read().unwrap_err().to_string();
    assert!(refused.contains("a.toml: No such file"), "{refused}");
    let nothing = SecretStore::folder(&folder, &[]).unwrap();
    assert_eq!(nothing.names().count(), 0, "only what is named is read");
}

static LINES: Mutex<String> = Mutex::new(String::new());

struct Capture;

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        LINES.lock().unwrap().push_str(&format!("{} {}\n", record.target(), record.args()));
    }
    fn flush(&self) {}
}

/// A full run over real sockets with every kind of failure; the logger takes all that libraries say.
#[tokio::test]
async fn a_canary_is_in_no_log_event_or_debug_output() {
    const CANARY: &str = "Canary-5ecret-0f-the-venue";
    log::set_logger(&Capture).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let (address, _server) = serve(None, |number, mut stream| async move {
        if number == 1 {
            let mut peer = Peer::accept(stream).await.unwrap();
            let message = peer.receive().await.unwrap();
            assert!(message.to_text().unwrap().contains(CANARY));
            let _gone = peer.text("seen").await;
            return;
        }
        let text = request(&mut stream).await;
        assert!(text.contains(CANARY) || number > 3, "{text}");
        match number {
            0 => write(&mut stream, "HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n").await,
            2 => write(&mut stream, &answer("200 OK", "", &format!(r#"{{"t":"{CANARY}"}}"#))).await,
            _ => write(&mut stream, "HTTP/1.1 2").await,
        }
    })
    .await;
    let key = format!("key_id = \"{CANARY}\"\nsecret = \"{CANARY}\"\npassphrase = \"{CANARY}\"");
    let network = network(NetworkOptions::default());
    let mut hub = Hub::new(keyed(network, "canary", &key));
    let url = format!("ws://{address}/?key=");
    let in_url = slot(SECRET_KEY_ID, TARGET_PATH, 0, url.len(), ENCODE_TEXT);
    let in_header = slot(SECRET_PASSPHRASE, TARGET_HEADER, 0, 0, ENCODE_TEXT);
    let connect = Connect {
        tag: 1,
        url,
        headers: vec![("X-Pass".to_owned(), String::new())],
        secrets: vec![in_url, in_header.clone()],
        ..Connect::default()
    };
    let mut shown = Redacted::connect(&connect).to_string();
    hub.command(Command::Connect(connect));
    let mut events = until(&mut hub, is_opened).await;
    let in_body = slot(SECRET_SECRET, TARGET_BODY, 0, 0, ENCODE_TEXT);
    let send = Send { conn: 1, opcode: 1, secrets: vec![in_body.clone()], ..Send::default() };
    shown += &Redacted::send(&send).to_string();
    hub.command(Command::Send(send));
    events.extend(until(&mut hub, is_closed).await);
    hub.command(Command::Close { conn: 1, reason: String::new() });
    let base = format!("http://{address}");
    for id in 1..=3 {
        let hmac = slot(SECRET_HMAC_SHA256, TARGET_PATH, 0, 6, ENCODE_HEX);
        let http = Http {
            method: "POST".to_owned(),
            headers: vec![("X-Pass".to_owned(), String::new())],
            secrets: vec![
                in_header.clone(),
                in_body.clone(),
                over(hmac, TARGET_BODY, 0, 0, usize::MAX),
            ],
            token_field: "t".to_owned(),
            token: "t".to_owned(),
            ..get(id, &base, "/path?")
        };
        shown += &Redacted::http(&http).to_string();
        hub.command(Command::Http(http));
        events.extend(until(&mut hub, is_reply).await);
    }
    let logged = LINES.lock().unwrap().clone();
    let all = format!("{logged}\n{shown}\n{events:?}\n{}", notes(&events));
    let bodies: Vec<u8> = events
        .iter()
        .flat_map(|event| match event {
            Event::Reply { body, .. } => body.clone(),
            Event::Frames { batch, .. } => {
                batch.frames().flat_map(|(_, data)| data.to_vec()).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    let all = format!("{all}{}", String::from_utf8_lossy(&bodies));
    assert!(all.contains("<secret>") && all.contains("<passphrase>") && all.contains("<key id>"));
    let hex: String = CANARY.bytes().map(|b| format!("{b:02x}")).collect();
    let listed = format!("{:?}", CANARY.as_bytes());
    let listed = listed.trim_matches(['[', ']']).to_owned();
    let mut forms = vec![CANARY.to_owned(), hex.clone(), hex.to_uppercase(), listed];
    // Base64 at each of the three places in a group, without the digits its neighbours touch.
    for lead in 0..3 {
        let text = [&vec![b' '; lead], CANARY.as_bytes()].concat();
        let coded = base64(&text, false);
        forms.push(coded[4..coded.len() - 4].to_owned());
    }
    for form in forms {
        assert!(!all.contains(&form), "{form} in {all}");
    }
}

fn base64(bytes: &[u8], lines: bool) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (number, group) in bytes.chunks(3).enumerate() {
        if lines && number > 0 && number % 16 == 0 {
            text.push('\n');
        }
        let mut padded = [0; 4];
        padded[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(padded);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(if digit <= group.len() { DIGITS[value as usize].into() } else { '=' });
        }
    }
    text
}

fn unbase64(text: &str) -> Vec<u8> {
    let text = text.replace('-', "+").replace('_', "/");
    let value = |c: char| {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".find(c).unwrap()
    };
    let bits: Vec<usize> = text.trim_end_matches('=').chars().map(value).collect();
    let mut bytes = Vec::new();
    for group in bits.chunks(4) {
        let all = group.iter().fold(0, |all, digit| all << 6 | digit) << (6 * (4 - group.len()));
        let whole = (all as u32).to_be_bytes();
        bytes.extend(&whole[1..group.len()]);
    }
    bytes
}
