//! The 66 bytes that every binary datagram begins with.

use bincode::config::{Configuration, Fixint, LittleEndian};
use bincode::{Decode, Encode};
use patchbay_model::Nanos;

use crate::DecodeError;
use crate::error::{Fault, KindName};

/// First bytes of a binary datagram.
pub const MAGIC: [u8; 2] = *b"PB";

/// Version of the format.
pub const VERSION: u8 = 1;

/// Bytes of a header.
pub const HEADER: usize = 66;

/// Offset of the checksum, the last field.
const CRC_AT: usize = 62;

/// `Header::flags`: last datagram of one event.
pub const LAST: u8 = 1;
/// `Header::flags`: of an event that replaces the book.
pub const SNAPSHOT: u8 = 2;
/// `Header::flags`: sent again by the recovery port.
pub const RETRANSMIT: u8 = 4;
/// `Header::flags`: the instrument's book must not be traded on.
pub const STALE: u8 = 8;
/// `Header::flags`: first datagram of one event.
pub const FIRST: u8 = 16;

/// First and last: the event is this one datagram.
pub const WHOLE: u8 = FIRST | LAST;

const CODING: Configuration<LittleEndian, Fixint> =
    bincode::config::standard().with_fixed_int_encoding().with_little_endian();

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// What a datagram carries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind { $($(#[$doc])* $variant = $code,)* }

        impl Kind {
            /// All of them, by number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// From its number; `None` for kinds of a later publisher.
            pub const fn from_wire(code: u8) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// Its name in `docs/wire.md`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }
        }
    };
}

kinds! {
    /// Trades.
    Trade = 1,
    /// Levels of a book.
    Book = 2,
    /// Best bid and ask.
    Quote = 3,
    /// Events of single orders.
    Order = 4,
    /// Best bid and offer over venues.
    Nbbo = 5,
    /// Features.
    Features = 6,
    /// A price signal.
    Signal = 7,
    /// Definition of an instrument.
    Instrument = 8,
    /// A venue and its connections.
    Venue = 9,
    /// Nothing else was sent.
    Heartbeat = 10,
    /// State of a book.
    BookState = 11,
    /// The session ends.
    End = 12,
    /// Name of a feature or model.
    Name = 13,
}

/// The header, field by field as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: [u8; 2],
    /// [`VERSION`].
    pub version: u8,
    /// A [`Kind`].
    pub kind: u8,
    /// [`LAST`], [`SNAPSHOT`], [`RETRANSMIT`], [`STALE`], [`FIRST`].
    pub flags: u8,
    /// 1 or 2.
    pub channel: u8,
    /// Venue, scoped to the publisher; 0 for consolidated instruments and where none applies.
    pub venue: u16,
    /// Instrument, scoped to the publisher; 0 where none applies.
    pub instrument: u32,
    /// Publisher in the top 8 bits, random in the others.
    pub session: u32,
    /// 1, 2, 3, ... per session and channel.
    pub sequence: u64,
    /// The venue's event time, 0 if it sends none.
    pub exchange_ts: Nanos,
    /// Host time at socket read, 0 where nothing was read.
    pub receive_ts: Nanos,
    /// Host time at publish.
    pub send_ts: Nanos,
    /// The venue's last update id of the event, 0 if none.
    pub venue_sequence: u64,
    /// Decimal exponent of prices in the payload.
    pub price_exp: i8,
    /// Decimal exponent of quantities in the payload.
    pub qty_exp: i8,
    /// Items in the payload.
    pub count: u16,
    /// Bytes behind the header.
    pub payload_len: u16,
    /// CRC32C over header (this field as zero) and payload.
    pub crc32c: u32,
}

impl Header {
    /// A single-datagram event of `kind`, everything else zero.
    pub const fn of(kind: Kind) -> Self {
        Self {
            magic: MAGIC,
            version: VERSION,
            kind: kind as u8,
            flags: WHOLE,
            channel: 0,
            venue: 0,
            instrument: 0,
            session: 0,
            sequence: 0,
            exchange_ts: 0,
            receive_ts: 0,
            send_ts: 0,
            venue_sequence: 0,
            price_exp: 0,
            qty_exp: 0,
            count: 0,
            payload_len: 0,
            crc32c: 0,
        }
    }

    /// The kind, if this version knows it.
    pub const fn kind(&self) -> Option<Kind> {
        Kind::from_wire(self.kind)
    }

    /// Whether all of `flags` are set.
    pub const fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }

    /// Publisher: the top 8 bits of the session.
    pub const fn publisher(&self) -> u8 {
        (self.session >> 24) as u8
    }

    /// Writes the header in front of the payload that stands behind [`HEADER`] bytes in
    /// `datagram`, with length and checksum filled in. Nothing is written into a buffer that is
    /// shorter than a header or longer than a datagram can be.
    pub fn seal(mut self, datagram: &mut [u8]) {
        let Some(payload) = datagram.len().checked_sub(HEADER) else {
            return;
        };
        let Ok(payload_len) = u16::try_from(payload) else {
            return;
        };
        (self.payload_len, self.crc32c) = (payload_len, 0);
        if bincode::encode_into_slice(self, &mut datagram[..HEADER], CODING).is_ok() {
            let crc = crc32c::crc32c(datagram);
            datagram[CRC_AT..HEADER].copy_from_slice(&crc.to_le_bytes());
        }
    }

    /// Reads the header and judges what can be judged without the payload's meaning: magic,
    /// version, length, checksum. Answers with the payload.
    ///
    /// # Errors
    ///
    /// [`DecodeError`]; such bytes say nothing at all, not even their sequence.
    pub fn open(datagram: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        let short = || DecodeError::Short { bytes: datagram.len() };
        let (head, payload) = datagram.split_at_checked(HEADER).ok_or_else(short)?;
        let read = bincode::decode_from_slice::<Self, _>(head, CODING);
        let (header, _) = read.map_err(|_| short())?;
        if header.magic != MAGIC {
            return Err(DecodeError::Magic { found: header.magic });
        }
        if header.version != VERSION {
            return Err(DecodeError::Version { found: header.version });
        }
        let stated = usize::from(header.payload_len);
        if stated != payload.len() {
            return Err(DecodeError::Length { stated, found: payload.len() });
        }
        let computed = checksum(head, payload);
        if computed != header.crc32c {
            return Err(DecodeError::Checksum { stated: header.crc32c, computed });
        }
        Ok((header, payload))
    }

    /// Judges the fields that the checksum vouches for and the format bounds.
    pub(crate) fn judge(&self) -> Result<(), DecodeError> {
        if !(1..=2).contains(&self.channel) {
            return Err(self.wrong("channel", 5, self.channel.into()));
        }
        if self.flags & !(LAST | SNAPSHOT | RETRANSMIT | STALE | FIRST) != 0 {
            return Err(self.wrong("flags", 4, self.flags.into()));
        }
        let splits = self.kind == Kind::Book as u8 || self.kind().is_none();
        if !splits && (!self.has(WHOLE) || self.has(SNAPSHOT)) {
            return Err(self.wrong("flags", 4, self.flags.into()));
        }
        if self.sequence == 0 {
            return Err(self.wrong("sequence", 16, 0));
        }
        Ok(())
    }

    const fn wrong(&self, field: &'static str, offset: usize, value: i64) -> DecodeError {
        let kind = KindName(self.kind);
        DecodeError::Field { kind, field, offset, fault: Fault::Value(value) }
    }
}

/// Of a datagram whose checksum field is taken as zero.
fn checksum(head: &[u8], payload: &[u8]) -> u32 {
    let covered = crc32c::crc32c(&head[..CRC_AT]);
    let with_zeros = crc32c::crc32c_append(covered, &[0; HEADER - CRC_AT]);
    crc32c::crc32c_append(with_zeros, payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Header {
        Header {
            flags: WHOLE | STALE,
            channel: 2,
            venue: 0x0304,
            instrument: 0x0506_0708,
            session: 0x2a0b_0c0d,
            sequence: 0x1112_1314_1516_1718,
            exchange_ts: 0x2122_2324_2526_2728,
            receive_ts: -2,
            send_ts: 0x4142_4344_4546_4748,
            venue_sequence: 0x5152_5354_5556_5758,
            price_exp: -2,
            qty_exp: -8,
            count: 0x6162,
            ..Header::of(Kind::BookState)
        }
    }

    #[test]
    fn the_bytes_are_these() {
        let mut datagram = [0; HEADER + 3];
        datagram[HEADER..].copy_from_slice(b"abc");
        example().seal(&mut datagram);
        let golden = [
            0x50, 0x42, 1, 11, 0x19, 2, 0x04, 0x03, 0x08, 0x07, 0x06, 0x05, 0x0d, 0x0c, 0x0b, 0x2a,
            0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x28, 0x27, 0x26, 0x25, 0x24, 0x23,
            0x22, 0x21, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x48, 0x47, 0x46, 0x45,
            0x44, 0x43, 0x42, 0x41, 0x58, 0x57, 0x56, 0x55, 0x54, 0x53, 0x52, 0x51, 0xfe, 0xf8,
            0x62, 0x61, 3, 0,
        ];
        assert_eq!(datagram[..CRC_AT], golden);
        let mut covered = golden.to_vec();
        covered.extend([0; 4]);
        covered.extend(b"abc");
        assert_eq!(datagram[CRC_AT..HEADER], crc32c::crc32c(&covered).to_le_bytes());

        let (header, payload) = Header::open(&datagram).unwrap();
        assert_eq!(header, Header { payload_len: 3, crc32c: header.crc32c, ..example() });
        assert_eq!((header.publisher(), payload), (0x2a, &b"abc"[..]));
        header.judge().unwrap();
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let mut datagram = [7; HEADER + 20];
        example().seal(&mut datagram);
        Header::open(&datagram).unwrap();
        for bit in 0..datagram.len() * 8 {
            let mut damaged = datagram;
            damaged[bit / 8] ^= 1 << (bit % 8);
            Header::open(&damaged).unwrap_err();
        }
    }

    #[test]
    fn errors_tell_what_came() {
        let mut datagram = [0; HEADER];
        example().seal(&mut datagram);
        let open = |datagram: &[u8]| Header::open(datagram).unwrap_err();
        assert_eq!(open(&datagram[..65]), DecodeError::Short { bytes: 65 });
        let mut longer = datagram.to_vec();
        longer.push(0);
        assert_eq!(open(&longer), DecodeError::Length { stated: 0, found: 1 });
        datagram[2] = 9;
        assert_eq!(open(&datagram), DecodeError::Version { found: 9 });
        datagram[0] = b'Q';
        assert_eq!(open(&datagram), DecodeError::Magic { found: *b"QB" });

        let judge = |header: Header| header.judge().unwrap_err().to_string();
        let wrong = judge(Header { channel: 3, ..example() });
        assert_eq!(wrong, "BookState: channel at byte 5: 3 has no meaning here");
        judge(Header { flags: 32 | WHOLE, ..example() });
        judge(Header { flags: FIRST, ..example() });
        judge(Header { flags: WHOLE | SNAPSHOT, ..example() });
        judge(Header { sequence: 0, ..example() });
    }
}
