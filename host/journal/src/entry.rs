//! What a record says.

use crate::{
    DecodeError, Input, List, Setting,
    bytes::{Put, Take},
};

/// One record, typed. Borrowed from the caller when written, from the segment when read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// First record: who wrote the journal, and when.
    Start(Start<'a>),
    /// One entry of the instrument registry, in the registry's own encoding.
    Registry(&'a [u8]),
    /// A plugin file and the instance that runs it. A second one for a number is another instance:
    /// the one before was retired.
    Plugin(PluginFile<'a>),
    /// What the engine decides by beside its turns: at most one, before the first turn. Without it
    /// everything is off.
    Engine(List<'a, Setting<'a>>),
    /// Something that an adapter instance, or the host itself, was given.
    Input {
        /// Instance.
        instance: u32,
        /// Number of this input within the instance: 1, 2, 3 ...
        ordinal: u64,
        /// Host time of the call, ns since the Unix epoch.
        at_ns: i64,
        /// What it was given.
        input: Input<'a>,
    },
    /// The engine took one input.
    Turn(Turn),
    /// The journal reached its bound: what happened afterwards is not in it, and replay ends here.
    Gap {
        /// For operators.
        reason: &'a str,
    },
    /// Last record of a journal that was closed in order.
    End,
}

/// Who wrote the journal, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start<'a> {
    /// Host time, ns since the Unix epoch.
    pub created_at_ns: i64,
    /// Name of the program.
    pub host: &'a str,
    /// Version of the program.
    pub version: &'a str,
}

/// A plugin file and the instance that runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PluginFile<'a> {
    /// Instance.
    pub instance: u32,
    /// `KIND_*`.
    pub kind: u32,
    /// SHA-256 of the file that was loaded.
    pub sha256: [u8; 32],
    /// Name from its descriptor.
    pub name: &'a str,
    /// Version from its descriptor.
    pub version: &'a str,
}

/// One turn of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// 1, 2, 3 ...
    pub number: u64,
    /// Host time of the turn, ns since the Unix epoch.
    pub at_ns: i64,
    /// Whose input it took.
    pub instance: u32,
    /// Which one.
    pub ordinal: u64,
}

/// Number of an [`Entry`]'s kind in the record header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// [`Entry::Start`].
    Start = 1,
    /// [`Entry::Registry`].
    Registry = 2,
    /// [`Entry::Plugin`].
    Plugin = 3,
    /// [`Entry::Input`].
    Input = 4,
    /// [`Entry::Turn`].
    Turn = 5,
    /// [`Entry::Gap`].
    Gap = 6,
    /// [`Entry::End`].
    End = 7,
    /// [`Entry::Engine`].
    Engine = 8,
}

impl TryFrom<u16> for Kind {
    type Error = DecodeError;

    fn try_from(kind: u16) -> Result<Self, DecodeError> {
        Ok(match kind {
            1 => Self::Start,
            2 => Self::Registry,
            3 => Self::Plugin,
            4 => Self::Input,
            5 => Self::Turn,
            6 => Self::Gap,
            7 => Self::End,
            8 => Self::Engine,
            kind => return Err(DecodeError::Kind(kind)),
        })
    }
}

impl<'a> Entry<'a> {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Start(_) => Kind::Start,
            Self::Registry(_) => Kind::Registry,
            Self::Plugin(_) => Kind::Plugin,
            Self::Input { .. } => Kind::Input,
            Self::Turn(_) => Kind::Turn,
            Self::Gap { .. } => Kind::Gap,
            Self::End => Kind::End,
            Self::Engine(_) => Kind::Engine,
        }
    }

    /// Appends the payload to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Start(start) => {
                out.put_i64(start.created_at_ns);
                out.put_text(start.host);
                out.put_text(start.version);
            }
            Self::Registry(bytes) => out.extend_from_slice(bytes),
            Self::Plugin(plugin) => {
                out.put_u32(plugin.instance);
                out.put_u32(plugin.kind);
                out.extend_from_slice(&plugin.sha256);
                out.put_text(plugin.name);
                out.put_text(plugin.version);
            }
            Self::Input { instance, ordinal, at_ns, input } => {
                out.put_u32(*instance);
                out.put_u32(input.code());
                out.put_u64(*ordinal);
                out.put_i64(*at_ns);
                input.encode(out);
            }
            Self::Turn(turn) => {
                out.put_u64(turn.number);
                out.put_i64(turn.at_ns);
                out.put_u64(turn.ordinal);
                out.put_u32(turn.instance);
            }
            Self::Gap { reason } => out.put_text(reason),
            Self::End => {}
            Self::Engine(settings) => {
                out.put_count(settings.len());
                settings.iter().for_each(|setting| setting.encode(out));
            }
        }
    }

    /// Reads a payload that [`Entry::encode`] made.
    ///
    /// # Errors
    /// [`DecodeError`] if it is not one, or one of a newer version.
    pub fn decode(kind: u16, payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut take = Take::new(payload);
        let from = &mut take;
        let entry = match Kind::try_from(kind)? {
            Kind::Start => Self::Start(Start {
                created_at_ns: from.i64()?,
                host: from.text()?,
                version: from.text()?,
            }),
            Kind::Registry => Self::Registry(from.rest()),
            Kind::Plugin => Self::Plugin(PluginFile {
                instance: from.u32()?,
                kind: from.u32()?,
                sha256: from.array()?,
                name: from.text()?,
                version: from.text()?,
            }),
            Kind::Input => {
                let instance = from.u32()?;
                let code = from.u32()?;
                let ordinal = from.u64()?;
                let at_ns = from.i64()?;
                let input = Input::decode(code, take)?;
                return Ok(Self::Input { instance, ordinal, at_ns, input });
            }
            Kind::Turn => Self::Turn(Turn {
                number: from.u64()?,
                at_ns: from.i64()?,
                ordinal: from.u64()?,
                instance: from.u32()?,
            }),
            Kind::Gap => Self::Gap { reason: from.text()? },
            Kind::End => Self::End,
            Kind::Engine => Self::Engine(List::Owned(from.list(12, Setting::decode)?)),
        };
        take.done(entry)
    }
}
