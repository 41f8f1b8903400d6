//! One adapter instance in the host, with all that belongs to it.

use patchbay_abi::{self as abi, Status};
use patchbay_journal::{Input, Wish as JournalWish};
use patchbay_model::{Kind, Nanos};
use patchbay_plugin::bind::{AdapterInstance, Answer, Call};
use patchbay_plugin::{FrameBuf, Open, Scope, Wish};

/// What an instance was given and what it made of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatTally {
    /// Frames given.
    pub frames: u64,
    /// Frames that could not be read.
    pub rejected_frames: u64,
    /// Frames read by the general parser.
    pub fallback_frames: u64,
    /// Frames that held nothing for the host.
    pub ignored_frames: u64,
    /// Other inputs that were refused.
    pub refused_inputs: u64,
    /// Inputs that came after a fault; the plugin did not see them.
    pub withheld_inputs: u64,
}

/// A panic of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Number of the input within the instance.
    pub ordinal: u64,
    /// Host time.
    pub at_ns: Nanos,
    /// The frame or body that it was given; empty for other inputs. Never fed again.
    pub bytes: Vec<u8>,
}

/// An adapter instance, its input count, its next timer and its counts.
pub struct Seat {
    /// Name of the plugin.
    pub name: String,
    instance: AdapterInstance,
    buffer: FrameBuf,
    pub(crate) ordinal: u64,
    /// When `on_timer` is due; 0 for not at all.
    pub(crate) due: Nanos,
    /// Counts.
    pub tally: SeatTally,
    /// The panic that ended it, if one did.
    pub fault: Option<Fault>,
}

impl Seat {
    pub(crate) fn new(name: &str, instance: AdapterInstance) -> Self {
        Self {
            name: name.to_owned(),
            instance,
            buffer: FrameBuf::default(),
            ordinal: 0,
            due: 0,
            tally: SeatTally::default(),
            fault: None,
        }
    }

    /// Gives one input to the plugin; `None` if it is past its fault.
    pub(crate) fn give(&mut self, at: Nanos, input: &Input<'_>) -> Option<Call<'_>> {
        if matches!(input, Input::Retire) {
            self.due = 0;
            return None;
        }
        if self.fault.is_some() {
            self.tally.withheld_inputs += 1;
            return None;
        }
        self.tally.frames += u64::from(matches!(input, Input::Frame { .. }));
        if matches!(input, Input::Timer) {
            self.due = 0;
        }
        let (instance, buffer) = (&mut self.instance, &mut self.buffer);
        Some(match input {
            Input::Frame { conn, opcode, data } => {
                buffer.fill(data);
                instance.frame(at, *conn, *opcode, buffer)
            }
            Input::Open { conn, tag, url } => {
                instance.open(at, Open { conn: *conn, tag: *tag, url })
            }
            Input::Close { conn, code, reason, .. } => instance.close(at, *conn, *code, reason),
            Input::Reply { id, status, error, url, headers, body } => {
                buffer.fill(body);
                let headers: Vec<_> = headers.iter().map(|h| (h.name, h.value)).collect();
                let (id, status, error, headers) = (*id, *status, *error, &headers[..]);
                instance.reply(at, Answer { id, status, error, url, headers, body: buffer })
            }
            Input::Timer => instance.timer(at),
            Input::Resync { scope_kind, scope } => {
                let scope = Scope::from_abi(*scope_kind, *scope)?;
                instance.resync(at, scope)
            }
            Input::Audit { scope_kind, scope } => {
                let scope = Scope::from_abi(*scope_kind, *scope)?;
                instance.audit(at, scope)
            }
            Input::Plan { wishes } => instance.plan(at, &plan(wishes)),
            Input::Clock { wall_offset_ns } => {
                instance.set_wall_offset(*wall_offset_ns);
                return None;
            }
            // Given when the instance was made; the host's own.
            Input::Create { .. } | Input::Time | Input::Retire => return None,
        })
    }

    /// Books what a call answered; true if it refused a frame.
    pub(crate) fn book(&mut self, at: Nanos, input: &Input<'_>, status: Status, outcome: u32) {
        let frame = matches!(input, Input::Frame { .. });
        match status {
            abi::OK => {
                let fell_back = outcome == abi::OUTCOME_FALLBACK;
                self.tally.fallback_frames += u64::from(frame && fell_back);
                let ignored = outcome == abi::OUTCOME_IGNORED;
                self.tally.ignored_frames += u64::from(frame && ignored);
            }
            abi::PANIC | abi::POISONED => {
                let bytes = match input {
                    Input::Frame { data, .. } => data.to_vec(),
                    Input::Reply { body, .. } => body.to_vec(),
                    _ => Vec::new(),
                };
                self.fault = Some(Fault { ordinal: self.ordinal, at_ns: at, bytes });
                self.tally.rejected_frames += u64::from(frame);
            }
            // A plugin without the function has nothing to say to the input.
            abi::UNSUPPORTED if !frame => {}
            _ if frame => self.tally.rejected_frames += 1,
            _ => self.tally.refused_inputs += 1,
        }
    }
}

fn plan<'a>(wishes: &[JournalWish<'a>]) -> Vec<Wish<'a>> {
    let known = wishes.iter().filter_map(|wish| {
        Some(Wish {
            channels: wish.channels,
            symbol: wish.symbol,
            kind: Kind::from_abi(u8::try_from(wish.kind).ok()?)?,
            depth: wish.depth,
            interval_ms: wish.interval_ms,
        })
    });
    known.collect()
}
