//! `patchbay monitor`: what is on the line, and which connections feed it.

use std::collections::BTreeMap;
use std::io::{ErrorKind, IsTerminal, stdout};
use std::net::{SocketAddrV4, UdpSocket};
use std::thread;
use std::time::Duration;

use patchbay_control::{Client, Detail};
use patchbay_mcast::{Consumer, ConsumerConfig, Kind, Place, Received};
use patchbay_model::Nanos;
use patchbay_runtime::HostClock;
use patchbay_runtime::config::HostConfig;
use patchbay_runtime::live::{Group, LinesConfig, listen};
use patchbay_tui::{Attached, Gone, Options, Pane, Source, UdpLine, UdpStats, WsSource};

use crate::args::{MonitorCommand, UdpArgs};
use crate::console::say;
use crate::live::control_path;
use crate::signal::Stop;
use crate::{BAD_CONFIG, FAILED, Failure};

/// How often the sockets are emptied.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) fn run(command: &MonitorCommand) -> Result<(), Failure> {
    match command {
        MonitorCommand::Udp(args) => udp(args),
        MonitorCommand::Ws { control, json } => {
            let path = control_path(control.as_deref())?;
            if *json {
                let status = Client::connect(&path)?.status(&Detail::default())?;
                say(&serde_json::to_string(&status.connections)?);
                return Ok(());
            }
            let options = Options { pane: Pane::Connections, ..Options::default() };
            patchbay_tui::run(WsSource(Attached::to(&path)?), options)?;
            Ok(())
        }
    }
}

fn udp(args: &UdpArgs) -> Result<(), Failure> {
    let mut line = Line::join(&lines(args)?)?;
    if !args.json && args.limit.is_none() && stdout().is_terminal() {
        patchbay_tui::run(line, Options::default())?;
        return Ok(());
    }
    let stop = Stop::watch()?;
    let mut waited = Duration::ZERO;
    while !stop.is_asked() && args.limit.is_none_or(|limit| waited < limit) {
        thread::sleep(LOOK);
        waited += LOOK;
        line.read()?;
    }
    let stats = line.stats();
    say(&if args.json { serde_json::to_string(&stats)? } else { text(&stats) });
    Ok(())
}

fn lines(args: &UdpArgs) -> Result<LinesConfig, Failure> {
    let configured = args.config.as_deref().map(HostConfig::load).transpose();
    let configured = configured
        .map_err(|error| Failure { text: error.to_string(), code: BAD_CONFIG })?
        .map_or_else(LinesConfig::default, |host| host.multicast.lines);
    Ok(LinesConfig { interface: args.interface.unwrap_or(configured.interface), ..configured })
}

fn text(stats: &UdpStats) -> String {
    let lines = stats.lines.iter().map(|line| {
        let UdpLine { venue, kind, packets, bytes, holes, missing, .. } = line;
        format!("{venue:<12} {kind:<12} {packets:>10} packets {bytes:>12} bytes {holes} holes ({missing} missing)")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Both channels, joined, and what came over them.
struct Line {
    clock: HostClock,
    started: Nanos,
    sockets: Vec<(String, UdpSocket)>,
    consumer: Consumer,
    venues: BTreeMap<u16, String>,
    lines: BTreeMap<(String, u16, &'static str), UdpLine>,
    /// Packets and bytes at the last look, and when.
    before: BTreeMap<(String, u16, &'static str), (u64, u64)>,
    looked: Nanos,
    foreign: u64,
}

impl Line {
    fn join(config: &LinesConfig) -> Result<Self, Failure> {
        let clock = HostClock::start();
        let LinesConfig { groups, interface, .. } = *config;
        let join = |Group { address, port }: Group| {
            let socket = listen(SocketAddrV4::new(address, port), interface)?;
            Ok((format!("{address}:{port}"), socket))
        };
        let sockets = groups.into_iter().map(join).collect::<std::io::Result<Vec<_>>>();
        let sockets = sockets.map_err(|error| Failure {
            text: format!("cannot join the groups on interface {interface}: {error}"),
            code: FAILED,
        })?;
        Ok(Self {
            started: clock.now(),
            looked: clock.now(),
            clock,
            sockets,
            consumer: Consumer::new(ConsumerConfig::default()),
            venues: BTreeMap::new(),
            lines: BTreeMap::new(),
            before: BTreeMap::new(),
            foreign: 0,
        })
    }

    /// Takes all that waits.
    fn read(&mut self) -> std::io::Result<()> {
        let mut buffer = [0; 65_536];
        for at in 0..self.sockets.len() {
            loop {
                match self.sockets[at].1.recv(&mut buffer) {
                    Ok(len) => self.take(at, &buffer[..len]),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, at: usize, bytes: &[u8]) {
        let now = self.clock.now();
        let (venue, kind, sequence, missing) = match self.consumer.datagram(bytes, now) {
            Ok(Received::Text(_)) => (0, "text", 0, 0),
            Ok(Received::Binary { datagram, place, .. }) => {
                let missing = match place {
                    Place::Hole { missing } => missing,
                    _ => 0,
                };
                let header = &datagram.header;
                (header.venue, header.kind().map_or("?", Kind::name), header.sequence, missing)
            }
            Err(_) => {
                self.foreign += 1;
                return;
            }
        };
        let group = self.sockets[at].0.clone();
        let line = self.lines.entry((group.clone(), venue, kind)).or_insert_with(|| UdpLine {
            group,
            kind: kind.to_owned(),
            ..UdpLine::default()
        });
        line.packets += 1;
        line.bytes += bytes.len() as u64;
        line.holes += u64::from(missing > 0);
        line.missing += missing;
        line.sequence = line.sequence.max(sequence);
        line.age_ns = now;
    }

    fn stats(&mut self) -> UdpStats {
        let now = self.clock.now();
        let elapsed = u128::from((now - self.looked).max(1) as u64);
        for key in self.consumer.keys().collect::<Vec<_>>() {
            for venue in 1..=u16::from(u8::MAX) {
                let Some((name, ..)) = self.consumer.venue(key.publisher, key.channel, venue)
                else {
                    break;
                };
                self.venues.insert(venue, name.to_owned());
            }
        }
        let mut lines = Vec::new();
        for (key, line) in &self.lines {
            let (packets, bytes) = self.before.get(key).copied().unwrap_or_default();
            let rate = |more: u64| (u128::from(more) * 1_000_000_000 / elapsed) as u64;
            lines.push(UdpLine {
                venue: self.venues.get(&key.1).cloned().unwrap_or_else(|| "-".to_owned()),
                packets_per_s: rate(line.packets - packets),
                bytes_per_s: rate(line.bytes - bytes),
                age_ns: now - line.age_ns,
                ..line.clone()
            });
        }
        let counted =
            self.lines.iter().map(|(key, line)| (key.clone(), (line.packets, line.bytes)));
        self.before = counted.collect();
        self.looked = now;
        UdpStats {
            started_ns: self.started,
            now_ns: now,
            groups: self.sockets.iter().map(|(group, _)| group.clone()).collect(),
            foreign: self.foreign,
            lines,
        }
    }
}

impl Source for Line {
    type Item = UdpStats;

    fn poll(&mut self, _: &Detail) -> Result<UdpStats, Gone> {
        self.read().map_err(|error| Gone(error.to_string()))?;
        Ok(self.stats())
    }
}
