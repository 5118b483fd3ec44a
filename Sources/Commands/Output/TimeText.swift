import SystemInterface

/// Times as text, in UTC.
package enum TimeText {
    /// To the nanosecond, as RFC 3339 has it: `2026-11-20T14:03:22.012345678Z`.
    package static func full(_ moment: Timestamp) -> String {
        seconds(moment, separator: "T") + "." + digits(Int(moment.nanoseconds), 9) + "Z"
    }

    /// To the second, for people: `2026-11-20 14:03:22`.
    package static func short(_ moment: Timestamp) -> String { seconds(moment, separator: " ") }

    private static func seconds(_ moment: Timestamp, separator: String) -> String {
        let time = CivilTime(moment)
        return digits(time.year, 4) + "-" + digits(time.month, 2) + "-" + digits(time.day, 2) + separator
            + digits(time.hour, 2) + ":" + digits(time.minute, 2) + ":" + digits(time.second, 2)
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
