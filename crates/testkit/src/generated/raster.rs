//! A grey picture (PGM, 8 bits): a sky with soft lights, hills in front of it, and the noise of a sensor.

use super::Rng;

const WIDTH: usize = 480;

struct Light {
    x: i64,
    y: i64,
    /// Where it fades to nothing, and how bright it is in its middle (times 256).
    radius: i64,
    power: i64,
}

pub(super) fn pgm(rng: &mut Rng, size: usize) -> Vec<u8> {
    let header = |height: usize| format!("P5\n{WIDTH} {height}\n255\n");
    let height = (size - header(100).len()) / WIDTH;
    let lights: Vec<Light> = (0..14)
        .map(|_| Light {
            x: rng.between(0, WIDTH as i64),
            y: rng.between(0, height as i64),
            radius: rng.between(40, 220),
            power: rng.between(-40, 70) * 256,
        })
        .collect();
    let ridges: Vec<Vec<i64>> = (0..3).map(|i| ridge(rng, (i + 2) * height as i64 / 5)).collect();
    let mut out = header(height).into_bytes();
    for y in 0..height as i64 {
        for x in 0..WIDTH {
            let hill = ridges.iter().rposition(|ridge| y > ridge[x]);
            let base = match hill {
                // Nearer hills are darker, and every hill is paler towards its foot.
                Some(i) => (120 - 35 * i as i64) * 256 + (y - ridges[i][x]).min(90) * 60,
                None => {
                    (150 + 60 * y / height as i64) * 256
                        + lights.iter().map(|light| glow(light, x as i64, y)).sum::<i64>()
                }
            };
            let noise = rng.bell(if hill.is_some() { 320 } else { 200 });
            out.push(((base + noise) / 256).clamp(0, 255) as u8);
        }
    }
    out
}

/// The light's share at a point: it falls off with the square of the distance, smoothly to zero.
fn glow(light: &Light, x: i64, y: i64) -> i64 {
    let square = (x - light.x).pow(2) + (y - light.y).pow(2);
    let reach = light.radius.pow(2);
    if square >= reach { 0 } else { light.power * (reach - square) / reach * (reach - square) / reach }
}

/// The outline of a hill: for each column the row at which it begins, a walk with inertia.
fn ridge(rng: &mut Rng, start: i64) -> Vec<i64> {
    let (mut at, mut slope) = (start * 64, 0);
    (0..WIDTH)
        .map(|_| {
            slope += rng.bell(6) - slope / 16 - (at - start * 64) / 4000;
            at += slope;
            at / 64
        })
        .collect()
}
