//! TLS as a correct client sees it; ends and restarts without a leak.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::*;
use patchbay_venue::{Fault, Pace, PlannedFault, When};
use tokio::time::Instant;

const NOW: When = When::Frame(0);

#[tokio::test]
async fn the_ca_is_needed_and_bad_certificates_are_refused() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let mut config = config(&recording);
    config.tls = Some("127.0.0.1:0".parse().unwrap());
    let venue = start(config);
    for name in ["localhost", "127.0.0.1", "dapi.binance.com", "stream.binance.com"] {
        let mut stream = tls(&venue, name, true).await.unwrap();
        assert_eq!(get_over(&mut stream, "/dapi/v1/time").await.status, 200);
    }
    let refusal = |result: std::io::Result<_>| match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.to_string(),
    };
    let unknown = refusal(tls(&venue, "localhost", false).await.map(drop));
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    let other = refusal(tls(&venue, "www.example.com", true).await.map(drop));
    assert!(other.contains("not valid for name"), "{other}");

    venue.inject(PlannedFault::new(NOW, Fault::ExpiredCertificate));
    let expired = refusal(tls(&venue, "localhost", true).await.map(drop));
    assert!(expired.contains("expired"), "{expired}");
    venue.inject(PlannedFault::new(NOW, Fault::WrongName));
    let wrong = refusal(tls(&venue, "localhost", true).await.map(drop));
    assert!(wrong.contains("not valid for name"), "{wrong}");
    assert!(tls(&venue, "localhost", true).await.is_ok(), "once each");
    let faults: Vec<_> = venue.ledger().faults.into_iter().map(|entry| entry.fault).collect();
    assert_eq!(faults, [Fault::ExpiredCertificate, Fault::WrongName]);
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Alone in its process: other tests open descriptors too.
#[test]
fn fifty_deaths_on_one_port_leak_nothing() {
    if std::env::var_os("VENUE_ALONE").is_none() {
        let this = std::env::current_exe().unwrap();
        let test = "fifty_deaths_on_one_port_leak_nothing";
        let mut command = std::process::Command::new(this);
        let command = command.args([test, "--exact", "--nocapture"]).env("VENUE_ALONE", "1");
        assert!(command.status().unwrap().success());
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(deaths());
}

async fn deaths() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let mut config = config(&recording);
    config.tls = Some("127.0.0.1:0".parse().unwrap());
    let mut venue = start(config);
    let addresses = (venue.addr(), venue.plain_addr());
    let begun = Instant::now();
    let mut before = 0;
    for round in 0..50 {
        let mut client = ws(&venue, "/ws/bchusd_perp@bookTicker").await;
        let mut over_tls = tls(&venue, "localhost", true).await.unwrap();
        assert_eq!(get_over(&mut over_tls, "/dapi/v1/time").await.status, 200);
        venue.kill();
        assert!(!venue.is_running());
        assert_eq!(close_code(&mut client).await, None, "nothing is said");
        venue.restart().unwrap();
        assert_eq!((venue.addr(), venue.plain_addr()), addresses);
        assert!(venue.restart().is_err());
        drop((client, over_tls));
        if round == 5 {
            before = descriptors();
        }
    }
    say(&format!("50 deaths in {:.2} s", begun.elapsed().as_secs_f64()));
    assert!(descriptors() <= before, "{before}, then {}", descriptors());
    let ledger = venue.ledger();
    assert_eq!(ledger.starts, 51);
    assert_eq!(ledger.open_connections(), 0);
    assert!(ledger.connections.iter().any(|c| c.reason.as_deref() == Some("killed")));
}

#[tokio::test]
async fn a_stop_is_said_and_the_place_is_kept() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let mut config = config(&recording);
    config.pace = Pace::Times(3.0);
    let mut venue = start(config);
    let mut client = ws(&venue, "/ws/bchusd_perp@bookTicker").await;
    venue.play();
    for _ in 0..20 {
        text(&mut client).await.unwrap();
    }
    drop(client);
    let mut client = ws(&venue, "/ws").await;
    venue.stop();
    assert_eq!(close_code(&mut client).await, Some(1001));
    let position = venue.position();
    assert!(position > 0);
    venue.restart().unwrap();
    assert!(venue.position() >= position);
    let mut client = ws(&venue, "/ws/bchusd_perp@depth@100ms").await;
    assert!(text(&mut client).await.is_some());
    assert!(venue.position() > position);
}

#[tokio::test]
async fn the_ledger_is_json() {
    let Some(recording) = recording(SMALL_COINM) else { return };
    let venue = start(config(&recording));
    venue.inject(PlannedFault::new(NOW, Fault::ServerError { status: 503 }));
    assert_eq!(get(&venue, "/dapi/v1/time").await.status, 503);
    let json = serde_json::to_value(venue.ledger()).unwrap();
    assert_eq!(json["faults"][0]["fault"]["kind"], "server_error");
    assert_eq!(json["rest"][0]["target"], "/dapi/v1/time");
}
