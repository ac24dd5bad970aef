//! Disks that are full, memory that runs out, a process that is killed: the input survives until the output is
//! complete, and whatever else happens is one line and an exit code.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    process::Output,
    thread::sleep,
    time::{Duration, Instant},
};

use foretell_testkit::{noise, skip_without};
use nix::sys::signal::Signal;

use crate::sandbox::{FORE, Sandbox, text, wait};

const KILLS: u32 = 200;

/// One or both of `f` and `f.fore` exist and hold `content`. Removes the unfinished file of a killed process.
#[track_caller]
fn survives(s: &Sandbox, content: &[u8]) {
    for name in s.names().split(' ').filter(|name| name.starts_with(".fore-")) {
        fs::remove_file(s.path(name)).unwrap();
    }
    let names = s.names();
    assert!(["f", "f.fore", "f f.fore"].contains(&names.as_str()), "{names}");
    if names.starts_with("f ") || names == "f" {
        assert!(s.read("f") == content);
    }
    if names.ends_with(".fore") {
        assert!(s.run("-dc f.fore", 0).stdout == content);
    }
}

#[test]
fn killed_at_any_moment_it_has_lost_nothing() {
    let s = Sandbox::new();
    let content = text(4000);
    s.write("f", &content);
    s.run("-1k f", 0);
    let coded = s.read("f.fore");
    let begun = Instant::now();
    s.run("-1f f", 0);
    let span = begun.elapsed();
    let mut killed = 0;
    for round in 0..KILLS {
        let (args, name, bytes) =
            if round % 2 == 0 { ("-1 f", "f", &content) } else { ("-d f.fore", "f.fore", &coded) };
        for name in ["f", "f.fore"] {
            let _ = fs::remove_file(s.path(name));
        }
        s.write(name, bytes);
        let mut child = s.fore(args).spawn().unwrap();
        // From at once to when it should be over, each moment once for either direction.
        sleep(span * (round / 2) / (KILLS / 2));
        child.kill().unwrap();
        killed += u32::from(wait(&mut child).signal() == Some(Signal::SIGKILL as i32));
        survives(&s, &content);
    }
    assert!(killed > KILLS / 10, "only {killed} were in time");
}

#[test]
fn killed_while_it_overwrites_it_leaves_the_old_file_or_the_new_one() {
    let s = Sandbox::new();
    let content = text(4000);
    let old = s.pipe("-1", b"old", 0).stdout;
    let mut killed = 0;
    for round in 0..20 {
        s.write("f", &content);
        s.write("f.fore", &old);
        let mut child = s.fore("-1fk f").spawn().unwrap();
        sleep(Duration::from_micros(round * 500));
        child.kill().unwrap();
        killed += u32::from(wait(&mut child).signal() == Some(Signal::SIGKILL as i32));
        assert!(s.read("f") == content);
        let decoded = s.run("-dc f.fore", 0).stdout;
        assert!(decoded == b"old" || decoded == content);
    }
    assert!(killed > 0, "none was in time");
}

/// Expects one of the exit codes 0 and 1, the latter with one line that contains one of `words`.
#[track_caller]
fn ends_well(output: &Output, words: &[&str], what: &str) -> bool {
    let printed = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => return true,
        Some(1) => assert!(printed.starts_with("fore: ") && printed.lines().count() == 1, "{what}: {printed}"),
        _ => panic!("{what}: {} {printed}", output.status),
    }
    assert!(words.iter().any(|words| printed.contains(words)), "{what}: {printed}");
    false
}

/// Runs a shell command in which `$FORE` is the program under test.
fn shell(s: &Sandbox, command: &str) -> Output {
    s.command("/bin/sh").args(["-c", command]).env("FORE", FORE).output().unwrap()
}

#[test]
fn a_limit_on_file_sizes_costs_no_input_wherever_it_strikes() {
    let s = Sandbox::new();
    let content = noise(1, 9000);
    // In units of 512 bytes.
    for limit in 0..20 {
        s.write("f", &content);
        let done =
            ends_well(&shell(&s, &format!("ulimit -f {limit}; $FORE --method store f")), &["File too large"], "coding");
        assert_eq!((done, s.names()), (limit > 17, if done { "f.fore" } else { "f" }.to_owned()));
        s.run("-1f f f.fore", if done { 1 } else { 0 });
        let done =
            ends_well(&shell(&s, &format!("ulimit -f {limit}; $FORE -d f.fore")), &["File too large"], "decoding");
        assert_eq!((done, s.names()), (limit > 17, if done { "f" } else { "f.fore" }.to_owned()));
        let _ = fs::remove_file(s.path("f.fore"));
    }
}

#[test]
fn a_full_disk_costs_no_input_and_leaves_nothing() {
    let s = Sandbox::new();
    s.write("f", &noise(2, 50_000));
    s.run("-k f -o /dev/full", 1).complains(&["/dev/full: No space left on device"]);
    s.run("-1k f", 0);
    s.run("-dk f.fore -o /dev/full", 1).complains(&["/dev/full: No space left on device"]);
    // A disk of 64 KiB, where the system lets us have one, that has room for `f` but not for as much again.
    let mount = "mkdir disk && mount -t tmpfs -o size=64k none disk && cp f disk/f && cd disk";
    let script = format!("{mount} && echo there && $FORE --method store f; echo $? $(ls -A)");
    let wrapped = s.command("unshare").args(["-rm", "sh", "-c", &script]).env("FORE", FORE).output();
    let printed = wrapped.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    match printed.strip_prefix("there\n") {
        Some(rest) => assert_eq!(rest, "1 f\nfore: f.fore: No space left on device\n"),
        None => skip_without("mounts", &format!("no tmpfs can be mounted in a namespace of its own: {printed}")),
    }
}

/// The messages of `fore` where memory is short: its own limit, the system's, or too little to start a thread.
const SHORT: [&str; 3] = ["bytes that are needed", "out of memory", "Resource temporarily unavailable"];

/// From the least memory in which `fore` starts at all to more than it needs: errors first, then success, nothing else.
#[track_caller]
fn memory_runs_out(s: &Sandbox, args: &str, steps_of: u64) {
    let run = |limit: u64, args: &str| shell(s, &format!("ulimit -v {limit}; $FORE {args}"));
    let least = (1..).map(|mib| mib << 10).find(|&kib| run(kib, "-V").status.success()).unwrap();
    let mut failed = 0;
    for limit in (0..).map(|step| least + step * steps_of) {
        if ends_well(&run(limit, args), &SHORT, &format!("{args} in {limit} KiB")) {
            break;
        }
        failed += 1;
    }
    assert!(failed > 0, "{args} needs no memory");
    println!("{args}: {failed} steps of {steps_of} KiB ended well");
}

/// Steps of a limit on memory, in KiB: of 1 MiB where `just memory` asks for it, else as coarse as the tests have time
/// for.
fn steps_of(coarse: u64) -> u64 {
    if std::env::var_os("FORETELL_EACH_MIB").is_some() { 1024 } else { coarse }
}

#[test]
fn memory_that_runs_out_is_an_error_with_several_threads_too() {
    let s = Sandbox::new();
    s.write("text", &text(400_000));
    for threads in [1, 4] {
        for args in ["-1 --block-size 64K -kf text", "-dc text.fore >/dev/null"] {
            memory_runs_out(&s, &format!("-T{threads} {args}"), steps_of(9 << 10));
        }
    }
}

/// Runs a shell command in a memory control group of `mib` MiB. `None` where none can be made.
fn in_group(s: &Sandbox, mib: u64, command: &str) -> Option<Output> {
    let name = format!("foretell-test-{}-{mib}", std::process::id());
    let made =
        [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")].map(|(top, limit)| {
            let folder = std::path::Path::new(top).join(&name);
            fs::create_dir(&folder).ok()?;
            match fs::write(folder.join(limit), (mib << 20).to_string()) {
                Ok(()) => Some(folder),
                Err(_) => {
                    let _ = fs::remove_dir(&folder);
                    None
                }
            }
        });
    let Some(folder) = made.into_iter().flatten().next() else {
        skip_without("groups", "no memory control group can be made");
        return None;
    };
    let entered = format!("echo $$ >{}/cgroup.procs && {command}", folder.display());
    let output = shell(s, &entered);
    // A process that has ended leaves its group a moment later.
    crate::sandbox::wait_until(|| fs::remove_dir(&folder).ok());
    Some(output)
}

#[test]
fn in_a_control_group_as_many_threads_are_used_as_fit_and_none_is_killed() {
    let s = Sandbox::new();
    s.write("text", &text(600_000));
    let run = |mib, args: &str| in_group(&s, mib, &format!("$FORE {args}"));
    // With four threads of 40 MiB each, and as much for their lead, it would be killed.
    let Some(output) = run(140, "-1 -T4 --block-size 128K -kf text") else { return };
    assert!(output.status.success(), "{output:?}");
    assert!(run(140, "-1 --block-size 128K -kf text").unwrap().status.success());
    assert!(run(140, "-T4 -dc text.fore >/dev/null").unwrap().status.success());
    // Work that cannot fit is refused before it begins.
    let output = run(70, "-9 -kf text").unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("the limit of a control group leaves") && printed.lines().count() == 1, "{printed}");
}

#[test]
fn memory_that_runs_out_is_an_error_whenever_it_does() {
    let s = Sandbox::new();
    s.write("text", &text(20_000));
    for (args, steps_of) in [("-1kf text", 64), ("-dc text.fore >/dev/null", 64), ("-9kf text", 512)] {
        memory_runs_out(&s, args, steps_of);
    }
    // Takes little room until its deflate stream is unpacked.
    assert!(shell(&s, "head -c 8000000 /dev/zero | gzip -9 >gz").status.success());
    for args in ["-1kf gz", "-dc gz.fore >/dev/null"] {
        memory_runs_out(&s, args, 1024);
    }
    s.zeros("zeros", 40 << 20);
    for args in ["-1kf zeros", "-dc zeros.fore >/dev/null", "-6 --method store -kf zeros", "-dc zeros.fore >/dev/null"]
    {
        memory_runs_out(&s, args, 4096);
    }
}
