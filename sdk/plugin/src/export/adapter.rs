//! Trampolines of adapters.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::slice;

use patchbay_abi::{self as abi, AdapterVtable, Create, PluginDecl, Status, Str};
use patchbay_model::Kind;

use super::{Description, create_instance, declare, destroy_instance, instance_mut};
use crate::read::{items, sized, strided};
use crate::{Adapter, AdapterCx, Error, Frame, Open, Reply, Scope, Wish};

/// Function table and descriptor of an adapter type.
pub struct AdapterExport<A>(PhantomData<A>);

impl<A: Adapter> AdapterExport<A> {
    const VTABLE: AdapterVtable = AdapterVtable {
        struct_size: size_of::<AdapterVtable>(),
        create: Some(create::<A>),
        destroy: Some(destroy::<A>),
        plan: Some(plan::<A>),
        on_open: Some(on_open::<A>),
        on_frame: Some(on_frame::<A>),
        on_close: Some(on_close::<A>),
        on_reply: Some(on_reply::<A>),
        on_timer: Some(on_timer::<A>),
        resync: Some(resync::<A>),
        audit: if A::AUDITS { Some(audit::<A>) } else { None },
    };

    /// What the library exports.
    pub const DECL: PluginDecl = declare(&Description {
        kind: abi::KIND_ADAPTER,
        flags: 0,
        name: A::NAME,
        version: A::VERSION,
        defaults: A::DEFAULTS,
        schema: A::SCHEMA,
        vtable: std::ptr::from_ref(&Self::VTABLE).cast(),
    });
}

unsafe extern "C" fn create<A: Adapter>(from: *const Create, out: *mut *mut c_void) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::create`.
    unsafe { create_instance(from, out, A::create) }
}

unsafe extern "C" fn destroy<A: Adapter>(instance: *mut c_void) -> Status {
    // SAFETY: the host calls it once, with what `create` gave.
    unsafe { destroy_instance::<A>(instance) }
}

/// Runs one input. Records count only if the adapter accepted it.
///
/// # Safety
///
/// `instance` and `cx` follow the contract of [`AdapterVtable`].
#[inline]
unsafe fn input<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    run: impl FnOnce(&mut A, &mut AdapterCx<'_>) -> Result<(), Error>,
) -> Status {
    // SAFETY: the caller's contract.
    let (Some(guarded), Some(raw)) = (unsafe { (instance_mut::<A>(instance), cx.as_mut()) }) else {
        return abi::INVALID;
    };
    guarded.run(|adapter| {
        // SAFETY: `raw` is the host's context for this call.
        let mut cx = unsafe { AdapterCx::new(raw) };
        let result = run(adapter, &mut cx);
        cx.finish(result.is_ok());
        result
    })
}

unsafe extern "C" fn plan<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    wishes: *const abi::StreamWish,
    wishes_len: usize,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::plan`.
    unsafe {
        input::<A>(instance, cx, |adapter, cx| {
            let wishes = strided(wishes, wishes_len).ok_or_else(|| {
                Error::new("the host's list of wishes states no size of its elements")
            })?;
            let wishes: Vec<_> = wishes
                .iter()
                .filter_map(|w| {
                    Some(Wish {
                        channels: w.channels,
                        symbol: w.symbol.as_str()?,
                        kind: Kind::from_abi(u8::try_from(w.kind).ok()?)?,
                        depth: w.depth,
                        interval_ms: w.interval_ms,
                    })
                })
                .collect();
            adapter.plan(&wishes, cx)
        })
    }
}

unsafe extern "C" fn on_open<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    conn: u32,
    tag: u32,
    url: Str,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::on_open`.
    unsafe {
        input::<A>(instance, cx, |adapter, cx| {
            adapter.handle_open(Open { conn, tag, url: url.as_str().unwrap_or("") }, cx)
        })
    }
}

unsafe extern "C" fn on_frame<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    conn: u32,
    opcode: u32,
    data: *mut u8,
    len: usize,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::on_frame`.
    unsafe {
        input::<A>(instance, cx, |adapter, cx| {
            let bytes = bytes_mut(data, len);
            adapter.handle_frame(Frame { conn, opcode, bytes }, cx)
        })
    }
}

unsafe extern "C" fn on_close<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    conn: u32,
    code: u32,
    reason: Str,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::on_close`.
    unsafe {
        input::<A>(instance, cx, |adapter, cx| {
            adapter.handle_close(conn, code, reason.as_str().unwrap_or(""), cx)
        })
    }
}

unsafe extern "C" fn on_reply<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    reply: *const abi::Reply,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::on_reply`.
    unsafe {
        let Some(from) = sized(reply) else {
            return abi::INVALID;
        };
        input::<A>(instance, cx, |adapter, cx| {
            let headers = items(from.headers, from.headers_len)
                .iter()
                .filter_map(|h| Some((h.name.as_str()?, h.value.as_str()?)))
                .collect();
            let reply = Reply {
                id: from.id,
                status: from.status,
                error: from.error,
                url: from.url.as_str().unwrap_or(""),
                headers,
                body: bytes_mut(from.body, from.body_len),
            };
            adapter.handle_reply(reply, cx)
        })
    }
}

unsafe extern "C" fn on_timer<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
) -> Status {
    // SAFETY: the host follows the contract of `AdapterVtable::on_timer`.
    unsafe {
        input::<A>(instance, cx, |adapter, cx| {
            let now = cx.now();
            adapter.handle_timeout(now, cx)
        })
    }
}

unsafe extern "C" fn resync<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    scope_kind: u32,
    scope: u32,
) -> Status {
    let Some(scope) = Scope::from_abi(scope_kind, scope) else {
        return abi::INVALID;
    };
    // SAFETY: the host follows the contract of `AdapterVtable::resync`.
    unsafe { input::<A>(instance, cx, |adapter, cx| adapter.resync(scope, cx)) }
}

unsafe extern "C" fn audit<A: Adapter>(
    instance: *mut c_void,
    cx: *mut abi::AdapterCx,
    scope_kind: u32,
    scope: u32,
) -> Status {
    let Some(scope) = Scope::from_abi(scope_kind, scope) else {
        return abi::INVALID;
    };
    // SAFETY: the host follows the contract of `AdapterVtable::audit`.
    unsafe { input::<A>(instance, cx, |adapter, cx| adapter.audit(scope, cx)) }
}

/// # Safety
///
/// `ptr` is null or readable and writable for `len` bytes during the call.
unsafe fn bytes_mut<'a>(ptr: *mut u8, len: usize) -> &'a mut [u8] {
    if ptr.is_null() || len == 0 {
        return &mut [];
    }
    // SAFETY: the caller's contract.
    unsafe { slice::from_raw_parts_mut(ptr, len) }
}
