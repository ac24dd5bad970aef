//! The shape of the source code: its layers, its circles, the length of its functions, and where it is unsafe.
//!
//! The tests read the sources as text, so that they see code for every platform. Code that only tests compile does
//! not count.

mod lexer;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};

use lexer::{Token, product_tokens};
use names::{Names, Use};

/// The layers of the library, the lowest first. Code may use names of its own layer and of those before it. A path is a
/// module's below `src`; the longest that fits a file counts.
const LIBRARY: &[&[&str]] = &[
    &["error.rs"],
    &["math"],
    &["model/tuned.rs"],
    &["model/table.rs", "model/rng.rs", "model/inputs.rs", "model/level.rs"],
    &["model/features"],
    &["model/experts"],
    &["model/mix"],
    &["model/ablation.rs"],
    &["model/network"],
    &["model/predictor.rs"],
    &["model"],
    &["coder"],
    &["huffman"],
    &["parallel"],
    &["container"],
    &["transform"],
    &["priors"],
    &["codec"],
    &["record", "train"],
    &["stream"],
    &["pack"],
    &["seekable"],
    &["insight"],
    &["lib.rs", "unstable.rs"],
];

/// The layers of the commands. The folders of one layer do not use each other.
const COMMANDS: &[&[&str]] = &[&["common"], &["fore", "toolbox"], &["lib.rs"]];

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn commands() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cli/src")
}

/// The layer of `file` and the path in the table that fits it best.
fn layer<'a>(layers: &[&[&'a str]], file: &str) -> (usize, &'a str) {
    let fits =
        |path: &str| file.strip_prefix(path).is_some_and(|rest| ["", ".rs"].contains(&rest) || rest.starts_with('/'));
    let all = layers.iter().enumerate().flat_map(|(layer, paths)| paths.iter().map(move |path| (layer, *path)));
    let best = all.filter(|(_, path)| fits(path)).max_by_key(|(_, path)| path.len());
    best.unwrap_or_else(|| panic!("{file} has no layer; add it to the table in tests/library/structure.rs"))
}

/// A sentence for each use of a name from a higher layer, or from another folder of the same layer.
fn climbs(layers: &[&[&str]], uses: &BTreeSet<Use>) -> Vec<String> {
    let climbs = uses.iter().filter(|found| {
        let ((user, from), (definer, to)) = (layer(layers, &found.user), layer(layers, &found.definer));
        definer > user || definer == user && from != to && !from.ends_with(".rs")
    });
    climbs.map(|found| format!("{}:{} uses {} of {}", found.user, found.line, found.name, found.definer)).collect()
}

/// A paragraph for each set of files that use each other in a circle.
fn circles(uses: &BTreeSet<Use>) -> Vec<String> {
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for found in uses {
        used.entry(&found.user).or_default().insert(&found.definer);
    }
    let reached = |from: &str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = next.pop() {
            for &definer in used.get(file.as_str()).into_iter().flatten() {
                if seen.insert(definer) {
                    next.push(definer.to_owned());
                }
            }
        }
        seen
    };
    let reach: BTreeMap<&str, BTreeSet<&str>> = used.keys().map(|&file| (file, reached(file))).collect();
    let meet = |a: &str, b: &str| reach[a].contains(b) && reach.get(b).is_some_and(|back| back.contains(a));
    let mut circles: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    for &file in reach.keys() {
        let circle: BTreeSet<&str> = reach[file].iter().copied().filter(|other| meet(file, other)).collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    let of_circle = |circle: &BTreeSet<&str>| -> String {
        let inside = uses.iter().filter(|f| circle.contains(&*f.user) && circle.contains(&*f.definer));
        inside.map(|f| format!("  {}:{} uses {} of {}\n", f.user, f.line, f.name, f.definer)).collect()
    };
    circles.iter().map(of_circle).collect()
}

fn every_file_has_a_layer(layers: &[&[&str]], names: &Names) {
    for file in names.files() {
        layer(layers, file);
    }
}

#[track_caller]
fn nothing(complaints: &[String], what: &str) {
    assert!(complaints.is_empty(), "{what}:\n{}", complaints.join("\n"));
}

#[test]
fn no_folder_of_the_library_uses_one_of_a_higher_layer() {
    let names = Names::read(&library());
    every_file_has_a_layer(LIBRARY, &names);
    let uses = names.uses();
    assert!(uses.len() > 300, "only {} uses were found, so the sources are not read right", uses.len());
    nothing(&climbs(LIBRARY, &uses), "names of a higher layer");
}

#[test]
fn the_commands_share_code_only_by_their_common_folder() {
    let names = Names::read(&commands());
    every_file_has_a_layer(COMMANDS, &names);
    let uses = names.uses();
    assert!(uses.len() > 100, "only {} uses were found, so the sources are not read right", uses.len());
    nothing(&climbs(COMMANDS, &uses), "names of a higher layer, or of the other command");
}

#[test]
fn no_two_files_use_each_other() {
    let circles: Vec<String> =
        [library(), commands()].iter().flat_map(|folder| circles(&Names::read(folder).uses())).collect();
    nothing(&circles, "circles of files");
}

/// All source files of the library and the commands, with their tokens.
fn sources() -> Vec<(PathBuf, Vec<Token>)> {
    let mut folders = vec![library(), commands()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let tokens = product_tokens(&fs::read_to_string(&path).unwrap());
                sources.push((path, tokens));
            }
        }
    }
    // The modules that only tests compile, named by their parents.
    sources.retain(|(path, _)| !["tests.rs", "reference.rs"].iter().any(|name| path.ends_with(name)));
    assert!(sources.len() > 150, "only {} source files were found", sources.len());
    sources
}

#[test]
fn unsafe_code_does_not_spread() {
    let follows = |tokens: &[Token], what: &str| {
        tokens.windows(2).filter(|pair| pair[0].is("unsafe") && pair[1].is(what)).count()
    };
    let mut places = Vec::new();
    let (mut blocks, mut implementations) = (0, 0);
    for (path, tokens) in sources() {
        let here = (follows(&tokens, "{"), follows(&tokens, "impl"));
        if here != (0, 0) {
            places.push(format!("{}: {here:?}", path.display()));
        }
        blocks += here.0;
        implementations += here.1;
    }
    // Fewer are welcome; then these numbers become smaller.
    assert_eq!((blocks, implementations), (11, 4), "blocks and implementations:\n{}", places.join("\n"));
}

/// Where `paths` begin in `tokens`, as `line: path`.
fn mentions(tokens: &[Token], paths: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        let wanted: Vec<Token> = lexer::tokens(path);
        let is_wanted =
            |here: &[Token]| here.iter().map(|token| &token.text).eq(wanted.iter().map(|token| &token.text));
        let places = tokens.windows(wanted.len()).filter(|here| is_wanted(here));
        found.extend(places.map(|here| format!("{}: {path}", here[0].line)));
    }
    found
}

#[test]
fn only_the_platform_module_of_the_commands_depends_on_the_platform() {
    let platform = commands().join("common/platform");
    assert!(platform.is_dir(), "{} is not there", platform.display());
    let elsewhere =
        sources().into_iter().filter(|(path, _)| path.starts_with(commands()) && !path.starts_with(&platform));
    let complaints: Vec<String> = elsewhere
        .flat_map(|(path, tokens)| {
            let found = mentions(&tokens, &["nix::", "libc::", "xattr::", "os::unix", "os::linux"]);
            found.into_iter().map(move |mention| format!("{}:{mention}", path.display()))
        })
        .collect();
    nothing(&complaints, "names of one platform outside its module");
}

/// The files of the commands that may use the library's `unstable` module. Fewer are welcome.
const MAY_USE_UNSTABLE: &[&str] = &[
    "common/platform/unix/signals.rs",
    "fore/args.rs",
    "fore/crew.rs",
    "fore/mixed.rs",
    "fore/progress/meter.rs",
    "fore/run.rs",
    "toolbox/bench/ablate.rs",
    "toolbox/bench/block_sizes.rs",
    "toolbox/bench/curve.rs",
    "toolbox/bench/matrix.rs",
    "toolbox/bench/neural_sizes.rs",
    "toolbox/explain/page/pack.rs",
    "toolbox/model/train.rs",
];

#[test]
fn the_commands_use_the_librarys_unstable_parts_in_few_places() {
    let users = sources().into_iter().filter_map(|(path, tokens)| {
        let file = path.strip_prefix(commands()).ok()?.to_str()?.replace(MAIN_SEPARATOR, "/");
        tokens.iter().any(|token| token.is("unstable")).then_some(file)
    });
    let others: Vec<String> = users.filter(|user| !MAY_USE_UNSTABLE.contains(&user.as_str())).collect();
    nothing(&others, "files that use `foretell::unstable` and are not in the list");
}

/// How many lines each function has, from `fn` to its closing brace.
fn function_lengths(tokens: &[Token]) -> Vec<(usize, usize, String)> {
    let starts = tokens.windows(2).enumerate().filter(|(_, pair)| pair[0].is("fn") && pair[1].is_name());
    let lengths = starts.filter_map(|(at, pair)| {
        let end = lexer::item_end(tokens, at) - 1;
        // Without a body it is only declared.
        let has_body = tokens[end].is("}");
        has_body.then(|| (tokens[end].line - pair[0].line + 1, pair[0].line, pair[1].text.clone()))
    });
    lengths.collect()
}

#[test]
fn functions_fit_a_screen() {
    let mut functions = Vec::new();
    for (path, tokens) in sources() {
        let named = |(length, line, name)| (length, format!("{}:{line} {name}", path.display()));
        functions.extend(function_lengths(&tokens).into_iter().map(named));
    }
    functions.sort();
    let lengths: Vec<usize> = functions.iter().map(|(length, _)| *length).collect();
    let part = |percent| lengths[(lengths.len() - 1) * percent / 100];
    let (median, p99) = (part(50), part(99));
    let longest: Vec<String> =
        functions.iter().rev().take(15).map(|(length, name)| format!("{length:>4} {name}")).collect();
    println!("{} functions, median {median}, p99 {p99} lines; the longest:", lengths.len());
    println!("{}", longest.join("\n"));
    assert!(lengths.len() > 900, "only {} functions were found", lengths.len());
    assert!(median <= 6 && p99 <= 35 && part(100) <= 60, "{longest:#?}");
}
