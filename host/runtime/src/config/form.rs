//! Texts that must have a certain form.

use std::fmt;

/// Longest name in bytes: what the ABI gives a plugin's.
const NAME_MAX: usize = 32;

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// A path, relative to the folder of the file that it stands in.
    Path,
    /// A name of an instance or a plugin.
    Name,
    /// The name of a file, without a folder.
    FileName,
    /// A SHA-256.
    Sha256,
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
        })
    }
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
    fn a_file_name_has_no_folder() {
        assert!(Form::FileName.fits("binance.so"));
        for other in ["", ".", "..", "a/b.so", "a\0"] {
            assert!(!Form::FileName.fits(other), "{other:?}");
        }
    }
}
