//! `patchbay instruments`: what venues list, by one name each.

use std::path::Path;
use std::thread;

use patchbay_abi as abi;
use patchbay_loader::Kind;
use patchbay_model::{Canonical, Instrument, iso8601, trimmed};
use patchbay_runtime::live::{VenueList, list_instruments};
use serde::Serialize;

use crate::args::{InstrumentsArgs, ReplayArgs};
use crate::console::{error, plugin_log, say};
use crate::{FAILED, Failure, check, live, plugin, replay};

/// One instrument, as it is shown. Decimals are text, empty where nothing is known.
#[derive(Debug, Serialize)]
struct Row {
    /// What everybody calls it; its symbol where the venue has not told enough for a name.
    name: String,
    venue: String,
    /// The venue's own name.
    symbol: String,
    kind: &'static str,
    base: String,
    quote: String,
    settle: String,
    tick: String,
    lot: String,
    contract_size: String,
    /// What the contract size is in: `base` or `quote`.
    contract_unit: &'static str,
    strike: String,
    /// ISO 8601, UTC.
    expiry: String,
    /// The state of its session.
    status: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct Listing {
    instruments: Vec<Row>,
    /// What could not be reached, and why.
    troubles: Vec<String>,
}

pub(crate) fn run(args: &InstrumentsArgs, folder: Option<&Path>) -> Result<(), Failure> {
    let mut listing = match args.from.is_empty() {
        true => ask(args, folder)?,
        false => recorded(args, folder)?,
    };
    listing.instruments.sort_by(|a, b| {
        (&a.venue, &a.name, a.kind, &a.symbol).cmp(&(&b.venue, &b.name, b.kind, &b.symbol))
    });
    if args.json {
        say(&serde_json::to_string(&listing)?);
    } else {
        table(&listing.instruments);
        listing.troubles.iter().for_each(|trouble| error(trouble));
    }
    match (listing.instruments.is_empty(), listing.troubles.is_empty()) {
        (true, false) => Err(Failure { text: "no venue was reached".to_owned(), code: FAILED }),
        _ => Ok(()),
    }
}

/// All venues at once, each by its own adapter.
fn ask(args: &InstrumentsArgs, folder: Option<&Path>) -> Result<Listing, Failure> {
    let config = check::load(&args.config, folder)?;
    let plugins = plugin::open_configured(folder, &config.host.plugins)?;
    let named = |name: &str| args.venue.as_ref().is_none_or(|venue| venue == name);
    let all = config.instances.iter().filter(|instance| instance.kind == Kind::Adapter);
    let mut wanted = all.filter(|it| named(&it.name) || named(&it.plugin)).peekable();
    if wanted.peek().is_none() {
        let names: Vec<_> = config.instances.iter().map(|it| it.name.as_str()).collect();
        let which = args.venue.as_deref().unwrap_or("any adapter");
        let text = format!("{}: no {which}; there is {}", args.config.display(), names.join(", "));
        return Err(Failure { text, code: FAILED });
    }
    let network = (&config.host.network.extra_ca, &config.host.network.addresses);
    let mut errands = Vec::new();
    for instance in wanted {
        let loaded = plugins.load(&instance.plugin, instance.kind)?;
        let adapter = live::adapter(instance, &config, loaded, false)?;
        let (network, wait) = ((network.0.clone(), network.1.clone()), args.wait);
        let errand = move || list_instruments(adapter, network, wait, &plugin_log);
        errands.push((&instance.name, thread::spawn(errand)));
    }
    let mut listing = Listing::default();
    for (name, errand) in errands {
        let broken = |_| Failure { text: format!("{name}: its thread ended"), code: crate::BROKEN };
        let VenueList { instruments, troubles } = errand.join().map_err(broken)??;
        listing.instruments.extend(instruments.values().map(|about| row(name, about)));
        listing.troubles.extend(troubles.iter().map(|text| format!("{name}: {text}")));
    }
    Ok(listing)
}

fn recorded(args: &InstrumentsArgs, folder: Option<&Path>) -> Result<Listing, Failure> {
    let (files, adapter) = (args.from.clone(), args.adapter.clone());
    let core = replay::core(&ReplayArgs { files, adapter, ..ReplayArgs::default() }, folder)?;
    let engine = core.engine();
    let listed = engine.listings().filter(|(_, listing)| !listing.about.provisional);
    let rows = listed.map(|(_, listing)| {
        let venue = engine.registry().venue_name(listing.venue).unwrap_or_default();
        row(venue, &listing.about)
    });
    Ok(Listing { instruments: rows.collect(), troubles: Vec::new() })
}

fn row(venue: &str, about: &Instrument) -> Row {
    let decimal = |mantissa: i64, exp: i8| match mantissa {
        0 => String::new(),
        mantissa => trimmed(mantissa, exp),
    };
    let name = Canonical::of(about).map_or_else(|| about.symbol.clone(), |name| name.to_string());
    Row {
        name,
        venue: venue.to_owned(),
        symbol: about.symbol.clone(),
        kind: about.kind.name(),
        base: about.base.clone(),
        quote: about.quote.clone(),
        settle: about.settle.clone(),
        tick: decimal(about.tick, about.price_exp),
        lot: decimal(about.lot, about.qty_exp),
        contract_size: decimal(about.contract_size, about.contract_exp),
        contract_unit: if about.contract_unit == abi::CONTRACT_QUOTE { "quote" } else { "base" },
        strike: decimal(about.strike, about.price_exp),
        expiry: if about.expiry_ns == 0 { String::new() } else { iso8601(about.expiry_ns) },
        status: status(about.session),
    }
}

const fn status(session: u8) -> &'static str {
    match session {
        abi::SESSION_CONTINUOUS => "continuous",
        abi::SESSION_PRE_OPEN => "pre-open",
        abi::SESSION_AUCTION => "auction",
        abi::SESSION_HALT => "halt",
        abi::SESSION_CANCEL_ONLY => "cancel-only",
        abi::SESSION_POST_ONLY => "post-only",
        abi::SESSION_SETTLING => "settling",
        abi::SESSION_CLOSED => "closed",
        _ => "unknown",
    }
}

fn table(rows: &[Row]) {
    const HEAD: [&str; 8] =
        ["NAME", "VENUE", "SYMBOL", "KIND", "TICK", "LOT", "CONTRACT", "STATUS"];
    let cells = |row: &Row| {
        let contract = match row.contract_unit {
            "quote" => format!("{} {}", row.contract_size, row.quote),
            _ => format!("{} {}", row.contract_size, row.base),
        };
        [&row.name, &row.venue, &row.symbol, row.kind, &row.tick, &row.lot, &contract, row.status]
            .map(str::to_owned)
    };
    let rows: Vec<_> =
        std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(cells)).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..HEAD.len()).map(width).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
