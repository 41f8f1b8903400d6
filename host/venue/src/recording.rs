//! A capture set in memory: frames by stream, books by segment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use patchbay_history::{Captures, Event};

use crate::copies::Copies;
use crate::error::VenueError;
use crate::protocol::{Depth, Listing, Product, Protocol, Reply};
use crate::track::{Places, Snapshot, Track};

/// Bytes of frames and answers that a recording holds at most.
pub const MAX_RECORDING_BYTES: usize = 2 << 30;

/// One recorded frame.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Local receive time.
    pub(crate) at_ns: i64,
    /// Place in [`Recording::streams`].
    pub(crate) stream: u32,
    /// Ids, if it is about a book.
    pub(crate) depth: Option<Depth>,
    /// It is a whole book.
    pub(crate) whole: bool,
    start: usize,
    len: u32,
    payload: (u32, u32),
    /// It lies before the place where its book's snapshot joins, and is never played.
    pub(crate) held: bool,
}

/// A stream that the recording holds.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) product: Product,
    pub(crate) name: String,
    pub(crate) symbol: String,
}

/// A capture set, loaded once and shared.
///
/// # Where a book's playback begins
///
/// A recorder asks for a snapshot after it has subscribed, so the first recorded changes of a book
/// are older than the snapshot, and no true book can be served for them. They are therefore never
/// played: playback of a symbol's depth begins with the frame at which its recorded snapshot joins
/// (its *splice point*). Until that frame has been played, `/depth` answers with the recorded
/// snapshot; afterwards with that snapshot and all changes played since. Where the recorded chain
/// of ids breaks, the frames are still played, as a client of that day saw them, and `/depth` is
/// refused until a later recorded snapshot joins. A symbol without a snapshot is played from its
/// first frame and `/depth` is refused.
///
/// Where books come over the stream, a whole one is a snapshot and a frame at once: playback begins
/// with the first, and a client that subscribes later is sent the book as it then is.
#[derive(Debug)]
pub struct Recording {
    arena: Vec<u8>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) streams: Vec<Stream>,
    pub(crate) tracks: Vec<Track>,
    /// By product, and by name where there are several lists.
    instruments: BTreeMap<(Product, String), Vec<u8>>,
    listings: BTreeMap<Product, Vec<Listing>>,
    products: Vec<Product>,
}

/// What the first pass keeps of a record, until the products of all connections are known.
pub(crate) struct Raw {
    pub(crate) at_ns: i64,
    pub(crate) conn: u32,
    pub(crate) start: usize,
    pub(crate) len: usize,
    /// `Some` for a REST answer.
    pub(crate) url: Option<String>,
}

/// The connections of a capture.
pub(crate) type Conns = BTreeMap<u32, Conn>;

/// What is known of a connection of the capture.
#[derive(Default)]
pub(crate) struct Conn {
    pub(crate) product: Option<Product>,
    /// Symbols of its depth frames, for snapshots that do not name theirs.
    symbols: Vec<String>,
}

impl Recording {
    /// Loads captures, merged by time.
    ///
    /// # Errors
    ///
    /// Those of the importers, [`VenueError::NothingToServe`], [`VenueError::TooLarge`].
    pub fn load<P: AsRef<Path>>(
        paths: &[P],
        protocol: &dyn Protocol,
    ) -> Result<Arc<Self>, VenueError> {
        let (arena, raws, conns) = Self::read(paths, protocol)?;
        Self::sorted(arena, raws, conns, protocol)
    }

    /// Loads captures to be served under many symbols.
    ///
    /// # Errors
    ///
    /// Those of [`load`](Self::load).
    pub fn load_copies<P: AsRef<Path>>(
        paths: &[P],
        protocol: &dyn Protocol,
        copies: &Copies,
    ) -> Result<Arc<Self>, VenueError> {
        let (arena, raws, mut conns) = Self::read(paths, protocol)?;
        let (arena, raws) = copies.of((&arena, &raws), &mut conns, protocol);
        if arena.len() > MAX_RECORDING_BYTES {
            return Err(VenueError::TooLarge { limit: MAX_RECORDING_BYTES });
        }
        Self::sorted(arena, raws, conns, protocol)
    }

    /// Of a venue of which nothing is recorded: it lists `symbols` of its first product, takes every
    /// subscription, and has no frame of any.
    pub fn none(symbols: &[&str]) -> Arc<Self> {
        let product = Product(0);
        let stream = |symbol: &&str| {
            let symbol = (*symbol).to_owned();
            Stream { product, name: symbol.clone(), symbol }
        };
        let listing =
            |symbol: &&str| Listing { symbol: (*symbol).to_owned(), ..Listing::default() };
        let listings = symbols.iter().map(listing).collect();
        Arc::new(Self {
            streams: symbols.iter().map(stream).collect(),
            listings: BTreeMap::from([(product, listings)]),
            products: vec![product],
            ..Self::empty(Vec::new())
        })
    }

    const fn empty(arena: Vec<u8>) -> Self {
        Self {
            arena,
            frames: Vec::new(),
            streams: Vec::new(),
            tracks: Vec::new(),
            instruments: BTreeMap::new(),
            listings: BTreeMap::new(),
            products: Vec::new(),
        }
    }

    fn read<P: AsRef<Path>>(
        paths: &[P],
        protocol: &dyn Protocol,
    ) -> Result<(Vec<u8>, Vec<Raw>, Conns), VenueError> {
        let mut captures = Captures::open(paths)?;
        let (mut arena, mut raws) = (Vec::new(), Vec::new());
        let mut conns = Conns::new();
        while let Some(record) = captures.next()? {
            let conn = conns.entry(record.conn).or_default();
            let (data, url) = match record.event {
                Event::Open { url } => {
                    conn.product = protocol.product_of_url(url);
                    continue;
                }
                Event::Frame { data, .. } => {
                    if conn.product.is_none() {
                        conn.product = protocol.product_of_frame(data);
                    }
                    (data, None)
                }
                Event::Reply { url, body } => (body, Some(url.to_owned())),
                Event::Sent { .. } | Event::Close => continue,
            };
            if arena.len() + data.len() > MAX_RECORDING_BYTES {
                return Err(VenueError::TooLarge { limit: MAX_RECORDING_BYTES });
            }
            let (at_ns, conn, start) = (record.at_ns, record.conn, arena.len());
            arena.extend_from_slice(data);
            raws.push(Raw { at_ns, conn, start, len: data.len(), url });
        }
        Ok((arena, raws, conns))
    }

    fn sorted(
        arena: Vec<u8>,
        raws: Vec<Raw>,
        mut conns: Conns,
        protocol: &dyn Protocol,
    ) -> Result<Arc<Self>, VenueError> {
        let mut recording = Self::empty(arena);
        recording.sort_frames(&raws, &mut conns, protocol)?;
        recording.sort_replies(&raws, &conns, protocol);
        recording.finish(protocol);
        Ok(Arc::new(recording))
    }

    fn sort_frames(
        &mut self,
        raws: &[Raw],
        conns: &mut Conns,
        protocol: &dyn Protocol,
    ) -> Result<(), VenueError> {
        let mut known: BTreeMap<(Product, String), u32> = BTreeMap::new();
        let mut seen = 0;
        for raw in raws.iter().filter(|raw| raw.url.is_none()) {
            seen += 1;
            let bytes = &self.arena[raw.start..raw.start + raw.len];
            let conn = conns.entry(raw.conn).or_default();
            let (Some(product), Some(told)) = (conn.product, protocol.told(bytes)) else {
                continue;
            };
            if told.depth.is_some() && !conn.symbols.contains(&told.symbol) {
                conn.symbols.push(told.symbol.clone());
            }
            let next = u32::try_from(self.streams.len()).unwrap_or(u32::MAX);
            let key = (product, told.stream);
            let stream = *known.entry(key).or_insert_with_key(|(product, name)| {
                let (product, name) = (*product, name.clone());
                self.streams.push(Stream { product, name, symbol: told.symbol });
                next
            });
            let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let index = self.frames.len();
            self.frames.push(Frame {
                at_ns: raw.at_ns,
                stream,
                depth: told.depth,
                whole: told.whole,
                start: raw.start,
                len: short(raw.len),
                payload: (short(told.payload.start), short(told.payload.end)),
                held: false,
            });
            if told.depth.is_some() {
                let track = self.tracks.iter().position(|track| track.stream == stream);
                let track = match track {
                    Some(place) => place,
                    None => {
                        self.tracks.push(Track::new(stream));
                        self.tracks.len() - 1
                    }
                };
                let track = &mut self.tracks[track];
                track.frames.push(index);
                if told.whole {
                    let (start, len) = (raw.start + told.payload.start, told.payload.len());
                    let id = told.depth.map_or(0, |depth| depth.last);
                    track.snapshots.push(Snapshot { id, start, len });
                }
            }
        }
        self.products = self.streams.iter().map(|s| s.product).collect();
        self.products.sort();
        self.products.dedup();
        match self.frames.is_empty() {
            true => Err(VenueError::NothingToServe { protocol: protocol.name(), frames: seen }),
            false => Ok(()),
        }
    }

    fn sort_replies(&mut self, raws: &[Raw], conns: &Conns, protocol: &dyn Protocol) {
        for raw in raws {
            let Some(url) = &raw.url else { continue };
            let body = &self.arena[raw.start..raw.start + raw.len];
            let conn = conns.get(&raw.conn).filter(|_| raw.conn != 0);
            let only = || self.products.first().copied().filter(|_| self.products.len() == 1);
            let product = protocol.product_of_url(url);
            let product = product.or_else(|| conn.and_then(|conn| conn.product)).or_else(only);
            match (product, protocol.reply(url, body)) {
                (Some(product), Some(reply @ (Reply::Instruments | Reply::List(_)))) => {
                    let list = if let Reply::List(name) = reply { name } else { String::new() };
                    self.instruments.entry((product, list)).or_insert_with(|| body.to_owned());
                }
                (Some(product), Some(Reply::Snapshot { symbol, id })) => {
                    // A recorder that writes no URL records one symbol a connection.
                    let lone = || match conn.map(|conn| conn.symbols.as_slice()) {
                        Some([symbol]) => Some(symbol.clone()),
                        _ => None,
                    };
                    let Some(symbol) = symbol.or_else(lone) else { continue };
                    for track in &mut self.tracks {
                        let stream = &self.streams[track.stream as usize];
                        if (stream.product, &stream.symbol) == (product, &symbol) {
                            track.snapshots.push(Snapshot { id, start: raw.start, len: raw.len });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Finds the segments of every book, and what instruments look like.
    fn finish(&mut self, protocol: &dyn Protocol) {
        let mut tracks = std::mem::take(&mut self.tracks);
        for track in &mut tracks {
            let product = self.streams[track.stream as usize].product;
            track.find_segments(product, &self.frames, protocol);
            for &index in &track.frames[..track.held(&self.frames)] {
                self.frames[index].held = true;
            }
        }
        self.tracks = tracks;
        for &product in &self.products {
            if self.instruments(product, "").is_none() {
                let listings = self.listings_of(product, protocol);
                self.listings.insert(product, listings);
            }
        }
    }

    fn listings_of(&self, product: Product, protocol: &dyn Protocol) -> Vec<Listing> {
        let mut listings: BTreeMap<&str, Listing> = BTreeMap::new();
        for track in &self.tracks {
            let stream = &self.streams[track.stream as usize];
            if stream.product != product {
                continue;
            }
            let mut places = Places::default();
            let snapshots = track.snapshots.iter().map(|snapshot| self.snapshot(snapshot));
            let frames = track.frames.iter().map(|&index| self.payload(index));
            for bytes in snapshots.chain(frames) {
                places.widen(bytes, &protocol.levels(bytes));
            }
            listings.insert(&stream.symbol, places.listing(&stream.symbol));
        }
        for stream in self.streams.iter().filter(|s| s.product == product) {
            let symbol = stream.symbol.clone();
            listings
                .entry(&stream.symbol)
                .or_insert_with(|| Listing { symbol, ..Listing::default() });
        }
        listings.into_values().collect()
    }

    /// The frame as it was recorded.
    pub(crate) fn bytes(&self, index: usize) -> &[u8] {
        let frame = &self.frames[index];
        &self.arena[frame.start..frame.start + frame.len as usize]
    }

    /// Its payload, without the wrapper of combined streams.
    pub(crate) fn payload(&self, index: usize) -> &[u8] {
        let (from, to) = self.frames[index].payload;
        &self.bytes(index)[from as usize..to as usize]
    }

    pub(crate) fn snapshot(&self, snapshot: &Snapshot) -> &[u8] {
        &self.arena[snapshot.start..snapshot.start + snapshot.len]
    }

    /// The stream that a client of `product` means by `asked`.
    pub(crate) fn find(
        &self,
        product: Product,
        asked: &str,
        protocol: &dyn Protocol,
    ) -> Option<u32> {
        let ours = |stream: &&Stream| stream.product == product;
        let exact = self.streams.iter().position(|s| ours(&s) && s.name == asked);
        let same =
            || self.streams.iter().position(|s| ours(&s) && protocol.same_stream(&s.name, asked));
        exact.or_else(same).and_then(|place| u32::try_from(place).ok())
    }

    /// Whether a symbol of a product is in the recording, in its list of instruments too.
    pub(crate) fn knows(&self, product: Product, symbol: &str) -> bool {
        let listed = || {
            let quoted = format!("\"{symbol}\"");
            let mut lists = self.instruments.iter().filter(|((of, _), _)| *of == product);
            lists.any(|(_, list)| list.windows(quoted.len()).any(|at| at == quoted.as_bytes()))
        };
        self.streams.iter().any(|s| s.product == product && s.symbol == symbol) || listed()
    }

    /// The recorded list of instruments; of several, the one of that name.
    pub(crate) fn instruments(&self, product: Product, list: &str) -> Option<&[u8]> {
        self.instruments.get(&(product, list.to_owned())).map(Vec::as_slice)
    }

    /// What symbols look like, where no list was recorded.
    pub(crate) fn listings(&self, product: Product) -> &[Listing] {
        self.listings.get(&product).map_or(&[], Vec::as_slice)
    }

    /// Products that it holds.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Names of the streams that it holds, by product.
    pub fn streams(&self) -> impl Iterator<Item = (Product, &str)> {
        self.streams.iter().map(|stream| (stream.product, stream.name.as_str()))
    }

    /// Symbols that it holds streams of whose names are `wanted`, by product, each once.
    pub fn symbols(&self, wanted: impl Fn(&str) -> bool) -> BTreeSet<(Product, &str)> {
        let wanted = self.streams.iter().filter(|stream| wanted(&stream.name));
        let of = wanted.map(|stream| (stream.product, stream.symbol.as_str()));
        of.filter(|(_, symbol)| !symbol.is_empty()).collect()
    }

    /// How many frames it holds, those before a splice point included.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// The frame at a place of the recording, as it was recorded.
    pub fn frame(&self, place: usize) -> Option<&[u8]> {
        (place < self.frames.len()).then(|| self.bytes(place))
    }

    /// The frames of a stream that are played, in order, as they were recorded.
    pub fn played<'r>(&'r self, product: Product, name: &str) -> impl Iterator<Item = &'r [u8]> {
        self.places(product, name).map(|index| self.bytes(index))
    }

    /// The place in the recording of the frame of a stream that is played after `before` others:
    /// what [`FaultEntry::frame`](crate::FaultEntry::frame) says of it. A fault that is due one
    /// later ([`When::Frame`](crate::When::Frame)) strikes it and none before.
    pub fn place(&self, product: Product, name: &str, before: usize) -> Option<usize> {
        self.places(product, name).nth(before)
    }

    fn places(&self, product: Product, name: &str) -> impl Iterator<Item = usize> {
        let place = self.streams.iter().position(|s| s.product == product && s.name == name);
        let place = place.and_then(|place| u32::try_from(place).ok());
        let frames = self.frames.iter().enumerate();
        frames.filter(move |(_, f)| Some(f.stream) == place && !f.held).map(|(index, _)| index)
    }
}
