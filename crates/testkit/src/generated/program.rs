//! The image of a program: a header, machine code in the manner of x86-64, strings, a symbol table and zero padding.
//!
//! It does not run, but has what makes executables what they are: a few instruction templates with skewed operands,
//! calls relative to the next instruction, addresses of strings, functions aligned by padding, tables of fixed stride.

use super::Rng;

const PAGE: usize = 4096;
const BASE: u64 = 0x40_0000;
const VERBS: &[&str] = &[
    "get", "set", "read", "write", "init", "free", "open", "close", "parse", "find", "push", "update", "print",
    "check", "copy", "next",
];
const OBJECTS: &[&str] = &[
    "buffer", "node", "config", "stream", "entry", "table", "header", "index", "path", "string", "list", "record",
    "socket", "block", "cache", "option", "frame", "window", "queue", "token", "file", "page", "cursor", "symbol",
];
const MESSAGES: &[&str] = &[
    "out of memory",
    "cannot open %s: %s",
    "usage: %s [-v] [-o FILE] INPUT",
    "unexpected end of file",
    "invalid argument '%s'",
    "line %d: syntax error near '%s'",
    "%s: no such %s",
    "warning: %s is deprecated, use %s",
    "internal error in %s at %s:%d",
    "read %zu of %zu bytes",
    "checksum mismatch in %s",
    "unknown option -- '%c'",
    "too many open files",
    "permission denied",
];

/// The code so far, and what must be filled in when addresses are known.
struct Code {
    bytes: Vec<u8>,
    /// Where each function starts.
    functions: Vec<usize>,
    /// (place of a 32-bit displacement, number of the function called)
    calls: Vec<(usize, usize)>,
    /// (place of a 32-bit displacement, number of the string)
    strings: Vec<(usize, usize)>,
}

pub(super) fn image(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut code = Code { bytes: Vec::new(), functions: Vec::new(), calls: Vec::new(), strings: Vec::new() };
    let (strings, offsets) = string_table(rng, 260);
    while code.bytes.len() < size * 70 / 100 {
        function(rng, &mut code, offsets.len());
    }
    let text_at = PAGE;
    let data_at = (text_at + code.bytes.len()).next_multiple_of(PAGE);
    link(&mut code, data_at - text_at, &offsets);
    let (symbols, names) = symbol_table(rng, &code, BASE + text_at as u64);
    let symbols_at = (data_at + strings.len()).next_multiple_of(64);

    let mut image = Vec::with_capacity(size);
    image.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0");
    for field in [BASE + text_at as u64, 64, symbols_at as u64] {
        image.extend(field.to_le_bytes());
    }
    for (at, part) in [(text_at, &code.bytes), (data_at, &strings), (symbols_at, &symbols)] {
        image.resize(at, 0);
        image.extend(part);
    }
    image.extend(names);
    image.resize(size, 0);
    image
}

/// A function: prologue, instructions, epilogue, and padding to a multiple of 16.
fn function(rng: &mut Rng, code: &mut Code, strings: usize) {
    const RETURN: &[&[u8]] =
        &[&[0xc9, 0xc3], &[0x31, 0xc0, 0xc9, 0xc3], &[0x5b, 0x5d, 0xc3], &[0xb8, 1, 0, 0, 0, 0xc9, 0xc3]];
    const NOPS: [u8; 16] = [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x0f, 0x1f, 0x44, 0, 0, 0x90];
    code.functions.push(code.bytes.len());
    code.bytes.extend([0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 16 * (1 + rng.zipf(8) as u8)]);
    for local in 1..=rng.zipf(4) as u8 {
        code.bytes.extend([0x48, 0x89, [0x7d, 0x75, 0x55, 0x4d][usize::from(local) - 1], 0xf8 - 8 * (local - 1)]);
    }
    for _ in 0..6 + rng.zipf(90) {
        instruction(rng, code, strings);
    }
    code.bytes.extend(*rng.often(RETURN));
    let padding = code.bytes.len().next_multiple_of(16) - code.bytes.len();
    code.bytes.extend(&NOPS[..padding]);
}

fn instruction(rng: &mut Rng, code: &mut Code, strings: usize) {
    // A ModRM byte of a register and a local variable, and the variable's offset below the frame pointer.
    let register = rng.zipf(7) as u8;
    let local = (0u8.wrapping_sub(8)).wrapping_sub(8 * rng.zipf(14) as u8);
    let modrm = 0x45 | register << 3;
    let pair = 0xc0 | register << 3 | rng.zipf(7) as u8;
    let wide = if rng.chance(70) { 0x48 } else { 0x4c };
    let constant = rng.zipf(200) as u8;
    match rng.below(100) {
        0..10 => code.bytes.extend([wide, 0x8b, modrm, local]),
        10..22 => code.bytes.extend([0x48, 0x8b, 0x45, local, 0x48, 0x89, *rng.often(&[0xc7, 0xc6, 0xd0])]),
        22..34 => code.bytes.extend([wide, 0x89, modrm, local]),
        34..41 => code.bytes.extend([wide, 0x89, pair]),
        41..46 => code.bytes.extend([0x48, 0x8b, 0x40 | register << 3, constant & 0x78]),
        46..51 => code.bytes.extend([0x48, 0x83, 0xc0 | *rng.often(&[0, 5, 4, 7]) << 3 | register, constant]),
        51..56 => code.bytes.extend([0x83, 0x7d, local, constant & 0x1f]),
        56..60 => code.bytes.extend([0x48, 0x85, 0xc0 | (register * 9)]),
        60..70 => {
            code.bytes.extend([*rng.often(&[0x74, 0x75, 0x7e, 0xeb, 0x7f, 0x76, 0x72]), 2 + rng.zipf(100) as u8]);
        }
        70..74 => {
            code.bytes.extend([
                0x0f,
                *rng.often(&[0x84, 0x85, 0x8f, 0x86]),
                rng.zipf(255) as u8,
                rng.zipf(3) as u8,
                0,
                0,
            ]);
        }
        74..88 => {
            let known = code.functions.len() + 30; // later functions are called, too
            let target = if rng.chance(65) { rng.zipf(known) } else { rng.below(known as u64) as usize };
            code.bytes.push(0xe8);
            code.calls.push((code.bytes.len(), target));
            code.bytes.extend([0; 4]);
        }
        88..93 => {
            code.bytes.extend([0x48, 0x8d, 0x05 | rng.any(&[7, 6, 0]) << 3]);
            code.strings.push((code.bytes.len(), rng.zipf(strings)));
            code.bytes.extend([0; 4]);
        }
        93..96 => code.bytes.extend([0xb8 | register, constant, 0, 0, 0]),
        96..98 => code.bytes.extend([0x0f, 0xb6, register << 3 | 2]),
        _ => code.bytes.extend([0xf2, 0x0f, *rng.often(&[0x10, 0x11, 0x58, 0x59]), modrm, local]),
    }
}

/// Fills in the displacements, which count from the end of their own four bytes.
fn link(code: &mut Code, data: usize, strings: &[usize]) {
    let last = code.functions.len() - 1;
    let calls = code.calls.iter().map(|&(at, function)| (at, code.functions[function.min(last)]));
    let strings = code.strings.iter().map(|&(at, string)| (at, data + strings[string]));
    for (at, target) in calls.chain(strings).collect::<Vec<_>>() {
        let displacement = target as i64 - (at as i64 + 4);
        code.bytes[at..at + 4].copy_from_slice(&(displacement as i32).to_le_bytes());
    }
}

/// Zero-terminated messages, and where each starts.
fn string_table(rng: &mut Rng, count: usize) -> (Vec<u8>, Vec<usize>) {
    let (mut table, mut offsets) = (Vec::new(), Vec::new());
    for i in 0..count {
        offsets.push(table.len());
        let text = match MESSAGES.get(i) {
            Some(message) => message.to_string(),
            None if rng.chance(50) => {
                format!("cannot {} {} of {}", rng.any(VERBS), rng.any(OBJECTS), rng.often(OBJECTS))
            }
            None => format!("src/{}_{}.c", rng.any(OBJECTS), rng.often(OBJECTS)),
        };
        table.extend(text.as_bytes());
        table.push(0);
    }
    (table, offsets)
}

/// Entries of 24 bytes (name, type, section, address, size), and the table of names they point into.
fn symbol_table(rng: &mut Rng, code: &Code, text: u64) -> (Vec<u8>, Vec<u8>) {
    let (mut symbols, mut names) = (Vec::new(), vec![0]);
    for (i, &start) in code.functions.iter().enumerate() {
        let end = *code.functions.get(i + 1).unwrap_or(&code.bytes.len());
        symbols.extend((names.len() as u32).to_le_bytes());
        symbols.extend([if rng.chance(70) { 0x12 } else { 0x02 }, 0, 1, 0]);
        symbols.extend((text + start as u64).to_le_bytes());
        symbols.extend(((end - start) as u64).to_le_bytes());
        names.extend(format!("{}_{}_{}\0", rng.often(OBJECTS), rng.often(VERBS), rng.any(OBJECTS)).as_bytes());
    }
    (symbols, names)
}
