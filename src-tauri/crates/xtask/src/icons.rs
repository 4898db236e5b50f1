//! `cargo xtask icons`: every size that a platform asks for, drawn from `icons/icon.svg` with `rsvg-convert`.
//!
//! The two containers are a table of contents and plain PNGs, so they are written here.

use std::fs;

use crate::shell::{Outcome, command, root, said};

/// Draws all of them.
pub fn draw() -> Outcome {
    for (name, size) in [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)] {
        write(name, &png(size)?)?;
    }
    // 32 first: Windows shows the first one while developing.
    let sizes = [32, 16, 24, 48, 64, 256];
    let (mut head, mut body) = (vec![0, 0, 1, 0, sizes.len() as u8, 0], Vec::new());
    for size in sizes {
        let (png, side) = (png(size)?, (size % 256) as u8);
        head.extend([side, side, 0, 0, 1, 0, 32, 0]);
        head.extend((png.len() as u32).to_le_bytes());
        head.extend(((6 + 16 * sizes.len() + body.len()) as u32).to_le_bytes());
        body.extend(png);
    }
    write("icon.ico", &[head, body].concat())?;
    // The types' names: https://en.wikipedia.org/wiki/Apple_Icon_Image_format.
    let chunk = |kind: &str, body: &[u8]| [kind.as_bytes(), &(body.len() as u32 + 8).to_be_bytes(), body].concat();
    let mut body = Vec::new();
    for (kind, size) in [("icp4", 16), ("ic11", 32), ("ic07", 128), ("ic13", 256), ("ic09", 512), ("ic10", 1024)] {
        body.extend(chunk(kind, &png(size)?));
    }
    write("icon.icns", &chunk("icns", &body))
}

fn png(size: u32) -> Outcome<Vec<u8>> {
    said(command(&format!("rsvg-convert -w {size} -h {size} icons/icon.svg")))
}

fn write(name: &str, bytes: &[u8]) -> Outcome {
    Ok(fs::write(root().join("icons").join(name), bytes)?)
}
