//! The certificate of an adapter: what holds of its file, tried offline.
//!
//! [`certify`] loads the file as the host does and tries it against recordings of its venue, with
//! the independent replay as the truth, against its local venue in a running host, and in confined
//! children. What comes out is a [`Certificate`]: a fixed list of numbered cards, each passed, failed
//! with the first evidence, or not verified because nothing recorded can show it.
//!
//! | file | is |
//! |---|---|
//! | `card`, `catalogue` | what is stated, by number |
//! | `certificate`, `matrix` | what became of it, for one file and for all |
//! | `corpus`, `venue/` | recordings by their manifest; what has to be known of a venue |
//! | `subject`, `session`, `tape`, `feed` | the adapter alone, started, beside the naive replay, with an engine |
//! | `stage`, `folder` | the running host on the local venue |
//! | `cards/` | the trials, a file a group |
//! | `cage`, `filter` | the child in which purity is tried |
#![forbid(unsafe_code)]

mod cage;
mod card;
mod cards;
mod catalogue;
mod certificate;
mod corpus;
mod error;
mod feed;
mod filter;
mod folder;
mod matrix;
mod outcome;
mod session;
mod stage;
mod subject;
mod tape;
mod trial;
mod venue;

pub use cage::confined;
pub use card::{Card, Group, Verdict};
pub use catalogue::{CARDS, find};
pub use certificate::{Certificate, Row};
pub use corpus::Corpus;
pub use error::CertifyError;
pub use matrix::{catalogue, matrix};
pub use outcome::Figures;
pub use trial::{Means, certify};
