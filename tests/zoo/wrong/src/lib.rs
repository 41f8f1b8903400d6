//! Adapters that are wrong: the real one, and between it and the host a [`Fault`].
//!
//! [`Wrong`] holds an instance of the real adapter as a host does, gives it every input, and hands on
//! what it answers after the fault has had it. The plugins themselves are the examples of this crate,
//! one fault each.

use std::marker::PhantomData;

use patchbay_plugin::abi::{ERROR, OK, OUTCOME_FALLBACK, OUTCOME_IGNORED, Slot, Status};
use patchbay_plugin::bind::{self, AdapterInstance, Call, Command, Plugin};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{
    Adapter, AdapterCx, Config, Error, Frame, FrameBuf, Open, Reply, Scope, Wish,
};

/// What the real adapter answered.
#[derive(Debug)]
pub struct Answer {
    /// `OK` or why not.
    pub status: Status,
    /// `OUTCOME_*`.
    pub outcome: u32,
    /// Records.
    pub slots: Vec<Slot>,
    /// Requests.
    pub commands: Vec<Command>,
}

/// What is wrong.
pub trait Fault: Default + Send + 'static {
    /// The instance was made.
    fn made(&mut self) {}

    /// A connection opened.
    fn opened(&mut self, _conn: u32) {}

    /// A connection closed.
    fn closed(&mut self, _conn: u32) {}

    /// A frame is about to be read.
    fn frame(&mut self) {}

    /// The adapter has answered; `conn` is the frame's connection, 0 without one.
    fn answered(&mut self, _conn: u32, _answer: &mut Answer) {}
}

/// The records among `slots` that begin with a head, each with what continues it.
pub fn records(slots: &mut [Slot], mut each: impl FnMut(&mut Slot, &mut [Slot])) {
    let mut rest = slots;
    while let Some((head, after)) = std::mem::take(&mut rest).split_first_mut() {
        let (body, after) = after.split_at_mut(head.continuation().min(after.len()));
        each(head, body);
        rest = after;
    }
}

/// The real adapter `A` with the fault `F`.
pub struct Wrong<A, F> {
    inner: AdapterInstance,
    buf: FrameBuf,
    fault: F,
    of: PhantomData<fn() -> A>,
}

impl From<Call<'_>> for Answer {
    fn from(call: Call<'_>) -> Self {
        let (status, outcome) = (call.status, call.outcome);
        Self { status, outcome, slots: call.slots.to_vec(), commands: call.commands.collect() }
    }
}

impl<A: Adapter, F: Fault> Wrong<A, F> {
    fn hand_on(
        &mut self,
        conn: u32,
        mut answer: Answer,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        self.fault.answered(conn, &mut answer);
        answer.slots.into_iter().try_for_each(|slot| cx.push(slot))?;
        answer.commands.into_iter().try_for_each(|command| ask(command, cx))?;
        match answer.outcome {
            OUTCOME_IGNORED => cx.ignore(),
            OUTCOME_FALLBACK => cx.fell_back(),
            _ => {}
        }
        match answer.status {
            OK => Ok(()),
            ERROR => Err(Error::new("refused by the adapter within")),
            other => Err(Error::new(format!("status {other} of the adapter within"))),
        }
    }
}

fn ask(command: Command, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
    match command {
        Command::Connect(connect) => cx.connect(&connect),
        Command::Send(send) => cx.send(&send),
        Command::Close { conn, reason } => cx.close(conn, &reason),
        Command::Http(http) => cx.http(&http),
        Command::Define { index, instrument } => cx.define_instrument(index, &instrument),
        Command::Bucket(bucket) => cx.define_bucket(&bucket),
        Command::Wake(at) => {
            cx.wake(at);
            Ok(())
        }
        Command::ServerTime { id, server_ns } => {
            cx.server_time(id, server_ns);
            Ok(())
        }
        Command::Fail { code, text } => {
            cx.fail(code, &text);
            Ok(())
        }
    }
}

impl<A: Adapter, F: Fault> Adapter for Wrong<A, F> {
    const NAME: &'static str = A::NAME;
    const VERSION: &'static str = A::VERSION;
    const DEFAULTS: &'static str = A::DEFAULTS;
    const SCHEMA: &'static str = A::SCHEMA;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let plugin = Plugin::linked_adapter::<A>();
        let inner = plugin.adapter(config.entries(), config.seed(), config.instance(), &|_, _| {});
        let inner = inner.map_err(|error| Error::new(error.to_string()))?;
        let mut fault = F::default();
        fault.made();
        Ok(Self { inner, buf: FrameBuf::default(), fault, of: PhantomData })
    }

    fn plan(&mut self, wishes: &[Wish<'_>], cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let answer = self.inner.plan(cx.now(), wishes).into();
        self.hand_on(0, answer, cx)
    }

    fn handle_frame(&mut self, frame: Frame<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.fault.frame();
        self.buf.fill(frame.bytes);
        let Frame { conn, opcode, .. } = frame;
        let answer = self.inner.frame(cx.now(), conn, opcode, &mut self.buf).into();
        self.hand_on(conn, answer, cx)
    }

    fn handle_open(&mut self, open: Open<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.fault.opened(open.conn);
        let answer = self.inner.open(cx.now(), open).into();
        self.hand_on(0, answer, cx)
    }

    fn handle_close(
        &mut self,
        conn: u32,
        code: u32,
        reason: &str,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        self.fault.closed(conn);
        let answer = self.inner.close(cx.now(), conn, code, reason).into();
        self.hand_on(0, answer, cx)
    }

    fn handle_reply(&mut self, reply: Reply<'_>, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        self.buf.fill(reply.body);
        let Reply { id, status, error, url, headers, .. } = &reply;
        let (id, status, error) = (*id, *status, *error);
        let body = &mut self.buf;
        let answer = bind::Answer { id, status, error, url, headers, body };
        let answer = self.inner.reply(cx.now(), answer).into();
        self.hand_on(0, answer, cx)
    }

    fn handle_timeout(&mut self, now: Nanos, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let answer = self.inner.timer(now).into();
        self.hand_on(0, answer, cx)
    }

    fn resync(&mut self, scope: Scope, cx: &mut AdapterCx<'_>) -> Result<(), Error> {
        let answer = self.inner.resync(cx.now(), scope).into();
        self.hand_on(0, answer, cx)
    }
}
