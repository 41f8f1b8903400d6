//! Adapters that break one law each.

use std::sync::atomic::{AtomicU64, Ordering};

use patchbay_plugin::abi::{
    BucketCost, Head, OPCODE_TEXT, SIDE_NONE, SLOT_NBBO, SLOT_TRADE, Trade,
};
use patchbay_plugin::model::{Instrument, Kind, Nanos};
use patchbay_plugin::{Adapter, AdapterCx, Config, Error, Frame, Open, Reply, Send, Symbols, Wish};

/// What is wrong with an adapter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    /// Panics at a long price.
    Panic,
    /// Numbers its trades over all instances.
    Global,
    /// Keeps a symbol before the frame is found right.
    Trace,
    /// Emits for an instrument that it has not defined.
    Undefined,
    /// Makes its own times.
    Time,
    /// Writes a kind that only the host may write.
    Kind,
    /// Writes a side that there is not.
    Side,
    /// Says that a frame held nothing, and emits its trade.
    Ignored,
    /// Sends where nothing is open.
    Closed,
    /// Pays from a bucket that it has not declared.
    Cost,
    /// Reads nothing where it does not scan.
    Parse,
    /// Scans what it should not.
    Scan,
}

const ALL: [Fault; 13] = [
    Fault::None,
    Fault::Panic,
    Fault::Global,
    Fault::Trace,
    Fault::Undefined,
    Fault::Time,
    Fault::Kind,
    Fault::Side,
    Fault::Ignored,
    Fault::Closed,
    Fault::Cost,
    Fault::Parse,
    Fault::Scan,
];

impl Fault {
    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }
}

static TRADES: AtomicU64 = AtomicU64::new(1);

/// Reads `{"s":"GOLD","p":12,"q":5}`, that spelling only, and scans it if nothing stands before it.
pub(crate) struct Broken {
    fault: Fault,
    symbols: Symbols,
    trades: u64,
}

impl Adapter for Broken {
    const NAME: &'static str = "broken";
    const VERSION: &'static str = "0";
    const DEFAULTS: &'static str = "fault = \"None\"";
    const SCHEMA: &'static str = "keys.fault = { type = \"string\", doc = \"What is wrong.\" }";

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let name = config.text("fault")?;
        let fault = ALL.into_iter().find(|fault| fault.name() == name);
        let fault = fault.ok_or_else(|| Error::new(format!("no such fault: {name}")))?;
        Ok(Self { fault, symbols: Symbols::default(), trades: 0 })
    }

    fn plan(&mut self, _wishes: &[Wish<'_>], _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn handle_open(&mut self, _open: Open<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        cx.wake(cx.now() + 10);
        Ok(())
    }

    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let text = frame.bytes.trim_ascii_start();
        if text.len() < frame.bytes.len() && self.fault != Fault::Scan {
            cx.fell_back();
        }
        let start = cx.records();
        self.read(text, cx)?;
        if text.len() < frame.bytes.len() && self.fault == Fault::Parse {
            cx.take_back(start);
        }
        Ok(())
    }

    fn handle_reply(&mut self, reply: Reply<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.read(reply.body, cx)
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        cx.wake(now + 10);
        Ok(())
    }
}

impl Broken {
    fn read(&mut self, bytes: &[u8], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let text = str::from_utf8(bytes).map_err(|_| Error::new("no text"))?;
        let rest = text.strip_prefix("{\"s\":\"").ok_or_else(|| Error::new("no symbol"))?;
        let (symbol, rest) = rest.split_once("\",\"p\":").ok_or_else(|| Error::new("no price"))?;
        let known = self.symbols.get(symbol.as_bytes());
        let index = known.unwrap_or(self.symbols.len() as u32);
        if self.fault == Fault::Trace {
            self.symbols.insert(symbol.as_bytes(), index);
        }
        let (price, rest) = rest.split_once(",\"q\":").ok_or_else(|| Error::new("no quantity"))?;
        assert!(self.fault != Fault::Panic || price.len() < 6, "no such place");
        let qty = rest.strip_suffix('}').ok_or_else(|| Error::new("no end"))?;
        let number = |text: &str| text.parse().map_err(|_| Error::new(format!("{text}: what?")));
        let (price, qty) = (number(price)?, number(qty)?);
        if known.is_none() {
            self.symbols.insert(symbol.as_bytes(), index);
            cx.define_instrument(index, &Instrument::provisional(symbol, Kind::Spot, 0, 0))?;
        }
        self.trades += 1;
        let mut trade = Trade {
            head: Head {
                kind: SLOT_TRADE,
                flags: 0,
                instrument: index,
                sequence: self.trades,
                exchange_ns: 0,
                receive_ns: cx.now(),
            },
            price,
            qty,
            trade_id: self.trades,
            fills: 0,
            aggressor: SIDE_NONE,
            id_hashed: 0,
            flags: 0,
        };
        let mut ping = Send { conn: 1, opcode: OPCODE_TEXT, ..Send::default() };
        match self.fault {
            Fault::None | Fault::Panic | Fault::Trace | Fault::Parse | Fault::Scan => {}
            Fault::Global => trade.head.sequence = TRADES.fetch_add(1, Ordering::Relaxed),
            Fault::Undefined => trade.head.instrument = 9,
            Fault::Time => trade.head.receive_ns = 1,
            Fault::Kind => trade.head.kind = SLOT_NBBO,
            Fault::Side => trade.aggressor = 7,
            Fault::Ignored => cx.ignore(),
            Fault::Closed => ping.conn = 5,
            Fault::Cost => ping.costs.push(BucketCost { bucket: 3, cost: 1 }),
        }
        if [Fault::Closed, Fault::Cost].contains(&self.fault) {
            cx.send(&ping)?;
        }
        cx.push(trade)
    }
}

/// Defaults and schema disagree about every key.
pub(crate) struct Undescribed;

impl Adapter for Undescribed {
    const NAME: &'static str = "undescribed";
    const VERSION: &'static str = "0";
    const DEFAULTS: &'static str = "a = 1\nc = 2\nd = 3";
    const SCHEMA: &'static str = "keys.b = { type = \"string\", doc = \"Nothing.\" }\n\
        keys.c = { type = \"integer\", doc = \"nothing\" }\n\
        keys.d = { type = \"string\", doc = \"Nothing.\" }";

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }

    fn plan(&mut self, _wishes: &[Wish<'_>], _cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn handle_frame(&mut self, _frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        cx.ignore();
        Ok(())
    }
}
