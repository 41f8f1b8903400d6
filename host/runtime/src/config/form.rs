//! Texts that must have a certain form.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use crate::names::Selection;

/// Longest name in bytes: what the ABI gives a plugin's.
const NAME_MAX: usize = 32;
/// Longest name of a key in bytes.
const KEY_NAME_MAX: usize = 64;

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A path, relative to the folder of the file that it stands in.
    Path,
    /// A path, or nothing.
    PathOrNone,
    /// A name of an instance or a plugin.
    Name,
    /// The name of a file, without a folder.
    FileName,
    /// A SHA-256.
    Sha256,
    /// An instrument whose data is wanted.
    Stream,
    /// The name of a key of an account.
    KeyName,
    /// An IPv4 address of an interface.
    Interface,
    /// A multicast group with its port.
    Group,
    /// A URL of a websocket or of HTTP.
    Url,
    /// A host name, perhaps with a port, and the address used in its place.
    Override,
}

impl Form {
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Path => !text.is_empty() && !text.contains('\0'),
            Self::Name => {
                let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
                (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(allowed)
            }
            Self::FileName => !matches!(text, "" | "." | "..") && !text.contains(['/', '\0']),
            Self::Sha256 => sha256(text).is_some(),
            Self::PathOrNone => !text.contains('\0'),
            Self::Stream => Selection::parse(text, "").is_some(),
            Self::KeyName => {
                let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
                (1..=KEY_NAME_MAX).contains(&text.len()) && text.bytes().all(allowed)
            }
            Self::Interface => interface(text).is_some(),
            Self::Group => group(text).is_some(),
            Self::Url => patchbay_net::check_url(text).is_ok(),
            Self::Override => redirection(text).is_some(),
        }
    }

    /// Of several.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Path | Self::PathOrNone => "paths",
            Self::Name => "names",
            Self::FileName => "names of files",
            Self::Sha256 => "SHA-256",
            Self::Stream => "instruments KIND:SYMBOL, names or patterns",
            Self::KeyName => "names of keys",
            Self::Interface => "addresses",
            Self::Group => "multicast groups",
            Self::Url => "URLs",
            Self::Override => "texts NAME=ADDRESS:PORT",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "a path",
            Self::Name => "a name of a-z, 0-9 and -, at most 32 long",
            Self::FileName => "the name of a file, without a folder",
            Self::Sha256 => "a SHA-256, 64 hexadecimal digits",
            Self::PathOrNone => "a path, or \"\" for none",
            Self::Stream => {
                "KIND:SYMBOL, KIND being spot, linear, inverse, option or equity, or a name or \
                 pattern such as BTC/USDT or */KRW"
            }
            Self::KeyName => "the name of a key, A-Z, a-z, 0-9, - and _, at most 64 long",
            Self::Interface => "the IPv4 address of an interface",
            Self::Group => "a multicast group and a port, such as \"239.255.42.1:9001\"",
            Self::Url => "a URL with wss, ws, https or http and a host",
            Self::Override => "NAME=ADDRESS:PORT or NAME:PORT=ADDRESS:PORT",
        })
    }
}

pub(super) fn interface(text: &str) -> Option<Ipv4Addr> {
    let address: Ipv4Addr = text.parse().ok()?;
    let one = !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast();
    one.then_some(address)
}

pub(super) fn group(text: &str) -> Option<SocketAddrV4> {
    let group: SocketAddrV4 = text.parse().ok()?;
    (group.ip().is_multicast() && group.port() != 0).then_some(group)
}

/// `host` or `host:port`, and the address used in its place.
pub(super) fn redirection(text: &str) -> Option<(String, SocketAddr)> {
    let (name, address) = text.split_once('=')?;
    let (host, port) = name.split_once(':').unwrap_or((name, "1"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let named = !host.is_empty() && host.bytes().all(allowed) && port.parse::<u16>().is_ok();
    Some((name.to_ascii_lowercase(), address.parse().ok()?)).filter(|_| named)
}

/// The bytes that 64 hexadecimal digits stand for.
pub(super) fn sha256(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(pair[0] << 4 | pair[1]).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_descriptor_can_hold() {
        for name in ["binance", "b-2", &"a".repeat(32)] {
            assert!(Form::Name.fits(name), "{name}");
        }
        for other in ["", "Binance", "a_b", "a.b", "a/b", &"a".repeat(33)] {
            assert!(!Form::Name.fits(other), "{other}");
        }
    }

    #[test]
    fn reads_a_hash_in_either_case() {
        let mut expected = [0; 32];
        (expected[0], expected[31]) = (0xab, 0x0f);
        let text = format!("aB{}0F", "0".repeat(60));
        assert_eq!(sha256(&text), Some(expected));
        for other in ["", &text[1..], &format!("{text}0"), &text.replace('B', "g")] {
            assert_eq!(sha256(other), None, "{other}");
        }
    }

    #[test]
    fn addresses_are_of_the_right_sort() {
        let fits = |form: Form, text: &str| form.fits(text);
        assert!(fits(Form::Group, "239.255.42.1:9001"));
        for other in ["239.255.42.1", "239.255.42.1:0", "10.0.0.1:9001", "239.255.42.1:70000", ""] {
            assert!(!fits(Form::Group, other), "{other}");
        }
        assert!(fits(Form::Interface, "10.0.0.1"));
        for other in ["0.0.0.0", "239.255.42.1", "255.255.255.255", "::1", "eth0", "10.0.0.1 "] {
            assert!(!fits(Form::Interface, other), "{other}");
        }
        for text in ["api.x.com=127.0.0.1:1", "api.x.com:443=10.0.0.1:9443", "x=[::1]:443"] {
            assert!(fits(Form::Override, text), "{text}");
        }
        for other in ["api.x.com", "=1.1.1.1:1", "x=1.1.1.1", "x:y=1.1.1.1:1", "a b=1.1.1.1:1"] {
            assert!(!fits(Form::Override, other), "{other}");
        }
    }

    #[test]
    fn a_file_name_has_no_folder() {
        assert!(Form::FileName.fits("binance.so"));
        for other in ["", ".", "..", "a/b.so", "a\0"] {
            assert!(!Form::FileName.fits(other), "{other:?}");
        }
    }
}
