//! The laws catch adapters that break them, and say which input did it and how to repeat it.

mod broken;

use std::panic::{UnwindSafe, catch_unwind};

use broken::{Broken, Fault};
use patchbay_testkit::{Input, Player, laws};

const INPUTS: [Input<'_>; 4] = [
    Input::Open { conn: 1, tag: 0, url: "wss://venue/ws" },
    Input::text(1, r#"{"s":"GOLD","p":12,"q":5}"#),
    Input::text(1, r#"{"s":"LEAD","p":345,"q":67}"#),
    Input::reply("https://venue/last", br#"{"s":"GOLD","p":1,"q":2}"#),
];

fn with(fault: Fault) -> impl Fn() -> Player {
    move || Player::with::<Broken>(&format!("fault = \"{}\"", fault.name()))
}

/// What a law says when it is broken.
fn verdict<R>(law: impl FnOnce() -> R + UnwindSafe) -> String {
    let Err(payload) = catch_unwind(law) else { panic!("the law did not notice") };
    *payload.downcast::<String>().expect("a law formats its message")
}

#[test]
fn a_sound_adapter_passes_them_all() {
    let fresh = with(Fault::None);
    laws::settings_are_described(&fresh());
    laws::same_input_same_output(&fresh, INPUTS);
    let tally = laws::any_bytes_are_safe(&mut fresh(), &INPUTS, 1, 5_000);
    assert!(tally.accepted > 500 && tally.rejected > 500, "{tally}");
    assert_eq!(tally.accepted + tally.ignored + tally.rejected, 5_000);
    assert_eq!(tally, laws::any_bytes_are_safe(&mut fresh(), &INPUTS, 1, 5_000));
    laws::a_rejected_input_leaves_nothing(&fresh, &INPUTS, 1, 5_000);
}

#[test]
fn a_panic_is_shown_with_its_frame_and_can_be_repeated_alone() {
    let fresh = with(Fault::Panic);
    let said = verdict(|| laws::any_bytes_are_safe(&mut fresh(), &INPUTS, 1, 5_000));
    for part in ["answered with a panic", "frame on 1: b\"", "error: panic at ", "no such place"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let seed = said.split("seed ").nth(1).and_then(|rest| rest.split(',').next());
    let seed = seed.and_then(|text| text.parse().ok()).expect("a seed is named");
    let again = verdict(|| laws::any_bytes_are_safe(&mut fresh(), &INPUTS, seed, 1));
    let bytes = |said: &str| said.lines().nth(1).map(str::to_owned);
    assert_eq!(bytes(&again), bytes(&said));
}

#[test]
fn hidden_global_state_is_found() {
    let said = verdict(|| laws::same_input_same_output(with(Fault::Global), INPUTS));
    for part in ["differ at input 1\n", "GOLD trade 1 12 x 5", "GOLD trade 2 12 x 5", "first 2"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn what_a_rejected_frame_left_is_found() {
    let fresh = with(Fault::Trace);
    laws::same_input_same_output(&fresh, INPUTS);
    let said = verdict(|| laws::a_rejected_input_leaves_nothing(&fresh, &INPUTS, 1, 5_000));
    for part in ["left a trace", "after it: ", "without it: ", "last rejected: mutation ", "seed "]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_scanner_that_reads_otherwise_than_its_parser_is_found() {
    let frames = ["{\"s\":\"GOLD\",\"p\":12,\"q\":5}", "{\"s\":\"LEAD\",\"p\":345,\"q\":67}"];
    let law = |fault| laws::scanner_and_parser_agree(with(fault), &frames, 1, 7, 2_000);
    let readings = law(Fault::None);
    assert!(readings.scanned > 100 && readings.rejected > 100, "{readings}");
    let said = verdict(|| law(Fault::Parse));
    for part in ["LEAD trade 1 345 x 67", "scanned: ", "parsed: ", "frame 1, seed 7, mutation "] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let said = verdict(|| law(Fault::Scan));
    assert!(said.contains("was scanned with a blank before it"), "{said}");
}

#[test]
fn records_that_contradict_the_abi_are_found() {
    for (fault, wrong) in [
        (Fault::Undefined, "record 0 (trade) of which instrument 9 was never defined"),
        (Fault::Time, "`receive_ns` is 1, not the call's"),
        (Fault::Kind, "the kind is the host's"),
        (Fault::Side, "the side 7 does not exist"),
        (Fault::Ignored, "records, and that it held nothing for the host"),
        (Fault::Closed, "a request for connection 5, which is not open"),
        (Fault::Cost, "a request that costs of undeclared bucket 3"),
    ] {
        let said = verdict(|| laws::any_bytes_are_safe(&mut with(fault)(), &INPUTS, 1, 1));
        assert!(said.contains("input 1 was answered with "), "{said}");
        assert!(said.contains(wrong), "{wrong} in {said}");
    }
}

#[test]
fn a_setting_without_description_is_found() {
    let said = verdict(|| laws::settings_are_described(&Player::of::<broken::Undescribed>()));
    for part in ["`a` has a default", "`b` stands in the schema", "`c` has no `doc`", "`d` is of"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn a_player_refuses_settings_that_there_are_not() {
    let plugin = || *Player::of::<Broken>().plugin();
    let refused = |changes: &str| match Player::new(plugin(), changes) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("{changes} was taken"),
    };
    assert!(refused("falt = \"none\"").starts_with("setting `falt` stands neither"));
    assert!(refused("fault = [").starts_with("the changes: "));
    assert!(refused("fault = 1979-05-27").contains("holds a date"));
    assert!(refused("fault = 1").contains("`fault` is an integer, expected a string"));
    assert!(refused("fault = \"no\"").contains("no such fault"));
    // A log line of an instance that failed is not the next one's.
    assert_eq!(Player::of::<Broken>().open(1, 0, "").log, "");
}

#[test]
fn timers_come_at_their_own_times() {
    let mut player = with(Fault::None)();
    player.open(1, 0, "");
    let start = player.now();
    assert_eq!(player.known().wake, Some(start + 10));
    let times: Vec<_> = player.sleep_until(start + 35).iter().flat_map(|p| p.wakes()).collect();
    assert_eq!(times, [start + 20, start + 30, start + 40]);
    assert_eq!((player.now(), player.known().wake), (start + 35, Some(start + 40)));
    assert!(player.sleep_until(start + 39).is_empty());
}
