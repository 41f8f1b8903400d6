//! The driver that feeds recorded captures.

use patchbay_abi as abi;
use patchbay_engine::Action;
use patchbay_history::{Captures, Event, Record};
use patchbay_journal::{Input, List};
use patchbay_model::Nanos;
use patchbay_plugin::bind::Command;

use crate::outstanding::Outstanding;
use crate::{Core, RuntimeError};

/// HTTP status of an answer that was recorded, which recordings do not state.
const RECORDED_OK: u32 = 200;

/// Feeds every record of `captures` to every adapter instance of `core`; host time is the recorded
/// local time. `watch` is called after each record and may end the replay by answering false.
///
/// # Errors
///
/// If a capture is damaged or the journal cannot be written.
pub fn replay_captures(
    core: &mut Core,
    captures: &mut Captures,
    mut watch: impl FnMut(&Core, Nanos) -> bool,
) -> Result<(), RuntimeError> {
    let mut drivers: Vec<_> = (0..core.seats().len() as u32)
        .map(|n| Driver { instance: n, ..Driver::default() })
        .collect();
    while let Some(record) = captures.next()? {
        fire_timers(core, &mut drivers, record.at_ns)?;
        for driver in &mut drivers {
            driver.feed(core, &record)?;
        }
        if !watch(core, record.at_ns) {
            break;
        }
    }
    Ok(())
}

fn fire_timers(core: &mut Core, drivers: &mut [Driver], now: Nanos) -> Result<(), RuntimeError> {
    while let Some((instance, at)) = core.due(now) {
        drivers[instance as usize].give(core, at, &Input::Timer)?;
    }
    Ok(())
}

/// Feeds one adapter instance.
#[derive(Default)]
struct Driver {
    instance: u32,
    planned: bool,
    outstanding: Outstanding,
}

impl Driver {
    fn feed(&mut self, core: &mut Core, record: &Record<'_>) -> Result<(), RuntimeError> {
        let (at, conn) = (record.at_ns, record.conn);
        if !std::mem::replace(&mut self.planned, true) {
            self.give(core, at, &Input::Plan { wishes: List::Lent(&[]) })?;
        }
        match record.event {
            Event::Frame { binary, data } => {
                let opcode = if binary { abi::OPCODE_BINARY } else { abi::OPCODE_TEXT };
                self.give(core, at, &Input::Frame { conn, opcode, data })
            }
            Event::Open { url } => self.give(core, at, &Input::Open { conn, tag: 0, url }),
            Event::Close => self.give(
                core,
                at,
                &Input::Close { conn, code: 0, reason: "recorded", replaced: false },
            ),
            Event::Reply { url: "", body } => match self.outstanding.answer(conn, body) {
                Some(id) => self.give(core, at, &reply(id, "", body)),
                None => Ok(()),
            },
            Event::Reply { url, body } => self.give(core, at, &reply(0, url, body)),
            Event::Sent { .. } => Ok(()),
        }
    }

    /// One input, and all that follows from it.
    fn give(&mut self, core: &mut Core, at: Nanos, input: &Input<'_>) -> Result<(), RuntimeError> {
        core.take(self.instance, at, input)?;
        if core.actions().is_empty() && core.requests().is_empty() {
            return Ok(());
        }
        let (actions, requests) = (core.actions().to_vec(), core.requests().to_vec());
        for request in requests {
            if let Command::Http(request) = request
                && let Some((id, body)) = self.outstanding.ask(&request)
            {
                self.give(core, at, &reply(id, "", &body))?;
            }
        }
        for action in actions {
            match action {
                Action::Resync { scope_kind, scope, conn, .. } => {
                    self.outstanding.need((scope_kind, scope), conn);
                    self.give(core, at, &Input::Resync { scope_kind, scope })?;
                }
                // A recording holds no answers to questions of ours.
                Action::Audit { .. } => {}
            }
        }
        Ok(())
    }
}

const fn reply<'a>(id: u64, url: &'a str, body: &'a [u8]) -> Input<'a> {
    let headers = List::Lent(&[]);
    Input::Reply { id, status: RECORDED_OK, error: abi::REPLY_OK, url, headers, body }
}
