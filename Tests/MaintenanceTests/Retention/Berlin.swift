import SystemInterface

/// The clocks of Berlin in 2026, written down by hand: put forward on 29 March at 01:00 UTC, when 02:00 becomes 03:00, and
/// back on 25 October at 01:00 UTC, when 03:00 becomes 02:00.
enum Berlin {
    private static let forward: Int64 = 1_774_746_000
    private static let back: Int64 = 1_792_890_000

    static func secondsEastOfUTC(at moment: Timestamp) -> Int {
        (forward..<back).contains(moment.seconds) ? 7_200 : 3_600
    }
}
