import SystemInterface

/// A moment as a snapshot's name: `2026-11-20T14-03-22Z`.
///
/// UTC, to the second, without colons: those break `scp host:path`, rsync and Samba. Sorts by time for years 0 to 9999.
public enum SnapshotTimestamp {
    /// The name of the second that `moment` lies in.
    public static func format(_ moment: Timestamp) -> String {
        let time = CivilTime(moment)
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value.magnitude)
            return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(time.year, 4) + "-" + digits(time.month, 2) + "-" + digits(time.day, 2) + "T"
            + digits(time.hour, 2) + "-" + digits(time.minute, 2) + "-" + digits(time.second, 2) + "Z"
    }
}
