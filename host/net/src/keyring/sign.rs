//! Digests, signatures and JWTs.

use patchbay_abi::{
    SECRET_ED25519, SECRET_HMAC_SHA256, SECRET_HMAC_SHA512, SECRET_JWT_ES256, SECRET_JWT_HS256,
    SECRET_JWT_HS512, SECRET_SHA512,
};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};

use super::base64;
use super::key::Key;

/// Part of a key that is missing.
pub(super) type Missing = &'static str;

/// The bytes of a digest or signature of `covered`; `None` if `kind` is neither.
pub(super) fn sign(
    kind: u32,
    key: Option<&Key>,
    covered: &[u8],
) -> Option<Result<Vec<u8>, Missing>> {
    let code = |algorithm| hmac_of(algorithm, key, covered);
    Some(match kind {
        SECRET_HMAC_SHA256 => code(hmac::HMAC_SHA256),
        SECRET_HMAC_SHA512 => code(hmac::HMAC_SHA512),
        SECRET_SHA512 => Ok(digest::digest(&digest::SHA512, covered).as_ref().to_vec()),
        SECRET_ED25519 => key
            .and_then(|key| key.ed25519.as_ref())
            .map(|pair| pair.sign(covered).as_ref().to_vec())
            .ok_or("private_key (Ed25519)"),
        _ => return None,
    })
}

/// A JWT with these claims; `None` if `kind` is none.
pub(super) fn jwt(kind: u32, key: Option<&Key>, claims: &[u8]) -> Option<Result<String, Missing>> {
    Some(match kind {
        SECRET_JWT_HS256 => {
            symmetric(r#"{"alg":"HS256","typ":"JWT"}"#, hmac::HMAC_SHA256, key, claims)
        }
        SECRET_JWT_HS512 => {
            symmetric(r#"{"alg":"HS512","typ":"JWT"}"#, hmac::HMAC_SHA512, key, claims)
        }
        SECRET_JWT_ES256 => es256(key, claims),
        _ => return None,
    })
}

fn hmac_of(
    algorithm: hmac::Algorithm,
    key: Option<&Key>,
    covered: &[u8],
) -> Result<Vec<u8>, Missing> {
    let secret = key.and_then(|key| key.hmac.as_ref()).ok_or("secret")?;
    let key = hmac::Key::new(algorithm, secret.expose());
    Ok(hmac::sign(&key, covered).as_ref().to_vec())
}

fn unsigned(header: &str, claims: &[u8]) -> String {
    format!("{}.{}", base64::encode_url(header.as_bytes()), base64::encode_url(claims))
}

fn symmetric(
    header: &str,
    algorithm: hmac::Algorithm,
    key: Option<&Key>,
    claims: &[u8],
) -> Result<String, Missing> {
    let text = unsigned(header, claims);
    let signature = hmac_of(algorithm, key, text.as_bytes())?;
    Ok(format!("{text}.{}", base64::encode_url(&signature)))
}

fn es256(key: Option<&Key>, claims: &[u8]) -> Result<String, Missing> {
    let key = key.ok_or("key_id")?;
    let pair = key.es256.as_ref().ok_or("private_key (P-256)")?;
    let id = key.id.as_ref().map(|id| id.expose().as_str());
    let plain = |b: u8| (b' '..0x7f).contains(&b) && b != b'"' && b != b'\\';
    let id = id.filter(|id| id.bytes().all(plain)).ok_or("key_id (printable)")?;
    let (random, mut nonce) = (SystemRandom::new(), [0; 16]);
    random.fill(&mut nonce).map_err(|_| "random bytes of this machine")?;
    let nonce = hex(&nonce);
    let header = format!(r#"{{"alg":"ES256","typ":"JWT","kid":"{id}","nonce":"{nonce}"}}"#);
    let text = unsigned(&header, claims);
    let signature = pair.sign(&random, text.as_bytes());
    let signature = signature.map_err(|_| "random bytes of this machine")?;
    Ok(format!("{text}.{}", base64::encode_url(signature.as_ref())))
}

/// Lowercase hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}
