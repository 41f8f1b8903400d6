//! Whom we believe to be a venue.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{CertificateError, ClientConfig, Error, RootCertStore};

use crate::fault::Fault;

/// TLS 1.2 and later, names always checked, roots of the Mozilla list and of the `extra` files.
///
/// # Errors
/// [`Fault::ExtraCa`].
pub(crate) fn config(extra: &[PathBuf]) -> Result<Arc<ClientConfig>, Fault> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for path in extra {
        let refuse = |what: String| Fault::ExtraCa { path: path.clone(), what };
        let pem = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| refuse(error.to_string()))?;
            roots.add(certificate).map_err(|error| refuse(error.to_string()))?;
        }
        if roots.len() == before {
            return Err(refuse("no certificate in it".to_owned()));
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let versions = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::Tls { host: String::new(), why: error.to_string() })?;
    let mut config = versions.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What a failed handshake says to an operator.
pub(crate) fn explain(host: &str, error: &io::Error) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let host = host.to_owned();
    match inner {
        Some(Error::InvalidCertificate(refusal)) => {
            Fault::Certificate { host, why: refusal.to_string(), remedy: remedy(refusal) }
        }
        _ => Fault::Tls { host, why: error.to_string() },
    }
}

fn remedy(refusal: &CertificateError) -> &'static str {
    use CertificateError as E;
    match refusal {
        E::Expired | E::ExpiredContext { .. } => {
            "check this machine's clock, then ask the venue: it has to renew it"
        }
        E::NotValidYet | E::NotValidYetContext { .. } => "check this machine's clock",
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "check the host in the configuration; somebody may stand in between"
        }
        E::UnknownIssuer => {
            "name the issuer's PEM file in extra_ca if it is yours (a proxy, a test); somebody may \
             stand in between"
        }
        _ => "somebody may stand in between",
    }
}
