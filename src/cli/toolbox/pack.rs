//! `foretell pack`, `get` and `unpack`: a file of lines ↔ a pack from which each line can be had alone.

use std::{
    env,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};

use super::{inputs::printable, notes::Notes, print_bytes};
use crate::{
    Model, Models,
    cli::fore::models::at_hand,
    pack::{self, GROUP, Pack},
};

/// Pack the lines of a file, so that each can be had alone
///
/// Some lines together make a group, which starts from what a trained model knows (`foretell train`); a line is got by
/// decoding its group. `foretell unpack` gives back the file, byte for byte.
#[derive(clap::Args)]
pub struct PackArgs {
    /// Each line is a record, which has to be said
    #[arg(long, required = true)]
    #[allow(dead_code)] // the only way so far to cut content into records
    lines: bool,
    /// The trained model
    #[arg(short = 'D', long, value_name = "MODEL")]
    model: PathBuf,
    /// Lines in a group: more take less room, fewer are got faster
    #[arg(long, value_name = "LINES", default_value_t = GROUP as u32, value_parser = clap::value_parser!(u32).range(1..=65536))]
    group: u32,
    /// Overwrite OUT
    #[arg(short, long)]
    force: bool,
    /// What to pack; - is standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where to; - is standard output
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

/// Print lines of a pack
#[derive(clap::Args)]
pub struct GetArgs {
    #[command(flatten)]
    models: ModelArgs,
    /// The pack
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// Which lines, counted from 1
    #[arg(value_name = "N", required = true)]
    numbers: Vec<u64>,
}

/// Write the file that was packed
#[derive(clap::Args)]
pub struct UnpackArgs {
    #[command(flatten)]
    models: ModelArgs,
    /// Overwrite OUT
    #[arg(short, long)]
    force: bool,
    /// The pack
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// Where to; - is standard output
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

/// Where to find the model that a pack needs.
#[derive(clap::Args)]
struct ModelArgs {
    /// The trained model
    #[arg(short = 'D', long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// A folder to look for the model in, beside that in FORETELL_MODELS
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
}

impl ModelArgs {
    fn models(&self) -> anyhow::Result<Models> {
        let named = self.model.as_deref().map(load).transpose()?;
        Ok(at_hand(named.as_ref(), self.models.clone(), env::var_os("FORETELL_MODELS").as_deref()))
    }
}

fn load(path: &Path) -> anyhow::Result<Model> {
    Model::load(path).with_context(|| printable(path))
}

/// Packs, and tells on standard error what became of it.
pub fn pack(args: &PackArgs, notes: &Notes) -> anyhow::Result<()> {
    let model = load(&args.model)?;
    let input: Box<dyn BufRead> = if args.input.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&args.input).with_context(|| printable(&args.input))?;
        Box::new(BufReader::with_capacity(1 << 16, file))
    };
    let packed = write(&args.output, args.force, |out| {
        pack::pack(input, out, &model, args.group as usize).with_context(|| printable(&args.input))
    })?;
    let ratio = if packed.bytes == 0 { 0.0 } else { 100.0 * packed.coded as f64 / packed.bytes as f64 };
    notes.info(&format!(
        "{}: {} lines, {} bytes in {} ({ratio:.1} %)",
        printable(&args.output),
        packed.records,
        packed.bytes,
        packed.coded
    ));
    Ok(())
}

/// Prints lines, each with an end.
pub fn get(args: &GetArgs) -> anyhow::Result<()> {
    let mut pack = open(&args.pack, &args.models)?;
    for &number in &args.numbers {
        let name = || printable(&args.pack);
        ensure!(number > 0, "{}: lines are counted from 1", name());
        let Some(mut line) = pack.get(number - 1).with_context(name)? else {
            bail!("{}: has no line {number}, but {}", name(), pack.len());
        };
        line.push(b'\n');
        print_bytes(&line)?;
    }
    Ok(())
}

/// Writes the file that was packed.
pub fn unpack(args: &UnpackArgs) -> anyhow::Result<()> {
    let mut pack = open(&args.pack, &args.models)?;
    write(&args.output, args.force, |mut out| pack.write_to(&mut out).with_context(|| printable(&args.pack)))
}

fn open(path: &Path, models: &ModelArgs) -> anyhow::Result<Pack<impl Read + Seek>> {
    let file = File::open(path).with_context(|| printable(path))?;
    Pack::open(file, &models.models()?).with_context(|| printable(path))
}

/// Has `write` write a file, which is there only once it is complete; or standard output.
fn write<T>(path: &Path, force: bool, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>) -> anyhow::Result<T> {
    if path.as_os_str() == "-" {
        let mut out = BufWriter::new(io::stdout().lock());
        let done = write(&mut out)?;
        out.flush().context("standard output")?;
        return Ok(done);
    }
    let name = || printable(path);
    ensure!(force || !path.exists(), "{}: already exists; -f overwrites it", name());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // As open to others as the umask says, like any new file.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    let file =
        tempfile::Builder::new().prefix(".foretell-").permissions(mode).tempfile_in(folder).with_context(name)?;
    let mut out = BufWriter::new(file);
    let done = write(&mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error).with_context(name)?;
    file.persist(path).map_err(|error| error.error).with_context(name)?;
    Ok(done)
}
