/// A moment as a calendar and a clock show it, in UTC and the proleptic Gregorian calendar, to the second.
///
/// The arithmetic is Howard Hinnant's "chrono-compatible low-level date algorithms": exact for every timestamp, and free
/// of the C library's time zones. Years before 1 count on as 0, -1, … (astronomical numbering, ISO 8601).
public struct CivilTime: Hashable, Sendable {
    /// The year.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int
    /// The hour, 0 to 23.
    public let hour: Int
    /// The minute, 0 to 59.
    public let minute: Int
    /// The second, 0 to 59: a leap second has no number of its own in a timestamp.
    public let second: Int

    private static let secondsPerDay = 86400
    /// The Gregorian calendar repeats after 400 years.
    private static let yearsPerEra = 400
    private static let daysPerEra = 146_097
    /// Days from 0000-03-01, where eras begin, to 1970-01-01.
    private static let daysBeforeEpoch = 719_468
    /// Years, before and after 0, that a timestamp can surely hold: 2^63 seconds are 292 thousand million years.
    private static let yearsMax = 292_000_000_000

    /// The moment's second; what is left over is cut off, towards the past.
    public init(_ moment: Timestamp) {
        let seconds = Int(moment.seconds)
        let days = Self.floorDivide(seconds, Self.secondsPerDay)
        // By the remainder: the midnight before the earliest timestamp is not a timestamp.
        let remainder = seconds % Self.secondsPerDay
        let secondOfDay = remainder < 0 ? remainder + Self.secondsPerDay : remainder
        (year, month, day) = Self.date(days: days)
        hour = secondOfDay / 3600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// A moment of its parts, or nil when there is no such date or time.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (-Self.yearsMax...Self.yearsMax).contains(year), (1...12).contains(month),
            (1...Self.dayCount(year: year, month: month)).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The moment at which this second begins.
    public var timestamp: Timestamp {
        let days = daysSinceEpoch
        let secondOfDay = hour * 3600 + minute * 60 + second
        // Counted from the midnight that is nearer to the epoch: the other may lie outside of what a timestamp holds.
        let midnight = days < 0 ? (days + 1) * Self.secondsPerDay : days * Self.secondsPerDay
        return Timestamp(seconds: Int64(midnight))
            .adding(seconds: Int64(days < 0 ? secondOfDay - Self.secondsPerDay : secondOfDay))
    }

    /// Days since 1970-01-01, negative before it.
    public var daysSinceEpoch: Int { Self.days(year: year, month: month, day: day) }

    /// The day of the week, 0 for Monday to 6 for Sunday (ISO 8601's numbers less one).
    public var weekday: Int {
        let shifted = daysSinceEpoch + 3  // 1970-01-01 was a Thursday.
        return shifted - Self.floorDivide(shifted, 7) * 7
    }

    /// How many days a month has.
    public static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// Hinnant's `civil_from_days`.
    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + daysBeforeEpoch
        let era = floorDivide(shifted, daysPerEra)
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * yearsPerEra
        return (month <= 2 ? year + 1 : year, month, day)
    }

    /// Hinnant's `days_from_civil`.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = floorDivide(yearFromMarch, yearsPerEra)
        let yearOfEra = yearFromMarch - era * yearsPerEra
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysPerEra + dayOfEra - daysBeforeEpoch
    }

    private static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        let quotient = dividend / divisor
        return dividend % divisor < 0 ? quotient - 1 : quotient
    }
}

extension CivilTime: Comparable {
    /// Order in time.
    public static func < (left: CivilTime, right: CivilTime) -> Bool {
        left.timestamp < right.timestamp
    }
}
