//! `generate-corpus DIR`: writes the generated files of the corpus: the same bytes on every machine.

use std::{env, error::Error, fs, path::PathBuf};

use foretell_testkit::generated::FILES;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("which folder to write to is not said")?);
    fs::create_dir_all(&folder)?;
    for file in FILES {
        let (path, bytes) = (folder.join(file.name), file.bytes());
        fs::write(&path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{:>9}  {}", bytes.len(), path.display());
    }
    Ok(())
}
