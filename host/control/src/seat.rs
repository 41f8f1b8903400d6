//! One connected client: a thread that reads and answers, a thread that writes.

use std::collections::BTreeSet;
use std::io::{self, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use crate::access::{Peer, Right};
use crate::line::{Line, read_line};
use crate::outbox::{Next, Outbox, Standing};
use crate::protocol::{
    Code, Failure, Greeting, MAX_LINE_BYTES, PROTOCOL, Request, Verb, error_line, line, ok_line,
};
use crate::server::Handler;
use crate::status::{Book, LogLine, Plugin, Status};

/// Stack of a client's thread. What is nested without bound (a request) is bounded by its parser.
const STACK_BYTES: usize = 256 << 10;

/// One connected client.
pub(crate) struct Seat {
    stream: UnixStream,
    peer: Peer,
    rights: Vec<Right>,
    outbox: Outbox,
    handler: Arc<dyn Handler>,
}

#[derive(Serialize)]
struct Books {
    books: Vec<Book>,
}

#[derive(Serialize)]
struct Plugins<'a> {
    plugins: &'a [Plugin],
}

#[derive(Serialize)]
struct Log<'a> {
    log: &'a [LogLine],
}

#[derive(Serialize)]
struct Done {
    done: String,
}

/// A thread's hold on its client. A panic (of the host's handler) lets the client go.
struct Held(Arc<Seat>);

impl Drop for Held {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.drop_client();
        }
    }
}

/// Runs what it holds, also when the thread panics: nobody is to wait for a seat that is empty.
struct Leaving<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Leaving<F> {
    fn drop(&mut self) {
        if let Some(leave) = self.0.take() {
            leave();
        }
    }
}

/// Why a client is let go.
#[derive(Debug, PartialEq, Eq)]
enum Leave {
    /// It is gone, or told why; what waits may still be written.
    Done,
    /// It does not read.
    Cut,
}

impl Seat {
    pub(crate) fn new(
        stream: UnixStream,
        peer: Peer,
        rights: Vec<Right>,
        max_queued_bytes: usize,
        handler: Arc<dyn Handler>,
    ) -> Self {
        Self { stream, peer, rights, outbox: Outbox::new(max_queued_bytes), handler }
    }

    /// Starts both threads; `leave` runs when both are over.
    ///
    /// # Errors
    ///
    /// The system's, with no thread left running.
    pub(crate) fn start(self: &Arc<Self>, leave: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let (reader, writer) = (Held(Arc::clone(self)), Held(Arc::clone(self)));
        let writing = thread_of("control-write").spawn(move || writer.0.write_all())?;
        let leaving = Leaving(Some(leave));
        let reading = thread_of("control-read").spawn(move || {
            let _leaving = leaving;
            match reader.0.read_all() {
                Leave::Done => reader.0.outbox.end(),
                Leave::Cut => reader.0.drop_client(),
            }
            // If it panicked, the client was let go of.
            drop(writing.join());
        });
        if let Err(error) = reading {
            self.drop_client();
            return Err(error);
        }
        Ok(())
    }

    /// Lets what waits be written, and takes nothing more.
    pub(crate) fn end(&self) {
        self.outbox.end();
        drop(self.stream.shutdown(Shutdown::Read));
    }

    /// Lets go at once.
    pub(crate) fn drop_client(&self) {
        self.outbox.cut();
        // It may be gone already.
        drop(self.stream.shutdown(Shutdown::Both));
    }

    fn write_all(&self) {
        loop {
            let line = match self.outbox.next() {
                Next::Line(line) => line,
                Next::Due(Standing { id, detail, .. }) => ok_line(id, &self.handler.look(&detail)),
                Next::End => break,
            };
            // With a timeout: a client that reads nothing for so long is cut.
            if (&self.stream).write_all(&line).is_err() {
                break;
            }
        }
        self.drop_client();
    }

    fn read_all(&self) -> Leave {
        let host = self.handler.status().host.version.clone();
        let greeting = Greeting { protocol: PROTOCOL, version: host, may: self.rights.clone() };
        if !self.outbox.push(line(&greeting)) {
            return Leave::Cut;
        }
        let mut from = BufReader::with_capacity(4096, &self.stream);
        let mut request = Vec::new();
        loop {
            match read_line(&mut from, &mut request, MAX_LINE_BYTES) {
                Ok(Line::Whole) => {
                    if !self.answer(&request) {
                        return Leave::Cut;
                    }
                    request.clear();
                }
                Ok(Line::TooLong) => {
                    let text = format!("a line has at most {MAX_LINE_BYTES} bytes");
                    let told = error_line(None, Failure::new(Code::TooLong, text));
                    return if self.outbox.push(told) { Leave::Done } else { Leave::Cut };
                }
                // A watcher has nothing to say.
                Err(error) if timed_out(&error) && self.outbox.is_watched() => {}
                Ok(Line::End) | Err(_) => return Leave::Done,
            }
        }
    }

    /// Queues the answer to one line; false if the client does not read.
    fn answer(&self, text: &[u8]) -> bool {
        let answer = match Request::parse(text) {
            Err((id, failure)) => error_line(id, failure),
            Ok(Request { id, verb }) => {
                self.act(id, verb).unwrap_or_else(|failure| error_line(Some(id), failure))
            }
        };
        self.outbox.push(answer)
    }

    fn act(&self, id: u64, verb: Verb) -> Result<Vec<u8>, Failure> {
        if !self.rights.contains(&verb.needs()) {
            let text = format!("user {} may not operate this host", self.peer.uid);
            return Err(Failure::new(Code::NotAllowed, text));
        }
        let operation = match verb {
            Verb::Operate(operation) => operation,
            verb => return self.tell(id, verb),
        };
        match self.handler.operate(operation, self.peer) {
            Ok(done) => Ok(ok_line(id, &Done { done })),
            Err(refusal) => Err(Failure::new(Code::Refused, refusal.0)),
        }
    }

    fn tell(&self, id: u64, verb: Verb) -> Result<Vec<u8>, Failure> {
        let status = self.handler.status();
        Ok(match verb {
            Verb::Status(detail) => ok_line(id, &self.handler.look(&detail)),
            Verb::Watch { every_ms, detail } => {
                let first = ok_line(id, &self.handler.look(&detail));
                let every = Duration::from_millis(every_ms);
                self.outbox.watch(Standing { id, every, detail });
                first
            }
            Verb::Books { symbols, levels } => {
                ok_line(id, &Books { books: books(&status, &symbols, levels)? })
            }
            Verb::Plugins => ok_line(id, &Plugins { plugins: &status.plugins }),
            Verb::Log { after } => {
                let from = status.log.partition_point(|line| line.seq <= after);
                ok_line(id, &Log { log: &status.log[from..] })
            }
            Verb::Tape(query) => match self.handler.tape(&query) {
                Some(tape) => ok_line(id, &tape),
                None => return Err(no_such_book(&query.symbol)),
            },
            Verb::Operate(_) => unreachable!("operations are told apart before"),
        })
    }
}

fn books(status: &Status, symbols: &[String], levels: usize) -> Result<Vec<Book>, Failure> {
    let mut missing: BTreeSet<&str> = symbols.iter().map(String::as_str).collect();
    let wanted = missing.clone();
    let mut books = Vec::new();
    for book in &status.books {
        missing.remove(&*book.symbol);
        if wanted.is_empty() || wanted.contains(&*book.symbol) {
            books.push(book.cut(levels));
        }
    }
    match missing.first() {
        Some(symbol) => Err(no_such_book(symbol)),
        None => Ok(books),
    }
}

fn no_such_book(symbol: &str) -> Failure {
    Failure::new(Code::NoSuchBook, format!("no book of `{symbol}`"))
}

fn thread_of(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES)
}

fn timed_out(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
