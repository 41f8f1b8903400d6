//! Connections are kept as they are wanted. In virtual time.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::fake::{Fake, Remote, refused};
use common::*;
use patchbay_net::{Clock, Event, Hub, HubOptions, Phase};
use patchbay_plugin::Connect;
use patchbay_plugin::bind::Command;
use tokio::time::sleep;

const URL: &str = "wss://venue/ws";

fn living(tag: u32, life: Duration, flags: u32) -> Command {
    let life_ns = i64::try_from(life.as_nanos()).unwrap();
    Command::Connect(Connect { tag, url: URL.to_owned(), life_ns, flags, ..Connect::default() })
}

/// A frame each 100 ms, numbered by time, as long as the connection is there.
fn stream(remote: &Remote) {
    let remote = remote.clone();
    let started = tokio::time::Instant::now();
    tokio::spawn(async move {
        while !remote.is_gone() {
            remote.text(&format!("{}", started.elapsed().as_millis() / 100));
            sleep(Duration::from_millis(100)).await;
        }
    });
}

#[tokio::test(start_paused = true)]
async fn attempts_back_off_and_start_again_after_a_long_life() {
    let fake = Fake::opening(|number| if number < 9 { Err(refused()) } else { Ok(()) });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, URL));
    let events = until_within(&mut hub, Duration::from_secs(600), is_opened).await;
    assert!(notes(&events).contains("fake: no venue within"), "{}", notes(&events));
    let steps = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
    for (gap, step) in fake.gaps().iter().zip(steps) {
        assert!((step / 2..=step + 5).contains(gap), "{:?}", fake.gaps());
    }
    // A short life goes on where it was; a long one starts again.
    fake.remote(0).end(1006);
    until(&mut hub, is_opened).await;
    assert!(fake.gaps()[9] >= 15_000, "{:?}", fake.gaps());
    during(&mut hub, Duration::from_secs(61)).await;
    fake.remote(1).end(1006);
    until(&mut hub, is_opened).await;
    let last = *fake.gaps().last().unwrap();
    assert!((61_000 + 125..=61_000 + 260).contains(&last), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_place_says_what_its_connection_does() {
    let fake = Fake::opening(|number| if number < 2 { Err(refused()) } else { Ok(()) });
    let clock = TestClock::new();
    let mut hub = Hub::new(HubOptions { clock: clock.clone(), ..options(fake.clone()) });
    let (url, symbols) = (format!("{URL}?key=k"), 3);
    hub.command(Command::Connect(Connect { tag: 7, url, symbols, ..Connect::default() }));
    assert_eq!(hub.places().map(|p| p.phase).collect::<Vec<_>>(), [Phase::Wanted]);
    let events = until(&mut hub, |e| matches!(e, Event::Unreached { .. })).await;
    assert!(notes(&events).contains("fake: no venue within"));
    assert!(hub.take_changed() && !hub.take_changed());
    let place = hub.places().next().unwrap();
    assert_eq!((place.tag, place.url, place.symbols, place.conn), (7, URL, 3, None));
    assert_eq!((place.opened, place.reason), (0, &*notes(&events)));
    let Phase::Backoff(retry) = place.phase else { panic!("{:?}", place.phase) };
    let wait = retry - clock.now();
    assert!((100_000_000..=250_000_000).contains(&wait), "{wait}");
    until(&mut hub, is_opened).await;
    let place = hub.places().next().unwrap();
    assert_eq!((place.phase, place.conn, place.opened), (Phase::Open, Some(1), 1));
    fake.remote(0).end(1006);
    until(&mut hub, is_closed).await;
    let place = hub.places().next().unwrap();
    assert_eq!((place.conn, place.reason), (None, "the venue said so"));
    until(&mut hub, is_opened).await;
    assert_eq!(hub.places().map(|p| (p.conn, p.opened)).collect::<Vec<_>>(), [(Some(2), 2)]);
}

#[tokio::test(start_paused = true)]
async fn numbers_are_never_used_again() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(7, URL));
    for expected in 1..=3 {
        let events = until(&mut hub, is_opened).await;
        assert_eq!(opened(&events), expected);
        fake.remote(expected as usize - 1).end(1006);
        let events = until(&mut hub, is_closed).await;
        assert_eq!(closed(&events), [(expected, 1006, "the venue said so".to_owned(), false)]);
    }
}

#[tokio::test(start_paused = true)]
async fn rotation_makes_before_it_breaks_and_loses_nothing() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(living(1, Duration::from_secs(100), 0));
    until(&mut hub, is_opened).await;
    stream(&fake.remote(0));
    let events = until(&mut hub, is_opened).await;
    assert_eq!(opened(&events), 2);
    let at = (fake.remote(1).at - fake.remote(0).at).as_secs_f64();
    assert!((87.0..=90.1).contains(&at), "{at}");
    // The old one goes a second after the new one's first frame; until then both deliver.
    let quiet = during(&mut hub, Duration::from_secs(5)).await;
    assert!(closed(&quiet).is_empty());
    stream(&fake.remote(1));
    let events = until(&mut hub, is_closed).await;
    assert_eq!(closed(&events), [(1, 1000, "replaced".to_owned(), true)]);
    let of = |conn| {
        events
            .iter()
            .filter(|e| matches!(e, patchbay_net::Event::Frames { conn: c, .. } if *c == conn))
            .count()
    };
    assert!((9..=11).contains(&of(1)) && (9..=11).contains(&of(2)), "{} {}", of(1), of(2));
    assert!(
        fake.remote(0).is_gone() || {
            sleep(Duration::from_secs(2)).await;
            fake.remote(0).is_gone()
        }
    );
    // And again, of the new one's own age.
    let events = until(&mut hub, is_opened).await;
    assert_eq!(opened(&events), 3);
}

#[tokio::test(start_paused = true)]
async fn a_replacement_that_fails_keeps_the_old_one() {
    let fake =
        Fake::opening(|number| if (1..4).contains(&number) { Err(refused()) } else { Ok(()) });
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(living(1, Duration::from_secs(100), 0));
    until(&mut hub, is_opened).await;
    stream(&fake.remote(0));
    let events = until(&mut hub, is_opened).await;
    assert!(closed(&events).is_empty() && notes(&events).contains("replacement of connection 1"));
    assert_eq!(fake.attempts.lock().unwrap().len(), 5);
    // One that opens but delivers nothing while the old one does is given up, too.
    let events = until(&mut hub, is_closed).await;
    let (conn, _, reason, replaced) = closed(&events).remove(0);
    assert_eq!((conn, replaced), (2, true));
    assert!(reason.contains("delivered nothing"), "{reason}");
    // The old one dies: nothing is left that carries its streams.
    fake.remote(0).end(1006);
    let events = until(&mut hub, is_closed).await;
    assert_eq!(closed(&events)[0].0, 1);
    assert!(!closed(&events)[0].3);
    until(&mut hub, is_opened).await;
}

#[tokio::test(start_paused = true)]
async fn where_connections_are_capped_it_breaks_before_it_makes() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(living(1, Duration::from_secs(100), 1));
    until(&mut hub, is_opened).await;
    let events = until(&mut hub, is_closed).await;
    assert_eq!((closed(&events)[0].0, closed(&events)[0].3), (1, false));
    assert_eq!(fake.attempts.lock().unwrap().len(), 1, "closed before the next opens");
    let events = until(&mut hub, is_opened).await;
    assert_eq!(opened(&events), 2);
}

#[tokio::test(start_paused = true)]
async fn another_connect_with_the_tag_replaces() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, URL));
    until(&mut hub, is_opened).await;
    hub.command(connect(1, "wss://venue/other"));
    let events = until(&mut hub, is_opened).await;
    assert!(closed(&events).is_empty());
    assert_eq!(fake.remote(1).url, "wss://venue/other");
    fake.remote(1).text("x");
    let events = until(&mut hub, is_closed).await;
    assert_eq!((closed(&events)[0].0, closed(&events)[0].3), (1, true));
    assert_eq!(hub.open_connections(), 1);
    let quiet = during(&mut hub, Duration::from_secs(60)).await;
    assert!(quiet.is_empty(), "{quiet:?}");
}

#[tokio::test(start_paused = true)]
async fn close_is_for_good() {
    let fake = Fake::new();
    let mut hub = Hub::new(options(fake.clone()));
    hub.command(connect(1, URL));
    until(&mut hub, is_opened).await;
    hub.command(Command::Close { conn: 1, reason: "not wanted".to_owned() });
    let events = until(&mut hub, is_closed).await;
    assert_eq!(closed(&events), [(1, 1000, "not wanted".to_owned(), false)]);
    let quiet = during(&mut hub, Duration::from_secs(300)).await;
    assert!(quiet.is_empty() && fake.attempts.lock().unwrap().len() == 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_opened_is_said_and_other_commands_come_back() {
    let mut hub = Hub::new(options(Fake::new()));
    hub.command(connect(1, "venue/ws"));
    let events = until(&mut hub, |_| true).await;
    assert!(notes(&events).contains("expected SCHEME://HOST"), "{}", notes(&events));
    assert_eq!(hub.command(Command::Wake(5)), Some(Command::Wake(5)));
}

#[test]
fn a_hub_can_be_a_task_of_any_runtime() {
    fn check<T: Send>(_: &T) {}
    let run = async {
        let mut hub = Hub::new(options(Fake::new()));
        hub.next(&mut patchbay_net::Events::default()).await;
    };
    check(&run);
}
