use super::*;

#[test]
fn the_arithmetic_here_is_the_formats() {
    check().unwrap();
}

/// Modes can be set here, by `control`.
#[cfg(all(
    any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64"),
    any(target_feature = "sse", target_arch = "aarch64"),
    not(miri)
))]
mod modes {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use foretell_testkit::noise;

    use super::control::Word;
    use crate::math::environment::{control, *};
    use crate::{
        EncodeOptions, Encoder, Level, Predictor, RecordCompressor, RecordDecompressor, Trainer, stream::decompress,
    };

    /// Modes that other programs set, and words of the error where they cannot be set back.
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    const ODD: [(Word, &str); 6] = [
        (0x3f80, "rounding is not to nearest"),
        (0x5f80, "rounding is not to nearest"),
        (0x7f80, "rounding is not to nearest"),
        (0x9f80, "subnormal numbers are taken for zero"),
        (0x1fc0, "subnormal numbers are taken for zero"),
        (0x9fc0, "subnormal numbers are taken for zero"),
    ];
    #[cfg(target_arch = "aarch64")]
    const ODD: [(Word, &str); 4] = [
        (1 << 22, "rounding is not to nearest"),
        (2 << 22, "rounding is not to nearest"),
        (3 << 22, "rounding is not to nearest"),
        (1 << 24, "subnormal numbers are taken for zero"),
    ];
    /// The bits that are a mode, not flags of past exceptions.
    const MODE: Word = if cfg!(target_arch = "aarch64") { Word::MAX } else { !0x3f };

    /// Runs `work` in another mode, which must still be set after it.
    fn in_mode<R>(mode: Word, work: impl FnOnce() -> R) -> R {
        control::write(mode);
        let done = catch_unwind(AssertUnwindSafe(|| apart(work)));
        let after = control::read();
        control::write(control::STANDARD);
        assert_eq!(after & MODE, mode, "the caller's mode was changed");
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    #[test]
    fn other_modes_are_noticed() {
        for (mode, words) in ODD {
            let error = in_mode(mode, check).unwrap_err();
            assert!(error.kind() == ErrorKind::Arithmetic && error.to_string().contains(words), "{mode:x}: {error}");
        }
    }

    #[test]
    fn work_runs_in_the_standard_mode_and_the_callers_comes_back_after_results_errors_and_panics() {
        for (mode, _) in ODD {
            in_mode(mode, || checked(|| standard(check))).unwrap();
            let failed = in_mode(mode, || checked(|| Err::<(), _>(Error::corrupt("as this test wants it"))));
            assert_eq!(failed.unwrap_err().kind(), ErrorKind::Corrupt);
            let panics = || catch_unwind(|| standard(|| panic!("as this test wants it")));
            assert!(in_mode(mode, panics).is_err());
        }
    }

    #[test]
    fn what_the_trainer_calls_runs_in_its_callers_mode() {
        let samples: Vec<Vec<u8>> = (0..50).map(|i| noise(i, 20)).collect();
        let trained = |mode| {
            let mut modes = Vec::new();
            let train = || Trainer::new().level(Level::FASTEST).train(&samples, |_| modes.push(control::read() & MODE));
            let file = in_mode(mode, train).unwrap().file;
            assert!(!modes.is_empty() && modes.iter().all(|&found| found == mode), "{mode:x}: {modes:x?}");
            file
        };
        let right = trained(control::STANDARD);
        ODD.iter().for_each(|&(mode, _)| assert!(trained(mode) == right));
    }

    #[test]
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    fn traps_for_inexact_results_are_off_during_work() {
        in_mode(0x0f80, || checked(|| Ok(()))).unwrap();
    }

    /// Some content of all kinds.
    fn content() -> Vec<u8> {
        [foretell_testkit::mixed_content(), noise(7, 3000), b"the cat sat on the mat, and ".repeat(3000)].concat()
    }

    /// The outputs of everything that computes, as bytes. Compressors and the like are made in the standard mode and
    /// used in `mode`.
    fn made(mode: Word) -> Vec<Vec<u8>> {
        let content = content();
        let options = EncodeOptions::new().level(Level::FASTEST).threads(2).block_len(1 << 16).unwrap();
        let mut encoder = Encoder::new(Vec::new(), &options);
        let samples: Vec<&[u8]> = content.chunks(99).take(200).collect();
        let trainer = Trainer::new().level(Level::FASTEST);
        let trained = in_mode(mode, || trainer.train(&samples, |_| {})).unwrap();
        let mut compressor = RecordCompressor::new(&trained.model).unwrap();
        let mut decompressor = RecordDecompressor::new(&trained.model).unwrap();
        let mut predictor = Predictor::for_content(Level::new(4).unwrap(), 3000).unwrap();
        let mut made = vec![trained.file.clone()];
        in_mode(mode, || {
            std::io::Write::write_all(&mut encoder, &content).unwrap();
            let coded = encoder.finish().unwrap();
            assert!(decompress(&coded).unwrap() == content);
            made.push(coded);
            for record in samples.iter().chain([&&noise(8, 300)[..]]) {
                let coded = compressor.compress(record).unwrap();
                assert_eq!(&decompressor.decompress(&coded).unwrap(), record);
                made.push(coded);
                made.push(compressor.compress_raw(record).unwrap());
            }
            made.push(RecordCompressor::new(&trained.model).unwrap().compress(samples[3]).unwrap());
            let mut bits = Vec::new();
            for &byte in &content[..3000] {
                predictor.update(byte);
                bits.extend(predictor.cost(byte).to_bits().to_le_bytes());
            }
            bits.extend(predictor.distribution().iter().flat_map(|p| p.to_bits().to_le_bytes()));
            made.push(bits);
            let mut fresh = Predictor::for_content(Level::FASTEST, 10).unwrap();
            made.push(fresh.distribution().iter().flat_map(|p| p.to_bits().to_le_bytes()).collect());
        });
        made
    }

    #[test]
    fn all_bits_are_the_same_in_every_mode_and_on_every_thread() {
        let right = made(control::STANDARD);
        for (mode, _) in ODD {
            assert!(made(mode) == right, "{mode:x}");
        }
    }
}
