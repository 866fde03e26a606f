// PPM in, PGM out: luma of Rec. 601 in integers, so that every tier rounds alike.
use std::env;
use std::io::{self, Read, Write};

// One number of the header, and the rest.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let start = bytes.iter().position(|b| !b" \n".contains(b))?;
    let digits = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
    let text = std::str::from_utf8(&bytes[start..start + digits]).ok()?;
    Some((text.parse().ok()?, &bytes[start + digits..]))
}

fn gray(frame: &[u8]) -> Option<Vec<u8>> {
    let rest = frame.strip_prefix(b"P6")?;
    let (width, rest) = number(rest)?;
    let (height, rest) = number(rest)?;
    let (depth, rest) = number(rest)?;
    let samples = rest.get(1..)?;
    if depth != 255 || samples.len() != width.checked_mul(height)?.checked_mul(3)? {
        return None;
    }
    let mut out = format!("P5\n{} {}\n255\n", width, height).into_bytes();
    out.reserve(width * height);
    out.extend(samples.chunks_exact(3).map(|p| {
        ((299 * p[0] as u32 + 587 * p[1] as u32 + 114 * p[2] as u32 + 500) / 1000) as u8
    }));
    Some(out)
}

fn bad() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "gray: stdin is no PPM (P6, 8 bits)")
}

// Frame after frame: envelope of 1 byte of flags and 4 of length, then the image.
fn stream(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut head = [0u8; 5];
    loop {
        match input.read(&mut head[..1])? {
            0 => return Ok(()),
            _ => input.read_exact(&mut head[1..])?,
        }
        let mut frame = vec![0; u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize];
        input.read_exact(&mut frame)?;
        let answer = gray(&frame).ok_or_else(bad)?;
        output.write_all(&[0])?;
        output.write_all(&(answer.len() as u32).to_be_bytes())?;
        output.write_all(&answer)?;
        output.flush()?;
    }
}

fn main() -> io::Result<()> {
    let (input, output) = (io::stdin(), io::stdout());
    if env::var("WEFT_ABI").as_deref() == Ok("stream") {
        return stream(input.lock(), output.lock());
    }
    let mut frame = Vec::new();
    input.lock().read_to_end(&mut frame)?;
    output.lock().write_all(&gray(&frame).ok_or_else(bad)?)
}
