import SystemInterface

/// Stretches of civil time of which the newest snapshot is kept.
public enum RetentionPeriod: String, CaseIterable, Hashable, Sendable {
    /// An hour of the clock. One that comes twice, when clocks are put back, is two.
    case hourly
    /// A day of the calendar, however many hours it has.
    case daily
    /// A week from Monday to Sunday (ISO 8601).
    case weekly
    /// A month of the calendar.
    case monthly
    /// A year of the calendar.
    case yearly

    /// The name of the period that a moment lies in, where clocks are `secondsEastOfUTC` ahead of UTC at that moment.
    ///
    /// `2026-11-20T14+0100`, `2026-11-20`, `2026-W47`, `2026-11`, `2026`. Two moments are in one period if its name is the
    /// same: where clocks are put back over midnight, a day has two parts and is one day all the same.
    public func name(of moment: Timestamp, secondsEastOfUTC: Int) -> String {
        let time = CivilTime(moment.adding(seconds: Int64(secondsEastOfUTC)))
        switch self {
        case .hourly:
            return Self.date(time) + "T" + Self.digits(time.hour, 2) + Self.distance(secondsEastOfUTC)
        case .daily: return Self.date(time)
        case .weekly:
            let (year, week) = Self.week(of: time)
            return Self.digits(year, 4) + "-W" + Self.digits(week, 2)
        case .monthly: return Self.digits(time.year, 4) + "-" + Self.digits(time.month, 2)
        case .yearly: return Self.digits(time.year, 4)
        }
    }

    /// The week of ISO 8601 and its year: a week belongs to the year that its Thursday lies in.
    private static func week(of time: CivilTime) -> (year: Int, week: Int) {
        let thursday = time.daysSinceEpoch - time.weekday + 3
        // Counted in days: the Thursday of the last week that a timestamp reaches into may lie behind all timestamps. Of
        // the years that it cannot be asked for, one is as good as another.
        func firstDay(of year: Int) -> Int { CivilTime(year: year, month: 1, day: 1)?.daysSinceEpoch ?? thursday }
        var year = time.year
        if thursday < firstDay(of: year) { year -= 1 } else if thursday >= firstDay(of: year + 1) { year += 1 }
        return (year, (thursday - firstDay(of: year)) / 7 + 1)
    }

    private static func date(_ time: CivilTime) -> String {
        digits(time.year, 4) + "-" + digits(time.month, 2) + "-" + digits(time.day, 2)
    }

    /// `+hhmm`, and the seconds behind it where a place's clocks had some.
    private static func distance(_ seconds: Int) -> String {
        let size = Int(seconds.magnitude)
        let rest = size % 60 == 0 ? "" : digits(size % 60, 2)
        return (seconds < 0 ? "-" : "+") + digits(size / 3_600, 2) + digits(size / 60 % 60, 2) + rest
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
