//! The limits of a venue are shared by all instances that speak to it from this host.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(unreachable_pub, dead_code, reason = "`common` is shared by several tests")]

mod common;

use std::thread::sleep;
use std::time::Duration;

use common::Site;
use patchbay_abi as abi;
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{Group, LinesConfig, LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_venue::AtEnd;

/// Enough for one instance: clock (1), list of instruments (20), snapshot of 1000 levels (50).
const WEIGHT: u32 = 75;

/// Weight that the venue counted after some seconds of so many instances.
fn weight_of(instances: usize, group: u8) -> Option<u32> {
    let site = Site::new(&format!("limits-{instances}"), 1.0, AtEnd::Stay)?;
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let adapter = || {
        let loaded = loader.load(&site.plugin("binance"), Some(Kind::Adapter)).unwrap();
        let tables = PluginTables {
            defaults: loaded.plugin.defaults().to_owned(),
            schema: loaded.plugin.schema().to_owned(),
        };
        let own =
            ["products = [\"spot\"]".to_owned(), format!("weight_per_minute.spot = {WEIGHT}")];
        let settings = settings_of("binance", &tables, &own).unwrap();
        let channels = abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES;
        let wish = OwnedWish { symbol: "ETHUSDT".to_owned(), kind: abi::INSTRUMENT_SPOT, channels };
        LiveAdapter::public(loaded, settings, vec![wish])
    };
    let line = |last, port| Group { address: [239, 255, group, last].into(), port };
    let config = LiveConfig {
        lines: LinesConfig { groups: [line(1, 9471), line(2, 9472)], ..LinesConfig::default() },
        extra_ca: vec![site.authority()],
        overrides: site.addresses(),
        ..LiveConfig::default()
    };
    let host = LiveHost::start(config, (0..instances).map(|_| adapter()).collect()).unwrap();
    sleep(Duration::from_secs(6));
    drop(host);
    let rest = site.venue.ledger().rest;
    assert!(rest.iter().all(|call| call.status == 200), "{rest:?}");
    let weight = rest.iter().map(|call| call.weight).max().unwrap();
    site.remove();
    Some(weight)
}

#[test]
fn two_instances_spend_one_budget() {
    let Some(alone) = weight_of(1, 47) else { return };
    assert!((71..=WEIGHT).contains(&alone), "an instance alone gets its snapshot: {alone}");
    let both = weight_of(2, 48).unwrap();
    // What is refilled meanwhile is a little; two budgets would be 142.
    assert!((42..=WEIGHT + 10).contains(&both), "{both}");
}
