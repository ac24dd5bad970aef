use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use super::*;

fn pool(threads: usize) -> Pool<usize> {
    Pool::new(Budget::new(threads, u64::MAX))
}

#[test]
fn results_come_in_the_order_of_the_jobs_whichever_ends_first() {
    for threads in [1, 2, 3, 8] {
        let mut pool = pool(threads);
        let mut results = vec![];
        for i in 0..20 {
            while !pool.has_room(TINY, 0) {
                results.push(pool.take_next().unwrap().unwrap());
            }
            match i % 5 {
                4 => pool.put(Ok(i)),
                _ => pool.run(TINY, move |_| {
                    thread::sleep(Duration::from_millis(20 - i as u64));
                    Ok(i)
                }),
            }
        }
        results.extend(std::iter::from_fn(|| pool.take_next()).map(Result::unwrap));
        assert!(results.into_iter().eq(0..20), "{threads} threads");
    }
}

#[test]
fn no_more_jobs_run_than_there_are_threads_or_memory_for() {
    let most_at_once = |threads, memory| {
        let mut pool = Pool::new(Budget::new(threads, memory * TINY));
        (0..10)
            .take_while(|_| pool.has_room(100 * TINY, 50 * TINY).then(|| pool.run(100 * TINY, |_| Ok(()))).is_some())
            .count()
    };
    assert_eq!(most_at_once(1, 9999), 1);
    assert_eq!(most_at_once(3, 9999), 3);
    assert_eq!(most_at_once(9, 350), 3);
    assert_eq!(most_at_once(9, 349), 2);
    assert_eq!(most_at_once(9, 0), 1);
}

#[test]
fn a_panic_is_an_error_in_its_place_and_the_others_go_on() {
    let mut pool = pool(2);
    pool.run(TINY, |_| panic!("as this test wants it"));
    pool.run(TINY, |_| Ok(1));
    assert_eq!(pool.take_next().unwrap().unwrap_err().kind(), ErrorKind::Internal);
    assert_eq!(pool.take_next().unwrap().unwrap(), 1);
    pool.run(TINY, |_| Ok(2));
    assert_eq!(pool.take_next().unwrap().unwrap(), 2);
}

#[test]
fn a_job_that_lacks_memory_beside_others_is_done_again_alone() {
    let at_work = Arc::new(AtomicUsize::new(0));
    let mut pool = pool(3);
    for i in 0..3 {
        let at_work = Arc::clone(&at_work);
        pool.run(TINY, move |_| {
            let others = at_work.fetch_add(1, Relaxed);
            thread::sleep(Duration::from_millis(50));
            at_work.fetch_sub(1, Relaxed);
            if others == 0 { Ok(i) } else { Err(Error::no_memory(1)) }
        });
    }
    let results: Vec<usize> = std::iter::from_fn(|| pool.take_next()).map(Result::unwrap).collect();
    assert_eq!(results, [0, 1, 2]);
    // What is too much even then is an error.
    pool.run(TINY, |_| Err(Error::no_memory(1)));
    assert_eq!(pool.take_next().unwrap().unwrap_err().kind(), ErrorKind::MemoryLimit);
    pool.run(u64::MAX, |_| Ok(1));
    assert_eq!(pool.take_next().unwrap().unwrap_err().kind(), ErrorKind::MemoryLimit);
}

#[test]
fn dropping_the_pool_stops_its_jobs() {
    let mut pool = pool(2);
    let begun = Instant::now();
    for _ in 0..2 {
        let stop = pool.stop();
        pool.run(TINY, move |_| {
            while !stop.is_asked_for() && begun.elapsed() < Duration::from_secs(60) {
                thread::sleep(Duration::from_millis(1));
            }
            Ok(0)
        });
    }
    drop(pool);
    assert!(begun.elapsed() < Duration::from_secs(30));
}
