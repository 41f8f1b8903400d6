//! Descriptors and function tables as the host takes them, or not.
#![allow(unsafe_code)]

use std::mem::offset_of;

use patchbay_plugin::abi::{self, AdapterVtable, PluginDecl, Status, StrategyVtable};
use patchbay_plugin::bind::{Answer, BindError, Books, Plugin};
use patchbay_plugin::export::{AdapterExport, StrategyExport};
use patchbay_plugin::model::{InstrumentId, Nanos, Side};
use patchbay_plugin::{
    Adapter, AdapterCx, Config, Error, Frame, FrameBuf, Open, Reply, Scope, Strategy, StrategyCx,
    Turn, Wish,
};

use crate::{log, logged};

/// Panics wherever a stub should answer in its place.
struct Full;

impl Adapter for Full {
    const NAME: &'static str = "full";
    const VERSION: &'static str = "0";

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
    fn plan(&mut self, _: &[Wish<'_>], _: &mut AdapterCx<'_>) -> Result<(), Error> {
        Ok(())
    }
    fn handle_frame(&mut self, _: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        cx.ignore();
        Ok(())
    }
    fn handle_open(&mut self, _: Open<'_>, _: &mut AdapterCx<'_>) -> Result<(), Error> {
        panic!("handle_open is beyond the table");
    }
    fn handle_close(
        &mut self,
        _: u32,
        _: u32,
        _: &str,
        _: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        panic!("handle_close is beyond the table");
    }
    fn handle_reply(&mut self, _: Reply<'_>, _: &mut AdapterCx<'_>) -> Result<(), Error> {
        panic!("handle_reply is beyond the table");
    }
    fn handle_timeout(&mut self, _: Nanos, _: &mut AdapterCx<'_>) -> Result<(), Error> {
        panic!("handle_timeout is beyond the table");
    }
    fn resync(&mut self, _: Scope, _: &mut AdapterCx<'_>) -> Result<(), Error> {
        panic!("resync is beyond the table");
    }
    const AUDITS: bool = true;
    fn audit(&mut self, _: Scope, _: &mut AdapterCx<'_>) -> Result<(), Error> {
        panic!("audit is beyond the table");
    }
}

impl Strategy for Full {
    const NAME: &'static str = "full";
    const VERSION: &'static str = "0";
    const STATE_SCHEMA: u32 = 1;

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
    fn handle_turn(&mut self, _: Turn<'_>, _: &mut StrategyCx<'_>) -> Result<(), Error> {
        Ok(())
    }
    fn handle_control(&mut self, _: &str, _: &mut StrategyCx<'_>) -> Result<(), Error> {
        panic!("handle_control is beyond the table");
    }
    fn digest(&self) -> u64 {
        panic!("digest is beyond the table");
    }
}

struct Nothing;

impl Books for Nothing {
    fn view(&self, _: InstrumentId, _: &mut abi::BookView) -> bool {
        false
    }
    fn levels(&self, _: InstrumentId, _: Side, _: &mut [abi::Level]) -> usize {
        0
    }
}

/// Binds the adapter with another descriptor and table.
fn adapter(change: impl FnOnce(&mut PluginDecl, &mut AdapterVtable)) -> Result<Plugin, BindError> {
    let mut decl = AdapterExport::<Full>::DECL;
    // SAFETY: the SDK's own table.
    let mut table = unsafe { *decl.vtable.cast::<AdapterVtable>() };
    change(&mut decl, &mut table);
    decl.vtable = std::ptr::from_ref(Box::leak(Box::new(table))).cast();
    // SAFETY: the SDK's descriptor and table, changed as a plugin of another version has them.
    unsafe { Plugin::from_raw(Box::leak(Box::new(decl))) }
}

/// As [`adapter`], for the strategy.
fn strategy(
    change: impl FnOnce(&mut PluginDecl, &mut StrategyVtable),
) -> Result<Plugin, BindError> {
    let mut decl = StrategyExport::<Full>::DECL;
    // SAFETY: the SDK's own table.
    let mut table = unsafe { *decl.vtable.cast::<StrategyVtable>() };
    change(&mut decl, &mut table);
    decl.vtable = std::ptr::from_ref(Box::leak(Box::new(table))).cast();
    // SAFETY: as in `adapter`.
    unsafe { Plugin::from_raw(Box::leak(Box::new(decl))) }
}

/// What the functions of an adapter without the optional ones answer.
fn assert_stubs(plugin: Plugin) {
    let mut instance = plugin.adapter(&[], 0, 0, &log).expect("nothing to configure");
    let mut buf = FrameBuf::default();
    let (conn, tag, url) = (1, 0, "");
    assert_eq!(instance.plan(1, &[]).status, abi::OK);
    assert_eq!(instance.open(1, Open { conn, tag, url }).status, abi::OK);
    let call = instance.frame(1, conn, abi::OPCODE_TEXT, &mut buf);
    assert_eq!((call.status, call.outcome), (abi::OK, abi::OUTCOME_IGNORED));
    drop(call);
    let answer =
        Answer { id: 1, status: 200, error: abi::REPLY_OK, url, headers: &[], body: &mut buf };
    assert_eq!(instance.reply(1, answer).status, abi::OK);
    assert_eq!(instance.close(1, conn, 0, "").status, abi::OK);
    assert_eq!(instance.timer(1).status, abi::OK);
    assert_eq!(instance.resync(1, Scope::Stream(1)).status, abi::UNSUPPORTED);
    assert_eq!(instance.audit(1, Scope::Instrument(1)).status, abi::UNSUPPORTED);
    assert_eq!(logged(), []);
}

#[test]
fn null_entries_of_an_adapter_keep_their_stubs() {
    let plugin = adapter(|_, table| {
        table.on_open = None;
        table.on_close = None;
        table.on_reply = None;
        table.on_timer = None;
        table.resync = None;
        table.audit = None;
    });
    assert_stubs(plugin.expect("only optional functions are missing"));
}

#[test]
fn entries_beyond_the_size_of_an_older_table_keep_their_stubs() {
    let plugin = adapter(|_, table| {
        table.struct_size = offset_of!(AdapterVtable, on_close);
        table.on_open = None;
    });
    assert_stubs(plugin.expect("all required functions are within the size"));
}

#[test]
fn a_table_that_is_longer_than_the_hosts_is_taken_as_far_as_the_host_knows_it() {
    let plugin = adapter(|_, table| table.struct_size += 64);
    let mut instance =
        plugin.expect("a newer plugin").adapter(&[], 0, 0, &log).expect("nothing to configure");
    assert_eq!(instance.plan(1, &[]).status, abi::OK);
}

#[test]
fn entries_beyond_the_size_of_an_older_strategys_table_keep_their_stubs() {
    let plugin = strategy(|decl, table| {
        decl.flags &= !abi::FLAG_HAS_STATE;
        table.struct_size = offset_of!(StrategyVtable, on_control);
    });
    let plugin = plugin.expect("all required functions are within the size");
    let mut instance = plugin.strategy(&[], 0, 0, &log).expect("nothing to configure");
    assert_eq!(instance.start(1, &Nothing).status, abi::OK);
    assert_eq!(instance.turn(1, 1, &[], &Nothing).status, abi::OK);
    assert_eq!(instance.control(1, "x", &Nothing).status, abi::UNSUPPORTED);
    assert_eq!(instance.save(), Err(abi::UNSUPPORTED));
    assert_eq!(instance.restore(&Default::default()), Err(abi::UNSUPPORTED));
    assert_eq!(instance.digest(), 0);
    assert_eq!(logged(), []);
}

#[test]
fn a_missing_required_function_is_refused_by_its_name() {
    type Cut<T> = (&'static str, fn(&mut T));
    let of_adapters: [Cut<AdapterVtable>; 5] = [
        ("create", |t| t.create = None),
        ("destroy", |t| t.destroy = None),
        ("plan", |t| t.plan = None),
        ("on_frame", |t| t.on_frame = None),
        ("on_frame", |t| t.struct_size = offset_of!(AdapterVtable, on_frame)),
    ];
    let of_strategies: [Cut<StrategyVtable>; 5] = [
        ("create", |t| t.create = None),
        ("destroy", |t| t.destroy = None),
        ("on_turn", |t| t.on_turn = None),
        ("save", |t| t.save = None),
        ("restore", |t| t.struct_size = offset_of!(StrategyVtable, restore)),
    ];
    let refused = of_adapters
        .map(|(function, cut)| (function, adapter(|_, t| cut(t))))
        .into_iter()
        .chain(of_strategies.map(|(function, cut)| (function, strategy(|_, t| cut(t)))));
    for (function, refused) in refused {
        let error = refused.expect_err(function);
        assert_eq!(error, BindError::Missing { function });
        assert!(error.to_string().contains(&format!("`{function}`")), "{error}");
    }
}

#[test]
fn a_field_that_disagrees_is_refused_by_its_name() {
    type Change = (&'static str, fn(&mut PluginDecl));
    let changes: [Change; 7] = [
        ("magic", |d| d.magic = 1),
        ("struct_size", |d| d.struct_size -= 8),
        ("abi_major", |d| d.abi_major += 1),
        ("abi_minor_min", |d| d.abi_minor_min = abi::ABI_MINOR + 1),
        ("slot_size", |d| d.slot_size = 128),
        ("layout_hash", |d| d.layout_hash ^= 1),
        ("kind", |d| d.kind = 3),
    ];
    for (wrong, change) in changes {
        match adapter(|decl, _| change(decl)) {
            Err(BindError::Field { field, .. }) => assert_eq!(field, wrong),
            other => panic!("{wrong}: {other:?}"),
        }
    }
}

#[test]
fn a_plugin_of_the_other_kind_makes_no_instance() {
    let refused = Plugin::linked_adapter::<Full>().strategy(&[], 0, 0, &log);
    assert!(matches!(refused, Err(BindError::Kind { .. })));
    let refused = Plugin::linked_strategy::<Full>().adapter(&[], 0, 0, &log);
    assert!(matches!(refused, Err(BindError::Kind { .. })));
}

#[test]
fn a_create_that_fails_or_panics_makes_no_instance_and_says_why() {
    struct Picky;
    impl Strategy for Picky {
        const NAME: &'static str = "picky";
        const VERSION: &'static str = "0";
        fn create(config: &Config<'_>) -> Result<Self, Error> {
            assert!(config.seed() != 13, "an unlucky seed");
            Err(config.text("symbol").expect_err("there is none").into())
        }
        fn handle_turn(&mut self, _: Turn<'_>, _: &mut StrategyCx<'_>) -> Result<(), Error> {
            Ok(())
        }
    }
    let refused = |seed| -> Status {
        match Plugin::linked_strategy::<Picky>().strategy(&[], seed, 0, &log) {
            Err(BindError::Create { status }) => status,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(1), abi::ERROR);
    assert!(logged()[0].1.contains("`symbol` is missing"));
    assert_eq!(refused(13), abi::PANIC);
    assert!(logged()[0].1.ends_with("an unlucky seed"));
}
