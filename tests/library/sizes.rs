//! The corpus at every level: each file comes back, and takes exactly the bytes that `corpus/SIZES` says.
//!
//! So every change of a size is noticed. `FORETELL_WRITE_GOLDEN=1 cargo test --test library sizes` (`just sizes`)
//! writes the table again; commit it with the change that it measures.

use std::{
    fmt::Write,
    fs, iter,
    path::{MAIN_SEPARATOR_STR, Path},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use foretell::{EncodeOptions, Level, unstable::model};
use foretell_testkit::{corpus, corpus_files, round_trip, writes_golden};

const ADVICE: &str = "If that is meant, run `just sizes`, which writes the table again.";

/// A row of the table: the bytes of a file itself, then those at levels 1 to 9.
type Sizes = [usize; 10];

/// The rows by name, in the order of the table; the last is the total.
type Table = Vec<(String, Sizes)>;

#[test]
fn every_corpus_file_at_every_level_comes_back_and_takes_the_bytes_that_the_table_says() {
    let path = corpus().join("SIZES");
    let measured = measure();
    if writes_golden() {
        fs::write(&path, render(&measured)).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    let changes = changes(&parse(&committed), &measured);
    assert!(changes.is_empty(), "Compressed sizes are not those of corpus/SIZES:\n{changes}{ADVICE}");
    assert!(committed == render(&measured), "corpus/SIZES is not in the form that it is written in. {ADVICE}");
}

/// Takes every file through every level and back, on all processors.
fn measure() -> Table {
    let files: Vec<_> = corpus_files().into_iter().map(|path| (name(&path), fs::read(path).unwrap())).collect();
    let mut jobs: Vec<_> = (0..files.len()).flat_map(|file| Level::all().map(move |level| (file, level))).collect();
    // The longest first, so that no processor is left alone with one in the end.
    jobs.sort_by_key(|&(file, level)| std::cmp::Reverse(files[file].1.len() * usize::from(level.get())));
    let table = files.iter().map(|(name, content)| (name.clone(), [content.len(); 10])).collect();
    let (table, next): (Mutex<Table>, _) = (Mutex::new(table), AtomicUsize::new(0));
    let work = || {
        while let Some(&(file, level)) = jobs.get(next.fetch_add(1, Relaxed)) {
            let size = round_trip(&files[file].1, &EncodeOptions::new().level(level).built_in_prior(false));
            table.lock().unwrap()[file].1[usize::from(level.get())] = size;
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| iter::repeat_n(&work, processors).for_each(|work| drop(scope.spawn(work))));
    with_total(table.into_inner().unwrap())
}

/// A file's name in the table: its path below the corpus.
fn name(path: &Path) -> String {
    path.strip_prefix(corpus()).unwrap().to_str().unwrap().replace(MAIN_SEPARATOR_STR, "/")
}

fn with_total(mut table: Table) -> Table {
    let total = std::array::from_fn(|column| table.iter().map(|(_, sizes)| sizes[column]).sum());
    table.push(("total".to_owned(), total));
    table
}

/// The table's text; its first line says which model made it.
fn render(table: &Table) -> String {
    let mut text = format!("{:<24}{:>10}", format!("model version {}", model::VERSION), "bytes");
    for level in Level::all() {
        write!(text, "{:>10}", format!("-{}", level.get())).unwrap();
    }
    for (name, sizes) in table {
        write!(text, "\n{name:<24}").unwrap();
        sizes.iter().for_each(|size| write!(text, "{size:>10}").unwrap());
    }
    text + "\n"
}

/// The rows of the table's text.
fn parse(text: &str) -> Table {
    let row = |line: &str| {
        let (name, sizes) = line.split_once(' ')?;
        let sizes: Vec<usize> = sizes.split_whitespace().map(|size| size.parse().ok()).collect::<Option<_>>()?;
        Some((name.to_owned(), sizes.try_into().ok()?))
    };
    let rows = text.lines().skip(1).map(|line| row(line).unwrap_or_else(|| panic!("no row of a table: {line}")));
    rows.collect()
}

/// A line for each size that is another one now, and for each file that is in only one of the tables.
fn changes(before: &Table, now: &Table) -> String {
    let find = |table: &Table, name: &str| table.iter().find(|row| row.0 == name).map(|row| row.1);
    let mut lines = String::new();
    for (name, new) in now {
        let Some(old) = find(before, name) else {
            writeln!(lines, "{name}: is not in the table").unwrap();
            continue;
        };
        for (column, (old, new)) in old.iter().zip(new).enumerate().filter(|(_, (old, new))| old != new) {
            let what = if column == 0 { "itself".to_owned() } else { format!("at level {column}") };
            writeln!(lines, "{name} {what}: {old} → {new}").unwrap();
        }
    }
    for (name, _) in before.iter().filter(|(name, _)| find(now, name).is_none()) {
        writeln!(lines, "{name}: is in the table only").unwrap();
    }
    lines
}

#[test]
fn a_table_is_read_as_it_is_written_and_every_change_in_it_is_named() {
    let table = with_total(vec![("a/b".to_owned(), [1000; 10]), ("c".to_owned(), [7; 10])]);
    assert_eq!(parse(&render(&table)), table);
    assert!(render(&table).ends_with(&format!("\ntotal{:19}{}\n", "", "      1007".repeat(10))));
    assert_eq!(changes(&table, &table), "");
    let mut other = table.clone();
    other[0].1[6] = 990;
    other[1].0 = "d".to_owned();
    let expected = "a/b at level 6: 1000 → 990\nd: is not in the table\nc: is in the table only\n";
    assert_eq!(changes(&table, &other), expected);
}
