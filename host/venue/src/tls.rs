//! The test CA and its certificates: good, expired, for another name.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::VenueError;

/// A name that no venue has.
const OTHER_NAME: &str = "wrong-name.invalid";

/// What a connection is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaf {
    Good,
    Expired,
    OtherName,
}

/// A CA made for one venue, and its certificates.
pub(crate) struct Certificates {
    pub(crate) ca_pem: String,
    good: TlsAcceptor,
    expired: TlsAcceptor,
    other_name: TlsAcceptor,
}

impl Certificates {
    /// Certificates for the loopback and for `hosts`.
    pub(crate) fn new(hosts: &[&str]) -> Result<Self, VenueError> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "patchbay venue test CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) =
            (date_time_ymd(2000, 1, 1), date_time_ymd(2099, 1, 1));
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let names: Vec<_> =
            ["localhost", "127.0.0.1", "::1"].iter().chain(hosts).copied().collect();
        Ok(Self {
            ca_pem: ca.pem(),
            good: acceptor(&ca, &names, 2099)?,
            expired: acceptor(&ca, &names, 2001)?,
            other_name: acceptor(&ca, &[OTHER_NAME], 2099)?,
        })
    }

    pub(crate) fn acceptor(&self, leaf: Leaf) -> &TlsAcceptor {
        match leaf {
            Leaf::Good => &self.good,
            Leaf::Expired => &self.expired,
            Leaf::OtherName => &self.other_name,
        }
    }
}

fn acceptor(
    ca: &CertifiedIssuer<'_, KeyPair>,
    names: &[&str],
    until: i32,
) -> Result<TlsAcceptor, VenueError> {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "patchbay venue");
    (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(until, 1, 1));
    let key = KeyPair::generate()?;
    let leaf = params.signed_by(&key, ca)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Named, so that no provider installed by the process is needed.
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
