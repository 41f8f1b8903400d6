//! A list that is lent when written and owned when read.

use std::ops::Deref;

/// A slice, lent or owned. As [`std::borrow::Cow`], which however would bind the elements'
/// lifetime so that a borrowed and a static list could not meet (it is invariant in them).
#[derive(Clone, Debug)]
pub enum List<'a, T> {
    /// Of the caller.
    Lent(&'a [T]),
    /// Made by a reader; an empty one takes no memory.
    Owned(Vec<T>),
}

impl<T> Deref for List<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Lent(list) => list,
            Self::Owned(list) => list,
        }
    }
}

impl<T: PartialEq> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for List<'_, T> {}

impl<'a, T> From<&'a [T]> for List<'a, T> {
    fn from(list: &'a [T]) -> Self {
        Self::Lent(list)
    }
}

impl<T> From<Vec<T>> for List<'_, T> {
    fn from(list: Vec<T>) -> Self {
        Self::Owned(list)
    }
}
