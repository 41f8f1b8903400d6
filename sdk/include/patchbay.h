// The binary contract between a patchbay host and its plugins, version 0.3.
//
// Generated from sdk/abi/src by `PATCHBAY_UPDATE=1 cargo test -p patchbay-test-abi`; docs/abi.md
// is the specification. For 64-bit little-endian targets, C11 or C++17 and later.
#ifndef PATCHBAY_H
#define PATCHBAY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PB_ALIGNED(bytes) alignas(bytes)
#else
#define PB_ALIGNED(bytes) _Alignas(bytes)
#endif

/// Stands before the definition of a symbol that the dynamic symbol table shall show, also with
/// `-fvisibility=hidden`.
#ifdef __cplusplus
#define PB_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define PB_EXPORT __attribute__((visibility("default")))
#endif

/// Initialiser of a `PbStr` from a string literal.
#define PB_STR(literal) { (const uint8_t *)("" literal), sizeof("" literal) - 1 }

#ifdef __cplusplus
extern "C" {
#endif

struct PbAdapterCx;

/// `level` of a log line: something failed and needs a person.
#define PB_LOG_ERROR 1

/// `level` of a log line: something is wrong and was dealt with.
#define PB_LOG_WARN 2

/// `level` of a log line: a change of state worth a line.
#define PB_LOG_INFO 3

/// `level` of a log line: for the author of the plugin.
#define PB_LOG_DEBUG 4

/// `PbDepth.flags`: the levels replace the book.
#define PB_DEPTH_SNAPSHOT 1

/// `PbDepth.flags`: `first` is meaningful.
#define PB_DEPTH_FIRST 2

/// `PbDepth.flags`: `previous` is meaningful and must equal the last id of the chain.
#define PB_DEPTH_PREVIOUS 4

/// `PbDepth.flags`: ids count up by one without holes; `first` (or `sequence`, without
/// `PB_DEPTH_FIRST`) must be one more than the last id of the chain.
#define PB_DEPTH_DENSE 8

/// `PbDepth.flags`: `checksum` is meaningful.
#define PB_DEPTH_CHECKSUM 16

/// `PbDepth.flags`: the venue sends whole books; of two, the one with the newer `exchange_ns` wins.
#define PB_DEPTH_NEWEST 32

/// `PbDepth.flags`: with `PB_DEPTH_SNAPSHOT`, the venue has started its ids again: they may be lower.
#define PB_DEPTH_RESET 64

/// `PbDepth.flags`: only the best levels of a deeper book; what lies beyond is unknown, not empty.
#define PB_DEPTH_PARTIAL 128

/// `PbHead.flags` of a `PbDepth` with `PB_DEPTH_SNAPSHOT` and `PB_SCOPE_NONE`: the book is compared
/// with it, never replaced by it.
#define PB_DEPTH_AUDIT 1

/// `PbDepth.scope`: the message has no ids to chain.
#define PB_SCOPE_NONE 0

/// `PbDepth.scope`: ids belong to the instrument.
#define PB_SCOPE_INSTRUMENT 1

/// `PbDepth.scope`: ids belong to one stream; `chain` is its number.
#define PB_SCOPE_STREAM 2

/// `PbDepth.scope`: ids run over everything on one connection; `chain` is its number.
#define PB_SCOPE_CONNECTION 3

/// Nothing was received.
#define PB_BOOK_EMPTY 0

/// Changes are kept until a snapshot comes.
#define PB_BOOK_SYNCING 1

/// Right, by the evidence given.
#define PB_BOOK_LIVE 2

/// Was right; is not to be traded on.
#define PB_BOOK_STALE 3

/// The venue gives nothing to judge by.
#define PB_EVIDENCE_UNPROVEN 0

/// Whole books only; nothing to chain.
#define PB_EVIDENCE_SNAPSHOT 1

/// Update ids chain from the snapshot on.
#define PB_EVIDENCE_CHAINED 2

/// The venue's checksum agreed.
#define PB_EVIDENCE_CHECKSUMMED 3

/// No cause: a regular change of state.
#define PB_CAUSE_NONE 0

/// First data of the instrument.
#define PB_CAUSE_STARTED 1

/// Snapshot and changes fit together.
#define PB_CAUSE_SPLICED 2

/// An update id is missing.
#define PB_CAUSE_GAP 3

/// The venue's checksum disagreed.
#define PB_CAUSE_CHECKSUM 4

/// The venue's own best bid and ask disagreed at the same update id.
#define PB_CAUSE_QUOTE 5

/// A message could not be read.
#define PB_CAUSE_REJECTED 6

/// Changes waited too long for their snapshot and were dropped.
#define PB_CAUSE_OVERFLOW 7

/// The snapshot is older than the changes that were kept.
#define PB_CAUSE_OLD_SNAPSHOT 8

/// The connection closed.
#define PB_CAUSE_CLOSED 9

/// The plugin failed.
#define PB_CAUSE_FAULT 10

/// The venue started its ids again.
#define PB_CAUSE_RESET 11

/// Best bid above best ask for longer than allowed.
#define PB_CAUSE_CROSSED 12

/// A snapshot fetched for comparison disagreed.
#define PB_CAUSE_AUDIT 13

/// The message contradicts itself (`first` after `sequence`, a snapshot that repeats a price).
#define PB_CAUSE_INVALID 14

/// Four levels a slot.
#define PB_LEVELS_PER_SLOT 4

/// `PbTrade.flags`: not a match in the book (block trade, insurance fund, auto-deleveraging); keep
/// it off the tape.
#define PB_TRADE_OFF_BOOK 1

/// `PbTrade.flags`: several fills of one taker order in one record.
#define PB_TRADE_AGGREGATED 2

/// `PbTrade.flags`: matched in an auction.
#define PB_TRADE_AUCTION 4

/// `PbTrade.flags`: the taker was liquidated.
#define PB_TRADE_LIQUIDATION 8

/// Not known.
#define PB_SIDE_NONE 0

/// Buy; bid.
#define PB_SIDE_BUY 1

/// Sell; ask.
#define PB_SIDE_SELL 2

/// `PbQuote` head flags: from the venue's own channel.
#define PB_QUOTE_VENUE 1

/// `PbQuote` head flags: derived from the book.
#define PB_QUOTE_BOOK 2

/// `PbQuote` head flags: `sequence` counts like the book's ids, so that a book at the same id must
/// agree; with `PB_QUOTE_VENUE`.
#define PB_QUOTE_SAME_IDS 4

/// `PbOrder` action: the order entered the book.
#define PB_ORDER_ADD 1

/// `PbOrder` action: its quantity shrank; `qty` remains.
#define PB_ORDER_REDUCE 2

/// `PbOrder` action: it left the book.
#define PB_ORDER_DELETE 3

/// `PbOrder` action: it was (partly) executed; `qty` remains.
#define PB_ORDER_EXECUTE 4

/// Not known.
#define PB_SESSION_UNKNOWN 0

/// Orders match continuously.
#define PB_SESSION_CONTINUOUS 1

/// A call auction collects orders; a crossed book is legal.
#define PB_SESSION_AUCTION 2

/// Halted; nothing matches.
#define PB_SESSION_HALT 3

/// Closed.
#define PB_SESSION_CLOSED 4

/// Only cancels are taken.
#define PB_SESSION_CANCEL_ONLY 5

/// Only post-only orders are taken.
#define PB_SESSION_POST_ONLY 6

/// Listed, not yet trading.
#define PB_SESSION_PRE_OPEN 7

/// Delivering or settling.
#define PB_SESSION_SETTLING 8

/// `PbQuality` head flags: the incident begins.
#define PB_QUALITY_BEGUN 1

/// `PbQuality` head flags: it is over.
#define PB_QUALITY_ENDED 2

/// `PbQuality.detector`: exchange time, receive time or trade id went back, s. The cause is the
/// stream's `PB_SLOT_*`.
#define PB_QUALITY_ORDER 1

/// `PbQuality.detector`: a record came later than its stream's usual delay allows, s. The cause is the
/// stream's `PB_SLOT_*`.
#define PB_QUALITY_LATE 2

/// `PbQuality.detector`, of a venue: receive minus exchange time is beyond what a network takes, s.
#define PB_QUALITY_OFFSET 3

/// `PbQuality.detector`, of a venue: one of the two clocks was set, s.
#define PB_QUALITY_STEP 4

/// `PbQuality.detector`, of a venue: the two clocks run at different rates, parts per million.
#define PB_QUALITY_DRIFT 5

/// `PbQuality.detector`: a price far from the instrument's recent ones. The cause is the `PB_SLOT_*` that
/// had it.
#define PB_QUALITY_PRICE 6

/// `PbQuality.detector`: best bid (`value`) above best ask (`expected`). The cause is
/// `PB_QUALITY_CAUSE_*`.
#define PB_QUALITY_CROSSED 7

/// `PbQuality.detector`: best bid equal to best ask. The cause is `PB_QUALITY_CAUSE_*`.
#define PB_QUALITY_LOCKED 8

/// `PbQuality.detector`: more was traded in a second than the instrument's usual volume allows, in
/// units of quantity.
#define PB_QUALITY_VOLUME 9

/// `PbQuality.detector`: a live book was lost; ids that are missing, 0 if not known. The cause is the
/// book's `PB_CAUSE_*`.
#define PB_QUALITY_GAP 10

/// `PbQuality.detector`: ids of trades that were without holes so far are missing; how many.
#define PB_QUALITY_TRADE_GAP 11

/// `PbQuality.detector`: a stream has been silent for longer than its cadence allows, s. The cause is
/// the stream's `PB_SLOT_*`; of a venue, 0.
#define PB_QUALITY_SILENCE 12

/// Cause of a crossed or locked book: a call auction, in which it is legal.
#define PB_QUALITY_CAUSE_AUCTION 1

/// Cause of a crossed or locked book: updates may be missing: its chain broke lately, or nothing
/// proves that it did not.
#define PB_QUALITY_CAUSE_GAP 2

/// Cause of a crossed or locked book: the venue sends it so.
#define PB_QUALITY_CAUSE_VENUE 3

/// Cause of a crossed or locked book: book and quote contradict each other.
#define PB_QUALITY_CAUSE_QUOTE 4

/// On its way; nothing is proven.
#define PB_ORDER_STATE_PENDING 1

/// In the venue's book.
#define PB_ORDER_STATE_OPEN 2

/// Partly filled and open.
#define PB_ORDER_STATE_PARTIAL 3

/// Filled.
#define PB_ORDER_STATE_FILLED 4

/// Cancelled; no more fills will come.
#define PB_ORDER_STATE_CANCELED 5

/// Refused by the venue.
#define PB_ORDER_STATE_REJECTED 6

/// Ended by its time in force or by the venue.
#define PB_ORDER_STATE_EXPIRED 7

/// The venue answered a query: it never had this order.
#define PB_ORDER_STATE_NOT_FOUND 8

/// Nobody knows; only the venue's proof ends it.
#define PB_ORDER_STATE_UNKNOWN 9

/// An amendment took effect.
#define PB_ORDER_STATE_REPLACED 10

/// No reason given.
#define PB_REASON_NONE 0

/// Balance or margin too small.
#define PB_REASON_FUNDS 1

/// Price or quantity breaks the instrument's rules.
#define PB_REASON_FILTER 2

/// A post-only order would have taken.
#define PB_REASON_WOULD_TAKE 3

/// The client order id is in use.
#define PB_REASON_DUPLICATE 4

/// A limit of the venue is reached.
#define PB_REASON_RATE_LIMIT 5

/// The request's time was outside the venue's window.
#define PB_REASON_CLOCK 6

/// Key, address or permission.
#define PB_REASON_PERMISSION 7

/// The venue or the instrument does not trade now.
#define PB_REASON_CLOSED 8

/// Self-trade prevention.
#define PB_REASON_SELF_TRADE 9

/// Liquidation or auto-deleveraging by the venue.
#define PB_REASON_LIQUIDATION 10

/// Anything else; see the text.
#define PB_REASON_OTHER 255

/// `PbListEnd.list`: open orders, as `PbOrderUpdate`s.
#define PB_LIST_OPEN_ORDERS 1

/// `PbListEnd.list`: fills, as `PbFill`s.
#define PB_LIST_FILLS 2

/// `PbListEnd.list`: balances, as `PbBalance`s.
#define PB_LIST_BALANCES 3

/// `PbListEnd.list`: positions, as `PbPosition`s.
#define PB_LIST_POSITIONS 4

/// `PbHead.instrument` of a record without instrument.
#define PB_NO_INSTRUMENT UINT32_MAX

/// `PbDepth`.
#define PB_SLOT_DEPTH 1

/// `PbTrade`.
#define PB_SLOT_TRADE 2

/// `PbQuote`.
#define PB_SLOT_QUOTE 3

/// `PbOrder`.
#define PB_SLOT_ORDER 4

/// `PbNbbo`.
#define PB_SLOT_NBBO 5

/// `PbFeature`.
#define PB_SLOT_FEATURE 6

/// `PbSignal`.
#define PB_SLOT_SIGNAL 7

/// `PbMark`.
#define PB_SLOT_MARK 8

/// `PbFunding`.
#define PB_SLOT_FUNDING 9

/// `PbOpenInterest`.
#define PB_SLOT_OPEN_INTEREST 10

/// `PbLiquidation`.
#define PB_SLOT_LIQUIDATION 11

/// `PbSessionStatus`.
#define PB_SLOT_STATUS 12

/// `PbQuality`.
#define PB_SLOT_QUALITY 13

/// `PbOrderUpdate`.
#define PB_SLOT_ORDER_UPDATE 14

/// `PbFill`.
#define PB_SLOT_FILL 15

/// `PbBalance`.
#define PB_SLOT_BALANCE 16

/// `PbPosition`.
#define PB_SLOT_POSITION 17

/// `PbBookState`.
#define PB_SLOT_BOOK_STATE 18

/// `PbListEnd`.
#define PB_SLOT_LIST_END 19

/// Major version: equal on both sides or no contact. It is part of `PB_SYMBOL`'s name.
#define PB_ABI_MAJOR 0

/// Minor version: functions and fields appended so far.
#define PB_ABI_MINOR 3

/// `PbPluginDecl.kind`: an exchange adapter; `vtable` is an `PbAdapterVtable`.
#define PB_KIND_ADAPTER 1

/// `PbPluginDecl.kind`: a strategy; `vtable` is a `PbStrategyVtable`.
#define PB_KIND_STRATEGY 2

/// `PbPluginDecl.flags`: built with unwinding panics. Without it the host refuses the file, unless
/// `PB_FLAG_NO_PANIC` is set.
#define PB_FLAG_UNWIND 1

/// `PbPluginDecl.flags`: every entry catches panics inside the plugin.
#define PB_FLAG_GUARDED 2

/// `PbPluginDecl.flags`: strategy with saved state; `save` and `restore` are required.
#define PB_FLAG_HAS_STATE 4

/// `PbPluginDecl.flags`: several instances may live at once.
#define PB_FLAG_MULTI_INSTANCE 8

/// `PbPluginDecl.flags`: written in a language without panics (C), so that neither unwinding nor a
/// guard is needed.
#define PB_FLAG_NO_PANIC 16

/// `PbConfigEntry.kind`: UTF-8 text.
#define PB_CONFIG_TEXT 1

/// `PbConfigEntry.kind`: integer.
#define PB_CONFIG_INT 2

/// `PbConfigEntry.kind`: double.
#define PB_CONFIG_FLOAT 3

/// `PbConfigEntry.kind`: boolean.
#define PB_CONFIG_BOOL 4

/// Bought and sold outright.
#define PB_INSTRUMENT_SPOT 1

/// Future or perpetual margined and settled in quote currency.
#define PB_INSTRUMENT_LINEAR 2

/// Future or perpetual margined and settled in base currency.
#define PB_INSTRUMENT_INVERSE 3

/// Option.
#define PB_INSTRUMENT_OPTION 4

/// Stock.
#define PB_INSTRUMENT_EQUITY 5

/// Made by the host of several venues' instruments.
#define PB_INSTRUMENT_CONSOLIDATED 6

/// Not an option.
#define PB_OPTION_NONE 0

/// Call.
#define PB_OPTION_CALL 1

/// Put.
#define PB_OPTION_PUT 2

/// Quantity is in base currency (or shares); `contract_size` multiplies it.
#define PB_CONTRACT_BASE 1

/// One contract is worth `contract_size` of quote currency.
#define PB_CONTRACT_QUOTE 2

/// No checksum.
#define PB_CHECKSUM_NONE 0

/// OKX: CRC-32 (IEEE) over the best 25 bids and asks in turns,
/// `bid price:bid qty:ask price:ask qty:...`; an exhausted side is skipped; numbers in decimal
/// without zeros at the end of a fraction.
#define PB_CHECKSUM_CRC32_25 1

/// The key id (API key).
#define PB_SECRET_KEY_ID 1

/// The secret itself, for venues that want it in the message.
#define PB_SECRET_SECRET 2

/// The passphrase.
#define PB_SECRET_PASSPHRASE 3

/// A token that the host kept from an earlier reply; `key` is its name.
#define PB_SECRET_TOKEN 4

/// Wall time by the venue's clock (host time and `wall_offset_ns`), as `encoding` says.
#define PB_SECRET_WALL_TIME 5

/// A decimal number, greater than every one used before with this key.
#define PB_SECRET_NONCE 6

/// HMAC-SHA256 of the range with the secret.
#define PB_SECRET_HMAC_SHA256 7

/// HMAC-SHA512 of the range with the secret.
#define PB_SECRET_HMAC_SHA512 8

/// SHA-512 of the range, without a key.
#define PB_SECRET_SHA512 9

/// Ed25519 signature of the range.
#define PB_SECRET_ED25519 10

/// A JWT with header `{"alg":"HS256","typ":"JWT"}`, whose claims are the range (JSON text); HS256
/// with the secret.
#define PB_SECRET_JWT_HS256 11

/// As `PB_SECRET_JWT_HS256`, HS512.
#define PB_SECRET_JWT_HS512 12

/// As `PB_SECRET_JWT_HS256`, ES256 with the private key; the header also holds `kid`, the key id,
/// and a random `nonce`.
#define PB_SECRET_JWT_ES256 13

/// The URL of a connection, or the path of a request.
#define PB_TARGET_PATH 1

/// The value of a header.
#define PB_TARGET_HEADER 2

/// The body or payload.
#define PB_TARGET_BODY 3

/// A text of `scratch`: filled, not sent.
#define PB_TARGET_SCRATCH 4

/// As it is.
#define PB_ENCODE_TEXT 0

/// Lowercase hexadecimal.
#define PB_ENCODE_HEX 1

/// Base64 with padding.
#define PB_ENCODE_BASE64 2

/// Base64, then percent-encoded.
#define PB_ENCODE_BASE64_PERCENT 3

/// Milliseconds since the Unix epoch.
#define PB_ENCODE_MILLIS 4

/// Seconds since the Unix epoch.
#define PB_ENCODE_SECONDS 5

/// Microseconds since the Unix epoch.
#define PB_ENCODE_MICROS 6

/// `2026-11-23T07:32:00.000Z`.
#define PB_ENCODE_ISO8601 7

/// The venue counts per network address.
#define PB_BUCKET_ADDRESS 1

/// The venue counts per account.
#define PB_BUCKET_ACCOUNT 2

/// The venue counts per connection.
#define PB_BUCKET_CONNECTION 3

/// `PbConnect.flags`: the venue caps connections, so break before make.
#define PB_CONNECT_EXCLUSIVE 1

/// `PbConnect.flags`: offer permessage-deflate.
#define PB_CONNECT_DEFLATE 2

/// A text frame (RFC 6455, section 11.8).
#define PB_OPCODE_TEXT 1

/// A binary frame.
#define PB_OPCODE_BINARY 2

/// A ping.
#define PB_OPCODE_PING 9

/// A pong.
#define PB_OPCODE_PONG 10

/// Instruments and other lists; parsed off the hot thread.
#define PB_PURPOSE_REFERENCE 1

/// A book snapshot.
#define PB_PURPOSE_SNAPSHOT 2

/// Server time.
#define PB_PURPOSE_TIME 3

/// An order, amendment or query about one.
#define PB_PURPOSE_ORDER 4

/// A cancel: goes first.
#define PB_PURPOSE_CANCEL 5

/// Login, token, listen key.
#define PB_PURPOSE_SESSION 6

/// Account queries.
#define PB_PURPOSE_ACCOUNT 7

/// Anything else.
#define PB_PURPOSE_OTHER 8

/// A book snapshot to compare with: goes last, and leaves most of each limit to the others.
#define PB_PURPOSE_AUDIT 9

/// The frame held nothing for the host (acknowledgements, channels not consumed).
#define PB_OUTCOME_IGNORED 1

/// The frame was read by the general parser because the schema-directed one declined it.
#define PB_OUTCOME_FALLBACK 2

/// The configuration cannot work.
#define PB_FAIL_CONFIG 1

/// The venue refused our key or address.
#define PB_FAIL_PERMISSION 2

/// The venue speaks another protocol version.
#define PB_FAIL_PROTOCOL 3

/// The venue banned us; `text` says until when if known.
#define PB_FAIL_BANNED 4

/// Trades.
#define PB_CHANNEL_TRADES 1

/// Order book.
#define PB_CHANNEL_DEPTH 2

/// Best bid and ask.
#define PB_CHANNEL_QUOTES 4

/// Mark and index price.
#define PB_CHANNEL_MARK 8

/// Funding rate.
#define PB_CHANNEL_FUNDING 16

/// Open interest.
#define PB_CHANNEL_OPEN_INTEREST 32

/// Liquidations.
#define PB_CHANNEL_LIQUIDATIONS 64

/// Session status.
#define PB_CHANNEL_STATUS 128

/// Order by order (L3).
#define PB_CHANNEL_ORDERS 256

/// There was an answer.
#define PB_REPLY_OK 0

/// No answer in time: what became of the request is unknown.
#define PB_REPLY_TIMEOUT 1

/// The connection failed before the request was sent.
#define PB_REPLY_NOT_SENT 2

/// The connection failed after: what became of the request is unknown.
#define PB_REPLY_LOST 3

/// The host refused: rate limit, ban, or no such key.
#define PB_REPLY_REFUSED 4

/// Zero bytes that follow every frame and reply body.
#define PB_FRAME_PADDING 64

/// Most slots that one call may emit.
#define PB_SLOTS_MAX 65536

/// Limit.
#define PB_ORDER_TYPE_LIMIT 1

/// Market.
#define PB_ORDER_TYPE_MARKET 2

/// Market once the trigger price trades.
#define PB_ORDER_TYPE_STOP_MARKET 3

/// Limit once the trigger price trades.
#define PB_ORDER_TYPE_STOP_LIMIT 4

/// Good till cancelled.
#define PB_TIF_GTC 1

/// Immediate or cancel.
#define PB_TIF_IOC 2

/// Fill or kill.
#define PB_TIF_FOK 3

/// Good till `expire_ns`.
#define PB_TIF_GTD 4

/// Good for the day's session.
#define PB_TIF_DAY 5

/// `PbOrderIntent.flags`: refuse rather than take.
#define PB_INTENT_POST_ONLY 1

/// `PbOrderIntent.flags`: may only make a position smaller.
#define PB_INTENT_REDUCE_ONLY 2

/// `PbOrderIntent.flags`: for the short leg of a hedged account.
#define PB_INTENT_SHORT_LEG 4

/// The venue's default.
#define PB_STP_DEFAULT 0

/// Cancel the resting order.
#define PB_STP_CANCEL_MAKER 1

/// Cancel the new order.
#define PB_STP_CANCEL_TAKER 2

/// Cancel both.
#define PB_STP_CANCEL_BOTH 3

/// Result of a call: one of the constants below, never a Rust enum, so that an unknown value is
/// data and not undefined behaviour.
typedef int32_t PbStatus;

/// First half of every head slot.
typedef struct PbHead {
    /// `PB_SLOT_*`.
    uint16_t kind;
    /// Meaning depends on `kind`; 0 where the kind states none.
    uint16_t flags;
    /// From an adapter: its own dense index. To a strategy: the host's id. `PB_NO_INSTRUMENT` if the
    /// record belongs to none.
    uint32_t instrument;
    /// The venue's update id of this record, 0 if it sends none.
    uint64_t sequence;
    /// The venue's event time, 0 if it sends none.
    int64_t exchange_ns;
    /// Host time at which the frame was read from its socket.
    int64_t receive_ns;
} PbHead;

/// One message about a book: a snapshot or a change. `slots` slots of four `PbLevel`s follow, bids
/// first, then asks, without a break between them; unused levels of the last slot are zero.
///
/// `head.sequence` is the last update id that the message covers. The adapter declares, the host
/// judges: which chain the ids belong to (`scope`, `chain`) and which of them mean something
/// (`flags`). Without instrument and levels it is a mark: it only advances its chain.
typedef struct PbDepth {
    /// Kind `PB_SLOT_DEPTH`; `flags` is 0 or `PB_DEPTH_AUDIT`.
    struct PbHead head;
    /// First update id that the message covers, with `PB_DEPTH_FIRST`.
    uint64_t first;
    /// Last update id of the message before, with `PB_DEPTH_PREVIOUS`.
    uint64_t previous;
    /// The venue's checksum after this message, with `PB_DEPTH_CHECKSUM`. The instrument names the
    /// algorithm.
    uint32_t checksum;
    /// Number of the stream or connection whose ids these are, with `PB_SCOPE_STREAM` or
    /// `PB_SCOPE_CONNECTION`; chosen by the adapter.
    uint32_t chain;
    /// Bid levels that follow.
    uint16_t bids;
    /// Ask levels that follow.
    uint16_t asks;
    /// Slots that follow: `ceil((bids + asks) / 4)`.
    uint16_t slots;
    /// `PB_SCOPE_*`.
    uint8_t scope;
    /// `PB_DEPTH_*`.
    uint8_t flags;
} PbDepth;

/// A price level. Quantity is absolute; 0 removes the level.
typedef struct PbLevel {
    /// Price mantissa at the instrument's price exponent.
    int64_t price;
    /// Quantity mantissa at the instrument's quantity exponent.
    int64_t qty;
} PbLevel;

/// A trade.
typedef struct PbTrade {
    /// Kind `PB_SLOT_TRADE`.
    struct PbHead head;
    /// Price mantissa.
    int64_t price;
    /// Quantity mantissa.
    int64_t qty;
    /// The venue's trade id if it is a decimal number that fits; otherwise the first 8 bytes,
    /// little-endian, of the BLAKE3 hash of its text, with `id_hashed` 1; 0 if the venue sends
    /// none.
    uint64_t trade_id;
    /// Fills that the venue merged into this record, 0 if it does not say.
    uint32_t fills;
    /// `PB_SIDE_*`: the side that took liquidity.
    uint8_t aggressor;
    /// 1 if `trade_id` is a hash.
    uint8_t id_hashed;
    /// `PB_TRADE_*`.
    uint16_t flags;
} PbTrade;

/// Best bid and ask. An empty side has price and quantity 0.
typedef struct PbQuote {
    /// Kind `PB_SLOT_QUOTE`; `flags` is `PB_QUOTE_*`, or-ed.
    struct PbHead head;
    /// Best bid price mantissa.
    int64_t bid_price;
    /// Quantity at it.
    int64_t bid_qty;
    /// Best ask price mantissa.
    int64_t ask_price;
    /// Quantity at it.
    int64_t ask_qty;
} PbQuote;

/// One event of one order in the book (L3). Head flags hold `action | side << 4 | inferred << 6`.
typedef struct PbOrder {
    /// Kind `PB_SLOT_ORDER`.
    struct PbHead head;
    /// The venue's order id, or its hash as for trades.
    uint64_t order_id;
    /// Price mantissa.
    int64_t price;
    /// Quantity mantissa: what was added, or what remains.
    int64_t qty;
    /// Trade that executed it, 0 if none.
    uint64_t trade_id;
} PbOrder;

/// Best bid and offer over venues, of a consolidated instrument. `head.sequence` holds bid venue
/// (bits 0 to 15), ask venue (16 to 31) and state (32 to 39: 0 normal, 1 locked, 2 crossed, 3
/// one-sided, 4 none).
typedef struct PbNbbo {
    /// Kind `PB_SLOT_NBBO`.
    struct PbHead head;
    /// Best bid price mantissa.
    int64_t bid_price;
    /// Quantity at it.
    int64_t bid_qty;
    /// Best ask price mantissa.
    int64_t ask_price;
    /// Quantity at it.
    int64_t ask_qty;
} PbNbbo;

/// One feature's new value.
typedef struct PbFeature {
    /// Kind `PB_SLOT_FEATURE`.
    struct PbHead head;
    /// Value, in the feature's own unit.
    double value;
    /// Feature id.
    uint32_t feature;
    /// Zero.
    uint32_t reserved[5];
} PbFeature;

/// A price signal.
typedef struct PbSignal {
    /// Kind `PB_SLOT_SIGNAL`.
    struct PbHead head;
    /// Model id.
    uint32_t model;
    /// How far ahead, in ms.
    uint32_t horizon_ms;
    /// Expected relative change of the mid price.
    double value;
    /// 0 to 1.
    double confidence;
    /// Zero.
    uint64_t reserved;
} PbSignal;

/// Mark, index and estimated settlement price. They carry more digits than the instrument's prices
/// and so an exponent of their own. 0 where the venue sends none.
typedef struct PbMark {
    /// Kind `PB_SLOT_MARK`.
    struct PbHead head;
    /// Mark price mantissa at `exp`.
    int64_t mark;
    /// Index price mantissa at `exp`.
    int64_t index;
    /// Estimated settlement price mantissa at `exp`.
    int64_t settle;
    /// Decimal exponent of the three.
    int8_t exp;
    /// Zero.
    uint8_t reserved[7];
} PbMark;

/// Funding of a perpetual.
typedef struct PbFunding {
    /// Kind `PB_SLOT_FUNDING`.
    struct PbHead head;
    /// Rate mantissa at `rate_exp`, as a fraction of notional per interval; longs pay if positive.
    int64_t rate;
    /// When it is next charged.
    int64_t next_ns;
    /// Interval in ns, 0 if the venue does not say.
    int64_t interval_ns;
    /// Decimal exponent of `rate`.
    int8_t rate_exp;
    /// Zero.
    uint8_t reserved[7];
} PbFunding;

/// Open interest.
typedef struct PbOpenInterest {
    /// Kind `PB_SLOT_OPEN_INTEREST`.
    struct PbHead head;
    /// Open contracts, mantissa at `qty_exp`.
    int64_t qty;
    /// Their value in quote currency, mantissa at `value_exp`; 0 if the venue does not say.
    int64_t value;
    /// Decimal exponent of `qty`.
    int8_t qty_exp;
    /// Decimal exponent of `value`.
    int8_t value_exp;
    /// Zero.
    uint8_t reserved[14];
} PbOpenInterest;

/// A liquidation order, as far as the venue publishes it.
typedef struct PbLiquidation {
    /// Kind `PB_SLOT_LIQUIDATION`.
    struct PbHead head;
    /// Order price mantissa at `exp`.
    int64_t price;
    /// Order quantity mantissa at the instrument's quantity exponent.
    int64_t qty;
    /// Average fill price mantissa at `exp`, 0 if not filled.
    int64_t average_price;
    /// Decimal exponent of the two prices.
    int8_t exp;
    /// `PB_SIDE_*` of the liquidation order: `PB_SIDE_SELL` closes a long.
    uint8_t side;
    /// Zero.
    uint8_t reserved[6];
} PbLiquidation;

/// Session state of an instrument, or of the venue with `PB_NO_INSTRUMENT`.
typedef struct PbSessionStatus {
    /// Kind `PB_SLOT_STATUS`.
    struct PbHead head;
    /// When the state began, 0 if not said.
    int64_t since_ns;
    /// When it ends, 0 if not said.
    int64_t until_ns;
    /// The venue's own code, 0 if none.
    uint32_t code;
    /// `PB_SESSION_*`.
    uint8_t state;
    /// Zero.
    uint8_t reserved[11];
} PbSessionStatus;

/// An incident in the quality of data: one record when it begins and one when it ends. What is found
/// in between belongs to it and is counted.
typedef struct PbQuality {
    /// Kind `PB_SLOT_QUALITY`; `flags` is `PB_QUALITY_BEGUN` or `PB_QUALITY_ENDED`, and in bits 8
    /// to 15 the cause. Of a venue, `instrument` is `PB_NO_INSTRUMENT` and `sequence` the
    /// venue's number; otherwise `sequence` is the update id of the record that showed it.
    struct PbHead head;
    /// At the beginning what was seen, in the detector's unit; at the end how long it lasted, in
    /// seconds.
    double value;
    /// At the beginning what was expected; at the end how often it was found.
    double expected;
    /// `PB_QUALITY_*`, the detector.
    uint32_t detector;
    /// 1 note, 2 warning, 3 alarm.
    uint32_t severity;
    /// Zero.
    uint64_t reserved;
} PbQuality;

/// Client order id: host (bits 48 to 63 of `high`), epoch (0 to 47 of `high`), counter (`low`, 48
/// bits).
typedef struct PbClientId {
    /// `host << 48 | epoch`.
    uint64_t high;
    /// Counter.
    uint64_t low;
} PbClientId;

/// State of an order. `slots` slots follow: first an `PbOrderDetail`, then `PbTextSlot`s: the
/// venue's order id, then the reason in pieces.
typedef struct PbOrderUpdate {
    /// Kind `PB_SLOT_ORDER_UPDATE`.
    struct PbHead head;
    /// Client order id; zero for an order that the host did not place.
    struct PbClientId client;
    /// Filled so far in total, mantissa.
    int64_t filled_qty;
    /// The venue's code, 0 if none.
    int32_t code;
    /// `PB_ORDER_STATE_*`.
    uint8_t state;
    /// `PB_REASON_*`: the adapter's classification of the venue's reason.
    uint8_t reason;
    /// Slots that follow: 0, or 1 for the `PbOrderDetail` and one for each `PbTextSlot`.
    uint8_t slots;
    /// 1 if the host did not place it.
    uint8_t external;
} PbOrderUpdate;

/// First continuation of `PbOrderUpdate`: the order as the venue states it. 0 for what it does not
/// state.
typedef struct PbOrderDetail {
    /// Limit price mantissa.
    int64_t price;
    /// Quantity mantissa, what is filled included.
    int64_t qty;
    /// Average price of the fills so far, mantissa at `average_exp`.
    int64_t average_price;
    /// Trigger price mantissa.
    int64_t trigger_price;
    /// The venue's order id, or its hash as for trades.
    uint64_t order_id;
    /// Decimal exponent of `average_price`.
    int8_t average_exp;
    /// `PB_SIDE_*`.
    uint8_t side;
    /// `PB_ORDER_TYPE_*`.
    uint8_t order_type;
    /// `PB_TIF_*`.
    uint8_t time_in_force;
    /// 0 net, 1 long leg, 2 short leg of a hedged account.
    uint8_t leg;
    /// 1 if `order_id` is a hash.
    uint8_t id_hashed;
    /// Zero.
    uint8_t reserved[18];
} PbOrderDetail;

/// A fill of one of our orders. One `PbFillDetail` follows.
typedef struct PbFill {
    /// Kind `PB_SLOT_FILL`; `flags` is the `PB_SIDE_*` of our order.
    struct PbHead head;
    /// Client order id; zero for an order that the host did not place.
    struct PbClientId client;
    /// Price mantissa.
    int64_t price;
    /// Quantity mantissa.
    int64_t qty;
} PbFill;

/// Continuation of `PbFill`.
typedef struct PbFillDetail {
    /// The venue's trade id, or its hash as for trades.
    uint64_t trade_id;
    /// The venue's order id, or its hash.
    uint64_t order_id;
    /// Fee mantissa at `fee_exp`; negative is a rebate.
    int64_t fee;
    /// Currency of the fee, zero-padded.
    uint8_t fee_asset[16];
    /// Decimal exponent of `fee`.
    int8_t fee_exp;
    /// 1 maker, 2 taker, 0 unknown.
    uint8_t liquidity;
    /// 1 if `trade_id` is a hash.
    uint8_t id_hashed;
    /// 1 if `order_id` is a hash.
    uint8_t order_id_hashed;
    /// Zero.
    uint8_t reserved[20];
} PbFillDetail;

/// Balance of one currency.
typedef struct PbBalance {
    /// Kind `PB_SLOT_BALANCE`; `flags` is the decimal exponent as an `i16`.
    struct PbHead head;
    /// Currency, zero-padded.
    uint8_t asset[16];
    /// Free, mantissa.
    int64_t free;
    /// Locked in orders, mantissa.
    int64_t locked;
} PbBalance;

/// Position in one instrument.
typedef struct PbPosition {
    /// Kind `PB_SLOT_POSITION`; `flags`: 0 net, 1 long leg, 2 short leg of a hedged account.
    struct PbHead head;
    /// Signed quantity, mantissa at the instrument's quantity exponent.
    int64_t qty;
    /// Average entry price, mantissa at `entry_exp`.
    int64_t entry_price;
    /// Unrealised profit in settlement currency, mantissa at `profit_exp`.
    int64_t profit;
    /// Decimal exponent of `entry_price`.
    int8_t entry_exp;
    /// Decimal exponent of `profit`.
    int8_t profit_exp;
    /// Zero.
    uint8_t reserved[6];
} PbPosition;

/// A book changed its state. From the host only.
typedef struct PbBookState {
    /// Kind `PB_SLOT_BOOK_STATE`; `sequence` is the book's last update id.
    struct PbHead head;
    /// Last id before the break, for a gap.
    uint64_t expected;
    /// Id that came instead, for a gap.
    uint64_t found;
    /// When the book was last right, 0 if never.
    int64_t live_until_ns;
    /// `PB_BOOK_*`.
    uint8_t state;
    /// `PB_EVIDENCE_*`.
    uint8_t evidence;
    /// `PB_CAUSE_*`.
    uint16_t cause;
    /// Zero.
    uint32_t reserved;
} PbBookState;

/// The end of a list that the host asked for: its lines were reported before this record.
typedef struct PbListEnd {
    /// Kind `PB_SLOT_LIST_END`; `instrument` is the one asked about, `PB_NO_INSTRUMENT` for the
    /// account.
    struct PbHead head;
    /// `PB_LIST_*`.
    uint32_t list;
    /// 1 if nothing is missing from the list, so that what it does not name is not there; 0 if it
    /// was cut.
    uint32_t complete;
    /// Earliest time that the list covers, with `PB_LIST_FILLS`; 0 if it reaches back to the start.
    int64_t from_ns;
    /// Zero.
    uint64_t reserved[2];
} PbListEnd;

/// Continuation with text.
typedef struct PbTextSlot {
    /// Bytes used of `bytes`.
    uint8_t len;
    /// UTF-8, cut at a character.
    uint8_t bytes[63];
} PbTextSlot;

/// 64 bytes: a head slot or a continuation slot.
///
/// Every member is made of integers and floats without padding, so that any bits are a valid value
/// of any member; what a reader makes of them is decided by `head.kind`.
typedef union PbSlot {
    /// Head of every record.
    PB_ALIGNED(64) struct PbHead head;
    /// `PB_SLOT_DEPTH`.
    struct PbDepth depth;
    /// Continuation of `PbDepth`.
    struct PbLevel levels[4];
    /// `PB_SLOT_TRADE`.
    struct PbTrade trade;
    /// `PB_SLOT_QUOTE`.
    struct PbQuote quote;
    /// `PB_SLOT_ORDER`.
    struct PbOrder order;
    /// `PB_SLOT_NBBO`.
    struct PbNbbo nbbo;
    /// `PB_SLOT_FEATURE`.
    struct PbFeature feature;
    /// `PB_SLOT_SIGNAL`.
    struct PbSignal signal;
    /// `PB_SLOT_MARK`.
    struct PbMark mark;
    /// `PB_SLOT_FUNDING`.
    struct PbFunding funding;
    /// `PB_SLOT_OPEN_INTEREST`.
    struct PbOpenInterest open_interest;
    /// `PB_SLOT_LIQUIDATION`.
    struct PbLiquidation liquidation;
    /// `PB_SLOT_STATUS`.
    struct PbSessionStatus status;
    /// `PB_SLOT_QUALITY`.
    struct PbQuality quality;
    /// `PB_SLOT_ORDER_UPDATE`.
    struct PbOrderUpdate order_update;
    /// First continuation of `PbOrderUpdate`.
    struct PbOrderDetail order_detail;
    /// `PB_SLOT_FILL`.
    struct PbFill fill;
    /// Continuation of `PbFill`.
    struct PbFillDetail fill_detail;
    /// `PB_SLOT_BALANCE`.
    struct PbBalance balance;
    /// `PB_SLOT_POSITION`.
    struct PbPosition position;
    /// `PB_SLOT_BOOK_STATE`.
    struct PbBookState book_state;
    /// `PB_SLOT_LIST_END`.
    struct PbListEnd list_end;
    /// Continuation with text.
    struct PbTextSlot text;
    /// The bits.
    uint64_t words[8];
} PbSlot;

/// UTF-8 text, borrowed for the call. `len` is in bytes; no terminator. `ptr` may be null if `len`
/// is 0.
typedef struct PbStr {
    /// First byte.
    const uint8_t *ptr;
    /// Bytes.
    size_t len;
} PbStr;

/// The descriptor exported as `PATCHBAY_PLUGIN_V0`.
///
/// Everything before `vtable` is plain data: the loader reads it from the file image through the
/// dynamic symbol table, before any code of the file can run.
typedef struct PbPluginDecl {
    /// `PB_MAGIC`.
    uint64_t magic;
    /// Bytes of this struct as the plugin knows it.
    uint32_t struct_size;
    /// `PB_ABI_MAJOR` that the plugin was built against; must equal the host's.
    uint32_t abi_major;
    /// `PB_ABI_MINOR` that the plugin was built against.
    uint32_t abi_minor;
    /// Oldest host minor that the plugin accepts.
    uint32_t abi_minor_min;
    /// `PB_KIND_ADAPTER` or `PB_KIND_STRATEGY`.
    uint32_t kind;
    /// `PB_FLAG_*`.
    uint32_t flags;
    /// `sizeof(PbSlot)`: 64.
    uint32_t slot_size;
    /// `PB_LAYOUT_HASH`: hash over the layouts that never change within a major version; equal on
    /// both sides.
    uint32_t layout_hash;
    /// Name, zero-padded UTF-8, `[a-z0-9-]`; the venue's name for an adapter.
    uint8_t name[32];
    /// Version of the plugin, zero-padded UTF-8.
    uint8_t version[24];
    /// Compiler and profile, zero-padded UTF-8; informative, never compared.
    uint8_t build[72];
    /// `PbAdapterVtable` or `PbStrategyVtable`, by `kind`; static.
    const void *vtable;
    /// Default configuration table, TOML text; static. Empty if there is nothing to configure.
    struct PbStr defaults;
    /// Schema of the configuration's keys, TOML text; static. See `docs/abi.md`, "Configuration".
    struct PbStr schema;
    /// Finds an extension table by id (`"patchbay.execution/0"`); null if the plugin has none.
    /// `[any-thread]`; the answer is static.
    const void *(*query)(struct PbStr id);
} PbPluginDecl;

/// Where a plugin's log lines and panics go. Static for the life of the process.
typedef struct PbLog {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Host minor.
    uint32_t abi_minor;
    /// First argument of `write`.
    void *ctx;
    /// Writes one line. `[any-thread]`; `text` is copied.
    void (*write)(void *ctx, uint32_t level, struct PbStr text);
} PbLog;

/// One value of the plugin's configuration table, flattened: the key of a nested table is dotted,
/// the elements of an array are numbered from 0 (`symbols.0`).
typedef struct PbConfigEntry {
    /// Dotted key.
    struct PbStr key;
    /// Text, if `kind` is `PB_CONFIG_TEXT`.
    struct PbStr text;
    /// Value, if `kind` is `PB_CONFIG_INT`; 0 or 1 if `PB_CONFIG_BOOL`.
    int64_t integer;
    /// Value, if `kind` is `PB_CONFIG_FLOAT`.
    double real;
    /// `PB_CONFIG_*`.
    uint32_t kind;
    /// Zero.
    uint32_t reserved;
} PbConfigEntry;

/// What an instance is created with.
typedef struct PbCreate {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Number of the instance within the host, stable in the journal.
    uint32_t instance;
    /// Seed for anything that must look random; journalled.
    uint64_t seed;
    /// Log, valid for the life of the process.
    const struct PbLog *log;
    /// Configuration, sorted by the bytes of the key.
    const struct PbConfigEntry *config;
    /// Entries in `config`.
    size_t config_len;
} PbCreate;

/// One header of an HTTP request or of a websocket handshake.
typedef struct PbHeader {
    /// Name, as sent.
    struct PbStr name;
    /// Value, as sent; may hold secret slots.
    struct PbStr value;
} PbHeader;

/// One place in an outgoing message that the host fills.
///
/// What the host fills in is inserted at `offset`; nothing of the text is overwritten. Offsets
/// count in the text as given. Slots are filled in the order of the list, and a digest, signature
/// or JWT covers its range as it stands then: with what earlier slots inserted there.
typedef struct PbSecretSlot {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// `PB_SECRET_*`: what goes in.
    uint32_t kind;
    /// `PB_TARGET_*`: which text the slot is in.
    uint32_t target;
    /// `PB_ENCODE_*`.
    uint32_t encoding;
    /// Byte offset in the text as given by the plugin.
    size_t offset;
    /// For digests, signatures and JWTs: first byte of the covered range, as an offset in the text
    /// as given that `over` names. For `PB_SECRET_WALL_TIME`: seconds that are added, for the `exp`
    /// of a JWT. Otherwise 0.
    size_t from;
    /// End of the covered range, exclusive; `SIZE_MAX` for all that follows.
    size_t to;
    /// Name of the key in the host's secret store; empty for the key of the instance. For
    /// `PB_SECRET_TOKEN` the name under which the token was kept.
    struct PbStr key;
    /// Index in `headers` or `scratch` of the text that the slot is in, with `PB_TARGET_HEADER` or
    /// `PB_TARGET_SCRATCH`.
    size_t header;
    /// For digests, signatures and JWTs: `PB_TARGET_*`, which text the range lies in; otherwise 0.
    uint32_t over;
    /// Zero.
    uint32_t reserved;
    /// Index in `headers` or `scratch` of the text that the range lies in, with `PB_TARGET_HEADER`
    /// or `PB_TARGET_SCRATCH`.
    size_t over_index;
} PbSecretSlot;

/// A request's price in one rate-limit bucket.
typedef struct PbBucketCost {
    /// `PbBucket.id`.
    uint32_t bucket;
    /// Tokens.
    uint32_t cost;
} PbBucketCost;

/// Open a websocket. The host chooses the connection's number and reports it, with `tag`, to
/// `on_open`; it reconnects by itself until `close`, and rotates before `life_ns`. A request with a
/// `tag` that is connected replaces that connection, make-before-break.
typedef struct PbConnect {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// The adapter's own mark, repeated in `on_open`.
    uint32_t tag;
    /// `wss://...`.
    struct PbStr url;
    /// Headers of the handshake.
    const struct PbHeader *headers;
    /// Entries in `headers`.
    size_t headers_len;
    /// Places to fill.
    const struct PbSecretSlot *secrets;
    /// Entries in `secrets`.
    size_t secrets_len;
    /// What an attempt costs.
    const struct PbBucketCost *costs;
    /// Entries in `costs`.
    size_t costs_len;
    /// The venue ends connections of this age; 0 if it does not. The host replaces it before.
    int64_t life_ns;
    /// The host sends `ping_text` (or a websocket ping, if empty) this often; 0 for never.
    int64_t ping_ns;
    /// Text frame that serves as ping.
    struct PbStr ping_text;
    /// The connection is dead after this long without any frame; 0 for the host's default.
    int64_t silence_ns;
    /// The connection is dead if a ping is not answered for this long; 0 for the host's default.
    int64_t ping_wait_ns;
    /// Symbols that are wanted over it, for operators.
    uint32_t symbols;
    /// `PB_CONNECT_*`.
    uint32_t flags;
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    const struct PbStr *scratch;
    /// Entries in `scratch`.
    size_t scratch_len;
} PbConnect;

/// Bytes, borrowed for the call. `ptr` may be null if `len` is 0.
typedef struct PbBytes {
    /// First byte.
    const uint8_t *ptr;
    /// Bytes.
    size_t len;
} PbBytes;

/// A field of an answer that no plugin and no record may see: the host keeps its value, a text, and
/// overwrites it with spaces.
typedef struct PbToken {
    /// Its name, wherever in the JSON it stands.
    struct PbStr field;
    /// Name under which it is kept, for `PB_SECRET_TOKEN`; empty if nobody needs it again.
    struct PbStr name;
} PbToken;

/// Send one frame.
typedef struct PbSend {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Connection.
    uint32_t conn;
    /// `PB_OPCODE_*`.
    uint32_t opcode;
    /// Zero.
    uint32_t flags;
    /// Payload, copied.
    struct PbBytes payload;
    /// Places to fill (`PB_TARGET_BODY`, `PB_TARGET_SCRATCH`).
    const struct PbSecretSlot *secrets;
    /// Entries in `secrets`.
    size_t secrets_len;
    /// What it costs.
    const struct PbBucketCost *costs;
    /// Entries in `costs`.
    size_t costs_len;
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    const struct PbStr *scratch;
    /// Entries in `scratch`.
    size_t scratch_len;
    /// Fields of the answer that the host keeps for itself: of the first frame on this connection,
    /// after this one was sent, that has one of them.
    const struct PbToken *tokens;
    /// Entries in `tokens`.
    size_t tokens_len;
} PbSend;

/// One HTTPS request; the answer comes to `on_reply` with the same `id`.
typedef struct PbHttp {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// `PB_PURPOSE_*`: decides priority and thread.
    uint32_t purpose;
    /// The adapter's own number, not 0, unique among its open requests.
    uint64_t id;
    /// `PB_SCOPE_*` of what the answer heals or audits, with `PB_PURPOSE_SNAPSHOT` and
    /// `PB_PURPOSE_AUDIT`; otherwise 0.
    uint32_t scope_kind;
    /// Instrument index, stream or chain number of it, with the same two.
    uint32_t scope;
    /// `GET`, `POST`, `PUT` or `DELETE`.
    struct PbStr method;
    /// Scheme and host: `https://api.binance.com`.
    struct PbStr base;
    /// Path and query, already encoded.
    struct PbStr path;
    /// Headers.
    const struct PbHeader *headers;
    /// Entries in `headers`.
    size_t headers_len;
    /// Body.
    struct PbBytes body;
    /// Places to fill.
    const struct PbSecretSlot *secrets;
    /// Entries in `secrets`.
    size_t secrets_len;
    /// What it costs.
    const struct PbBucketCost *costs;
    /// Entries in `costs`.
    size_t costs_len;
    /// Given up after this long; 0 for the host's default.
    int64_t timeout_ns;
    /// Name of a top-level field of the reply that the host keeps and blanks; empty for none.
    struct PbStr token_field;
    /// Name under which it is kept, for `PB_SECRET_TOKEN`.
    struct PbStr token;
    /// Texts that are filled but not sent, for slots to cover: what a venue has signed, the claims
    /// of a JWT.
    const struct PbStr *scratch;
    /// Entries in `scratch`.
    size_t scratch_len;
} PbHttp;

/// From `from` upwards, prices move in steps of `tick`.
typedef struct PbTickBand {
    /// First price of the band, mantissa.
    int64_t from;
    /// Step, mantissa.
    int64_t tick;
} PbTickBand;

/// Definition of one instrument. The host maps `index` to its own id; a definition with other
/// exponents becomes a new id.
typedef struct PbInstrument {
    /// Bytes of this struct as the adapter knows it.
    uint32_t struct_size;
    /// The adapter's own dense index, 0, 1, 2, ...; defining it again replaces the definition.
    uint32_t index;
    /// The venue's symbol in its own spelling, unique within venue and kind.
    struct PbStr symbol;
    /// What is bought and sold.
    struct PbStr base;
    /// What prices are quoted in.
    struct PbStr quote;
    /// What profit and margin are paid in; empty for spot.
    struct PbStr settle;
    /// `PB_INSTRUMENT_*`.
    uint8_t kind;
    /// `PB_OPTION_*`.
    uint8_t option;
    /// `PB_CONTRACT_*`: what `contract_size` is measured in.
    uint8_t contract_unit;
    /// `PB_SESSION_*` at the time of definition.
    uint8_t session;
    /// Decimal exponent of prices.
    int8_t price_exp;
    /// Decimal exponent of quantities.
    int8_t qty_exp;
    /// Decimal exponent of `contract_size`.
    int8_t contract_exp;
    /// Decimal exponent of `min_notional`.
    int8_t notional_exp;
    /// `PB_CHECKSUM_*`.
    uint32_t checksum;
    /// 1 if only a name and exponents are known and the rest waits for the venue's list.
    uint32_t provisional;
    /// Price step below the first band, mantissa at `price_exp`; 0 if unknown.
    int64_t tick;
    /// Quantity step, mantissa at `qty_exp`; 0 if unknown.
    int64_t lot;
    /// Smallest order, mantissa at `qty_exp`; 0 if none.
    int64_t min_qty;
    /// Largest order, mantissa at `qty_exp`; 0 if none.
    int64_t max_qty;
    /// Smallest notional, mantissa at `notional_exp`, in quote currency; 0 if none.
    int64_t min_notional;
    /// What one contract stands for, mantissa at `contract_exp`; 1 for spot.
    int64_t contract_size;
    /// Strike, mantissa at `price_exp`; 0 if none.
    int64_t strike;
    /// Expiry or delivery, 0 if none.
    int64_t expiry_ns;
    /// Price-dependent ticks, by rising price; null if `tick` holds everywhere.
    const struct PbTickBand *bands;
    /// Entries in `bands`.
    size_t bands_len;
} PbInstrument;

/// A rate limit of the venue, shared by all instances of the adapter within its scope.
typedef struct PbBucket {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Number by which `PbBucketCost` names it.
    uint32_t id;
    /// Tokens when full.
    uint32_t capacity;
    /// Tokens that come back every `period_ns`.
    uint32_t refill;
    /// Period in ns; refilled at once at its end if `refill == capacity`, otherwise evenly.
    int64_t period_ns;
    /// `PB_BUCKET_*`.
    uint32_t scope;
    /// For operators: `"rest weight"`.
    struct PbStr name;
} PbBucket;

/// The host's functions for adapters. `[instance]` all: only during a call into the instance, with
/// that call's `ctx`. What they are given is copied. If the call answers anything but
/// `PB_OK`, nothing that it asked for is done, except for `fail`.
typedef struct PbAdapterHost {
    /// Bytes of this table.
    uint32_t struct_size;
    /// Host minor.
    uint32_t abi_minor;
    /// Makes room for `more` slots beyond `cx.len`, moving the buffer if need be (`cx.slots`,
    /// `cx.cap` change). `PB_FULL` beyond 65,536 slots a call.
    PbStatus (*reserve)(struct PbAdapterCx *cx, size_t more);
    /// See `PbConnect`.
    PbStatus (*connect)(void *ctx, const struct PbConnect *request);
    /// See `PbSend`.
    PbStatus (*send)(void *ctx, const struct PbSend *request);
    /// Closes a connection for good; `reason` is for operators.
    PbStatus (*close)(void *ctx, uint32_t conn, struct PbStr reason);
    /// See `PbHttp`.
    PbStatus (*http)(void *ctx, const struct PbHttp *request);
    /// `on_timer` is wanted at `at_ns`; replaces the wish before. 0 for none.
    PbStatus (*wake)(void *ctx, int64_t at_ns);
    /// Defines or redefines an instrument; must precede its first record.
    PbStatus (*define_instrument)(void *ctx, const struct PbInstrument *instrument);
    /// Declares a rate limit, during the first `plan`.
    PbStatus (*define_bucket)(void *ctx, const struct PbBucket *bucket);
    /// The adapter cannot go on as configured; an operator is needed. `code` is `PB_FAIL_*`. Counts
    /// whatever the call answers.
    PbStatus (*fail)(void *ctx, uint32_t code, struct PbStr text);
    /// Finds a host extension; null if there is none.
    const void *(*query)(void *ctx, struct PbStr id);
    /// The venue's clock as read from the answer to request `id` (`PB_PURPOSE_TIME`); the
    /// host, which knows when it asked and when it was answered, derives the offset.
    PbStatus (*server_time)(void *ctx, uint64_t id, int64_t server_ns);
} PbAdapterHost;

/// What an adapter sees of the host during one call. The host owns it; the plugin keeps its cursor
/// in locals and stores `len` once.
typedef struct PbAdapterCx {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Out: `PB_OUTCOME_*`, how the frame was read. 0 before each call.
    uint32_t outcome;
    /// Host time of this call. The only clock an adapter has.
    int64_t now_ns;
    /// The venue's clock minus host time as far as known, 0 if not.
    int64_t wall_offset_ns;
    /// Buffer for records.
    union PbSlot *slots;
    /// In and out: slots written.
    size_t len;
    /// Slots that fit.
    size_t cap;
    /// The host's functions.
    const struct PbAdapterHost *host;
    /// First argument of each of them.
    void *ctx;
} PbAdapterCx;

/// One stream that the host wants live.
typedef struct PbStreamWish {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// `PB_CHANNEL_*`, or-ed.
    uint32_t channels;
    /// The venue's symbol.
    struct PbStr symbol;
    /// `PB_INSTRUMENT_*`.
    uint32_t kind;
    /// Levels a side, 0 for all that the venue has.
    uint32_t depth;
    /// Slowest acceptable update interval in ms, 0 for the fastest.
    uint32_t interval_ms;
    /// Zero.
    uint32_t reserved;
    /// From a strategy: the venue's name, empty for every venue. To an adapter: empty.
    struct PbStr venue;
} PbStreamWish;

/// The answer to one `PbHttp`.
typedef struct PbReply {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// HTTP status; 0 if there was no answer, then `error` says why.
    uint32_t status;
    /// `PbHttp.id`; 0 if nobody asked (recorded reference data).
    uint64_t id;
    /// `PB_REPLY_*`.
    uint32_t error;
    /// Headers, names in lower case.
    const struct PbHeader *headers;
    /// Entries in `headers`.
    size_t headers_len;
    /// Body; the plugin may overwrite it.
    uint8_t *body;
    /// Bytes of `body`; `PB_FRAME_PADDING` readable zero bytes follow.
    size_t body_len;
    /// URL that was answered, without secrets.
    struct PbStr url;
} PbReply;

/// Functions of an adapter. Required: `create`, `destroy`, `plan`, `on_frame`; the host fills the
/// others, if null or beyond `struct_size`, with stubs that answer `PB_OK` (`PB_on_*`) or
/// `PB_UNSUPPORTED`. All `[instance]`.
typedef struct PbAdapterVtable {
    /// Bytes of this table.
    size_t struct_size;
    /// Makes an instance. No command may be given yet.
    PbStatus (*create)(const struct PbCreate *create, void **instance);
    /// Ends an instance; called once, also after a panic.
    PbStatus (*destroy)(void *instance);
    /// The streams now wanted, all of them; called again whenever the wish changes. The adapter
    /// answers with `connect`, `send`, `close`, `http`. Called with none before replay.
    PbStatus (*plan)(void *instance,
                     struct PbAdapterCx *cx,
                     const struct PbStreamWish *wishes,
                     size_t wishes_len);
    /// A connection opened, or reopened under a new number. `tag` is `PbConnect.tag`; `url` is empty
    /// in a replay that does not know it.
    PbStatus (*on_open)(void *instance,
                        struct PbAdapterCx *cx,
                        uint32_t conn,
                        uint32_t tag,
                        struct PbStr url);
    /// One frame. `data` may be overwritten; 64 bytes after `len` are readable and zero.
    /// `PB_ERROR` rejects it: nothing it wrote is used, and the host decides which books
    /// that puts in doubt.
    PbStatus (*on_frame)(void *instance,
                         struct PbAdapterCx *cx,
                         uint32_t conn,
                         uint32_t opcode,
                         uint8_t *data,
                         size_t len);
    /// A connection is gone. `code` is the websocket close code, 0 if there was none.
    PbStatus (*on_close)(void *instance,
                         struct PbAdapterCx *cx,
                         uint32_t conn,
                         uint32_t code,
                         struct PbStr reason);
    /// An answer.
    PbStatus (*on_reply)(void *instance, struct PbAdapterCx *cx, const struct PbReply *reply);
    /// The time asked for with `wake` has come.
    PbStatus (*on_timer)(void *instance, struct PbAdapterCx *cx);
    /// The books of a scope need a snapshot: `scope_kind` is `PB_SCOPE_*`, `scope` the instrument
    /// index, stream or connection. The adapter asks for it with `http`, or resubscribes.
    PbStatus (*resync)(void *instance, struct PbAdapterCx *cx, uint32_t scope_kind, uint32_t scope);
    /// The host wants to compare the books of a scope with the venue's: as `resync`, but the books
    /// stay as they are. The adapter asks for a snapshot with `http` and
    /// `PB_PURPOSE_AUDIT`, and marks its record with `PB_DEPTH_AUDIT`.
    PbStatus (*audit)(void *instance, struct PbAdapterCx *cx, uint32_t scope_kind, uint32_t scope);
} PbAdapterVtable;

/// An order to place.
typedef struct PbOrderIntent {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Instrument: the adapter's index in calls to it, the host's id in calls from a strategy.
    uint32_t instrument;
    /// Client order id; set by the host, zero from a strategy.
    struct PbClientId client;
    /// `PB_SIDE_*`.
    uint8_t side;
    /// `PB_ORDER_TYPE_*`.
    uint8_t order_type;
    /// `PB_TIF_*`.
    uint8_t time_in_force;
    /// `PB_INTENT_*`.
    uint8_t flags;
    /// Limit price mantissa; 0 for market orders.
    int64_t price;
    /// Quantity mantissa.
    int64_t qty;
    /// Trigger price mantissa; 0 if none.
    int64_t trigger_price;
    /// End of a good-till-date order.
    int64_t expire_ns;
    /// `PB_STP_*`.
    uint32_t self_trade;
    /// Zero.
    uint32_t reserved;
} PbOrderIntent;

/// Names one order.
typedef struct PbOrderRef {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Instrument, as in `PbOrderIntent`.
    uint32_t instrument;
    /// Client order id; zero for an order that the host did not place.
    struct PbClientId client;
    /// The venue's order id, empty if not known yet.
    struct PbStr venue_id;
} PbOrderRef;

/// A change of price and quantity.
typedef struct PbOrderAmend {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Zero.
    uint32_t reserved;
    /// Which order.
    const struct PbOrderRef *order;
    /// New limit price mantissa; 0 leaves it.
    int64_t price;
    /// New total quantity mantissa; 0 leaves it.
    int64_t qty;
} PbOrderAmend;

/// Which fills are asked for.
typedef struct PbFillsSince {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Instrument index; `PB_NO_INSTRUMENT` for all.
    uint32_t instrument;
    /// Fills at or after this time.
    int64_t from_ns;
    /// Fills after this trade id, 0 for by time only.
    uint64_t from_trade_id;
} PbFillsSince;

/// Functions of the execution half. All `[instance]`; a null entry answers
/// `PB_UNSUPPORTED`, and the host then refuses intents that need it.
typedef struct PbExecutionVtable {
    /// Bytes of this table.
    size_t struct_size;
    /// Places an order.
    PbStatus (*place)(void *instance, struct PbAdapterCx *cx, const struct PbOrderIntent *order);
    /// Amends one; the venue's rules on priority apply.
    PbStatus (*amend)(void *instance, struct PbAdapterCx *cx, const struct PbOrderAmend *amend);
    /// Cancels one.
    PbStatus (*cancel)(void *instance, struct PbAdapterCx *cx, const struct PbOrderRef *order);
    /// Cancels all of an instrument, or of the account with `PB_NO_INSTRUMENT`.
    PbStatus (*cancel_all)(void *instance, struct PbAdapterCx *cx, uint32_t instrument);
    /// Arms or refreshes the venue's dead-man switch; 0 disarms.
    PbStatus (*dead_man)(void *instance, struct PbAdapterCx *cx, int64_t timeout_ns);
    /// Asks what became of an order; answered by an `PbOrderUpdate`.
    PbStatus (*query_order)(void *instance, struct PbAdapterCx *cx, const struct PbOrderRef *order);
    /// Asks for all open orders of an instrument, or of the account.
    PbStatus (*query_open_orders)(void *instance, struct PbAdapterCx *cx, uint32_t instrument);
    /// Asks for fills.
    PbStatus (*query_fills)(void *instance, struct PbAdapterCx *cx, const struct PbFillsSince *since);
    /// Asks for balances.
    PbStatus (*query_balances)(void *instance, struct PbAdapterCx *cx);
    /// Asks for positions.
    PbStatus (*query_positions)(void *instance, struct PbAdapterCx *cx);
    /// Opens the account's private streams, with the key named.
    PbStatus (*open_account)(void *instance, struct PbAdapterCx *cx, struct PbStr key);
} PbExecutionVtable;

/// A book as lent to a strategy; refreshed once a turn, valid until the call returns.
typedef struct PbBookView {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// `PB_BOOK_*`. Levels are present only in `PB_BOOK_LIVE`.
    uint8_t state;
    /// `PB_EVIDENCE_*`.
    uint8_t evidence;
    /// Bid levels in `bids` (bits 0 to 7) and ask levels in `asks` (bits 8 to 15).
    uint16_t levels;
    /// Host instrument id.
    uint32_t instrument;
    /// Decimal exponent of prices.
    int8_t price_exp;
    /// Decimal exponent of quantities.
    int8_t qty_exp;
    /// Zero.
    uint16_t reserved;
    /// Last update id applied.
    uint64_t sequence;
    /// The venue's event time of it.
    int64_t exchange_ns;
    /// Host time at which it was received; age is `cx.now_ns` minus this.
    int64_t receive_ns;
    /// Best 10 bids, best first.
    struct PbLevel bids[10];
    /// Best 10 asks, best first.
    struct PbLevel asks[10];
} PbBookView;

/// The host's functions for strategies. `[instance]` all: only during a call into the instance,
/// with that call's `ctx`. If the call answers anything but `PB_OK`, nothing that it asked
/// for is done.
typedef struct PbStrategyHost {
    /// Bytes of this table.
    uint32_t struct_size;
    /// Host minor.
    uint32_t abi_minor;
    /// The book of an instrument; null if there is no such instrument.
    const struct PbBookView *(*book)(void *ctx, uint32_t instrument);
    /// Copies up to `cap` levels of a side (`PB_SIDE_*`), best first, into `out`; answers how many.
    /// 0 unless the book is live.
    size_t (*levels)(void *ctx, uint32_t instrument, uint8_t side, struct PbLevel *out, size_t cap);
    /// Asks for an order; writes its client id to `id`. Risk may still refuse it: that comes as an
    /// `PbOrderUpdate`.
    PbStatus (*place)(void *ctx, const struct PbOrderIntent *order, struct PbClientId *id);
    /// Asks for an amendment.
    PbStatus (*amend)(void *ctx, const struct PbOrderAmend *amend);
    /// Asks for a cancel.
    PbStatus (*cancel)(void *ctx, const struct PbOrderRef *order);
    /// Asks for the cancel of all own orders of an instrument, or of all.
    PbStatus (*cancel_all)(void *ctx, uint32_t instrument);
    /// `on_timer` is wanted at `at_ns`; replaces the wish before. 0 for none.
    PbStatus (*wake)(void *ctx, int64_t at_ns);
    /// Adds to or, with `channels` 0, removes from the instruments whose records are delivered.
    /// Before the first call, all are; the first call leaves only what it names.
    PbStatus (*subscribe)(void *ctx, const struct PbStreamWish *wish);
    /// Finds a host extension; null if there is none.
    const void *(*query)(void *ctx, struct PbStr id);
    /// The host's id of the instrument that `venue` names so and that is of `kind`
    /// (`PB_INSTRUMENT_*`); `PB_NO_INSTRUMENT` if there is none.
    uint32_t (*find)(void *ctx, struct PbStr venue, struct PbStr symbol, uint32_t kind);
    /// The definition of an instrument, with the host's id as `index`; null if there is none.
    /// Lent, with all that it points to, until the call into the strategy returns.
    const struct PbInstrument *(*instrument)(void *ctx, uint32_t instrument);
} PbStrategyHost;

/// What a strategy sees of the host during one call.
typedef struct PbStrategyCx {
    /// Bytes of this struct.
    uint32_t struct_size;
    /// Zero.
    uint32_t outcome;
    /// Host time of the turn. The only clock a strategy has.
    int64_t now_ns;
    /// The host's functions.
    const struct PbStrategyHost *host;
    /// First argument of each of them.
    void *ctx;
} PbStrategyCx;

/// Writes saved state in pieces; answers `PB_FULL` beyond the host's bound.
typedef PbStatus (*PbWriteFn)(void *ctx, struct PbBytes bytes);

/// Functions of a strategy. Required: `create`, `destroy`, `on_turn`, and with
/// `PB_FLAG_HAS_STATE` `save` and `restore`; the others are filled as for adapters. All
/// `[instance]`.
typedef struct PbStrategyVtable {
    /// Bytes of this table.
    size_t struct_size;
    /// Number of the layout of the saved state; changes with it.
    uint32_t state_schema;
    /// Bytes that saved state is expected to take.
    uint32_t state_hint;
    /// Makes an instance. No command may be given yet.
    PbStatus (*create)(const struct PbCreate *create, void **instance);
    /// Ends an instance; called once, also after a panic.
    PbStatus (*destroy)(void *instance);
    /// Called once before the first turn, after `restore` if there is one.
    PbStatus (*start)(void *instance, struct PbStrategyCx *cx);
    /// One turn: number, and its records, valid for the call. Books already stand after it.
    PbStatus (*on_turn)(void *instance,
                        struct PbStrategyCx *cx,
                        uint64_t turn,
                        const union PbSlot *slots,
                        size_t slots_len);
    /// The time asked for with `wake` has come.
    PbStatus (*on_timer)(void *instance, struct PbStrategyCx *cx);
    /// A line from an operator. The answer goes to the log.
    PbStatus (*on_control)(void *instance, struct PbStrategyCx *cx, struct PbStr command);
    /// Writes the state.
    PbStatus (*save)(void *instance, PbWriteFn write, void *ctx);
    /// Takes over state of `schema`; `PB_SCHEMA` if it cannot be upgraded.
    PbStatus (*restore)(void *instance, uint32_t schema, struct PbBytes state);
    /// Hash over everything that decides, to compare two instances; 0 for none.
    uint64_t (*digest)(void *instance);
} PbStrategyVtable;

/// Done.
#define PB_OK 0

/// An ordinary failure, already logged; the instance goes on.
#define PB_ERROR 1

/// The plugin panicked in this call; the instance is poisoned.
#define PB_PANIC 2

/// This side does not know the function or the extension.
#define PB_UNSUPPORTED 3

/// Saved state of a schema that the plugin cannot upgrade.
#define PB_SCHEMA 4

/// The instance panicked before; only `destroy` runs.
#define PB_POISONED 5

/// Not now; ask again.
#define PB_RETRY 6

/// An argument is out of its domain; the message is in the log.
#define PB_INVALID 7

/// A stated bound is reached; nothing was done.
#define PB_FULL 8

/// `PbPluginDecl.magic`: the bytes `PATCHBAY`.
#define PB_MAGIC UINT64_C(0x5941424843544150)

/// Name of the exported `PbPluginDecl`.
#define PB_SYMBOL "PATCHBAY_PLUGIN_V0"

/// Extension id of `PbExecutionVtable`.
#define PB_EXECUTION "patchbay.execution/0"

/// `PbPluginDecl.layout_hash`.
#define PB_LAYOUT_HASH UINT32_C(0x3d334823)

// The one symbol of a plugin, which its author defines:
// PB_EXPORT const PbPluginDecl PATCHBAY_PLUGIN_V0 = { PB_MAGIC, sizeof(PbPluginDecl), ... };

#ifdef __cplusplus
}
#endif

#endif // PATCHBAY_H
