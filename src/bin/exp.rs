use foretell::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let get = |name: &str, default: &str| args.iter().find_map(|a| a.strip_prefix(&format!("{name}="))).unwrap_or(default).to_owned();
    let level = Level::new(get("level", "3").parse().unwrap()).unwrap();
    let files: Vec<&String> = args[1..].iter().filter(|a| !a.contains('=')).collect();
    let lines = get("lines", "0") == "1";
    let mut samples: Vec<Vec<u8>> = vec![];
    for f in files { let d = std::fs::read(f).unwrap(); if lines { samples.extend(d.split_inclusive(|&b| b == b'\n').map(|l| l.to_vec())); let n = samples.len(); samples.truncate(n * 4 / 5); } else { samples.push(d) } }
    let also: Vec<Level> = get("also", "").split(',').filter(|s| !s.is_empty()).map(|s| Level::new(s.parse().unwrap()).unwrap()).collect();
    let t = std::time::Instant::now();
    let trained = Trainer::new().level(level).size(get("size", "1048576").parse().unwrap()).unwrap().also_for(also).train(&samples, |p| eprintln!("-{} pass {}: {:.4} {:.4} {:?}", p.level.get(), p.number, p.training.per_byte(), p.held_out.per_byte(), t.elapsed())).unwrap();
    eprintln!("{} bytes, {} contexts, held out {:.4} exact {:.4} without {:.4}", trained.file.len(), trained.model.contexts(), trained.held_out.per_byte(), trained.held_out_exact.per_byte(), trained.held_out_without.per_byte());
    std::fs::write(get("out", "/tmp/m.model"), &trained.file).unwrap();
    let t = std::time::Instant::now();
    let m = Model::load(get("out", "/tmp/m.model")).unwrap();
    eprintln!("load {:?} {:?}", t.elapsed(), m.id());
}
