//! What every venue's table has: products, hosts, intervals, limits.

use patchbay_model::{Instrument, Nanos};
use patchbay_plugin::abi::BucketCost;
use patchbay_plugin::{Bucket, Config, Error};

use crate::policy::Policy;
use crate::{Line, Product, Use, Venue};

const SECOND: Nanos = 1_000_000_000;

/// One product's hosts: `rest.NAME`, `stream.NAME`, `silence_s.NAME`, `snapshot_levels.NAME`,
/// `lists.NAME`, or without `.NAME` where all have the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Host {
    /// REST, with scheme.
    pub rest: String,
    /// Websockets, with scheme, without the path.
    pub stream: String,
    /// A connection is dead after so long without any frame; 0 for the host's default.
    pub silence: Nanos,
    /// Levels a side that a book is asked for with; 0 for all.
    pub levels: u32,
    /// Queries, `?` and all, whose answers together are the list of instruments; empty where it is
    /// one list without a query.
    pub lists: Vec<String>,
}

/// A venue's table as the SDK uses it. Keys of its own a venue reads itself.
#[derive(Debug)]
pub struct Settings {
    /// Places of the products in use, by `products`; all without that key.
    pub products: Vec<u8>,
    hosts: Vec<Host>,
    /// `symbols_per_connection`.
    pub symbols_per_connection: usize,
    /// `life_s`: age at which a connection is replaced; 0 for never.
    pub life: Nanos,
    /// Capacities of [`Streams::LIMITS`](crate::Streams::LIMITS), by product.
    limits: Vec<Vec<u32>>,
    /// Intervals of [`Calls::CALLS`](crate::Calls::CALLS).
    pub(crate) every: Vec<Nanos>,
    /// Of [`Instruments::QUOTES`](crate::Instruments::QUOTES).
    policies: Vec<Policy>,
    facts: &'static [Product],
}

/// Reads a table in the units that adapters use.
#[derive(Clone, Copy, Debug)]
pub struct Table<'c>(pub &'c Config<'c>);

impl Table<'_> {
    /// `key.NAME` of a product, or else `key`.
    fn of(&self, key: &str, product: &Product) -> String {
        let own = format!("{key}.{}", product.name);
        if self.0.value(&own).is_some() { own } else { key.to_owned() }
    }

    /// Text; empty if the key is missing.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn text(&self, key: &str) -> Result<String, Error> {
        match self.0.value(key) {
            Some(_) => Ok(self.0.text(key)?.to_owned()),
            None => Ok(String::new()),
        }
    }

    /// A number of things, at most 32 bits; 0 if the key is missing.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn count(&self, key: &str) -> Result<u32, Error> {
        match self.0.value(key) {
            Some(_) => Ok(u32::try_from(self.0.int(key)?.max(0)).unwrap_or(u32::MAX)),
            None => Ok(0),
        }
    }

    /// The same for a product.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn count_of(&self, key: &str, product: &Product) -> Result<u32, Error> {
        self.count(&self.of(key, product))
    }

    /// Texts of a list for a product; none if the key is missing.
    pub fn texts_of(&self, key: &str, product: &Product) -> Vec<String> {
        let own: Vec<_> = self.0.texts(&format!("{key}.{}", product.name)).collect();
        let all = if own.is_empty() { self.0.texts(key).collect() } else { own };
        all.into_iter().map(str::to_owned).collect()
    }

    /// Seconds, as ns.
    ///
    /// # Errors
    ///
    /// If it is something else.
    pub fn seconds(&self, key: &str) -> Result<Nanos, Error> {
        Ok(Nanos::from(self.count(key)?) * SECOND)
    }
}

impl Settings {
    /// From a venue's table.
    pub(crate) fn read<V: Venue>(config: &Config<'_>) -> Result<Self, Error> {
        let table = Table(config);
        let host = |product: &Product| {
            Ok::<_, Error>(Host {
                rest: table.text(&table.of("rest", product))?,
                stream: table.text(&table.of("stream", product))?,
                silence: table.seconds(&table.of("silence_s", product))?,
                levels: table.count_of("snapshot_levels", product)?,
                lists: table.texts_of("lists", product),
            })
        };
        let limits = |product: &Product| {
            let capacity = |limit: &crate::Limit| table.count_of(limit.key, product);
            V::LIMITS.iter().map(capacity).collect::<Result<Vec<_>, _>>()
        };
        let place = |name: &str| {
            let place = V::PRODUCTS.iter().position(|p| p.name == name);
            let names = || V::PRODUCTS.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
            let place = place.and_then(|place| u8::try_from(place).ok());
            place.ok_or_else(|| Error::new(format!("product `{name}`: use one of {}", names())))
        };
        let mut products = config.texts("products").map(place).collect::<Result<Vec<_>, _>>()?;
        if products.is_empty() {
            products = (0..V::PRODUCTS.len() as u8).collect();
        }
        Ok(Self {
            products,
            hosts: V::PRODUCTS.iter().map(host).collect::<Result<_, _>>()?,
            symbols_per_connection: table.count("symbols_per_connection")?.max(1) as usize,
            life: table.seconds("life_s")?,
            limits: V::PRODUCTS.iter().map(limits).collect::<Result<_, _>>()?,
            every: V::CALLS.iter().map(|c| table.seconds(c.every)).collect::<Result<_, _>>()?,
            policies: V::QUOTES
                .iter()
                .map(|q| Policy::read(q, config))
                .collect::<Result<_, _>>()?,
            facts: V::PRODUCTS,
        })
    }

    /// A product's hosts.
    pub fn host(&self, product: u8) -> &Host {
        &self.hosts[usize::from(product)]
    }

    /// Adds to an instrument what only the table knows: `name`, or else that of its quote currency.
    ///
    /// # Errors
    ///
    /// If the table does not fit it.
    pub(crate) fn complete(
        &self,
        name: Option<&str>,
        instrument: &mut Instrument,
    ) -> Result<(), Error> {
        self.policies.iter().try_for_each(|policy| policy.complete(name, instrument))
    }

    /// The product behind a URL: a configured host with the line's path, or a known mark.
    pub(crate) fn product_of<V: Venue>(&self, url: &str) -> Option<u8> {
        let base = url.split('?').next().unwrap_or_default();
        let all = 0..self.facts.len() as u8;
        let ours = |product: &u8| {
            let (host, facts) = (self.host(*product), &self.facts[usize::from(*product)]);
            let begins = |host: &str, path| base.starts_with(&format!("{host}{path}"));
            let path = |route| V::path(Line { product: *product, route });
            begins(&host.rest, "") && self.alone(|host| &host.rest, &host.rest)
                || begins(&host.stream, "") && self.alone(|host| &host.stream, &host.stream)
                || (0..facts.routes).any(|route| begins(&host.stream, path(route)))
        };
        let looks = |product: &u8| {
            self.facts[usize::from(*product)].marks.iter().any(|mark| url.contains(mark))
        };
        all.clone().find(ours).or_else(|| all.rev().find(looks))
    }

    /// Whether no two products have this host.
    fn alone(&self, of: impl for<'h> Fn(&'h Host) -> &'h str, name: &str) -> bool {
        self.hosts.iter().filter(|host| of(host) == name).count() == 1
    }

    /// The limits of the products in use, numbered by product and place.
    pub(crate) fn buckets<V: Venue>(&self) -> Vec<Bucket> {
        let each = |&product: &u8| V::LIMITS.iter().enumerate().map(move |limit| (product, limit));
        let bucket = |(product, (place, limit)): (u8, (usize, &crate::Limit))| {
            let name = format!("{} {}", self.facts[usize::from(product)].name, limit.name);
            let capacity = self.limits[usize::from(product)][place];
            let id = Self::bucket::<V>(product, place);
            Bucket::filling(id, name, capacity, limit.seconds, limit.scope)
        };
        self.products.iter().flat_map(each).map(bucket).collect()
    }

    const fn bucket<V: Venue>(product: u8, place: usize) -> u32 {
        product as u32 * V::LIMITS.len() as u32 + place as u32
    }

    /// What a use of `weight` costs.
    pub(crate) fn costs<V: Venue>(&self, product: u8, of: Use, weight: u32) -> Vec<BucketCost> {
        let limits = V::LIMITS.iter().enumerate().filter(|(_, limit)| limit.of == of);
        let cost =
            |(place, _)| BucketCost { bucket: Self::bucket::<V>(product, place), cost: weight };
        limits.map(cost).collect()
    }
}
