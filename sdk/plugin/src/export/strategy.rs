//! Trampolines of strategies.

use std::ffi::c_void;
use std::marker::PhantomData;

use patchbay_abi::{self as abi, Create, PluginDecl, Slot, Status, Str, StrategyVtable, WriteFn};

use super::{Description, create_instance, declare, destroy_instance, instance_mut};
use crate::guard::catch;
use crate::read::items;
use crate::{Error, Strategy, StrategyCx, Turn};

/// Function table and descriptor of a strategy type.
pub struct StrategyExport<S>(PhantomData<S>);

impl<S: Strategy> StrategyExport<S> {
    const VTABLE: StrategyVtable = StrategyVtable {
        struct_size: size_of::<StrategyVtable>(),
        state_schema: S::STATE_SCHEMA,
        state_hint: 0,
        create: Some(create::<S>),
        destroy: Some(destroy::<S>),
        start: Some(start::<S>),
        on_turn: Some(on_turn::<S>),
        on_timer: Some(on_timer::<S>),
        on_control: Some(on_control::<S>),
        save: Some(save::<S>),
        restore: Some(restore::<S>),
        digest: Some(digest::<S>),
    };

    /// What the library exports.
    pub const DECL: PluginDecl = declare(&Description {
        kind: abi::KIND_STRATEGY,
        flags: if S::STATE_SCHEMA == 0 { 0 } else { abi::FLAG_HAS_STATE },
        name: S::NAME,
        version: S::VERSION,
        defaults: S::DEFAULTS,
        schema: S::SCHEMA,
        vtable: std::ptr::from_ref(&Self::VTABLE).cast(),
    });
}

unsafe extern "C" fn create<S: Strategy>(from: *const Create, out: *mut *mut c_void) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::create`.
    unsafe { create_instance(from, out, S::create) }
}

unsafe extern "C" fn destroy<S: Strategy>(instance: *mut c_void) -> Status {
    // SAFETY: the host calls it once, with what `create` gave.
    unsafe { destroy_instance::<S>(instance) }
}

/// # Safety
///
/// `instance` and `cx` follow the contract of [`StrategyVtable`].
#[inline]
unsafe fn input<S: Strategy>(
    instance: *mut c_void,
    cx: *mut abi::StrategyCx,
    run: impl FnOnce(&mut S, &mut StrategyCx<'_>) -> Result<(), Error>,
) -> Status {
    // SAFETY: the caller's contract.
    let (Some(guarded), Some(raw)) = (unsafe { (instance_mut::<S>(instance), cx.as_mut()) }) else {
        return abi::INVALID;
    };
    guarded.run(|strategy| {
        // SAFETY: `raw` is the host's context for this call.
        let mut cx = unsafe { StrategyCx::new(raw) };
        run(strategy, &mut cx)
    })
}

unsafe extern "C" fn start<S: Strategy>(instance: *mut c_void, cx: *mut abi::StrategyCx) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::start`.
    unsafe { input::<S>(instance, cx, Strategy::start) }
}

unsafe extern "C" fn on_turn<S: Strategy>(
    instance: *mut c_void,
    cx: *mut abi::StrategyCx,
    turn: u64,
    slots: *const Slot,
    slots_len: usize,
) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::on_turn`.
    unsafe {
        input::<S>(instance, cx, |strategy, cx| {
            strategy.handle_turn(Turn { number: turn, slots: items(slots, slots_len) }, cx)
        })
    }
}

unsafe extern "C" fn on_timer<S: Strategy>(
    instance: *mut c_void,
    cx: *mut abi::StrategyCx,
) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::on_timer`.
    unsafe {
        input::<S>(instance, cx, |strategy, cx| {
            let now = cx.now();
            strategy.handle_timeout(now, cx)
        })
    }
}

unsafe extern "C" fn on_control<S: Strategy>(
    instance: *mut c_void,
    cx: *mut abi::StrategyCx,
    command: Str,
) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::on_control`.
    unsafe {
        let Some(command) = command.as_str() else {
            return abi::INVALID;
        };
        input::<S>(instance, cx, |strategy, cx| strategy.handle_control(command, cx))
    }
}

unsafe extern "C" fn save<S: Strategy>(
    instance: *mut c_void,
    write: WriteFn,
    ctx: *mut c_void,
) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::save`.
    let Some(guarded) = (unsafe { instance_mut::<S>(instance) }) else {
        return abi::INVALID;
    };
    let mut state = Vec::new();
    let status = guarded.run(|strategy| {
        strategy.save(&mut state);
        Ok(())
    });
    if status != abi::OK {
        return status;
    }
    // SAFETY: `write` is called with its own context, during the call that gave it.
    unsafe { write(ctx, abi::Bytes::new(&state)) }
}

unsafe extern "C" fn restore<S: Strategy>(
    instance: *mut c_void,
    schema: u32,
    state: abi::Bytes,
) -> Status {
    // SAFETY: the host follows the contract of `StrategyVtable::restore`.
    let (guarded, state) = unsafe { (instance_mut::<S>(instance), state.as_slice()) };
    let Some(guarded) = guarded else {
        return abi::INVALID;
    };
    match guarded.run(|strategy| strategy.restore(schema, state)) {
        abi::ERROR => abi::SCHEMA,
        other => other,
    }
}

unsafe extern "C" fn digest<S: Strategy>(instance: *mut c_void) -> u64 {
    // SAFETY: the host follows the contract of `StrategyVtable::digest`.
    let Some(guarded) = (unsafe { instance_mut::<S>(instance) }) else {
        return 0;
    };
    if guarded.poisoned {
        return 0;
    }
    let inner = &guarded.inner;
    let digest = catch(guarded.log, || inner.digest());
    guarded.poisoned = digest.is_none();
    digest.unwrap_or(0)
}
