//! Distances on the earth.
#![allow(clippy::float_arithmetic, reason = "angles and distances are measured, not counted")]

/// Mean radius of the earth in metres (IUGG; Moritz, *Geodetic Reference System 1980*, R₁).
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// A point, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// North of the equator.
    pub latitude: f64,
    /// East of Greenwich.
    pub longitude: f64,
}

/// The distance of two points along a great circle, in whole metres, by the haversine formula (Sinnott, *Virtues of the
/// Haversine*, Sky and Telescope 68, 1984). The earth taken as a ball, it is within half a percent of the ellipsoid's.
///
/// Whole metres, so that machines whose sines differ in the last digit order places alike.
#[must_use]
pub fn great_circle_metres(one: Point, other: Point) -> u32 {
    let (north, other_north) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half_north = (other_north - north) / 2.0;
    let half_east = (other.longitude - one.longitude).to_radians() / 2.0;
    let chord = half_north.sin().powi(2) + north.cos() * other_north.cos() * half_east.sin().powi(2);
    let metres = 2.0 * EARTH_RADIUS_METRES * chord.clamp(0.0, 1.0).sqrt().asin();
    // Half the way round is 20 million metres: it fits. What is not a number becomes 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 20,015,115")]
    let whole = metres.round() as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_distances() {
        let point = |latitude, longitude| Point { latitude, longitude };
        // A degree of a great circle is 111,195 m; the others are between city centres, to the kilometre.
        for (one, other, metres, within) in [
            (point(0.0, 0.0), point(0.0, 1.0), 111_195, 1),
            (point(0.0, 0.0), point(1.0, 0.0), 111_195, 1),
            (point(0.0, 0.0), point(0.0, 180.0), 20_015_115, 1),
            (point(45.4642, 9.19), point(45.0703, 7.6869), 125_000, 1_000),
            (point(41.9028, 12.4964), point(52.52, 13.405), 1_184_000, 2_000),
            (point(10.0, 179.5), point(10.0, -179.5), 109_506, 10),
        ] {
            let found = great_circle_metres(one, other);
            assert!(found.abs_diff(metres) <= within, "{one:?} {other:?}: {found}");
        }
    }

    proptest! {
        /// A distance: nothing to itself, the same both ways, and no way round is shorter.
        #[test]
        fn it_is_a_distance(a in (-90.0..90.0, -180.0..180.0), b in (-90.0..90.0, -180.0..180.0), c in (-90.0..90.0, -180.0..180.0)) {
            let point = |(latitude, longitude): (f64, f64)| Point { latitude, longitude };
            let (a, b, c) = (point(a), point(b), point(c));
            prop_assert_eq!(great_circle_metres(a, a), 0);
            prop_assert_eq!(great_circle_metres(a, b), great_circle_metres(b, a));
            prop_assert!(great_circle_metres(a, c) <= great_circle_metres(a, b) + great_circle_metres(b, c) + 2);
        }
    }
}
