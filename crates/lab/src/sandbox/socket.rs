//! A raw TCP connection from this process to itself: a listener on loopback at a port of the kernel's choice, which takes one
//! connection and is closed again. Nobody else is connected to, and what is sent is no HTTP.

use serde_json::{Value, json};
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is sent: the first bytes of a PostgreSQL client, SSLRequest (PostgreSQL documentation, "Message Formats").
const SENT: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// What is answered: one byte, “no TLS”.
const ANSWERED: [u8; 1] = *b"N";
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Opens it, sends bytes there and back, closes it.
pub async fn talk() -> io::Result<Value> {
    tokio::time::timeout(PATIENCE, exchange()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

async fn exchange() -> io::Result<Value> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let there = listener.local_addr()?;
    let mut stream = TcpStream::connect(there).await?;
    let here = stream.local_addr()?;
    let mut other = loop {
        // Another program of this machine might have been quicker.
        let (other, from) = listener.accept().await?;
        if from == here {
            break other;
        }
    };
    stream.write_all(&SENT).await?;
    let mut heard = [0; SENT.len()];
    other.read_exact(&mut heard).await?;
    other.write_all(&ANSWERED).await?;
    let mut answer = [0; ANSWERED.len()];
    stream.read_exact(&mut answer).await?;
    let bytes = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    Ok(json!({ "from": here.to_string(), "to": there.to_string(), "sent": bytes(&heard), "received": bytes(&answer) }))
}
