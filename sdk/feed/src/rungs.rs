//! Books whose levels are fields of their own.

use patchbay_plugin::{DepthWriter, Error};

use crate::{Fields, Read};

const LEVELS: usize = 10;

/// Ten levels a side, each a field for its price and one for its quantity, named by its place from 1
/// for the best. See [`rungs!`](crate::rungs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rungs([[i64; LEVELS]; 4]);

impl Rungs {
    /// Fields.
    pub const FIELDS: usize = 4 * LEVELS;

    /// Reads the field at `place` among the names of [`rungs!`](crate::rungs).
    #[expect(clippy::missing_errors_doc, reason = "as `Fields::decimal`")]
    #[inline]
    pub fn read<'f, F: Fields<'f>>(
        &mut self,
        f: &mut F,
        place: usize,
        (price, qty): (i8, i8),
    ) -> Read<'f, F> {
        let of = place / LEVELS;
        self.0[of][place % LEVELS] = f.decimal(if of.is_multiple_of(2) { price } else { qty })?;
        Ok(())
    }

    /// Both sides; a level whose price or quantity is 0 is none.
    ///
    /// # Errors
    ///
    /// If the frame has emitted too much.
    #[inline]
    pub fn write(&self, depth: &mut DepthWriter<'_, '_>) -> Result<(), Error> {
        let [asks, asked, bids, bid] = &self.0;
        for (ask, prices, sizes) in [(false, bids, bid), (true, asks, asked)] {
            if ask {
                depth.asks();
            }
            let levels = prices.iter().zip(sizes);
            for (&price, &qty) in levels.filter(|level| *level.0 != 0 && *level.1 != 0) {
                depth.level(price, qty)?;
            }
        }
        Ok(())
    }
}

/// Names of the fields of [`Rungs`], of which these are the beginnings: prices and quantities of asks,
/// prices and quantities of bids; and of other fields behind them.
#[macro_export]
macro_rules! rungs {
    (@ $ap:literal $aq:literal $bp:literal $bq:literal [$($other:literal)*] $($n:literal)+) => {
        [
            $(concat!($ap, $n),)+ $(concat!($aq, $n),)+
            $(concat!($bp, $n),)+ $(concat!($bq, $n),)+
            $($other),*
        ]
    };
    ($ap:literal, $aq:literal, $bp:literal, $bq:literal; $($other:literal),*) => {
        $crate::rungs!(@ $ap $aq $bp $bq [$($other)*] 1 2 3 4 5 6 7 8 9 10)
    };
}
