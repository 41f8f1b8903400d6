//! The known key that is spelt most like an unknown one.

/// Characters of a key that are compared; longer ones are no misspelling of anything.
const COMPARED: usize = 64;

/// The candidate with the fewest edits from `key`; of several, the first in alphabetical order.
pub(crate) fn nearest<'a>(
    key: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let key = letters(key);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters = letters(candidate);
        let least = key.len().abs_diff(letters.len());
        if best.is_none_or(|best| (least, candidate) < best) {
            let found = (edits(&key, &letters), candidate);
            best = Some(best.map_or(found, |best| best.min(found)));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many characters must be put in, taken out, changed or swapped with their neighbour to make
/// one text the other; capitals count as small letters.
fn edits(from: &[char], to: &[char]) -> usize {
    let mut before = vec![0; to.len() + 1];
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1; to.len() + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = above[j] + usize::from(a != b);
            row[j + 1] = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[to.len()]
}

fn letters(text: &str) -> Vec<char> {
    text.chars().take(COMPARED).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        let edits = |from, to| edits(&letters(from), &letters(to));
        let cases = [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("foldr", "folder", 1)];
        for (from, to, expected) in cases {
            assert_eq!(edits(from, to), expected, "{from} to {to}");
        }
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("mni", "min"), 1);
        assert_eq!(edits("FOLDER", "folder"), 0);
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
