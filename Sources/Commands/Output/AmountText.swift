/// Sizes and numbers for people.
package enum AmountText {
    private static let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    /// Three significant digits and a unit of IEC 80000-13: `12.3 MiB`, `512 B`.
    package static func bytes(_ count: UInt64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        var unit = -1
        // 999.5 would be shown as 1000.
        while value >= 999.5, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        return decimal(value, decimals) + " " + units[max(0, unit)]
    }

    /// A number with `decimals` digits after the point, rounded.
    package static func decimal(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = UInt64((value * scale).rounded())
        guard decimals > 0 else { return "\(scaled)" }
        let fraction = String(scaled % UInt64(scale))
        return "\(scaled / UInt64(scale))." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// The number and the word: `1 file`, `2 files`.
    package static func count(_ number: UInt64, _ singular: String, _ plural: String? = nil) -> String {
        "\(number) " + (number == 1 ? singular : plural ?? singular + "s")
    }

    /// Seconds for people: `4.2 s`, `3 min 20 s`, `2 h 5 min`.
    package static func duration(seconds: Double) -> String {
        let whole = Int(seconds)
        switch whole {
        case ..<60: return decimal(seconds, 1) + " s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        default: return "\(whole / 3600) h \(whole / 60 % 60) min"
        }
    }
}
