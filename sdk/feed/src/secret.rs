//! Places for secrets in what is sent.

use patchbay_plugin::abi::{
    ENCODE_BASE64, ENCODE_SECONDS, ENCODE_TEXT, SECRET_HMAC_SHA256, SECRET_KEY_ID,
    SECRET_PASSPHRASE, SECRET_SECRET, SECRET_TOKEN, SECRET_WALL_TIME, TARGET_BODY, TARGET_HEADER,
    TARGET_SCRATCH,
};
use patchbay_plugin::{Http, Secret, Send};

/// A place behind the first `mark` of a payload or body, for what `SECRET_*` and `ENCODE_*` say.
pub fn slot(text: &str, mark: &str, kind: u32, encoding: u32) -> Secret {
    let offset = text.find(mark).map_or(text.len(), |at| at + mark.len());
    Secret { kind, target: TARGET_BODY, encoding, offset, ..Secret::default() }
}

/// A frame with a login: behind these marks of `text` come key id, passphrase, the time in s, and the
/// signature of that time and of `what` behind it, HMAC-SHA256 in Base64 (OKX, Coinbase Exchange).
pub fn signed(text: String, [key, passphrase, time, signature]: [&str; 4], what: &str) -> Send {
    let now = slot(&text, time, SECRET_WALL_TIME, ENCODE_SECONDS);
    let mac = slot(&text, signature, SECRET_HMAC_SHA256, ENCODE_BASE64);
    let secrets = vec![
        slot(&text, key, SECRET_KEY_ID, ENCODE_TEXT),
        slot(&text, passphrase, SECRET_PASSPHRASE, ENCODE_TEXT),
        Secret { target: TARGET_SCRATCH, offset: 0, ..now.clone() },
        now,
        Secret { over: TARGET_SCRATCH, to: usize::MAX, ..mac },
    ];
    Send { secrets, scratch: vec![what.to_owned()], ..Send::text(text) }
}

/// A frame with a JWT of kind `SECRET_JWT_*` behind the mark `place` of `text`. Behind the marks of
/// its claims come the key id, and the present in s and so many seconds.
pub fn with_jwt(
    (text, place, kind): (String, &str, u32),
    claims: &str,
    key: &str,
    times: &[(&str, usize)],
) -> Send {
    let id = slot(claims, key, SECRET_KEY_ID, ENCODE_TEXT);
    let time = |&(mark, from)| Secret {
        target: TARGET_SCRATCH,
        from,
        ..slot(claims, mark, SECRET_WALL_TIME, ENCODE_SECONDS)
    };
    let jwt = slot(&text, place, kind, ENCODE_TEXT);
    let mut secrets = vec![Secret { target: TARGET_SCRATCH, ..id }];
    secrets.extend(times.iter().map(time));
    secrets.push(Secret { over: TARGET_SCRATCH, to: usize::MAX, ..jwt });
    Send { secrets, scratch: vec![claims.to_owned()], ..Send::text(text) }
}

/// A login by client credentials (RFC 6749, section 4.4): a POST of `form`, behind whose marks come key
/// id and secret. The host keeps the `access_token` of the answer under `name`, and nobody sees it.
pub fn credentials(http: Http, form: &str, [key, secret]: [&str; 2], name: &str) -> Http {
    let key = slot(form, key, SECRET_KEY_ID, ENCODE_TEXT);
    let secret = slot(form, secret, SECRET_SECRET, ENCODE_TEXT);
    let kind = "application/x-www-form-urlencoded";
    Http {
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: form.as_bytes().to_vec(),
        secrets: vec![key, secret],
        token_field: "access_token".to_owned(),
        token: name.to_owned(),
        ..http
    }
}

/// A POST of JSON with the token that the host keeps under `name` (RFC 6750, section 2.1), and with
/// other headers.
pub fn bearer(http: Http, name: &str, body: String, headers: &[(&str, &str)]) -> Http {
    let first = ("authorization", "Bearer ");
    let kind = ("content-type", "application/json; charset=utf-8");
    let all = [first, kind].into_iter().chain(headers.iter().copied());
    let token = Secret {
        kind: SECRET_TOKEN,
        target: TARGET_HEADER,
        encoding: ENCODE_TEXT,
        offset: first.1.len(),
        key: name.to_owned(),
        ..Secret::default()
    };
    Http {
        method: "POST".to_owned(),
        headers: all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.into_bytes(),
        secrets: vec![token],
        ..http
    }
}
