import SystemInterface

/// Times as text, in UTC.
package enum TimeText {
    /// To the nanosecond, as RFC 3339 has it: `2026-11-20T14:03:22.012345678Z`.
    package static func full(_ moment: Timestamp) -> String {
        moment.rfc3339(fractionDigits: 9)
    }

    /// To the second, for people: `2026-11-20 14:03:22`.
    package static func short(_ moment: Timestamp) -> String {
        let time = CivilTime(moment)
        return digits(time.year, 4) + "-" + digits(time.month, 2) + "-" + digits(time.day, 2) + " "
            + digits(time.hour, 2) + ":" + digits(time.minute, 2) + ":" + digits(time.second, 2)
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
