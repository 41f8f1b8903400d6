//! Both ends of the boundary against each other, through the real trampolines and function tables.

mod adapter;
mod binding;
mod command;
mod strategy;

use std::cell::RefCell;

thread_local! {
    // A test has its thread to itself, and plugins log on the thread that calls them.
    static LOGGED: RefCell<Vec<(u32, String)>> = const { RefCell::new(Vec::new()) };
}

/// Where the instances of these tests log.
fn log(level: u32, text: &str) {
    LOGGED.with_borrow_mut(|lines| lines.push((level, text.to_owned())));
}

/// The lines of this test since it asked last.
fn logged() -> Vec<(u32, String)> {
    LOGGED.take()
}
