use foretell::*;
// exp2 model level files...: sizes w/o and with model
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let m = Model::load(&args[1]).unwrap();
    let level = Level::new(args[2].parse().unwrap()).unwrap();
    let (mut a, mut b) = (0, 0);
    for f in &args[3..] {
        let d = std::fs::read(f).unwrap();
        let x = compress(&d, &Options::new().level(level).general(false)).unwrap().len();
        let c = compress(&d, &Options::new().level(level).model(m.clone())).unwrap();
        let y = c.len() - 8;
        println!("{:40} {:7} {x:6} {y:6} {:.2}%", f.rsplit('/').next().unwrap(), d.len(), 100.0 * y as f64 / x as f64 - 100.0);
        a += x; b += y;
    }
    println!("total {a} {b} {:.2}%", 100.0 * b as f64 / a as f64 - 100.0);
}
