//! Samples → models.
pub mod tally;
use crate::{Level, coder::{Encoder, Frequencies}, math::isa::{self, Isa, Kernel}, model::{Network, prior::{Prior, Start}}};
use std::sync::Arc;
use tally::Tally;

struct Code<'a> { network: &'a mut Network, coder: &'a mut Encoder, bits: &'a mut f64, sample: &'a [u8] }
impl Kernel for Code<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for &byte in self.sample {
            for nibble in [byte >> 4, byte & 15] {
                let p = self.network.predict();
                *self.bits -= f64::from(p.0[usize::from(nibble)]).log2();
                let f = Frequencies::new(p);
                self.coder.encode(&f, nibble);
                self.network.update(nibble);
            }
        }
    }
}

pub fn split(data: &[u8], how: &str) -> Vec<Vec<u8>> {
    match how {
        "lines" => data.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect(),
        _ => data.chunks(16384).map(<[u8]>::to_vec).collect(),
    }
}

fn pass(network: &mut Network, samples: &[&[u8]], restore: Option<&Start>) -> (f64, usize) {
    let mut bits = 0.0; let mut bytes = 0;
    let weights: Vec<f32> = network.weights().flat_map(|w| w.to_vec()).collect();
    let _ = restore;
    for sample in samples {
        network.restart_all_but_weights(sample.len()).unwrap();
        if restore.is_some() { network.set_weights(&weights); }
        let mut coder = Encoder::new();
        isa::run(Isa::detect(), Code { network, coder: &mut coder, bits: &mut bits, sample });
        bytes += coder.finish().len();
    }
    (bits, bytes)
}

pub fn experiment() {
    let args: Vec<String> = std::env::args().collect();
    let get = |name: &str, default: &str| args.iter().find_map(|a| a.strip_prefix(&format!("{name}="))).unwrap_or(default).to_owned();
    let level = Level::new(get("level", "3").parse().unwrap()).unwrap();
    let how = get("split", "lines");
    let memory: u32 = get("memory", "30").parse().unwrap();
    let least: u32 = get("least", "1").parse().unwrap();
    let most: usize = get("most", "100000000").parse().unwrap();
    let once = get("once", "0") == "1";
    let passes: usize = get("passes", "1").parse().unwrap();
    let folds: usize = get("folds", "5").parse().unwrap();
    let hold: f64 = get("hold", "0.2").parse().unwrap();
    let files: Vec<&String> = args[1..].iter().filter(|a| !a.contains('=')).collect();
    let test = get("test", "");
    let mut samples: Vec<Vec<u8>> = files.iter().flat_map(|f| split(&std::fs::read(f).unwrap(), &how)).collect();
    let held: Vec<Vec<u8>> = if test.is_empty() {
        let n = samples.len();
        samples.split_off(n - (n as f64 * hold) as usize)
    } else { test.split(',').map(|f| std::fs::read(f).unwrap()).collect() };
    let samples: Vec<&[u8]> = samples.iter().map(|s| &s[..]).collect();
    let held: Vec<&[u8]> = held.iter().map(|s| &s[..]).collect();
    let n = samples.len();
    let held_bytes: usize = held.iter().map(|s| s.len()).sum();
    let t = std::time::Instant::now();
    let tally = Tally::of(samples.iter().copied(), level, once);
    let counts = tally.counts(least, most);
    eprintln!("{} samples, {} contexts of {} in {:?}", n, counts.len(), tally.contexts().count(), t.elapsed());
    let mut hist = [0usize; 8]; let mut syms = 0;
    for c in tally.contexts() { let t: u32 = c.iter().map(|x| x.1).sum(); hist[(t.ilog2() as usize).min(7)] += 1; syms += c.len(); }
    eprintln!("by count 1,2-3,4-7..: {hist:?}, symbols {syms}");
    let prior = Arc::new(Prior { counts, memory, weights: vec![] });
    let mut none = Network::new(level, 1000).unwrap();
    let (_, fresh) = pass(&mut none, &held, Some(&Start::from(level)));
    eprintln!("held-out {held_bytes} bytes, no prior: {fresh}");
    let mut network = Network::from(&Start { level, prior: Some(prior.clone()) }, 1000).unwrap();
    let (b, bytes) = pass(&mut network, &held, Some(&Start::from(level)));
    eprintln!("counts only: {bytes} ({:.0})", b / 8.0);
    if passes == 0 { return }
    // cross fit
    let mut weights: Vec<f32> = network.weights().flat_map(|w| w.to_vec()).collect();
    let mut fold_priors = vec![];
    for f in 0..folds {
        let range = n * f / folds..n * (f + 1) / folds;
        let others = samples.iter().enumerate().filter(|(i, _)| !range.contains(i)).map(|(_, s)| *s);
        let counts = Tally::of(others, level, once).counts(least, most);
        fold_priors.push((range, Arc::new(Prior { counts, memory, weights: vec![] })));
    }
    let mut time: f32 = 0.0;
    for p in 0..passes {
        let t = std::time::Instant::now();
        let mut all = 0;
        for (range, prior) in &fold_priors {
            let mut network = Network::from(&Start { level, prior: Some(prior.clone()) }, 1000).unwrap();
            network.set_weights(&weights);
            network.set_time(time);
            let (_, bytes) = pass(&mut network, &samples[range.clone()], None);
            all += bytes;
            time += samples[range.clone()].iter().map(|s| s.len() * 2).sum::<usize>() as f32;
            weights = network.weights().flat_map(|w| w.to_vec()).collect();
        }
        for later in [2000.0, 20000.0, 200000.0] {
            let mut network = Network::from(&Start { level, prior: Some(prior.clone()) }, 1000).unwrap();
            network.set_weights(&weights);
            network.set_time(later);
            let (b, bytes) = pass(&mut network, &held, Some(&Start::from(level)));
            eprintln!("pass {p}: train {all}, held-out {bytes} ({:.0}) t={later} {:?}", b / 8.0, t.elapsed());
        }
    }
}
