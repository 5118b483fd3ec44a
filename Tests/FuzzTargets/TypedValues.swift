import CommandLineTools
import Maintenance
import Repository
import SystemInterface

/// What people type where a value is wanted: sizes, times, snapshots, durations.
enum TypedValues {
    static let words = [
        "KiB", "GB", "latest", "latest~", "yesterday", "today", "now", "T", "Z", "@GMT-", "2026-11-20", "+0100", "-",
    ]
    static let seeds = [
        "4096", "256 MiB", "18446744073709551615", "16E", "latest~2", "2026-11-20T14:03:22", "@GMT-2026.11.20-14.03.22",
        "2026-11-20T15-03-22+0100", "3h", "999999w", "1y6w2d12h", "abcdef", "2026-11-20T14-03-22Z",
    ]

    static func read(_ text: String) {
        let presents = [Timestamp.zero, Timestamp(seconds: .max), Timestamp(seconds: .min)]
        if let bytes = ByteSize.parse(text) {
            require(ByteSize.parse(ByteSize.describe(bytes)) == bytes, "\(bytes) bytes are described otherwise")
        }
        if let duration = RetentionDuration(text) { require(duration.seconds > 0, "a duration of nothing") }
        for now in presents {
            if let moment = TimeExpression.lastMoment(of: text, now: now) { readBack(moment) }
            _ = try? SnapshotSelector.parse(text, now: now)
        }
        _ = FilePath(Array(text.utf8)).normalized
    }

    /// A moment's name means that moment.
    private static func readBack(_ moment: Timestamp) {
        let name = SnapshotTimestamp.format(moment)
        let years = Timestamp(seconds: -62_167_219_200)..<Timestamp(seconds: 253_402_300_800)
        guard years.contains(moment) else { return }
        let again = TimeExpression.lastMoment(of: name, now: .zero)
        require(again?.seconds == moment.seconds, "\(name) is read as \(String(describing: again))")
    }
}
