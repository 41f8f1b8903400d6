//! The host's functions, as adapters call them.

use std::ffi::c_void;
use std::ptr;

use patchbay_abi::{self as abi, AdapterCx, AdapterHost, Slot, Status, Str};

use super::Command;
use crate::read::sized;
use crate::{Bucket, Connect, Http, Send, instrument};

/// Where the functions below put things; `ctx` leads to it.
pub(super) struct Desk {
    pub(super) slots: Vec<Slot>,
    pub(super) commands: Vec<Command>,
}

pub(super) static HOST: AdapterHost = AdapterHost {
    struct_size: size_of::<AdapterHost>() as u32,
    abi_minor: abi::ABI_MINOR,
    reserve: Some(reserve),
    connect: Some(connect),
    send: Some(send),
    close: Some(close),
    http: Some(http),
    wake: Some(wake),
    define_instrument: Some(define_instrument),
    define_bucket: Some(define_bucket),
    fail: Some(fail),
    query: Some(query),
    server_time: Some(server_time),
};

/// Commands that one call may give; a plugin that gives more is told so.
const COMMANDS_MAX: usize = 65_536;

unsafe extern "C" fn reserve(cx: *mut AdapterCx, more: usize) -> Status {
    // SAFETY: a plugin passes on the context of its call.
    let Some(cx) = (unsafe { cx.as_mut() }) else {
        return abi::INVALID;
    };
    // SAFETY: `ctx` is the desk of this call (see `AdapterInstance::call`).
    let desk = unsafe { &mut *cx.ctx.cast::<Desk>() };
    let Some(wanted) = cx.len.checked_add(more) else {
        return abi::INVALID;
    };
    if wanted > abi::SLOTS_MAX || cx.len > desk.slots.len() {
        return abi::FULL;
    }
    if wanted > desk.slots.len() {
        let grown = wanted.next_power_of_two().min(abi::SLOTS_MAX);
        desk.slots.resize(grown, Slot::ZERO);
    }
    cx.slots = desk.slots.as_mut_ptr();
    cx.cap = desk.slots.len();
    abi::OK
}

/// # Safety
///
/// `ctx` is the context of a running call.
unsafe fn give(ctx: *mut c_void, command: Option<Command>) -> Status {
    // SAFETY: `ctx` is the desk of this call.
    let Some(desk) = (unsafe { ctx.cast::<Desk>().as_mut() }) else {
        return abi::INVALID;
    };
    let Some(command) = command else {
        return abi::INVALID;
    };
    if desk.commands.len() == COMMANDS_MAX {
        return abi::FULL;
    }
    desk.commands.push(command);
    abi::OK
}

unsafe extern "C" fn connect(ctx: *mut c_void, request: *const abi::Connect) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let copy = sized(request).and_then(|r| Connect::copy(&r));
        give(ctx, copy.map(Command::Connect))
    }
}

unsafe extern "C" fn send(ctx: *mut c_void, request: *const abi::Send) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let copy = sized(request).and_then(|r| Send::copy(&r));
        give(ctx, copy.map(Command::Send))
    }
}

unsafe extern "C" fn close(ctx: *mut c_void, conn: u32, reason: Str) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let reason = reason.as_str().map(str::to_owned);
        give(ctx, reason.map(|reason| Command::Close { conn, reason }))
    }
}

unsafe extern "C" fn http(ctx: *mut c_void, request: *const abi::Http) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let copy = sized(request).and_then(|r| Http::copy(&r));
        give(ctx, copy.map(Command::Http))
    }
}

unsafe extern "C" fn wake(ctx: *mut c_void, at_ns: i64) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe { give(ctx, Some(Command::Wake(at_ns))) }
}

unsafe extern "C" fn define_instrument(
    ctx: *mut c_void,
    instrument: *const abi::Instrument,
) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let Some(from) = sized(instrument) else {
            return abi::INVALID;
        };
        let copy = instrument::copy(&from).map(Box::new);
        give(ctx, copy.map(|instrument| Command::Define { index: from.index, instrument }))
    }
}

unsafe extern "C" fn define_bucket(ctx: *mut c_void, bucket: *const abi::Bucket) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let copy = sized(bucket).and_then(|b| Bucket::copy(&b));
        give(ctx, copy.map(Command::Bucket))
    }
}

unsafe extern "C" fn fail(ctx: *mut c_void, code: u32, text: Str) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe {
        let text = text.as_str().map(str::to_owned);
        give(ctx, text.map(|text| Command::Fail { code, text }))
    }
}

unsafe extern "C" fn query(_ctx: *mut c_void, _id: Str) -> *const c_void {
    ptr::null()
}

unsafe extern "C" fn server_time(ctx: *mut c_void, id: u64, server_ns: i64) -> Status {
    // SAFETY: the plugin follows the contract of `AdapterHost`.
    unsafe { give(ctx, Some(Command::ServerTime { id, server_ns })) }
}
