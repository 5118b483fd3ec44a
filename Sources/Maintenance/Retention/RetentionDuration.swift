/// A time within which snapshots are kept.
public struct RetentionDuration: Hashable, Sendable {
    /// The time in seconds, at least 1.
    public let seconds: Int64

    /// A duration of 1 to `RetentionLimits.withinSecondsMax` seconds; nil for any other.
    public init?(seconds: Int64) {
        guard (1...RetentionLimits.withinSecondsMax).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    /// Reads numbers with a unit each, the largest first and each once: `90d`, `1y6w`, `2d12h`.
    ///
    /// Units are years of 365 days (`y`), weeks (`w`), days (`d`) of 24 hours, and hours (`h`). Nil for anything else.
    public init?(_ text: String) {
        let units: [(Character, Int64)] = [("y", 365 * 86_400), ("w", 7 * 86_400), ("d", 86_400), ("h", 3_600)]
        var total: Int64 = 0
        var digits = ""
        var next = 0
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                guard digits.count <= 7 else { return nil }
                continue
            }
            guard let unit = units[next...].firstIndex(where: { $0.0 == character }), let count = Int64(digits) else {
                return nil
            }
            total += count * units[unit].1
            next = unit + 1
            digits = ""
        }
        guard digits.isEmpty else { return nil }
        self.init(seconds: total)
    }
}
