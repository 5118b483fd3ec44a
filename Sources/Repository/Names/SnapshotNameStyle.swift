import SystemInterface

/// How a snapshot's time is written as its name. No style has colons: those break `scp host:path`, rsync and Samba.
public enum SnapshotNameStyle: String, Hashable, Sendable, CaseIterable {
    /// UTC: `2026-11-20T14-03-22Z`.
    case utc
    /// The time of the place with its distance from UTC: `2026-11-20T15-03-22+0100`. Sorts by time as long as the
    /// distance does not change.
    case local
    /// UTC in the form that Samba's module shadow_copy2 takes by default: `@GMT-2026.11.20-14.03.22`.
    case gmt

    /// The name of the second that `moment` lies in.
    public func format(_ moment: Timestamp) -> String {
        switch self {
        case .utc: return SnapshotTimestamp.format(moment)
        case .local:
            // Distances of the 19th century have seconds, which the name has no room for.
            let minutes = LocalTime.secondsEastOfUTC(at: moment) / 60
            let time = CivilTime(moment.adding(seconds: Int64(minutes * 60)))
            let distance = minutes.magnitude / 60 * 100 + minutes.magnitude % 60
            return SnapshotTimestamp.date(of: time, separator: "-") + "T"
                + SnapshotTimestamp.clock(of: time, separator: "-")
                + (minutes < 0 ? "-" : "+") + SnapshotTimestamp.digits(distance, 4)
        case .gmt:
            let time = CivilTime(moment)
            return "@GMT-" + SnapshotTimestamp.date(of: time, separator: ".") + "-"
                + SnapshotTimestamp.clock(of: time, separator: ".")
        }
    }
}
