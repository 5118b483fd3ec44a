import Glibc

/// The time of the place that the process runs at (tzset(3): the variable `TZ`, or /etc/localtime).
public enum LocalTime {
    /// How many seconds the place's clocks were ahead of UTC at a moment, by the tz database (localtime_r(3)).
    ///
    /// 0 where the C library cannot tell, as for years that an `int` does not hold.
    public static func secondsEastOfUTC(at moment: Timestamp) -> Int {
        var seconds = time_t(moment.seconds)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return parts.tm_gmtoff
    }
}
