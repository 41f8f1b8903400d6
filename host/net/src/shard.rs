//! Which symbols go over which connection.

use std::collections::BTreeSet;

/// Shares `wanted` out over connections of at most `per_connection` symbols, given what each
/// connection holds now.
///
/// A symbol that is still wanted stays where it is; a new one goes to the first connection with
/// room; a connection that holds nothing any more stays in its place, empty, and is filled first.
pub fn shard<S: Ord + Clone>(now: &[Vec<S>], wanted: &[S], per_connection: usize) -> Vec<Vec<S>> {
    let most = per_connection.max(1);
    let mut left: BTreeSet<&S> = wanted.iter().collect();
    let mut shards: Vec<Vec<S>> = Vec::with_capacity(now.len());
    for held in now {
        let mut kept = Vec::new();
        for symbol in held {
            if kept.len() < most && left.remove(symbol) {
                kept.push(symbol.clone());
            }
        }
        shards.push(kept);
    }
    let mut place = 0;
    for symbol in wanted {
        if !left.remove(symbol) {
            continue;
        }
        while shards.get(place).is_some_and(|shard| shard.len() >= most) {
            place += 1;
        }
        match shards.get_mut(place) {
            Some(shard) => shard.push(symbol.clone()),
            None => shards.push(vec![symbol.clone()]),
        }
    }
    shards
}

#[cfg(test)]
mod tests {
    use super::shard;

    #[test]
    fn fills_in_order() {
        assert_eq!(shard(&[], &[1, 2, 3, 4, 5, 6, 7], 5), [vec![1, 2, 3, 4, 5], vec![6, 7]]);
        assert_eq!(shard::<u8>(&[], &[], 5), Vec::<Vec<u8>>::new());
        assert_eq!(shard(&[], &[1, 1, 2], 5), [vec![1, 2]]);
        assert_eq!(shard(&[], &[1, 2], 0), [vec![1], vec![2]]);
    }

    #[test]
    fn what_is_wanted_stays_where_it_is() {
        let now = vec![vec![1, 2, 3], vec![4, 5, 6]];
        assert_eq!(shard(&now, &[1, 3, 4, 5, 6], 3), [vec![1, 3], vec![4, 5, 6]]);
        assert_eq!(shard(&now, &[9, 1, 3, 4, 5, 6, 7], 3), [vec![1, 3, 9], vec![4, 5, 6], vec![7]]);
        assert_eq!(shard(&now, &[4], 3), [vec![], vec![4]]);
    }

    #[test]
    fn a_smaller_bound_moves_only_what_is_above_it() {
        assert_eq!(shard(&[vec![1, 2, 3]], &[1, 2, 3], 2), [vec![1, 2], vec![3]]);
    }
}
