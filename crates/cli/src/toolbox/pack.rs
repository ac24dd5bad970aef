//! `foretell pack`, `get` and `unpack`: a file of records ↔ a pack in which each record can be read alone.

use std::{
    env,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Seek},
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail, ensure};

use super::{
    notes::Notes,
    output::{Target, print_bytes},
};
use crate::common::{
    models::at_hand,
    report::{Problem, one_line, plain},
    stdio::{self, Patient},
    values::parse_record,
};
use foretell::{
    DecodeOptions, Model, Models,
    pack::{self, Cut, GROUP, Pack, PackOptions},
};

/// Pack the records of a file, so that each can be read alone
///
/// A few records together make a group. Each group starts from a trained model (`foretell train`), and to read a record
/// is to decode its group. `foretell unpack` gives back the file, byte for byte.
#[derive(clap::Args)]
pub struct PackArgs {
    /// Each line is a record
    #[arg(long, conflicts_with = "records", required_unless_present = "records")]
    lines: bool,
    /// Each BYTES bytes are a record
    #[arg(long, value_name = "BYTES", value_parser = parse_record)]
    records: Option<usize>,
    /// The trained model
    #[arg(short = 'D', long, value_name = "MODEL")]
    model: PathBuf,
    /// Records in a group: more take less space, fewer are read faster
    #[arg(long, value_name = "NUMBER", default_value_t = GROUP as u32, value_parser = clap::value_parser!(u32).range(1..=65536))]
    group: u32,
    /// Overwrite OUT
    #[arg(short, long)]
    force: bool,
    /// The file to pack; - is standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; - is standard output
    #[arg(value_name = "OUT")]
    output: PathBuf,
}

/// Print records of a pack
#[derive(clap::Args)]
pub struct GetArgs {
    #[command(flatten)]
    models: ModelArgs,
    /// The pack
    #[arg(value_name = "PACK")]
    pack: PathBuf,
    /// Numbers of records, counted from 1
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
    /// The file to write; - is standard output
    #[arg(value_name = "OUT", default_value = "-")]
    output: PathBuf,
}

/// Where to find the model that a pack needs.
#[derive(clap::Args)]
struct ModelArgs {
    /// The trained model
    #[arg(short = 'D', long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// A folder to look for the model in, besides that in FORETELL_MODELS
    #[arg(long, value_name = "DIR")]
    models: Vec<PathBuf>,
}

impl ModelArgs {
    fn models(&self) -> anyhow::Result<Models> {
        let named = self.model.as_deref().map(load).transpose()?;
        Ok(at_hand(named.as_ref(), self.models.clone(), env::var_os("FORETELL_MODELS").as_deref()))
    }
}

/// The trained model in a file.
///
/// # Errors
/// Those of reading it, after its name.
pub fn load(path: &Path) -> anyhow::Result<Model> {
    Model::load(path).with_context(|| one_line(path.display()))
}

/// Packs, and reports sizes on standard error.
pub fn pack(args: &PackArgs, notes: &Notes) -> anyhow::Result<()> {
    let output = output(&args.output, args.force, Some(&args.model))?;
    let cut = args.records.filter(|_| !args.lines).map_or(Cut::Lines, Cut::Bytes);
    let model = load(&args.model)?;
    let input: Box<dyn BufRead> = if args.input.as_os_str() == "-" {
        let file = stdio::stdin().map_err(|error| Problem::error("stdin", plain(&error)))?;
        Box::new(BufReader::with_capacity(1 << 16, Patient(file)))
    } else {
        let file = File::open(&args.input).with_context(|| one_line(args.input.display()))?;
        Box::new(BufReader::with_capacity(1 << 16, file))
    };
    let packed = output.write(notes, |out| {
        pack::pack(input, out, &model, &PackOptions::new(cut).group(args.group as usize))
            .with_context(|| one_line(args.input.display()))
    })?;
    let ratio = if packed.bytes == 0 { 0.0 } else { 100.0 * packed.coded as f64 / packed.bytes as f64 };
    notes.info(&format!(
        "{}: {} records, {} bytes in {} ({ratio:.1} %)",
        one_line(args.output.display()),
        packed.records,
        packed.bytes,
        packed.coded
    ));
    Ok(())
}

/// Prints records; a newline follows each record that is a line.
pub fn get(args: &GetArgs) -> anyhow::Result<()> {
    let mut pack = open(&args.pack, &args.models)?;
    for &number in &args.numbers {
        let name = || one_line(args.pack.display());
        ensure!(number > 0, "{}: records are counted from 1", name());
        let Some(mut record) = pack.get(number - 1).with_context(name)? else {
            bail!("{}: has no record {number}, but {}", name(), pack.len());
        };
        if pack.cut() == Cut::Lines {
            record.push(b'\n');
        }
        print_bytes(&record)?;
    }
    Ok(())
}

/// Writes the file that was packed.
pub fn unpack(args: &UnpackArgs, notes: &Notes) -> anyhow::Result<()> {
    let output = output(&args.output, args.force, args.models.model.as_deref())?;
    let mut pack = open(&args.pack, &args.models)?;
    output.write(notes, |mut out| pack.write_to(&mut out).with_context(|| one_line(args.pack.display())))
}

fn open(path: &Path, models: &ModelArgs) -> anyhow::Result<Pack<impl Read + Seek>> {
    let file = File::open(path).with_context(|| one_line(path.display()))?;
    let pack = Pack::open(file, &DecodeOptions::new().models(models.models()?)).map_err(io::Error::from);
    pack.map_err(|error| match error.kind() {
        io::ErrorKind::NotSeekable => anyhow!("a pack is read from anywhere, which a pipe is not; save it to a file"),
        _ => error.into(),
    })
    .with_context(|| one_line(path.display()))
}

/// The file that a command writes. A file that exists is replaced only with -f, and never if it is the model: packs are
/// worth nothing without it.
fn output(path: &Path, force: bool, model: Option<&Path>) -> anyhow::Result<Target> {
    Target::new(path, || match fs::canonicalize(path) {
        Ok(place) if model.is_some_and(|model| fs::canonicalize(model).is_ok_and(|model| model == place)) => {
            Some("it is the model that the pack needs".to_owned())
        }
        _ => (!force).then(|| "already exists; -f overwrites it".to_owned()),
    })
}
