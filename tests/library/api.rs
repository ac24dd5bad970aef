//! The public API as a list: `docs/public-api.txt` has every name, signature, field and variant, so that a change of
//! any of them is seen in review. `FORETELL_WRITE_GOLDEN=1 cargo test --test library api` writes it again.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
};

use foretell::{
    BlockKind, Contribution, Damage, DecodeOptions, EncodeOptions, Error, ErrorKind, FrameInfo, IndexedReader, Level,
    Loss, Method, Model, ModelId, Models, Pass, Predictor, Progress, RecordCompressor, RecordDecompressor, Recovered,
    Stop, TrainedOn, Trainer, TrainingReport, bufread, insight, pack, raw, read, write,
};

/// Goes to another thread, and shows itself.
fn moves<T: fmt::Debug + Send>() {}

/// Is shared between threads too.
fn is_shared<T: fmt::Debug + Send + Sync>() {}

#[test]
fn all_types_have_debug_and_go_to_other_threads() {
    type File = std::io::Cursor<Vec<u8>>;
    moves::<write::Encoder<Vec<u8>>>();
    moves::<write::Decoder<Vec<u8>>>();
    moves::<write::AutoFinish<Vec<u8>>>();
    moves::<read::Encoder<File>>();
    moves::<read::Decoder<File>>();
    moves::<bufread::Encoder<File>>();
    moves::<raw::Compressor>();
    moves::<raw::Decompressor>();
    moves::<IndexedReader<File>>();
    moves::<pack::Pack<File>>();
    moves::<RecordCompressor>();
    moves::<RecordDecompressor>();
    moves::<Predictor>();

    is_shared::<(raw::Operation, raw::Status, EncodeOptions, DecodeOptions, pack::PackOptions)>();
    is_shared::<(BlockKind, Method, Level, ErrorKind, Error, Stop, Progress)>();
    is_shared::<(FrameInfo, Damage, Recovered, pack::Packed, pack::Cut, Contribution)>();
    is_shared::<(insight::Account, insight::Detail, insight::Event, insight::Expert, insight::Overhead)>();
    is_shared::<(insight::Piece, insight::Place, insight::Segment, insight::Wanted)>();
    is_shared::<(Model, Models, ModelId, TrainedOn, Trainer, TrainingReport, Pass, Loss)>();
}

#[test]
fn the_public_api_is_the_one_that_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs/public-api.txt");
    let found = listing(&root.join("src"));
    if foretell_testkit::writes_golden() {
        return fs::write(path, found).unwrap();
    }
    let reviewed = fs::read_to_string(path).unwrap();
    let of = |text: &'_ str| BTreeSet::from_iter(text.lines().map(str::to_owned));
    let (reviewed_lines, found_lines): (BTreeSet<String>, BTreeSet<String>) = (of(&reviewed), of(&found));
    let gone: Vec<_> = reviewed_lines.difference(&found_lines).collect();
    let new: Vec<_> = found_lines.difference(&reviewed_lines).collect();
    assert!(reviewed == found, "docs/public-api.txt is of another API; gone: {gone:#?}, new: {new:#?}");
}

/// All that `lib.rs` and the public modules export, a line each, sorted.
fn listing(src: &Path) -> String {
    let modules = [
        ("", "lib.rs", ""),
        ("insight::", "insight/mod.rs", "insight::"),
        ("pack::", "pack/mod.rs", "pack::"),
        ("raw::", "stream/raw/mod.rs", "stream::raw::"),
        ("read::", "stream/read/mod.rs", "stream::read::"),
        ("write::", "stream/write/mod.rs", "stream::write::"),
        ("bufread::", "stream/bufread.rs", "stream::bufread::"),
    ];
    let mut lines = BTreeSet::new();
    for (public, file, inner) in modules {
        let text = fs::read_to_string(src.join(file)).unwrap();
        for path in exports(&text) {
            let path = match path.strip_prefix("crate::") {
                // From a folder of the root, or else by a name at the root that is of a stream.
                Some(path) if path.split("::").next().is_some_and(|folder| src.join(folder).is_dir()) => {
                    path.to_owned()
                }
                Some(path) => format!("stream::{path}"),
                None => format!("{inner}{path}"),
            };
            lines.extend(items(src, public, &path));
        }
        // What the module itself declares.
        for line in text
            .lines()
            .filter(|line| line.starts_with("pub ") && !line.starts_with("pub use") && !line.starts_with("pub mod"))
        {
            let name = line.split(|c: char| !c.is_alphanumeric() && c != '_').nth(2).unwrap_or_default();
            lines.extend(items(src, public, &format!("{inner}{name}")));
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// The paths of all `pub use` of a file, braces resolved.
fn exports(text: &str) -> Vec<String> {
    let uses = text.split("\npub use ").skip(1).map(|rest| rest.split(';').next().unwrap_or_default());
    uses.flat_map(|tree| expand("", &tree.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

fn expand(before: &str, tree: &str) -> Vec<String> {
    let Some((path, rest)) = tree.split_once('{') else { return vec![format!("{before}{}", tree.trim())] };
    let (before, inner) = (format!("{before}{}", path.trim()), rest.trim_end().trim_end_matches('}'));
    let (mut depth, mut part, mut all) = (0, String::new(), vec![]);
    for c in inner.chars().chain([',']) {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            // A closing brace of this level was trimmed with that of the tree.
            let closing = if part.matches('{').count() > part.matches('}').count() { "}" } else { "" };
            all.extend(
                expand(&before, &format!("{}{closing}", part.trim())).into_iter().filter(|p| !p.ends_with("::")),
            );
            part.clear();
        } else {
            part.push(c);
        }
    }
    if !part.trim().is_empty() {
        all.extend(expand(&before, &format!("{}}}", part.trim().trim_end_matches(','))));
    }
    all
}

/// The lines for the item at `path` within the crate, which is public in module `public`.
fn items(src: &Path, public: &str, path: &str) -> Vec<String> {
    let (path, shown) = path.split_once(" as ").map_or((path, None), |(path, shown)| (path, Some(shown)));
    let (folder, name) = path.rsplit_once("::").unwrap_or(("", path));
    let shown = shown.unwrap_or(name);
    let mut places = vec![src.join(folder.replace("::", "/"))];
    if folder == "model" {
        // What starts from a trained model is above the network.
        places.push(src.join("priors"));
    }
    let files = places.iter().flat_map(|place| rust_files(place));
    let texts: Vec<_> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    texts
        .iter()
        .flat_map(|text| of_file(text, name))
        .map(|line| format!("{public}{}", line.replacen(name, shown, 1)))
        .collect()
}

/// All Rust files of a module: its folder's and its own.
fn rust_files(place: &Path) -> Vec<PathBuf> {
    let mut files = vec![place.with_extension("rs")];
    if let Ok(entries) = fs::read_dir(place) {
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                files.extend(rust_files(&path));
            } else {
                files.push(path);
            }
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs") && !file.ends_with("tests.rs"));
    files.retain(|file| file.is_file());
    files
}

/// What a file says of the item called `name`: its declaration, public fields or variants, and public functions of its
/// `impl` blocks. The sources are formatted, so all of these can be told by how lines begin.
fn of_file(text: &str, name: &str) -> Vec<String> {
    let is_name = |rest: &str| {
        rest.strip_prefix(name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let (mut found, mut lines) = (vec![], text.lines().peekable());
    while let Some(line) = lines.next() {
        let declared = line.strip_prefix("pub ").and_then(|rest| {
            let rest =
                rest.strip_prefix("const fn ").or(rest.strip_prefix("fn ")).map(|rest| (rest, "fn")).or_else(|| {
                    ["struct", "enum", "const", "type"]
                        .into_iter()
                        .find_map(|kind| Some((rest.strip_prefix(kind)?.trim_start(), kind)))
                })?;
            is_name(rest.0).then_some(rest.1)
        });
        let implemented = line.starts_with("impl") && !line.contains(" for ") && {
            let rest = line.trim_start_matches("impl");
            let rest = if rest.starts_with('<') { rest.split_once("> ").map_or("", |(_, rest)| rest) } else { rest };
            is_name(rest.trim_start())
        };
        let has_body = line.ends_with('{') && (implemented || matches!(declared, Some("struct" | "enum")));
        if declared.is_some() {
            let mut text = line.to_owned();
            while declared == Some("fn") && !text.ends_with('{') {
                text += lines.next().unwrap_or("{").trim();
            }
            found.push(format!("{name}: {}", text.trim_start_matches("pub ").trim_end_matches([' ', '{', ';'])));
        }
        while has_body && lines.peek().is_some_and(|line| *line != "}") {
            let line = lines.next().unwrap_or_default();
            let Some(member) = line.strip_prefix("    ").filter(|rest| !rest.starts_with([' ', '/', '#', '}', ')']))
            else {
                continue;
            };
            if declared == Some("enum") {
                found.push(format!("{name}::{}", member.trim_end_matches([',', ' ', '{'])));
            } else if let Some(member) = member.strip_prefix("pub ") {
                let mut text = member.to_owned();
                while implemented && !text.ends_with(['{', ';']) {
                    text += lines.next().unwrap_or("{").trim();
                }
                found.push(format!("{name}.{}", text.trim_end_matches([',', ' ', '{', ';'])));
            }
        }
    }
    found
}
