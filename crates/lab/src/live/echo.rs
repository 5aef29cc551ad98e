//! `/live/echo`: a WebSocket (RFC 6455) that sends back what it gets, text as text and bytes as bytes.
//!
//! A message that is too long ends it with 1009, a text that is none with 1007, any other mistake with 1002, a minute of
//! silence with 1000; the closing frame says which.

use super::Live;
use super::answer::{Refusal, Said};
use super::limits::Limits;
use super::writer;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::UPGRADE;
use std::sync::Arc;

/// Becomes a WebSocket, or says what is missing.
pub async fn open(State(live): State<Arc<Live>>, request: Request) -> Said {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.map_err(|rejection| {
        let words = format!("this is a WebSocket: {}", rejection.body_text());
        Refusal::new(StatusCode::UPGRADE_REQUIRED, words).with(UPGRADE, "websocket")
    })?;
    let seat = Arc::clone(&live.sockets).try_acquire_owned();
    let seat = seat.map_err(|_| writer::busy("too many WebSockets are open"))?;
    let limits = live.limits;
    let upgrade = upgrade.max_message_size(limits.message_bytes).max_frame_size(limits.message_bytes);
    Ok(upgrade.on_upgrade(move |socket| async move {
        echo(socket, &limits).await;
        drop(seat);
    }))
}

async fn echo(mut socket: WebSocket, limits: &Limits) {
    loop {
        let end = match tokio::time::timeout(limits.silence, socket.recv()).await {
            Ok(Some(Ok(message @ (Message::Text(_) | Message::Binary(_))))) => {
                // Whoever does not take the echo is cut off by the connection's own patience.
                if socket.send(message).await.is_err() {
                    return;
                }
                continue;
            }
            // Pings and closing frames are answered by themselves, while we wait for what comes next.
            Ok(Some(Ok(_))) => continue,
            Ok(None) => return,
            Ok(Some(Err(problem))) => broken(&problem.to_string()),
            Err(_) => (close_code::NORMAL, "silent for too long"),
        };
        let frame = CloseFrame { code: end.0, reason: Utf8Bytes::from_static(end.1) };
        let _ = socket.send(Message::Close(Some(frame))).await;
        return;
    }
}

/// Code and reason for what could not be read (RFC 6455 7.4.1). Of the library's error only the words are at hand.
fn broken(words: &str) -> (u16, &'static str) {
    match words {
        words if words.contains("too long") => (close_code::SIZE, "the message is too long"),
        words if words.contains("UTF-8") => (close_code::INVALID, "the text is no UTF-8"),
        _ => (close_code::PROTOCOL, "this is no message of RFC 6455"),
    }
}
