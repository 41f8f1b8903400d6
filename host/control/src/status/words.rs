//! Words for states, evidence and causes: the same on the wire, on the screen and in the log.

use patchbay_abi as abi;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            /// Not stated, or a word of another version.
            #[default]
            Unknown,
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every word but `unknown`.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { Self::Unknown => "unknown", $(Self::$variant => $word,)* }
            }

            /// From its word.
            pub fn from_word(word: &str) -> Self {
                match word { $($word => Self::$variant,)* _ => Self::Unknown }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                Ok(Self::from_word(&std::borrow::Cow::<str>::deserialize(from)?))
            }
        }
    };
}

macro_rules! from_abi {
    ($name:ident, $int:ty { $($code:ident => $variant:ident,)* }) => {
        impl $name {
            /// From its number in the ABI; `Unknown` if the number means nothing.
            pub const fn from_abi(code: $int) -> Self {
                match code { $(abi::$code => Self::$variant,)* _ => Self::Unknown }
            }
        }
    };
}

words! {
    /// How far a book can be trusted.
    BookState {
        /// Nothing was received.
        Empty => "Empty",
        /// Changes are kept until a snapshot comes.
        Syncing => "Syncing",
        /// Right, by its evidence.
        Live => "Live",
        /// Was right; is not to be traded on.
        Stale => "Stale",
    }
}

from_abi! {
    BookState, u8 {
        BOOK_EMPTY => Empty, BOOK_SYNCING => Syncing, BOOK_LIVE => Live, BOOK_STALE => Stale,
    }
}

words! {
    /// What a live book's claim rests on; the later, the stronger.
    Evidence {
        /// The venue gives nothing to judge by.
        Unproven => "unproven",
        /// Whole books only; nothing to chain.
        Snapshot => "snapshot-only",
        /// Update ids chain from the snapshot on.
        Chained => "chained",
        /// The venue's checksum agreed.
        Checksummed => "checksummed",
    }
}

from_abi! {
    Evidence, u8 {
        EVIDENCE_UNPROVEN => Unproven, EVIDENCE_SNAPSHOT => Snapshot, EVIDENCE_CHAINED => Chained,
        EVIDENCE_CHECKSUMMED => Checksummed,
    }
}

words! {
    /// Why a book last changed its state.
    Cause {
        /// A regular change.
        None => "none",
        /// First data of the instrument.
        Started => "started",
        /// Snapshot and changes fit together.
        Spliced => "spliced",
        /// An update id is missing.
        Gap => "gap",
        /// The venue's checksum disagreed.
        Checksum => "checksum",
        /// The venue's own best bid and ask disagreed at the same update id.
        Quote => "quote",
        /// A message could not be read.
        Rejected => "rejected",
        /// Changes waited too long for their snapshot and were dropped.
        Overflow => "overflow",
        /// The snapshot is older than the changes that were kept.
        OldSnapshot => "old-snapshot",
        /// The connection closed.
        Closed => "closed",
        /// The plugin failed.
        Fault => "fault",
        /// The venue started its ids again.
        Reset => "reset",
        /// Best bid above best ask for longer than allowed.
        Crossed => "crossed",
        /// A snapshot fetched for comparison disagreed.
        Audit => "audit",
        /// The message contradicts itself.
        Invalid => "invalid",
    }
}

from_abi! {
    Cause, u16 {
        CAUSE_NONE => None, CAUSE_STARTED => Started, CAUSE_SPLICED => Spliced, CAUSE_GAP => Gap,
        CAUSE_CHECKSUM => Checksum, CAUSE_QUOTE => Quote, CAUSE_REJECTED => Rejected,
        CAUSE_OVERFLOW => Overflow, CAUSE_OLD_SNAPSHOT => OldSnapshot, CAUSE_CLOSED => Closed,
        CAUSE_FAULT => Fault, CAUSE_RESET => Reset, CAUSE_CROSSED => Crossed,
        CAUSE_AUDIT => Audit, CAUSE_INVALID => Invalid,
    }
}

words! {
    /// What watches the quality of data.
    Detector {
        /// Times or trade ids that go back.
        Order => "order",
        /// Records that come later than usual.
        Late => "late",
        /// Clocks that are apart.
        Offset => "offset",
        /// Clocks that are set.
        Step => "step",
        /// Clocks that run apart.
        Drift => "drift",
        /// Prices far from the recent ones.
        Price => "price",
        /// Best bid above best ask.
        Crossed => "crossed",
        /// Best bid equal to best ask.
        Locked => "locked",
        /// More volume than usual.
        Volume => "volume",
        /// A live book that is lost.
        Gap => "gap",
        /// Trades that are lost.
        TradeGap => "trade-gap",
        /// A stream that is silent.
        Silence => "silence",
    }
}

from_abi! {
    Detector, u32 {
        QUALITY_ORDER => Order, QUALITY_LATE => Late, QUALITY_OFFSET => Offset,
        QUALITY_STEP => Step, QUALITY_DRIFT => Drift, QUALITY_PRICE => Price,
        QUALITY_CROSSED => Crossed, QUALITY_LOCKED => Locked, QUALITY_VOLUME => Volume,
        QUALITY_GAP => Gap, QUALITY_TRADE_GAP => TradeGap, QUALITY_SILENCE => Silence,
    }
}

words! {
    /// What a message tells.
    MessageKind {
        /// A trade.
        Trade => "trade",
        /// A change of a book, or a whole one.
        Depth => "depth",
        /// Best bid and ask.
        Quote => "quote",
        /// What became of one order of the book.
        Order => "order",
        /// Mark, index and settlement price.
        Mark => "mark",
        /// Funding of a perpetual.
        Funding => "funding",
        /// Open contracts.
        OpenInterest => "open-interest",
        /// A position that was closed by force.
        Liquidation => "liquidation",
        /// The state of the session.
        Session => "session",
        /// Something out of the ordinary in the data.
        Quality => "quality",
        /// A book that changed its state.
        State => "state",
    }
}

from_abi! {
    MessageKind, u16 {
        SLOT_TRADE => Trade, SLOT_DEPTH => Depth, SLOT_QUOTE => Quote, SLOT_ORDER => Order,
        SLOT_MARK => Mark, SLOT_FUNDING => Funding, SLOT_OPEN_INTEREST => OpenInterest,
        SLOT_LIQUIDATION => Liquidation, SLOT_STATUS => Session, SLOT_QUALITY => Quality,
        SLOT_BOOK_STATE => State,
    }
}

words! {
    /// What a connection is doing.
    ConnectionState {
        /// Wanted, not begun.
        Wanted => "wanted",
        /// Name, TCP, TLS and websocket handshake.
        Connecting => "connecting",
        /// Open; its streams are being asked for.
        Subscribing => "subscribing",
        /// Open, and data comes.
        Live => "live",
        /// Open, but nothing came for longer than usual.
        Quiet => "quiet",
        /// Being replaced by a new one that is not live yet.
        Draining => "draining",
        /// Waits before it tries again.
        Backoff => "backoff",
        /// The venue's limits allow the next attempt later.
        Limited => "limited",
        /// The venue forbids to try before a stated time.
        Banned => "banned",
        /// Closed for good.
        Closed => "closed",
    }
}

words! {
    /// What a plugin is for.
    PluginKind {
        /// Speaks a venue's protocol.
        Adapter => "adapter",
        /// Decides orders.
        Strategy => "strategy",
    }
}

words! {
    /// What a plugin is doing.
    PluginState {
        /// Mapped, not yet given anything.
        Loaded => "loaded",
        /// Given its inputs.
        Running => "running",
        /// An older generation that finishes what it began.
        Retiring => "retiring",
        /// It panicked and is being made anew.
        Faulted => "faulted",
        /// It panicked too often and waits for an operator.
        Quarantined => "quarantined",
        /// Switched off by an operator.
        Disabled => "disabled",
    }
}

words! {
    /// What becomes of the inputs.
    JournalState {
        /// Nothing is written.
        Off => "off",
        /// Everything is written.
        Writing => "writing",
        /// Beyond its bound: a gap is marked where replay will end.
        Gap => "gap",
        /// It cannot be written; trading is restricted.
        Failed => "failed",
    }
}

words! {
    /// How much a line of the log matters.
    LogLevel {
        /// For who debugs.
        Debug => "debug",
        /// Regular.
        Info => "info",
        /// Somebody should look.
        Warn => "warn",
        /// Something was lost or refused.
        Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_again() {
        for state in BookState::ALL {
            assert_eq!(BookState::from_word(state.word()), *state);
        }
        for cause in Cause::ALL {
            assert_eq!(Cause::from_word(cause.word()), *cause);
        }
        assert_eq!(serde_json::to_string(&Evidence::Snapshot).unwrap(), "\"snapshot-only\"");
        assert_eq!(
            serde_json::from_str::<Evidence>("\"chai\\u006eed\"").unwrap(),
            Evidence::Chained
        );
    }

    #[test]
    fn numbers_of_the_abi_have_words() {
        assert_eq!(BookState::from_abi(abi::BOOK_STALE), BookState::Stale);
        assert_eq!(Evidence::from_abi(abi::EVIDENCE_CHECKSUMMED), Evidence::Checksummed);
        let causes = (0..=abi::CAUSE_INVALID).map(Cause::from_abi);
        assert!(causes.eq(Cause::ALL.iter().copied()));
        assert_eq!(Cause::from_abi(999), Cause::Unknown);
        let detectors = (1..=abi::QUALITY_SILENCE).map(Detector::from_abi);
        assert!(detectors.eq(Detector::ALL.iter().copied()));
    }
}
