//! Binary records of a fleet's trackers: 48 bytes each, little endian, with counters that step by one, values that
//! move a little, floats, enumerations and flags.
//!
//! ```text
//!  0 u16 magic 0x5AA5    2 u8 vehicle     3 u8 state        4 u32 sequence of the vehicle
//!  8 u64 time, ms       16 i32 latitude  20 i32 longitude (1e-7 degrees)
//! 24 u16 speed, cm/s    26 u16 heading, 1/100 degree       28 i16 × 3 acceleration, mg
//! 34 u16 flags          36 f32 voltage   40 f32 current    44 u8 temperature  45 u8 satellites  46 u16 zero
//! ```

use super::Rng;

const STRIDE: usize = 48;

struct Vehicle {
    number: u8,
    sequence: u32,
    moving: bool,
    latitude: i64,
    longitude: i64,
    /// Hundredths of a degree.
    heading: i64,
    speed: i64,
    /// In 1/64 of a volt, and of an ampere, so that the floats are exact.
    voltage: i64,
    current: i64,
    temperature: i64,
    satellites: i64,
}

pub(super) fn records(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut fleet: Vec<Vehicle> = (0..6).map(|i| vehicle(rng, i)).collect();
    let mut time = 1_721_973_600_000u64;
    let mut out = Vec::with_capacity(size + STRIDE);
    while out.len() < size {
        // One vehicle reports for a while, then another does.
        let vehicle = &mut fleet[rng.zipf(6)];
        for _ in 0..20 + rng.below(60) {
            time += 100 + u64::from(rng.chance(10));
            advance(rng, vehicle);
            write(rng, vehicle, time, &mut out);
        }
    }
    out.truncate(size);
    out
}

fn vehicle(rng: &mut Rng, index: u8) -> Vehicle {
    Vehicle {
        number: 17 + index * 3,
        sequence: rng.below(200_000) as u32,
        moving: true,
        latitude: 521_000_000 + rng.bell(400_000),
        longitude: 134_000_000 + rng.bell(600_000),
        heading: rng.between(0, 35_999),
        speed: 1200,
        voltage: 27 * 64,
        current: 3 * 64,
        temperature: rng.between(38, 60),
        satellites: 9,
    }
}

fn advance(rng: &mut Rng, v: &mut Vehicle) {
    v.sequence += 1;
    if rng.below(150) == 0 {
        v.moving = !v.moving;
    }
    let wanted = if v.moving { 1400 } else { 0 };
    v.speed = (v.speed + (wanted - v.speed) / 8 + if v.moving { rng.bell(12) } else { 0 }).max(0);
    if v.speed > 100 {
        v.heading = (v.heading + rng.bell(80)).rem_euclid(36_000);
    }
    // Two parabolas stand for cosine and sine: smooth, periodic, and exact.
    v.latitude += v.speed * wave(v.heading + 9000) / 9000;
    v.longitude += v.speed * wave(v.heading) / 5500;
    v.voltage += rng.bell(1) - (v.voltage - 27 * 64) / 16;
    v.current = 64 + v.speed / 4 + rng.bell(3);
    if rng.chance(2) {
        v.temperature = (v.temperature + rng.between(-1, 1)).clamp(20, 90);
        v.satellites = (v.satellites + rng.between(-1, 1)).clamp(4, 14);
    }
}

/// −900 to 900, like a sine of hundredths of a degree.
fn wave(angle: i64) -> i64 {
    let x = angle.rem_euclid(36_000);
    let half = x % 18_000;
    let arch = half * (18_000 - half) / 90_000;
    if x < 18_000 { arch } else { -arch }
}

fn write(rng: &mut Rng, v: &Vehicle, time: u64, out: &mut Vec<u8>) {
    let state = match (v.moving, v.speed) {
        (true, 1000..) => 3u8,
        (true, _) => 2,
        (false, 1..) => 4,
        (false, _) => 1,
    };
    let flags = 0x0101 | u16::from(v.satellites < 6) << 3 | u16::from(v.temperature > 75) << 4;
    let jolt = if v.speed > 0 { 12 } else { 1 };
    out.extend(0x5aa5u16.to_le_bytes());
    out.extend([v.number, state]);
    out.extend(v.sequence.to_le_bytes());
    out.extend(time.to_le_bytes());
    out.extend((v.latitude as i32).to_le_bytes());
    out.extend((v.longitude as i32).to_le_bytes());
    out.extend((v.speed as u16).to_le_bytes());
    out.extend((v.heading as u16).to_le_bytes());
    for gravity in [0, 0, 1000] {
        out.extend(((gravity + rng.bell(jolt)) as i16).to_le_bytes());
    }
    out.extend(flags.to_le_bytes());
    out.extend((v.voltage as f32 / 64.0).to_le_bytes());
    out.extend((v.current as f32 / 64.0).to_le_bytes());
    out.extend([v.temperature as u8, v.satellites as u8, 0, 0]);
}
