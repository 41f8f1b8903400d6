//! Starting, asking and ending a venue from another thread.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep};

use crate::config::VenueConfig;
use crate::error::VenueError;
use crate::fault::PlannedFault;
use crate::ledger::Ledger;
use crate::player;
use crate::server::{Item, Server};
use crate::tls::Certificates;
use crate::visitor;
use crate::world::World;

/// How long clients have to read the close of a venue that stops.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// What the thread is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Orders {
    play: bool,
    stop: bool,
    kill: bool,
}

/// Where a venue can be reached.
#[derive(Clone, Copy, Debug, Default)]
struct Addresses {
    tls: Option<SocketAddr>,
    plain: Option<SocketAddr>,
}

/// The exchange simulator.
#[derive(Debug)]
pub struct VenueServer;

impl VenueServer {
    /// Starts a venue on a thread of its own.
    ///
    /// # Errors
    ///
    /// [`VenueError::Bind`], [`VenueError::Start`], and those of making certificates.
    pub fn start(config: VenueConfig) -> Result<VenueHandle, VenueError> {
        let certificates = Certificates::new(config.protocol.hosts())?;
        let wanted = Addresses { tls: config.tls, plain: config.plain };
        let world = Arc::new(World::new(config, certificates));
        let orders = watch::Sender::new(Orders::default());
        let mut handle = VenueHandle { world, addresses: wanted, orders, thread: None };
        handle.launch()?;
        Ok(handle)
    }
}

/// A venue that was started. Dropped, it is killed.
pub struct VenueHandle {
    world: Arc<World>,
    addresses: Addresses,
    orders: watch::Sender<Orders>,
    thread: Option<JoinHandle<()>>,
}

impl VenueHandle {
    /// Where TLS is served.
    pub fn addr(&self) -> Option<SocketAddr> {
        self.addresses.tls
    }

    /// Where plain TCP is served.
    pub fn plain_addr(&self) -> Option<SocketAddr> {
        self.addresses.plain
    }

    /// The certificate of the test CA, which a client must trust.
    pub fn ca_pem(&self) -> &str {
        &self.world.certificates.ca_pem
    }

    /// What the venue did so far.
    pub fn ledger(&self) -> Ledger {
        self.world.snapshot()
    }

    /// Websockets that are open and have been asked for a stream. Cheaper than the ledger.
    pub fn subscribed_connections(&self) -> usize {
        self.world.ledger().subscribed_connections()
    }

    /// Frames of the recording that have been played in this session.
    pub fn position(&self) -> u64 {
        self.world.play().position as u64
    }

    /// Begins the recording, with [`Start::OnCall`](crate::Start::OnCall).
    pub fn play(&self) {
        self.orders.send_modify(|orders| orders.play = true);
    }

    /// Adds a fault to the plan.
    pub fn inject(&self, fault: PlannedFault) {
        self.world.inject(fault);
    }

    /// Whether the venue runs.
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Ends the venue: closes all websockets (1001) and waits until they have read it, a second at
    /// most. The place in the recording is kept.
    pub fn stop(&mut self) {
        self.end(|orders| orders.stop = true);
    }

    /// Ends the venue as a crash would: nothing is said, all sockets are dropped.
    pub fn kill(&mut self) {
        self.end(|orders| orders.kill = true);
    }

    fn end(&mut self, order: impl FnOnce(&mut Orders)) {
        self.orders.send_modify(order);
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, it has ended all the same.
            drop(thread.join());
        }
    }

    /// Starts a venue that was killed or stopped, at the same addresses and at its place in the
    /// recording. At a recorded pace, what would have been played meanwhile is over.
    ///
    /// # Errors
    ///
    /// [`VenueError::Running`], [`VenueError::Bind`], [`VenueError::Start`].
    pub fn restart(&mut self) -> Result<(), VenueError> {
        if self.is_running() {
            return Err(VenueError::Running);
        }
        self.orders.send_modify(|orders| (orders.stop, orders.kill) = (false, false));
        self.launch()
    }

    fn launch(&mut self) -> Result<(), VenueError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(VenueError::Start)?;
        let guard = runtime.enter();
        let tls = self.addresses.tls.map(bind).transpose()?;
        let plain = self.addresses.plain.map(bind).transpose()?;
        drop(guard);
        let addr = |bound: &Option<(TcpListener, SocketAddr)>| bound.as_ref().map(|b| b.1);
        self.addresses = Addresses { tls: addr(&tls), plain: addr(&plain) };
        let listeners = [(tls, true), (plain, false)];
        let (world, orders) = (self.world.clone(), self.orders.subscribe());
        world.ledger().starts += 1;
        let thread = std::thread::Builder::new().name("venue".to_owned());
        let thread = thread.spawn(move || {
            let tasks = LocalSet::new();
            let listeners = listeners.into_iter().filter_map(|(bound, tls)| Some((bound?.0, tls)));
            tasks.block_on(&runtime, run(world, listeners.collect(), orders));
        });
        self.thread = Some(thread.map_err(VenueError::Start)?);
        Ok(())
    }
}

impl Drop for VenueHandle {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Binds an address, also one whose last connections are still being forgotten by the system.
fn bind(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), VenueError> {
    let bound = || {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(addr)?;
        let listener = socket.listen(1024)?.into_std()?;
        let addr = listener.local_addr()?;
        Ok((listener, addr))
    };
    bound().map_err(|source| VenueError::Bind { addr, source })
}

/// The venue's thread.
async fn run(
    world: Arc<World>,
    listeners: Vec<(TcpListener, bool)>,
    mut orders: watch::Receiver<Orders>,
) {
    let server = Rc::new(Server::new(world));
    let mut tasks = tokio::task::JoinSet::new();
    for (listener, tls) in listeners {
        match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => tasks.spawn_local(visitor::accept(server.clone(), listener, tls)),
            Err(_) => return, // It was bound a moment ago by the same runtime.
        };
    }
    tasks.spawn_local(player::play(server.clone()));
    loop {
        let Orders { play, stop, kill } = *orders.borrow_and_update();
        server.called.set(play);
        server.wake.notify_one();
        if kill {
            return;
        }
        if stop {
            tasks.abort_all();
            return farewell(&server).await;
        }
        if orders.changed().await.is_err() {
            return;
        }
    }
}

/// Closes all websockets.
async fn farewell(server: &Server) {
    server.ending.set("stopped");
    for conn in server.others() {
        server.cut(conn, "stopped");
    }
    for (conn, queue) in server.queues() {
        let end = Item::End(1001, "the venue stops");
        if queue.try_send(end).is_err() {
            server.cut(conn, "stopped, and its queue was full");
        }
        server.detach(conn);
    }
    let until = Instant::now() + STOP_WITHIN;
    while server.connections() > 0 && Instant::now() < until {
        sleep(Duration::from_millis(5)).await;
    }
}
