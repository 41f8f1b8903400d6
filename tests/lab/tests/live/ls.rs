//! A running host against a local LS Securities: a token first, which nobody sees, then recorded trades
//! over its streams, every one of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_abi as abi;
use patchbay_loader::{Kind, Loader, Trust};
use patchbay_naive as naive;
use patchbay_net::{Keyring, SecretStore};
use patchbay_runtime::config::{PluginTables, settings_of};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_test_lab::Lines;
use patchbay_test_replay::{built, corpus, scratch};
use patchbay_venue::ls::Ls;
use patchbay_venue::{AtEnd, Pace, Protocol, Recording, Start, VenueConfig, VenueServer};

const SYMBOL: &str = "005930";

#[test]
fn a_token_opens_the_streams_and_every_trade_comes() {
    let Some(capture) = corpus("ls-securities/ticks/raw_data_005930_20251125.txt.gz") else {
        return;
    };
    let folder = scratch("ls-live");
    let recording = Recording::load(&[&capture], &Ls::default()).unwrap();
    let truth = naive::venue("ls").unwrap().replay(&[capture]).unwrap();
    let protocol = Arc::new(Ls::default());
    let venue = VenueServer::start(VenueConfig {
        pace: Pace::Times(20.0),
        start: Start::Streams(1),
        at_end: AtEnd::Stay,
        ..VenueConfig::new(recording, Arc::clone(&protocol) as Arc<dyn Protocol>)
    })
    .unwrap();
    let lines = Lines::free();
    let authority = folder.join("ca.pem");
    fs::write(&authority, venue.ca_pem()).unwrap();
    let address = venue.addr().unwrap();
    let config = LiveConfig {
        lines: lines.config(),
        extra_ca: vec![authority],
        overrides: protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect(),
        control: Some(folder.join("run/control")),
        ..LiveConfig::default()
    };
    let host = LiveHost::start(config, vec![adapter(&folder)]).unwrap();
    let mut trades = 0;
    for _ in 0..300 {
        sleep(Duration::from_millis(100));
        trades = host.handler().status().totals.trades;
        if venue.ledger().ended && trades == truth.trades() {
            break;
        }
    }
    let ledger = venue.ledger();
    let status = host.stop();
    fs::remove_dir_all(folder).unwrap();
    let log: Vec<_> = status.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!((trades, status.totals.faults), (truth.trades(), 0), "{log:#?}");
    let asked: Vec<_> = ledger.rest.iter().map(|call| (&*call.target, call.status)).collect();
    println!("{trades} trades; {asked:?}");
    let lists = [("/stock/etc", 200), ("/stock/market-data", 200), ("/stock/market-data", 200)];
    assert_eq!(asked, lists, "the lists of KRX and of NXT, with the token");
    let token = protocol.tokens()[0];
    assert!(log.iter().all(|line| !line.contains(token)), "{log:#?}");
}

/// The adapter with the key of the guide's example, for trades.
fn adapter(folder: &Path) -> LiveAdapter {
    let keys = folder.join("keys");
    fs::create_dir(&keys).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
    let file = keys.join("ls.toml");
    fs::write(&file, "key_id = \"BSrTOOZNoXtxt8CnaiSo\"\nsecret = \"d3HloL6TO7RKMVdEqf5N\"\n")
        .unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let keyring = Keyring::new(Arc::new(SecretStore::folder(&keys, &["ls"]).unwrap()), "ls");
    let loader = Loader::new(None, Trust::Folder).unwrap();
    let plugin = built(false).plugin("patchbay-ls");
    let loaded = loader.load(&plugin, Some(Kind::Adapter)).unwrap();
    let tables = PluginTables {
        defaults: loaded.plugin.defaults().to_owned(),
        schema: loaded.plugin.schema().to_owned(),
    };
    let settings = settings_of("ls", &tables, &[]).unwrap();
    let wish = OwnedWish {
        symbol: SYMBOL.to_owned(),
        kind: abi::INSTRUMENT_EQUITY,
        channels: abi::CHANNEL_TRADES,
    };
    LiveAdapter { keyring, ..LiveAdapter::public(loaded, settings, vec![wish]) }
}
