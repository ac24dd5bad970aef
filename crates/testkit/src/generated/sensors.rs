//! Readings of eight weather stations as CSV: columns that depend on the hour and on one another, instruments that
//! drift, batteries that drain, gaps where a sensor failed.

use super::{Rng, clock::Moment};

struct Station {
    code: &'static str,
    /// Of the mean temperature, in hundredths of a degree.
    mean: i64,
    altitude: i64,
    /// What the instrument adds by now, in hundredths; it grows and shrinks slowly.
    drift: i64,
    /// Deviation of the weather at this place from that of the region.
    local: i64,
    battery_mv: i64,
    direction: i64,
    /// Readings for which it will still be silent.
    silent: u64,
}

const PLACES: [(&str, i64, i64); 8] = [
    ("HARBOUR", 1130, 4),
    ("MILL", 1080, 61),
    ("ORCHARD", 1010, 148),
    ("STATION", 1105, 33),
    ("RIDGE", 640, 812),
    ("FOREST", 870, 395),
    ("SUMMIT", 215, 1544),
    ("LAKE", 955, 270),
];

pub(super) fn csv(rng: &mut Rng, size: usize) -> Vec<u8> {
    let mut stations = PLACES.map(|(code, mean, altitude)| Station {
        code,
        mean,
        altitude,
        drift: rng.bell(15),
        local: 0,
        battery_mv: rng.between(3900, 4150),
        direction: rng.between(0, 359),
        silent: 0,
    });
    let mut out = String::from(
        "time,station,temperature,dew_point,humidity,pressure,wind,direction,gust,rain,light,battery,status\n",
    );
    let (mut time, mut front, mut pressure, mut raining) = (1_697_500_800_000, 0i64, 10_140i64, false);
    while out.len() < size {
        // The region's weather: a front of warm or cold air, the pressure against it, rain when it is low.
        front += rng.bell(14) - front / 90;
        pressure += rng.bell(3) - (pressure - 10_140) / 150 - front / 700;
        raining = if raining { !rng.chance(6) } else { pressure < 10_110 && rng.chance(4) };
        for station in &mut stations {
            if rng.below(900) == 0 {
                station.silent = rng.below(30);
            }
            if station.silent > 0 {
                station.silent -= 1;
                continue;
            }
            out.push_str(&reading(rng, station, Moment(time), front, pressure, raining));
        }
        time += 600_000;
    }
    out.into_bytes()
}

fn reading(rng: &mut Rng, station: &mut Station, time: Moment, front: i64, pressure: i64, raining: bool) -> String {
    let minute = (time.0 / 60_000 % 1440) as i64;
    station.drift += rng.bell(2);
    station.local += rng.bell(9) - station.local / 20;
    let temperature = station.mean + front + station.local + station.drift + daylight(minute) * 4;
    let wet = if raining { 1400 } else { 0 };
    let humidity = (6800 + wet - (temperature - station.mean) * 3 + rng.bell(60)).clamp(1800, 10_000);
    let here = pressure - station.altitude * 100 / 83 + rng.bell(1);
    let wind = ((10_140 - pressure) / 3 + 22 + station.altitude / 40 + rng.bell(16)).max(0);
    station.direction = (station.direction + rng.bell(9)).rem_euclid(360);
    let gust = wind + rng.zipf(40) as i64;
    let rain = if raining { rng.zipf(16) as i64 * 2 } else { 0 };
    station.battery_mv += if daylight(minute) > 40 { 2 } else { -1 } + rng.bell(1);
    station.battery_mv = station.battery_mv.clamp(3300, 4180);
    let status = match station.battery_mv {
        ..3890 => "LOWBAT",
        _ if station.drift.abs() > 45 => "CALIBRATE",
        _ => "OK",
    };
    // The dew point lies below the temperature, the more so the drier the air: a fifth of a degree a percent.
    let dew_point = temperature - (10_000 - humidity) / 5 + rng.bell(6);
    let clouds = if raining { 5 } else { 1 };
    let light = (daylight(minute + 60).max(0) * rng.between(60, 75) + rng.zipf(9) as i64) / clouds;
    let rain = if rng.below(300) == 0 { String::new() } else { decimal(rain, 1) };
    let date = time.to_string();
    format!(
        "{},{},{},{},{},{},{},{},{},{rain},{light},{},{status}\n",
        &date[..16],
        station.code,
        decimal(temperature, 2),
        decimal(dew_point, 2),
        decimal(humidity / 10, 1),
        decimal(here, 1),
        decimal(wind, 1),
        station.direction,
        decimal(gust, 1),
        decimal(station.battery_mv, 3),
    )
}

/// The sun's effect, −100 to 100, at a minute of the day: two parabolas that approach a sine with its top at 14:00.
fn daylight(minute: i64) -> i64 {
    let phase = (minute - 480).rem_euclid(1440); // 0 at 8:00, where it rises through zero
    let x = phase % 720;
    let arch = x * (720 - x) / 1296;
    if phase < 720 { arch } else { -arch }
}

/// `value` with its last `places` digits after the point.
fn decimal(value: i64, places: usize) -> String {
    let scale = 10i64.pow(places as u32);
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:0places$}", value.abs() / scale, value.abs() % scale)
}
