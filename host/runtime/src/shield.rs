//! What keeps secrets in this process, and strangers out of it.

use std::ffi::OsString;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Variables by which the dynamic linker takes in code that nobody checked.
const LINKER: [&str; 3] = ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"];

/// From now on a crash leaves no image of memory behind, and no process of the same user may look
/// into this one.
pub(crate) fn no_core_dumps() {
    // Both can only fail on kernels that have neither; to lower a limit needs no right.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
    set_dumpable_behavior(DumpableBehavior::NotDumpable).ok();
}

/// The names, of the variables given, that make the dynamic linker load other code than the
/// program's own, if they are set to anything.
pub fn linker_variables(
    value: impl Fn(&'static str) -> Option<OsString>,
) -> impl Iterator<Item = &'static str> {
    LINKER.into_iter().filter(move |name| value(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_set_to_something_counts() {
        let set = |name| (name == "LD_AUDIT").then(|| "x.so".into());
        assert_eq!(linker_variables(set).collect::<Vec<_>>(), ["LD_AUDIT"]);
        assert_eq!(linker_variables(|_| Some(OsString::new())).count(), 0);
        assert_eq!(linker_variables(|_| Some("x".into())).count(), 3);
    }
}
