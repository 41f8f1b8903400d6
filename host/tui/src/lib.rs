//! What a running host says of itself, as screens of a terminal.
//!
//! A screen is a pure function of a status, a [`View`] (which pane, which row, what filter) and a
//! size; keys change the view and nothing else. [`run`] joins the two on a terminal: it asks a
//! [`Source`] for what to show, from a thread of its own, so that a host that hangs does not hang
//! the keys. Leaving a screen never touches the host.
//!
//! Every state is a word before it is a colour, and no number is ever cut: what does not fit a
//! terminal is left out as a whole column and stands in the detail of the selected row.
#![forbid(unsafe_code)]

mod app;
mod format;
mod keys;
mod monitor;
mod rows;
mod screen;
mod source;
mod table;
mod theme;
mod view;

pub use app::{App, Exit, Options, ScreenError, run};
pub use keys::{Action, apply};
pub use monitor::{UdpLine, UdpStats, WsMonitor};
pub use screen::Show;
pub use source::{Attached, Gone, InProcess, Source, WsSource};
pub use theme::Theme;
pub use view::{Pane, Reel, Rows, View};
