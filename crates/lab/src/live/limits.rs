//! How much of everything there may be. All bounds of the server stand here, so that a test can draw them tighter.

use std::time::Duration;

/// Every bound of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at the same time, at all ports together. Whoever comes then waits in the kernel's queue.
    pub connections: usize,
    /// How long a client may take for the head of a request, and how long a connection may be idle before it.
    pub head: Duration,
    /// Header fields of a request.
    pub fields: usize,
    /// Bytes of a request's head. A browser sends `localhost` the cookies of every port.
    pub head_bytes: usize,
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// How long a client may take for the whole body.
    pub body: Duration,
    /// How long a client may read nothing of what was sent to it.
    pub stall: Duration,
    /// Changes that wait for the writer. Whoever comes then is told to come again (503).
    pub queue: usize,
    /// Changes of one transaction.
    pub group: usize,
    /// How long one who asks for a change may be kept waiting for others who are likely to share the commit.
    pub company: Duration,
    /// Connections that read the database.
    pub readers: usize,
    /// How long one waits for a lock on the database that somebody else holds.
    pub lock: Duration,
    /// Open streams of notifications.
    pub streams: usize,
    /// How often a silent stream says that it is there, and asks whether its session still holds.
    pub heartbeat: Duration,
    /// Open WebSockets.
    pub sockets: usize,
    /// Bytes of a message on a WebSocket.
    pub message_bytes: usize,
    /// How long a WebSocket may be silent.
    pub silence: Duration,
    /// Open trials of the laboratory. Whoever opens another one closes the oldest.
    pub trials: usize,
    /// How old a trial may be.
    pub trial_age: Duration,
    /// Bytes that one trial may hold: what it answers, and what has arrived.
    pub trial_bytes: usize,
    /// Bytes that all of them may hold.
    pub trials_bytes: usize,
    /// Addresses at which a trial answers.
    pub places: usize,
    /// Requests that a trial keeps for its witness.
    pub arrivals: usize,
    /// Orders of the work that is done for one request: 16 bytes each, twice.
    pub orders: u32,
}

impl Limits {
    /// The bounds of `roundtrip serve`.
    pub const USUAL: Limits = Limits {
        connections: 4096,
        head: Duration::from_secs(30),
        fields: 64,
        head_bytes: 32 * 1024,
        body_bytes: 16 * 1024,
        body: Duration::from_secs(10),
        stall: Duration::from_secs(30),
        queue: 2048,
        group: 512,
        company: Duration::from_millis(10),
        readers: 4,
        lock: Duration::from_secs(5),
        streams: 2048,
        heartbeat: Duration::from_secs(15),
        sockets: 256,
        message_bytes: 64 * 1024,
        silence: Duration::from_secs(60),
        trials: 16_384,
        trial_age: Duration::from_secs(10 * 60),
        trial_bytes: 128 * 1024,
        trials_bytes: 64 << 20,
        places: 32,
        arrivals: 128,
        orders: 4_000_000,
    };
}
