//! The limits of a venue are shared by all instances that speak to it from this host.

use std::thread::sleep;
use std::time::Duration;

use patchbay_runtime::live::LiveHost;
use patchbay_test_lab::Site;
use patchbay_venue::AtEnd;

/// Enough for one instance: clock (1), list of instruments (20), snapshot of 1000 levels (50).
const WEIGHT: u32 = 75;

/// Weight that the venue counted after some seconds of so many instances.
fn weight_of(instances: usize) -> Option<u32> {
    let site = Site::new(&format!("limits-{instances}"), 1.0, AtEnd::Stay)?;
    let weight = format!("weight_per_minute.spot = {WEIGHT}");
    let adapter = || site.adapter(&["products = [\"spot\"]", &weight]);
    let host = LiveHost::start(site.live(), (0..instances).map(|_| adapter()).collect()).unwrap();
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
    let Some(alone) = weight_of(1) else { return };
    assert!((71..=WEIGHT).contains(&alone), "an instance alone gets its snapshot: {alone}");
    let both = weight_of(2).unwrap();
    // What is refilled meanwhile is a little; two budgets would be 142.
    assert!((42..=WEIGHT + 10).contains(&both), "{both}");
}
