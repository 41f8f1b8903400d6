#!/usr/bin/env python3
"""Listens to a patchbay publisher, with nothing but Python's standard library.

It reads the format that wire.md describes: verifies checksums and sequences, rebuilds the books
with exact decimals, and prints what came. It shares no code with the host, so that it also is a
second opinion on the format.

    wire_reader.py --group 239.255.42.1 --port 9001 --seconds 30
    wire_reader.py --file datagrams.bin --json --levels 5
    wire_reader.py --file datagrams.bin --follow --levels 20 --drop 7:3

A file holds datagrams, each behind its length as u32, little-endian.
"""

import argparse
import heapq
import json
import random
import socket
import struct
import sys
import time

HEADER = struct.Struct("<2sBBBBHIIQqqqQbbHHI")
LAST, SNAPSHOT, RETRANSMIT, STALE, FIRST = 1, 2, 4, 8, 16
KINDS = [None, "Trade", "Book", "Quote", "Order", "Nbbo", "Features", "Signal", "Instrument",
         "Venue", "Heartbeat", "BookState", "End", "Name"]
STATES = ["empty", "syncing", "live", "stale"]
ASSETS = [None, "spot", "linear", "inverse", "option", "equity", "consolidated"]
SILENCE = 0.35


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc_table()


def crc32c(data):
    crc, table = 0xFFFFFFFF, TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def decimal(mantissa, exp):
    """Exact text of mantissa x 10^exp, with all its places."""
    sign, digits = "-" if mantissa < 0 else "", str(abs(mantissa))
    if exp >= 0:
        return sign + digits + ("0" * exp if mantissa else "")
    digits = digits.rjust(1 - exp, "0")
    return f"{sign}{digits[:exp]}.{digits[exp:]}"


class Wrong(Exception):
    """The datagram breaks the format."""


class Book:
    """Levels by price; good only if whole since a snapshot, no hole having come since."""

    def __init__(self):
        self.live = False
        self.exps = None
        self.venue_sequence = 0
        self.void()

    def void(self):
        self.bids, self.asks = {}, {}
        self.whole = False
        self.update = self.snapshot = self.between = None

    def part(self, header, bids, asks):
        if self.exps != header["exps"]:
            self.void()
            self.exps = header["exps"]
        if header["flags"] & STALE:
            self.live = False
        if header["flags"] & SNAPSHOT:
            self.take_snapshot(header, bids, asks)
        else:
            self.take_update(header, bids, asks)

    def take_snapshot(self, header, bids, asks):
        if header["flags"] & FIRST:
            self.snapshot, self.between = ([], []), []
        if self.snapshot is None:
            return
        self.snapshot[0].extend(bids)
        self.snapshot[1].extend(asks)
        if not header["flags"] & LAST:
            return
        (bids, asks), between = self.snapshot, self.between
        self.snapshot = self.between = None
        self.bids, self.asks = dict(bids), dict(asks)
        if len(self.bids) != len(bids) or len(self.asks) != len(asks):
            raise Wrong("a snapshot states a price twice")
        self.whole, self.live = True, not header["flags"] & STALE
        self.venue_sequence = header["venue_sequence"]
        for update in between:
            self.apply(*update)

    def take_update(self, header, bids, asks):
        if header["flags"] & FIRST:
            self.update = ([], [])
        if self.update is None:
            return
        self.update[0].extend(bids)
        self.update[1].extend(asks)
        if not header["flags"] & LAST:
            return
        update = (header["venue_sequence"], *self.update)
        self.update = None
        if self.between is not None:
            self.between.append(update)
        if self.whole:
            self.apply(*update)

    def apply(self, venue_sequence, bids, asks):
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, qty in levels:
                if qty:
                    side[price] = qty
                else:
                    side.pop(price, None)
        self.venue_sequence = venue_sequence


class Channel:
    """One channel of one session."""

    def __init__(self):
        self.next = None
        self.heard = 0.0
        self.ended = False
        self.holes = self.lost = self.old = self.taken = 0
        self.books, self.instruments, self.names = {}, {}, {}

    def hole(self, missing):
        self.holes += 1
        self.lost += missing
        for book in self.books.values():
            book.void()


class Reader:
    """Takes datagrams as they arrive."""

    def __init__(self):
        self.sessions = {}
        self.retired = set()
        self.channels = {}
        self.venues, self.lines = {}, {}
        self.kinds = {}
        self.datagrams = self.texts = self.crc_errors = self.decode_errors = self.restarts = 0

    def datagram(self, data):
        self.datagrams += 1
        try:
            if data[:2] == b"PB":
                self.binary(data)
            else:
                self.text(data)
        except (Wrong, struct.error, UnicodeDecodeError, IndexError):
            self.decode_errors += 1

    def text(self, data):
        self.texts += 1
        fields = data.decode("ascii").split("|")
        if (fields[0], len(fields)) not in (("EXCHANGE", 6), ("CONN", 5)):
            raise Wrong("not a monitoring line")
        self.lines["|".join(fields[:3] if fields[0] == "EXCHANGE" else fields[:2])] = fields

    def binary(self, data):
        (_, version, kind, flags, channel, venue, instrument, session, sequence, exchange_ts,
         receive_ts, send_ts, venue_sequence, price_exp, qty_exp, count, length,
         crc) = HEADER.unpack_from(data)
        if version != 1 or length != len(data) - HEADER.size:
            raise Wrong("version or length")
        if crc32c(data[:62] + bytes(4) + data[66:]) != crc:
            self.crc_errors += 1
            return
        if channel not in (1, 2):
            raise Wrong("channel")
        header = {"kind": kind, "flags": flags, "venue": venue, "instrument": instrument,
                  "sequence": sequence, "exps": (price_exp, qty_exp), "count": count,
                  "venue_sequence": venue_sequence, "exchange_ts": exchange_ts,
                  "receive_ts": receive_ts, "send_ts": send_ts}
        publisher = session >> 24
        if not self.in_session(publisher, session):
            return
        line = self.channels.setdefault((publisher, channel), Channel())
        if line.next is not None and sequence < line.next:
            line.old += 1
            return
        if line.next is not None and sequence > line.next:
            line.hole(sequence - line.next)
        line.next, line.heard = sequence + 1, time.monotonic()
        line.taken += 1
        name = KINDS[kind] if kind < len(KINDS) else str(kind)
        self.kinds[name] = self.kinds.get(name, 0) + 1
        try:
            self.take(publisher, line, header, data[HEADER.size:])
        except Exception:
            line.hole(1)
            raise

    def in_session(self, publisher, session):
        """Whether the session is the publisher's present one; a new one voids all of the old."""
        known = self.sessions.get(publisher)
        if session in self.retired:
            return False
        if known is not None and known != session:
            self.retired.add(known)
            self.restarts += 1
            for key in [key for key in self.channels if key[0] == publisher]:
                del self.channels[key]
        self.sessions[publisher] = session
        return True

    def take(self, publisher, line, header, payload):
        kind, instrument = header["kind"], header["instrument"]
        if header["flags"] & STALE and kind != 2 and instrument in line.books:
            line.books[instrument].live = False
            line.books[instrument].void()
        if kind == 2:
            book = line.books.setdefault(instrument, Book())
            book.part(header, *levels(payload, header["count"]))
        elif kind == 8:
            line.instruments[instrument] = definition(payload, instrument)
        elif kind == 9:
            venue, connected, disconnected, total = struct.unpack_from("<4H", payload)
            name, assets = strings(payload, 8, 2)
            self.venues[(publisher, venue)] = {
                "name": name, "asset_types": assets, "connected": connected,
                "disconnected": disconnected, "total": total}
        elif kind == 10:
            following, _ = exactly("<QQ", payload)
            if following > line.next:
                line.hole(following - line.next)
                line.next = following
        elif kind == 11:
            state, _, _, _ = exactly("<BBHI", payload)
            book = line.books.setdefault(instrument, Book())
            book.live = STATES[state] == "live"
            if not book.live:
                book.void()
        elif kind == 12:
            line.ended = True
        elif kind == 13:
            space, number = struct.unpack_from("<B7xI", payload)
            line.names[(space, number)] = strings(payload, 12, 2)[0]
        elif kind in SIZES:
            if len(payload) != SIZES[kind] * (header["count"] if kind in (1, 4, 6) else 1):
                raise Wrong("length of the payload")

    def status(self, line, book, silence):
        if line.ended:
            return "ended"
        if silence and time.monotonic() - line.heard > SILENCE:
            return "silent"
        if book.whole:
            return "good" if book.live else "not live"
        return "incomplete" if book.live else "not live"

    def report(self, most, silence):
        """Everything that came, ready for JSON."""
        books = []
        for (publisher, channel), line in sorted(self.channels.items()):
            for instrument, book in sorted(line.books.items()):
                about = {"publisher": publisher, "channel": channel, "instrument": instrument,
                         "status": self.status(line, book, silence)}
                about.update(line.instruments.get(instrument, {}))
                # Of an ended session, what stood there to the last.
                whole = line.ended and book.whole and book.live
                if about["status"] == "good" or whole:
                    about["venue_sequence"] = book.venue_sequence
                    about["bids"] = top(book.bids, book.exps, most, True)
                    about["asks"] = top(book.asks, book.exps, most, False)
                books.append(about)
        lines = self.channels.values()
        return {"datagrams": self.datagrams, "texts": self.texts, "kinds": self.kinds,
                "crc_errors": self.crc_errors, "decode_errors": self.decode_errors,
                "restarts": self.restarts, "taken": sum(line.taken for line in lines),
                "holes": sum(line.holes for line in lines),
                "lost": sum(line.lost for line in lines), "old": sum(line.old for line in lines),
                "venues": list(self.venues.values()), "books": books}


SIZES = {1: 32, 3: 40, 4: 40, 5: 48, 6: 16, 7: 24}


class Follower:
    """Prints every good book that a datagram has changed, a JSON line each."""

    def __init__(self, reader, most, silence):
        self.reader, self.most, self.silence = reader, most, silence

    def look(self, data):
        if data[:2] != b"PB" or len(data) < HEADER.size or data[3] not in (2, 11):
            return
        fields = HEADER.unpack_from(data)
        channel, instrument, publisher = fields[4], fields[6], fields[7] >> 24
        line = self.reader.channels.get((publisher, channel))
        book = line and line.books.get(instrument)
        about = line and line.instruments.get(instrument)
        if not book or not about or self.reader.status(line, book, self.silence) != "good":
            return
        print(json.dumps({
            "symbol": about["symbol"], "kind": about["kind"],
            "venue_sequence": book.venue_sequence,
            "bids": top(book.bids, book.exps, self.most, True),
            "asks": top(book.asks, book.exps, self.most, False)}))


def exactly(form, payload):
    if struct.calcsize(form) != len(payload):
        raise Wrong("length of the payload")
    return struct.unpack(form, payload)


def levels(payload, count):
    bids, asks, reserved = struct.unpack_from("<HHI", payload)
    if bids + asks != count or reserved or len(payload) != 8 + 16 * count:
        raise Wrong("levels")
    rows = list(struct.iter_unpack("<qq", payload[8:]))
    return rows[:bids], rows[bids:]


def strings(payload, at, count):
    found = []
    for _ in range(count):
        end = at + 1 + payload[at]
        if end > len(payload):
            raise Wrong("string")
        found.append(payload[at + 1:end].decode("utf-8"))
        at = end
    if at != len(payload):
        raise Wrong("bytes behind the last string")
    return found


def definition(payload, instrument):
    stated, venue, kind, _, _ = struct.unpack_from("<IHBbb", payload)
    if stated != instrument:
        raise Wrong("instrument")
    symbol, canonical, base, quote, settle = strings(payload, 56, 5)
    return {"venue": venue, "kind": ASSETS[kind], "symbol": symbol, "canonical": canonical,
            "base": base, "quote": quote, "settle": settle}


def top(side, exps, most, descending):
    if most:
        prices = (heapq.nlargest if descending else heapq.nsmallest)(most, side)
    else:
        prices = sorted(side, reverse=descending)
    return [[decimal(price, exps[0]), decimal(side[price], exps[1])] for price in prices]


def from_file(path):
    with open(path, "rb") as file:
        while size := file.read(4):
            yield file.read(struct.unpack("<I", size)[0])


def from_network(group, port, interface, seconds):
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # Linux, as root: beyond the system's bound for everybody (SO_RCVBUFFORCE).
            receiver.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
        except OSError:
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        receiver.bind((group, port))
        member = socket.inet_aton(group) + socket.inet_aton(interface)
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        while (left := end - time.monotonic()) > 0:
            receiver.settimeout(left)
            try:
                yield receiver.recv(65536)
            except socket.timeout:
                return


def show(report):
    for key in ("datagrams", "texts", "taken", "holes", "lost", "old", "crc_errors",
                "decode_errors", "restarts"):
        print(f"{key:14} {report[key]}")
    for kind, count in sorted(report["kinds"].items()):
        print(f"  {kind:12} {count}")
    for venue in report["venues"]:
        print(f"{venue['name']}: {venue['connected']} of {venue['total']} connections")
    for book in report["books"]:
        symbol = book.get("symbol", f"instrument {book['instrument']}")
        print(f"{symbol} {book.get('kind', '')}: {book['status']}")
        for bid, ask in zip(book.get("bids", []), book.get("asks", [])):
            print(f"  {bid[1]:>22} {bid[0]:>18}   {ask[0]:<18} {ask[1]}")


def main():
    parser = argparse.ArgumentParser(description="Listen to a patchbay publisher.")
    parser.add_argument("--group", default="239.255.42.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--interface", default="0.0.0.0", help="address of the local interface")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--file", help="read datagrams from a file instead of the network")
    parser.add_argument("--drop", metavar="SEED:PERCENT", default="0:0",
                        help="lose so many of the datagrams, by chance")
    parser.add_argument("--levels", type=int, default=5, help="levels a side; 0 for all")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--follow", action="store_true",
                        help="print every good book as it changes, a JSON line each")
    args = parser.parse_args()
    reader = Reader()
    source = (from_file(args.file) if args.file else
              from_network(args.group, args.port, args.interface, args.seconds))
    seed, percent = args.drop.split(":")
    chance = random.Random(int(seed))
    follower = Follower(reader, args.levels, not args.file) if args.follow else None
    for data in source:
        if chance.random() * 100 >= float(percent):
            reader.datagram(data)
            if follower:
                follower.look(data)
    report = reader.report(args.levels, not args.file)
    if args.follow:
        return
    if args.json:
        json.dump(report, sys.stdout)
        print()
    else:
        show(report)


if __name__ == "__main__":
    main()
