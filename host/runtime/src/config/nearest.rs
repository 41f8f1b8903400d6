//! The known key that is spelt most like an unknown one.

/// Characters of a key that are compared; longer ones are no misspelling of anything.
const COMPARED: usize = 64;

/// The candidate with the fewest edits from `key`; of several, the first in alphabetical order.
pub(super) fn nearest<'a>(
    key: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .min_by_key(|candidate| (edits(key, candidate), *candidate))
}

/// How many characters must be put in, taken out or changed to make one text the other.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(COMPARED).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, a) in from.chars().take(COMPARED).enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (i, b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[i + 1];
            row[i + 1] = changed.min(diagonal + 1).min(row[i] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        let cases = [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("foldr", "folder", 1)];
        for (from, to, expected) in cases {
            assert_eq!(edits(from, to), expected, "{from} to {to}");
        }
        assert_eq!(edits("kitten", "sitting"), 3);
    }

    #[test]
    fn of_two_equally_near_the_first_in_the_alphabet_is_named() {
        assert_eq!(nearest("bat", ["hat", "cat"]), Some("cat"));
        assert_eq!(nearest("bat", ["cat", "hat"]), Some("cat"));
        assert_eq!(nearest("bat", []), None);
    }

    #[test]
    fn a_key_of_any_length_is_compared_in_little_time() {
        let long = "x".repeat(1 << 20);
        assert_eq!(nearest(&long, ["plugins.folder"]), Some("plugins.folder"));
    }
}
