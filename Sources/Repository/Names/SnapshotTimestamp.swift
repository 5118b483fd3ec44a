import SystemInterface

/// A moment as a snapshot's name: `2026-11-20T14-03-22Z`.
///
/// UTC, to the second, without colons: those break `scp host:path`, rsync and Samba. Sorts by time for years 0 to 9999.
public enum SnapshotTimestamp {
    /// The name of the second that `moment` lies in.
    public static func format(_ moment: Timestamp) -> String {
        let time = CivilTime(moment)
        return date(of: time, separator: "-") + "T" + clock(of: time, separator: "-") + "Z"
    }

    /// Year, month and day.
    static func date(of time: CivilTime, separator: String) -> String {
        let year = (time.year < 0 ? "-" : "") + digits(time.year.magnitude, 4)
        return [year, digits(time.month.magnitude, 2), digits(time.day.magnitude, 2)].joined(separator: separator)
    }

    /// Hour, minute and second.
    static func clock(of time: CivilTime, separator: String) -> String {
        [time.hour, time.minute, time.second].map { digits($0.magnitude, 2) }.joined(separator: separator)
    }

    /// A number with zeros in front of it, up to `count` digits.
    static func digits(_ number: UInt, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
