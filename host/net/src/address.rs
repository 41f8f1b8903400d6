//! Where a URL leads.

use crate::fault::Fault;
use crate::hidden::Hidden;

/// Longest URL that is taken.
const URL_MAX: usize = 16 * 1024;

/// A parsed URL. The path may hold a token.
#[derive(Clone)]
pub(crate) struct Address {
    /// TLS or not.
    pub(crate) tls: bool,
    /// Name or number, brackets of IPv6 removed.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Path and query; at least `/`.
    pub(crate) path: Hidden<String>,
}

impl Address {
    /// Reads `ws://`, `wss://`, `http://` or `https://`.
    ///
    /// # Errors
    /// [`Fault::Url`], which shows nothing behind the host.
    pub(crate) fn parse(url: &str) -> Result<Self, Fault> {
        let shown = url.find(['?', '#']).map_or(url, |end| &url[..end]);
        let refuse = |what| Fault::Url { url: shown.chars().take(256).collect(), what };
        if url.len() > URL_MAX {
            return Err(refuse("it is longer than 16 KiB"));
        }
        if url.bytes().any(|b| b <= b' ' || b == 0x7f) {
            return Err(refuse("it holds a space or a control character"));
        }
        let (scheme, rest) = url.split_once("://").ok_or_else(|| refuse("it has no scheme"))?;
        let tls = match scheme {
            "wss" | "https" => true,
            "ws" | "http" => false,
            _ => return Err(refuse("its scheme is none of wss, ws, https, http")),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains('@') {
            return Err(refuse("it holds a user name; keys belong into the secret store"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| refuse("its port is no number"))?;
        if host.is_empty() {
            return Err(refuse("it has no host"));
        }
        let path = match path.split('#').next().unwrap_or("") {
            path if path.starts_with('/') => path.to_owned(),
            path => format!("/{path}"),
        };
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        Ok(Self { tls, host: host.to_ascii_lowercase(), port, path: Hidden::new(path) })
    }

    /// `host`, or `host:port` if the port is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let usual = if self.tls { 443 } else { 80 };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        match self.port {
            port if port == usual => format!("{open}{}{close}", self.host),
            port => format!("{open}{}{close}:{port}", self.host),
        }
    }
}

/// The host of a URL, without port; empty if there is none.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    split_port(authority).map_or("", |(host, _)| host)
}

/// Whether a host can be reached by a URL: scheme, host, port.
///
/// # Errors
/// [`Fault::Url`], which says what is wrong with it.
pub fn check_url(url: &str) -> Result<(), Fault> {
    Address::parse(url).map(drop)
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    match port.strip_prefix(':') {
        Some(port) => Some((host, Some(port.parse().ok().filter(|&p| p != 0)?))),
        None if port.is_empty() => Some((host, None)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (bool, String, u16, String) {
        let a = Address::parse(url).unwrap_or_else(|e| panic!("{e}"));
        (a.tls, a.authority(), a.port, a.path.expose().clone())
    }

    #[test]
    fn reads() {
        let text = |s: &str| s.to_owned();
        assert_eq!(parts("wss://A.b/ws?x=1"), (true, text("a.b"), 443, text("/ws?x=1")));
        assert_eq!(parts("ws://a:81"), (false, text("a:81"), 81, text("/")));
        assert_eq!(parts("https://a:443?q"), (true, text("a"), 443, text("/?q")));
        assert_eq!(parts("http://[::1]:9/#f"), (false, text("[::1]:9"), 9, text("/")));
    }

    #[test]
    fn refuses_without_showing_the_query() {
        for url in ["a", "ftp://a", "wss://", "wss://a:x", "wss://a:0", "wss://u:p@a", "ws://[::1"]
        {
            assert!(Address::parse(url).is_err(), "{url}");
        }
        let fault = Address::parse("wss://:9/p?token=canary").err().unwrap().to_string();
        assert!(!fault.contains("canary") && fault.contains("no host"), "{fault}");
        assert!(Address::parse("wss://a/\r\nX: y").is_err());
    }
}
