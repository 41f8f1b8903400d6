//! The catalogue of cards. A number, once given, keeps its meaning for ever.

use crate::card::Card;
use crate::card::Group::{
    self, Books, Bytes, Cost, Determinism, Heartbeats, Identity, Instruments, Limits, Login,
    Purity, Sequences, Trades,
};

/// The card of that number.
pub fn find(number: u16) -> Option<&'static Card> {
    CARDS.iter().find(|card| card.number == number)
}

const fn card(
    number: u16,
    group: Group,
    name: &'static str,
    rests: &'static [u16],
    proves: &'static str,
) -> Card {
    assert!(number / 100 == group as u16);
    Card { number, group, name, proves, rests }
}

macro_rules! cards {
    ($($number:literal $group:ident $name:literal [$($rests:literal),*] $proves:literal)*) => {
        /// All cards, by number.
        pub static CARDS: &[Card] = &[
            $(card($number, $group, $name, &[$($rests),*], $proves),)*
        ];
    };
}

// Number, group, name, the cards that it rests on, what it proves.
cards! {
    101 Identity "the host takes the file" []
        "The host's own loader maps the file: a whole shared library for this machine, of the \
         host's ABI, that pulls in nothing but the C library and catches its panics."

    102 Identity "it names a venue" []
        "Its name is that of a venue of which recordings and rules are known, and its version \
         is three numbers."

    103 Identity "settings are described" []
        "Every setting has a default of the type that the schema states, and a sentence; the \
         adapter takes its own defaults."

    201 Instruments "the whole list is defined" []
        "Every instrument of every recorded list is defined with the list's base, quote and \
         settlement currency, kind, contract size, expiry, strike and option side."

    202 Instruments "steps at the exponents" []
        "Tick, lot and smallest quantity of every listed instrument, at the exponents of its \
         definition, are the list's."

    203 Instruments "no digit is lost" [202]
        "For every listed instrument a price and a quantity of 16 digits, more than a double \
         holds, come out of a recorded frame as they were put in; one digit beyond the \
         exponent is refused, not rounded."

    301 Trades "the tape is whole" [202]
        "Trades on the book equal the independent replay's: all of them, in order, with id, \
         price and quantity."

    302 Trades "the aggressor is right" [301]
        "Who took each trade is whom the venue's rule names."

    303 Trades "off the book is off the tape" [301]
        "Prints that are no match on the book are marked so, as many as the independent \
         replay counts."

    401 Books "books equal the naive replay" [202, 501]
        "At places all along every recording and at its end each live book equals the \
         independent replay's, level by level, as text."

    402 Books "quotes are the venue's" [202]
        "Every best bid and ask that the venue states comes out with its prices and \
         quantities, in order."

    403 Books "books agree with the ticker" [401, 402]
        "Wherever a book and the venue's own best bid and ask stand at the same update id, \
         they agree."

    404 Books "checksums agree" [401]
        "Every checksum that the venue sent is that of the book."

    405 Books "no book crosses" [401]
        "No live book ever has its best bid at or above its best ask."

    406 Books "figures are the venue's" []
        "Mark and index price, funding rate and open interest come out as the venue printed \
         them, none missing."

    501 Sequences "update ids are the venue's" []
        "After each applied change a book stands at the venue's update id, and there is a gap \
         only where the independent replay finds one."

    502 Sequences "a lost change is found" [401]
        "With one change left out its book is no longer live after the next one or, where \
         nothing but a checksum can show it, right as far as the checksum reaches; and no book \
         is touched whose changes are not counted with it."

    503 Sequences "a repeated change is harmless" [401]
        "With one change sent twice the book stays live and right; where the venue's ids cannot \
         tell a repeat from a loss, it may wait for its next snapshot instead."

    504 Sequences "changes out of order are found" [401, 502]
        "With two changes of a book exchanged it is not live, or right, from then on; where \
         nothing but a checksum can show it, right as of one of the two."

    505 Sequences "a gap asks for its cure" []
        "Told that a subscribed book needs a snapshot, the adapter asks the venue for it or \
         subscribes anew."

    506 Sequences "nothing outlives a connection" [401]
        "What comes on a new connection is read as if the one before had never been."

    507 Sequences "live equals the naive replay" [401]
        "In the running host, over sockets and TLS, against the local venue, every book ends \
         live and equal to the independent replay's."

    508 Sequences "books heal after faults" [502, 506, 507]
        "In the running host, after cuts, stalls, lost, repeated and exchanged frames and \
         refused requests by a seeded plan, every book is live again, and right, but for the last \
         change in the recording where that was withheld."

    601 Heartbeats "the venue's heartbeat is kept" []
        "Pings go out in the venue's own form and in time, and what the venue asks is \
         answered."

    602 Heartbeats "dead connections are noticed" []
        "Every connection has a bound on silence, or on an unanswered ping, after which the \
         host replaces it, not above five minutes."

    603 Heartbeats "planned ends are forestalled" []
        "Where the venue ends connections at an age, each is replaced before."

    701 Limits "everything has its price" []
        "Every request names the limits that it counts against, and each of them was declared \
         before."

    702 Limits "a refusal is respected" []
        "After 429 with `Retry-After` nothing is asked again before that time, and then it \
         is."

    703 Limits "a ban calls an operator" []
        "After 418, or the venue's own ban, an operator is told, and nothing is asked again \
         before its end."

    704 Limits "connections are shared out" []
        "No connection carries more symbols than the setting says, and all that is wished for \
         is subscribed."

    801 Login "secrets are the host's" []
        "What logs in holds places for the host to fill, never a secret of its own."

    802 Login "secrets are seen by nobody" [507]
        "While the running host is logged in at the local venue, no part of its key and no token \
         that the login gave is in the journal, the log, the status or on the control socket, \
         and the journal replays to the same outputs."

    901 Bytes "any bytes are safe" []
        "Recorded frames and answers, damaged by seed, bring no panic and no record or \
         request that contradicts the ABI."

    902 Bytes "what is refused leaves nothing" []
        "After a damaged message that was refused, all others are answered as if it had never \
         come."

    903 Bytes "documented frames are read" []
        "Market data frames of the venue's documentation are taken, or known to hold nothing \
         for the host. They say nothing of values."

    1001 Determinism "same input, same output" []
        "Two fresh instances that are given a recording answer the same, record for record \
         and request for request."

    1101 Cost "a frame costs microseconds" []
        "The median frame costs less than 50 microseconds, whatever the build, and in the \
         newest recording no more than one frame in a hundred is a change of a book or a \
         trade that was left to the general parser."

    1201 Purity "no socket, no file" []
        "Under a filter of system calls, from its creation on, the adapter asks the system \
         for memory and for nothing else that the other cards of this group do not name."

    1202 Purity "no thread" []
        "Under the filter the adapter starts no thread and no process."

    1203 Purity "no waiting" []
        "Under the filter the adapter neither sleeps, polls nor waits for a lock."

    1204 Purity "no clock" []
        "Under the filter, with the processor's counter trapped and the shared page of the \
         kernel covered by a shim, the adapter reads no clock."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_cards_rest_on_others() {
        assert!(CARDS.is_sorted_by(|a, b| a.number < b.number));
        for card in CARDS {
            for rests in card.rests {
                assert!(find(*rests).is_some() && *rests != card.number, "{} {rests}", card.number);
            }
        }
    }
}
