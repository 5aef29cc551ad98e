//! The Huffman code of HPACK (RFC 7541 appendix B). Codes of one length follow each other by value, so the lengths say all.

/// The length of each byte's code: `A` is five bits, `B` six, and so on.
const LENGTHS: &[u8; 256] = b"\
ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF\
IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX\
PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS\
VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWV";

/// How many bits a byte has.
const fn length(byte: u8) -> u32 {
    (LENGTHS[byte as usize] - b'A' + 5) as u32
}

/// The code of a byte, in its lowest bits.
fn code(byte: u8) -> u32 {
    let (mut code, mut bits) = (0_u32, 5);
    loop {
        for other in 0..=255_u8 {
            if length(other) == bits {
                if other == byte {
                    return code;
                }
                code += 1;
            }
        }
        code <<= 1;
        bits += 1;
    }
}

/// How many bytes a text has when it is encoded.
pub fn size(text: &[u8]) -> usize {
    text.iter().map(|byte| length(*byte)).sum::<u32>().div_ceil(8) as usize
}

/// The text encoded; what is left of the last byte is filled with ones (section 5.2).
pub fn encode(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut pending, mut count) = (Vec::with_capacity(size(text)), 0_u64, 0);
    for byte in text {
        pending = pending << length(*byte) | u64::from(code(*byte));
        count += length(*byte);
        while count >= 8 {
            count -= 8;
            bytes.push((pending >> count) as u8);
        }
    }
    if count > 0 {
        bytes.push((pending << (8 - count)) as u8 | (0xff >> count) as u8);
    }
    bytes
}
