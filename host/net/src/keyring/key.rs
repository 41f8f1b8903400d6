//! One key of an account.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use serde::Deserialize;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use super::base64;
use crate::hidden::Hidden;

/// What a venue gave us. No part of it can be shown.
pub(super) struct Key {
    pub(super) id: Option<Hidden<String>>,
    /// As it may stand in a message.
    pub(super) secret: Option<Hidden<String>>,
    /// As HMAC takes it.
    pub(super) hmac: Option<Hidden<Vec<u8>>>,
    pub(super) passphrase: Option<Hidden<String>>,
    pub(super) ed25519: Option<Ed25519KeyPair>,
    pub(super) es256: Option<EcdsaKeyPair>,
}

/// A key file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    key_id: Option<String>,
    secret: Option<String>,
    /// A secret whose HMAC key is what its Base64 says (Coinbase Exchange).
    secret_base64: Option<String>,
    passphrase: Option<String>,
    /// PEM of an Ed25519 (PKCS#8) or a P-256 key (PKCS#8 or SEC1).
    private_key: Option<String>,
}

/// The fields of a key file, for errors.
pub(super) const FIELDS: &str = "key_id, secret, secret_base64, passphrase, private_key";

impl Key {
    /// Takes a key file apart; otherwise the field and what is wrong with it.
    pub(super) fn from_file(file: KeyFile) -> Result<Self, (&'static str, &'static str)> {
        if file.secret.is_some() && file.secret_base64.is_some() {
            return Err(("secret_base64", "there is a secret as well; give one of them"));
        }
        let hidden = |text: Option<String>| text.map(Hidden::new);
        let (secret, coded) = (hidden(file.secret), hidden(file.secret_base64));
        let hmac = match (&secret, &coded) {
            (Some(text), _) => Some(text.expose().as_bytes().to_vec()),
            (_, Some(text)) => {
                let bytes = base64::decode(text.expose().trim());
                Some(bytes.ok_or(("secret_base64", "it is not Base64"))?)
            }
            _ => None,
        };
        let mut key = Self {
            id: hidden(file.key_id),
            secret: secret.or(coded),
            hmac: hmac.map(Hidden::new),
            passphrase: hidden(file.passphrase),
            ed25519: None,
            es256: None,
        };
        if let Some(pem) = file.private_key.map(Zeroizing::new) {
            key.read_private(&pem).map_err(|what| ("private_key", what))?;
        }
        Ok(key)
    }

    fn read_private(&mut self, pem: &str) -> Result<(), &'static str> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| "it is not a private key in PEM")?;
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        match &der {
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                self.ed25519 = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok();
                self.es256 = EcdsaKeyPair::from_pkcs8(algorithm, der, &random).ok();
            }
            PrivateKeyDer::Sec1(der) => {
                let (private, public) =
                    sec1(der.secret_sec1_der()).ok_or("it is not a key on P-256")?;
                let pair = EcdsaKeyPair::from_private_key_and_public_key(
                    algorithm, private, public, &random,
                );
                self.es256 = pair.ok();
            }
            _ => {}
        }
        match self.ed25519.is_some() || self.es256.is_some() {
            true => Ok(()),
            false => Err("it is neither an Ed25519 key nor a key on P-256; RSA is not supported"),
        }
    }
}

/// Private and public part of `ECPrivateKey` (RFC 5915) on P-256, which has one DER form.
fn sec1(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = der.strip_prefix(&[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20])?;
    let (private, rest) = rest.split_at_checked(32)?;
    let curve = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let public = rest.strip_prefix(&curve)?.strip_prefix(&[0xa1, 0x44, 0x03, 0x42, 0x00])?;
    (public.len() == 65).then_some((private, public))
}
