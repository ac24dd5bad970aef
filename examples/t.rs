use std::time::Instant;
use foretell::{model::{Network, Level}, math::isa};
struct Run<'a>(&'a mut Network, &'a [u8], f64);
impl isa::Kernel for Run<'_> { type Output = f64;
#[inline(always)] fn run(self) -> f64 { let mut c = 0.0; for &b in self.1 { for n in [b>>4, b&15] { c -= (self.0.predict().0[n as usize].max(1e-6) as f64).log2(); self.0.update(n);} } c } }
fn main() {
    let mut total = 0.0;
    for f in std::env::args().skip(1) {
        let d = std::fs::read(&f).unwrap();
        let t = Instant::now();
        let mut n = Network::new(Level::DEFAULT, d.len());
        let c = isa::run(isa::Isa::detect(), Run(&mut n, &d, 0.0)) / 8.0;
        total += c;
        println!("{:28} {:9} -> {:9.0} {:.4} bpb {:6.0} KB/s", f.rsplit('/').next().unwrap(), d.len(), c, c*8.0/d.len() as f64, d.len() as f64/1e3/t.elapsed().as_secs_f64());
    }
    println!("total {total:.0}");
}
