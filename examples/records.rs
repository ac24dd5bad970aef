//! How an application keeps many small records: train a model once, load it once, then compress each record alone, on
//! as many threads as there are.
//!
//!     cargo run --release --example records

use foretell::{Model, RecordCompressor, RecordDecompressor, Trainer};

/// What a service might say of itself, in JSON.
fn record(i: usize) -> Vec<u8> {
    let host = ["ams-1", "ams-2", "lhr-1", "nyc-4"][i * 7 % 4];
    let (status, took) = ([200, 200, 200, 404, 500][i * 13 % 5], i * 7919 % 400);
    format!(r#"{{"id":{i},"host":"{host}","path":"/v1/orders/{}","status":{status},"took_ms":{took}}}"#, i * 31 % 1000)
        .into_bytes()
}

fn main() -> foretell::Result<()> {
    // Once: learn from some records, and keep the file.
    let samples: Vec<_> = (0..2000).map(record).collect();
    let trained = Trainer::new().size(64 << 10)?.train(&samples, |pass| {
        println!("pass {}: {:.3} bits per byte on records held out", pass.number, pass.held_out.per_byte());
    })?;
    println!("model {}: {} bytes", trained.model.id(), trained.file.len());

    // At each start: load it. Threads share it.
    let model = Model::from_bytes(&trained.file)?;
    let (mut raw, mut coded) = (0, 0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|worker| {
                let model = model.clone();
                scope.spawn(move || -> foretell::Result<(usize, usize)> {
                    let mut compressor = RecordCompressor::new(&model)?;
                    let mut decompressor = RecordDecompressor::new(&model)?;
                    let (mut raw, mut coded) = (0, 0);
                    for i in (10_000 + worker..11_000).step_by(2) {
                        let record = record(i);
                        let kept = compressor.compress(&record)?;
                        assert_eq!(decompressor.decompress(&kept)?, record);
                        (raw, coded) = (raw + record.len(), coded + kept.len());
                    }
                    Ok((raw, coded))
                })
            })
            .collect();
        for worker in workers {
            let (r, c) = worker.join().expect("no worker panics")?;
            (raw, coded) = (raw + r, coded + c);
        }
        Ok::<(), foretell::Error>(())
    })?;
    println!("1000 records: {raw} bytes, compressed each alone {coded}");
    Ok(())
}
