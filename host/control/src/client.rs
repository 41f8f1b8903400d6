//! The other end of the socket.

use std::io::{self, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::ClientError;
use crate::line::{Line, read_line};
use crate::protocol::{Answer, Failure, Greeting, Operation, PROTOCOL, Request, Verb};
use crate::status::{Book, Detail, LogLine, Plugin, Status, Tape, TapeQuery};

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of an answer: a status of every instrument there is stays far below.
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// A connection to a running host.
#[derive(Debug)]
pub struct Client {
    from: BufReader<UnixStream>,
    greeting: Greeting,
    last_id: u64,
}

#[derive(Deserialize)]
struct Books {
    books: Vec<Book>,
}

#[derive(Deserialize)]
struct Plugins {
    plugins: Vec<Plugin>,
}

#[derive(Deserialize)]
struct Log {
    log: Vec<LogLine>,
}

#[derive(Deserialize)]
struct Done {
    done: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum First {
    Greeting(Greeting),
    Refusal { error: Failure },
}

impl Client {
    /// Connects to the host whose socket is at `path`.
    ///
    /// # Errors
    ///
    /// [`ClientError`], which says what to do.
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let stream = UnixStream::connect(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                ClientError::NoHost { path: path.to_owned() }
            }
            io::ErrorKind::PermissionDenied => ClientError::Denied { path: path.to_owned() },
            _ => ClientError::Io(error),
        })?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut from = BufReader::with_capacity(64 << 10, stream);
        let greeting = match receive(&mut from)? {
            First::Greeting(greeting) => greeting,
            First::Refusal { error } => return Err(ClientError::Refused(error)),
        };
        if greeting.protocol != PROTOCOL {
            return Err(ClientError::Protocol { found: greeting.protocol });
        }
        Ok(Self { from, greeting, last_id: 0 })
    }

    /// What the host said first.
    pub const fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// The host now.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn status(&mut self, detail: &Detail) -> Result<Status, ClientError> {
        self.ask(Verb::Status(detail.clone()))
    }

    /// Some books, or all if `symbols` is empty, with at most `levels` of a side.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn books(&mut self, symbols: &[String], levels: usize) -> Result<Vec<Book>, ClientError> {
        let answer: Books = self.ask(Verb::Books { symbols: symbols.to_vec(), levels })?;
        Ok(answer.books)
    }

    /// The plugins.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn plugins(&mut self) -> Result<Vec<Plugin>, ClientError> {
        let answer: Plugins = self.ask(Verb::Plugins)?;
        Ok(answer.plugins)
    }

    /// Messages of one instrument.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn tape(&mut self, query: TapeQuery) -> Result<Tape, ClientError> {
        self.ask(Verb::Tape(query))
    }

    /// The lines of the log after number `after` that the host still knows.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn log(&mut self, after: u64) -> Result<Vec<LogLine>, ClientError> {
        let answer: Log = self.ask(Verb::Log { after })?;
        Ok(answer.log)
    }

    /// Has something done, and returns the host's words for it.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn operate(&mut self, operation: Operation) -> Result<String, ClientError> {
        let answer: Done = self.ask(Verb::Operate(operation))?;
        Ok(answer.done)
    }

    /// Statuses for as long as the connection lasts, one every `every_ms`.
    ///
    /// # Errors
    ///
    /// [`ClientError`].
    pub fn watch(mut self, every_ms: u64, detail: Detail) -> Result<Watch, ClientError> {
        let patience = PATIENCE + Duration::from_millis(every_ms);
        self.from.get_ref().set_read_timeout(Some(patience))?;
        let id = self.send(Verb::Watch { every_ms, detail })?;
        Ok(Watch { client: self, id, ended: false })
    }

    fn ask<T: DeserializeOwned>(&mut self, verb: Verb) -> Result<T, ClientError> {
        let id = self.send(verb)?;
        self.answer(id)
    }

    fn send(&mut self, verb: Verb) -> Result<u64, ClientError> {
        self.last_id += 1;
        let request = Request { id: self.last_id, verb };
        self.from.get_mut().write_all(&request.line())?;
        Ok(request.id)
    }

    fn answer<T: DeserializeOwned>(&mut self, id: u64) -> Result<T, ClientError> {
        let answer: Answer<T> = receive(&mut self.from)?;
        match answer {
            Answer { error: Some(failure), .. } => Err(ClientError::Refused(failure)),
            Answer { ok: Some(ok), id: Some(of), .. } if of == id => Ok(ok),
            _ => Err(ClientError::Malformed { error: "it answers something else".to_owned() }),
        }
    }
}

/// Statuses until the connection ends; the last item is why.
#[derive(Debug)]
pub struct Watch {
    client: Client,
    id: u64,
    ended: bool,
}

impl Iterator for Watch {
    type Item = Result<Status, ClientError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let status = self.client.answer(self.id);
        self.ended = status.is_err();
        Some(status)
    }
}

fn receive<T: DeserializeOwned>(from: &mut BufReader<UnixStream>) -> Result<T, ClientError> {
    let mut line = Vec::new();
    match read_line(from, &mut line, MAX_ANSWER_BYTES)? {
        Line::Whole => {}
        Line::End => return Err(ClientError::Closed),
        Line::TooLong => {
            return Err(ClientError::Malformed { error: "it is too long".to_owned() });
        }
    }
    serde_json::from_slice(&line)
        .map_err(|error| ClientError::Malformed { error: error.to_string() })
}
