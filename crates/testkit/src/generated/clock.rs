//! Calendar dates from a count of milliseconds, without a time zone or a locale.

use std::fmt;

pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment: milliseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    /// (year, month 1..=12, day 1..=31) by Howard Hinnant's `civil_from_days`, for years from 1970.
    pub(super) fn date(self) -> (u64, u64, u64) {
        let days = self.0 / 86_400_000 + 719_468; // since 0000-03-01: leap days come last
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * day_of_year + 2) / 153; // 0 is March
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let civil_month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + u64::from(civil_month <= 2), civil_month, day)
    }

    /// (hour, minute, second, millisecond)
    pub(super) fn time(self) -> (u64, u64, u64, u64) {
        let ms = self.0 % 86_400_000;
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    }

    /// `Mar  4 05:06:07`, as system logs write it.
    pub(super) fn syslog(self) -> String {
        let ((_, month, day), (h, m, s, _)) = (self.date(), self.time());
        format!("{} {day:2} {h:02}:{m:02}:{s:02}", MONTHS[month as usize - 1])
    }

    /// `2024-03-04 05:06:07,089`, as Java's loggers write it.
    pub(super) fn log4j(self) -> String {
        let ((year, month, day), (h, m, s, ms)) = (self.date(), self.time());
        format!("{year}-{month:02}-{day:02} {h:02}:{m:02}:{s:02},{ms:03}")
    }
}

impl fmt::Display for Moment {
    /// `2024-03-04T05:06:07.089Z`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (h, m, s, ms)) = (self.date(), self.time());
        write!(f, "{year}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{ms:03}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Moment(951_782_400_000).to_string(), "2000-02-29T00:00:00.000Z");
        assert_eq!(Moment(1_709_528_767_089).to_string(), "2024-03-04T05:06:07.089Z");
        assert_eq!(Moment(1_709_528_767_089).syslog(), "Mar  4 05:06:07");
        assert_eq!(Moment(1_709_528_767_089).log4j(), "2024-03-04 05:06:07,089");
    }
}
