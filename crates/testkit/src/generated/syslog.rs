//! A system log: daemons whose conversations take several lines and overlap in time.
//!
//! As on a real machine most of the volume is strangers guessing passwords over ssh, in bursts from one address;
//! between them cron, systemd, the firewall, the mail server and the clock keep their rhythms.

use super::{Rng, clock::Moment};

const SECOND: u64 = 1000;
const USERS: &[&str] = &[
    "root",
    "admin",
    "test",
    "ubuntu",
    "oracle",
    "postgres",
    "user",
    "git",
    "guest",
    "pi",
    "ftpuser",
    "deploy",
    "mysql",
    "nagios",
    "hadoop",
    "www-data",
    "support",
    "jenkins",
    "tomcat",
    "minecraft",
    "backup",
    "webmaster",
    "zabbix",
    "steam",
    "operator",
    "teamspeak",
    "vagrant",
    "elastic",
    "ansible",
    "svn",
    "student",
    "info",
];
/// (user, uid, fingerprint of the ssh key)
const STAFF: &[(&str, u32, &str)] = &[
    ("mkeller", 1000, "Qx7mB1vTzK4cJd0NfY2hWsR9uGpE6aLoIiC5kXyM3tA"),
    ("deploy", 1003, "b0FzR8LqWn3VgHs5TjYdCx1PeMuA7kOi9JrKpB2wSmE"),
    ("ines", 1001, "8dNvKc2LzYtQoWf6RhXpEjU4sGbAiM1nT0CxS9kHqJg"),
    ("backup", 34, "T5sWyJ0xVdRbNq3ZkFhCmL8uPgAo1EiYe7XtK4vGjQc"),
    ("jonas", 1002, "jC9pUeYs1OqXb7LmRtH4wKzFv0NgDaTi3QxBk6EyWnU"),
];
const UNITS: &[&str] = &[
    "Daily apt download activities",
    "Rotate log files",
    "Cleanup of Temporary Directories",
    "Daily man-db regeneration",
    "Discard unused blocks",
    "Message of the Day",
    "Refresh fwupd metadata and update motd",
    "Session c of user backup",
    "Certificate renewal",
    "PostgreSQL Cluster 14-main",
];
const CRON: &[(&str, u64, &str)] = &[
    ("root", 600, "command -v debian-sa1 > /dev/null && debian-sa1 1 1"),
    ("www-data", 300, "php -f /srv/cloud/cron.php"),
    ("root", 3600, "cd / && run-parts --report /etc/cron.hourly"),
    ("backup", 10_800, "/usr/local/bin/snapshot.sh --keep 14 /srv/data"),
];
const MAIL_HOSTS: &[&str] = &["mx1.example.net", "smtp.example.org", "mail.harbour.example", "relay3.example.com"];

/// Lines with the moment at which each was written, in the order of the conversations.
struct Log {
    lines: Vec<(Moment, String)>,
    bytes: usize,
    pid: u64,
}

impl Log {
    fn push(&mut self, at: u64, source: &str, text: &str) {
        let line = format!("{} lantern {source}: {text}\n", Moment(at).syslog());
        self.bytes += line.len();
        self.lines.push((Moment(at), line));
    }

    /// A new process id: they rise with the time, by uneven steps.
    fn spawn(&mut self, rng: &mut Rng) -> u64 {
        self.pid += 1 + rng.zipf(40) as u64;
        if self.pid > 32_768 {
            self.pid = 300 + rng.below(50);
        }
        self.pid
    }
}

pub(super) fn log(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut log = Log { lines: Vec::new(), bytes: 0, pid: 2214 };
    let mut now = 1_709_593_201_000; // 2024-03-04 23:00:01
    let mut cron_due: Vec<u64> = CRON.iter().map(|job| now + job.1 * SECOND / 2).collect();
    let attackers: Vec<String> = (0..90).map(|_| address(rng)).collect();
    while log.bytes < size {
        now += (rng.below(40) + rng.below(90)) * SECOND;
        for (job, due) in CRON.iter().zip(&mut cron_due) {
            if *due <= now {
                let pid = log.spawn(rng);
                log.push(*due, &format!("CRON[{pid}]"), &format!("({}) CMD ({})", job.0, job.2));
                *due += job.1 * SECOND;
            }
        }
        match rng.below(100) {
            0..40 => attack(rng, &mut log, now, &attackers),
            40..52 => login(rng, &mut log, now),
            52..74 => unit(rng, &mut log, now),
            74..84 => firewall(rng, &mut log, now, &attackers),
            84..90 => mail(rng, &mut log, now),
            _ => clock(rng, &mut log, now),
        }
    }
    log.lines.sort_by_key(|line| line.0); // stable: a conversation keeps its order within a second
    log.lines.into_iter().map(|(_, line)| line).collect::<String>().into_bytes()
}

fn address(rng: &mut Rng) -> String {
    let net = *rng.often(&[185, 61, 218, 193, 45, 103, 141, 222, 92, 159, 178, 5]);
    format!("{net}.{}.{}.{}", rng.below(256), rng.below(256), rng.between(1, 254))
}

/// One address tries names and passwords until it is cut off.
fn attack(rng: &mut Rng, log: &mut Log, start: u64, attackers: &[String]) {
    let ip = rng.often(attackers);
    let mut at = start;
    for _ in 0..1 + rng.zipf(30) {
        let source = format!("sshd[{}]", log.spawn(rng));
        let port = rng.between(32_800, 60_999);
        let user = rng.often(USERS);
        let known = matches!(*user, "root" | "backup" | "git" | "www-data");
        let who = if known { String::from(*user) } else { format!("invalid user {user}") };
        if !known {
            log.push(at, &source, &format!("Invalid user {user} from {ip} port {port}"));
            log.push(at, &source, "pam_unix(sshd:auth): check pass; user unknown");
        }
        let suffix = if known { format!("  user={user}") } else { " ".into() };
        let failure = "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=";
        log.push(at, &source, &format!("{failure}{ip}{suffix}"));
        at += rng.between(1, 3) as u64 * SECOND;
        for _ in 0..1 + rng.zipf(5) {
            log.push(at, &source, &format!("Failed password for {who} from {ip} port {port} ssh2"));
            at += rng.between(1, 4) as u64 * SECOND;
        }
        if rng.chance(70) {
            log.push(at, &source, &format!("Received disconnect from {ip} port {port}:11: Bye Bye [preauth]"));
            log.push(at, &source, &format!("Disconnected from {who} {ip} port {port} [preauth]"));
        } else {
            log.push(at, &source, &format!("Connection closed by {who} {ip} port {port} [preauth]"));
        }
    }
}

/// A member of staff logs in, perhaps becomes root for a command, and leaves.
fn login(rng: &mut Rng, log: &mut Log, at: u64) {
    let (user, uid, key) = rng.often(STAFF);
    let source = format!("sshd[{}]", log.spawn(rng));
    let (ip, port) = (format!("10.20.{}.{}", rng.below(3), rng.between(10, 40)), rng.between(40_000, 60_000));
    log.push(at, &source, &format!("Accepted publickey for {user} from {ip} port {port} ssh2: ED25519 SHA256:{key}"));
    log.push(at, &source, &format!("pam_unix(sshd:session): session opened for user {user}(uid={uid}) by (uid=0)"));
    let session = log.pid / 11;
    log.push(at, "systemd-logind[614]", &format!("New session {session} of user {user}."));
    let mut until = at + rng.between(20, 900) as u64 * SECOND;
    if rng.chance(35) {
        let command = rng.often(&[
            "/usr/bin/journalctl -xe",
            "/usr/bin/systemctl restart nginx",
            "/usr/bin/apt upgrade",
            "/bin/bash",
        ]);
        let text = format!("   {user} : TTY=pts/{} ; PWD=/home/{user} ; USER=root ; COMMAND={command}", rng.below(3));
        log.push(until, "sudo", &text);
        until += rng.between(5, 300) as u64 * SECOND;
    }
    log.push(until, &source, &format!("pam_unix(sshd:session): session closed for user {user}"));
    log.push(until, "systemd-logind[614]", &format!("Session {session} logged out. Waiting for processes to exit."));
    log.push(until, "systemd-logind[614]", &format!("Removed session {session}."));
}

/// systemd runs something to its end.
fn unit(rng: &mut Rng, log: &mut Log, at: u64) {
    let unit = rng.often(UNITS);
    let name = unit.to_lowercase().replace(' ', "-");
    log.push(at, "systemd[1]", &format!("Starting {unit}..."));
    let end = at + rng.zipf(60) as u64 * SECOND;
    if rng.chance(3) {
        log.push(end, "systemd[1]", &format!("{name}.service: Main process exited, code=exited, status=1/FAILURE"));
        log.push(end, "systemd[1]", &format!("{name}.service: Failed with result 'exit-code'."));
        log.push(end, "systemd[1]", &format!("Failed to start {unit}."));
        return;
    }
    log.push(end, "systemd[1]", &format!("{name}.service: Deactivated successfully."));
    log.push(end, "systemd[1]", &format!("Finished {unit}."));
    if rng.chance(30) {
        let (user, system) = (rng.between(1, 9), rng.below(1000));
        log.push(end, "systemd[1]", &format!("{name}.service: Consumed {user}.{system:03}s CPU time."));
    }
}

/// The kernel reports packets that the firewall dropped.
fn firewall(rng: &mut Rng, log: &mut Log, at: u64, attackers: &[String]) {
    let source = if rng.chance(60) { rng.often(attackers).clone() } else { address(rng) };
    let uptime = (at - 1_709_000_000_000) / 1000;
    let (ttl, port) =
        (rng.any(&[47, 51, 112, 238, 244, 49]), rng.often(&[23, 445, 3389, 22, 5060, 8080, 1433, 6379, 2222, 5900]));
    for copy in 0..1 + rng.zipf(4) as u64 {
        let text = format!(
            "[{uptime}.{:06}] [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:9a:1c:e7:fe:00:00:00:01:01:08:00 SRC={source} DST=198.51.100.17 \
             LEN={} TOS=0x00 PREC=0x00 TTL={ttl} ID={} PROTO=TCP SPT={} DPT={port} WINDOW={} RES=0x00 SYN URGP=0",
            rng.below(1_000_000),
            rng.often(&[40, 44, 60, 52]),
            rng.below(65_536),
            rng.between(1024, 65_535),
            rng.often(&[1024, 65_535, 29_200, 14_600]),
        );
        log.push(at + copy * SECOND, "kernel", &text);
    }
}

/// A message passes through the mail server.
fn mail(rng: &mut Rng, log: &mut Log, at: u64) {
    let (host, queue) = (rng.often(MAIL_HOSTS), format!("{:010X}", rng.next() >> 24));
    let user = rng.often(STAFF).0;
    let (smtpd, cleanup) = (log.spawn(rng), log.spawn(rng));
    let from = format!("{host}[203.0.113.{}]", 10 + host.len());
    log.push(at, &format!("postfix/smtpd[{smtpd}]"), &format!("connect from {from}"));
    log.push(at, &format!("postfix/smtpd[{smtpd}]"), &format!("{queue}: client={from}"));
    let id = format!("{queue}: message-id=<{:x}.{}@{host}>", rng.next() >> 32, rng.below(100_000));
    log.push(at, &format!("postfix/cleanup[{cleanup}]"), &id);
    let bytes = 1200 + rng.zipf(60_000);
    log.push(at, "postfix/qmgr[1187]", &format!("{queue}: from=<news@{host}>, size={bytes}, nrcpt=1 (queue active)"));
    let delay = rng.between(1, 29);
    let status = format!(
        "{queue}: to=<{user}@lantern.example>, relay=local, delay=0.{delay:02}, dsn=2.0.0, status=sent (delivered to maildir)"
    );
    log.push(at + SECOND, &format!("postfix/local[{}]", cleanup + 1), &status);
    log.push(at + SECOND, "postfix/qmgr[1187]", &format!("{queue}: removed"));
    let totals = "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5";
    log.push(at + SECOND, &format!("postfix/smtpd[{smtpd}]"), &format!("disconnect from {from} {totals}"));
}

/// The clock is corrected, or the address is renewed.
fn clock(rng: &mut Rng, log: &mut Log, at: u64) {
    if rng.chance(50) {
        let server = rng.often(&["ntp1.example.net (192.0.2.123)", "ntp2.example.net (192.0.2.124)"]);
        log.push(at, "chronyd[702]", &format!("Selected source {server}"));
        if rng.chance(40) {
            log.push(at, "chronyd[702]", &format!("System clock wrong by {} seconds", Milli(rng.bell(40))));
        }
    } else {
        log.push(at, "dhclient[588]", "DHCPREQUEST for 198.51.100.17 on eth0 to 198.51.100.1 port 67");
        log.push(at, "dhclient[588]", "DHCPACK of 198.51.100.17 from 198.51.100.1");
        let renewal = rng.between(35_000, 43_000);
        log.push(at, "dhclient[588]", &format!("bound to 198.51.100.17 -- renewal in {renewal} seconds."));
    }
}

/// Thousandths, written as a decimal fraction.
struct Milli(i64);

impl std::fmt::Display for Milli {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:03}", self.0.abs() / 1000, self.0.abs() % 1000)
    }
}
