//! Takes tokens out of replies and frames before the adapter sees them.

use std::ops::Range;

use crate::hidden::Hidden;

/// Longest token that is kept.
const TOKEN_MAX: usize = 16 * 1024;

/// Overwrites the value of the top-level field `field` of the JSON object `body`, a string, with
/// spaces, and gives it; every one of them, if it occurs more than once, and the last counts.
///
/// Reads no more JSON than it needs: a body that is none simply has no such field.
pub(crate) fn take(body: &mut [u8], field: &str) -> Option<Hidden<String>> {
    let mut token = None;
    let mut at = skip_space(body, 0);
    if body.get(at) != Some(&b'{') {
        return None;
    }
    at += 1;
    loop {
        at = skip_space(body, at);
        let name = string(body, at)?;
        at = skip_space(body, name.1 + 1);
        if body.get(at) != Some(&b':') {
            return token;
        }
        at = skip_space(body, at + 1);
        let wanted = unescape(&body[name.0..name.1]).is_some_and(|name| name == field);
        at = match string(body, at) {
            Some((from, to)) => {
                if wanted {
                    token = blank(body, from..to).or(token);
                }
                to + 1
            }
            None => skip_value(body, at),
        };
        at = skip_space(body, at);
        if body.get(at) != Some(&b',') {
            return token;
        }
        at += 1;
    }
}

/// Where the values of fields stand that are texts, wherever in the JSON `body` the fields are: the
/// index among `fields`, and the content of the text.
pub(super) fn find_all(body: &[u8], fields: &[&str]) -> Vec<(usize, Range<usize>)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < body.len() {
        let Some((from, to)) = string(body, at) else {
            at += 1;
            continue;
        };
        at = skip_space(body, to + 1);
        if body.get(at) != Some(&b':') {
            continue;
        }
        at = skip_space(body, at + 1);
        let Some((value_from, value_to)) = string(body, at) else { continue };
        at = value_to + 1;
        let name = unescape(&body[from..to]);
        let is = |field: &&str| name.as_deref() == Some(*field);
        if let Some(field) = fields.iter().position(is) {
            found.push((field, value_from..value_to));
        }
    }
    found
}

/// Overwrites the content of a text with spaces, and gives it, unless it is too long for a token.
pub(super) fn blank(body: &mut [u8], span: Range<usize>) -> Option<Hidden<String>> {
    let text = if span.len() <= TOKEN_MAX { unescape(&body[span.clone()]) } else { None };
    body[span].fill(b' ');
    text.map(Hidden::new)
}

fn skip_space(body: &[u8], mut at: usize) -> usize {
    while body.get(at).is_some_and(|b| b" \t\r\n".contains(b)) {
        at += 1;
    }
    at
}

/// Start and end of the content of the string that begins at `at`; one that is cut goes to the end.
fn string(body: &[u8], at: usize) -> Option<(usize, usize)> {
    if body.get(at) != Some(&b'"') {
        return None;
    }
    let mut end = at + 1;
    while end < body.len() && body[end] != b'"' {
        end += if body[end] == b'\\' { 2 } else { 1 };
    }
    Some((at + 1, end.min(body.len())))
}

/// Behind a number, word, object or array.
fn skip_value(body: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(byte) = body.get(at) {
        match byte {
            b'"' => at = string(body, at).map_or(at, |(_, end)| end),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

fn unescape(raw: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(raw).ok()?;
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            out.push(char);
            continue;
        }
        out.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits: String = chars.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            same @ ('"' | '\\' | '/') => same,
            _ => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(body: &str) -> (Option<String>, String) {
        let mut bytes = body.as_bytes().to_vec();
        let token = take(&mut bytes, "token").map(|t| t.expose().clone());
        (token, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn blanks_the_top_level_field_with_equal_length() {
        let (token, body) = taken(r#"{"a":{"token":"inner"},"token":"abc","n":[1,"]",{}]}"#);
        assert_eq!(token.unwrap(), "abc");
        assert_eq!(body, r#"{"a":{"token":"inner"},"token":"   ","n":[1,"]",{}]}"#);
        let text = r#" { "x" : -1.5e3 , "token" : "a\/b\u0041\"" } "#;
        let (token, body) = taken(text);
        assert_eq!(token.unwrap(), "a/bA\"");
        assert!(!body.contains("u0041") && body.len() == text.len(), "{body}");
    }

    #[test]
    fn takes_every_one_and_keeps_the_last() {
        let (token, body) = taken(r#"{"token":"one","\u0074oken":"two"}"#);
        assert_eq!(token.unwrap(), "two");
        assert!(!body.contains("one") && !body.contains("two"));
    }

    #[test]
    fn a_cut_token_is_blanked_too() {
        let (_, body) = taken(r#"{"token":"secr"#);
        assert!(!body.contains("secr"));
        let (_, body) = taken(r#"{"token":"secr\"#);
        assert!(!body.contains("secr"));
    }

    #[test]
    fn finds_fields_wherever_they_stand() {
        let body = br#"{"id":1,"result":{"a" : "x:\"a\":", "\u0062":[{"b":"two"}],"b":3,"c":"b"}}"#;
        let found = find_all(body, &["a", "b"]);
        let texts: Vec<_> = found.iter().map(|(of, span)| (*of, &body[span.clone()])).collect();
        assert_eq!(texts, [(0, &br#"x:\"a\":"#[..]), (1, b"two")]);
        let cut = br#"{"result":{"a":"secr\"#;
        assert_eq!(find_all(cut, &["a"]), [(0, 16..cut.len())]);
        assert!(find_all(br#"["a","b"]"#, &["a", "b"]).is_empty());
    }

    #[test]
    fn what_has_none_is_left_alone() {
        for text in
            ["", "[]", "[\"token\"]", "{}", r#"{"token":5}"#, r#"{"tok":"x"}"#, "{\"token\""]
        {
            assert_eq!(taken(text), (None, text.to_owned()));
        }
    }
}
