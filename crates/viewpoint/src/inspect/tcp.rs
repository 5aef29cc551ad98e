//! A TCP segment without data, as Wireshark lists it, with its relative sequence numbers (RFC 9293 sections 3.1 and 3.5).
//!
//! The numbers on the wire begin at random; everybody counts from the first one, which is therefore 0 here. Window and
//! options are not modelled.

use super::{Field, field};
use core::net::SocketAddr;
use engine::message::Flags;

/// What the fields of a segment say.
struct Says {
    /// As Wireshark writes the flags.
    flags: &'static str,
    /// The sequence number.
    seq: &'static str,
    /// The acknowledgement number.
    ack: Option<&'static str>,
    means: &'static str,
}

const fn says(flags: Flags) -> Says {
    match flags {
        Flags::Syn => {
            Says { flags: "SYN", seq: "0", ack: None, means: "The wish to connect; nothing has been acknowledged yet." }
        }
        Flags::SynAck => Says {
            flags: "SYN, ACK",
            seq: "0",
            ack: Some("1"),
            means: "The wish is granted: the other side begins to count as well, and says that it has heard.",
        },
        Flags::Ack => Says {
            flags: "ACK",
            seq: "1",
            ack: Some("1"),
            means: "Heard: with this the connection stands, and data may follow.",
        },
        Flags::Rst => Says {
            flags: "RST, ACK",
            seq: "0",
            ack: Some("1"),
            means: "The connection is refused, or thrown away: there is nobody to talk to.",
        },
        Flags::Fin => Says {
            flags: "FIN, ACK",
            seq: "1",
            ack: None,
            means: "The sender has said everything, which here is nothing, and closes its side.",
        },
    }
}

/// Tool, text and fields.
pub(super) fn opened(flags: Flags, from: SocketAddr, to: SocketAddr) -> (&'static str, String, Vec<Field>) {
    let says = says(flags);
    let (source, target) = (from.port().to_string(), to.port().to_string());
    let ack = says.ack.map_or_else(String::new, |ack| [" Ack=", ack].concat());
    let line = [&source, " → ", &target, " [", says.flags, "] Seq=", says.seq, &ack, " Len=0\n"];
    let text = [&from.ip().to_string(), " → ", &to.ip().to_string(), " TCP ", &line.concat()].concat();
    let mut fields = vec![
        field("Source", &from.ip().to_string(), "The sender's address, as it stands on this hop."),
        field("Source port", &source, "Where the answer must go: with it the sender tells its connections apart."),
        field("Destination", &to.ip().to_string(), "The receiver's address; the internet gateway translates it."),
        field("Destination port", &target, "Which program is meant: the one that listens on this port."),
        field("Flags", says.flags, says.means),
        field("Sequence number", says.seq, "Counted from the sender's first one, which is chosen at random."),
    ];
    if let Some(ack) = says.ack {
        let means = "The number of the next byte that the sender expects: all before it has been heard.";
        fields.push(field("Acknowledgment number", ack, means));
    }
    fields.push(field("Length", "0", "No data: the segment only manages the connection."));
    (("Wireshark"), text, fields)
}
