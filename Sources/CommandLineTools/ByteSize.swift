/// Sizes as people write them: `4096`, `256MiB`, `1G`.
public enum ByteSize {
    /// The letters of the units from 1024 on; IEC 80000-13 for `KiB`, and a bare `K` means the same.
    private static let prefixes: [Character] = ["k", "m", "g", "t", "p", "e"]

    /// The number of bytes that a text names, or none when it is not a size or does not fit 64 bits.
    ///
    /// A whole number, then nothing, `B`, or a unit in either case: `K`, `KiB` (1024), `KB` (1000), and so on to `E`.
    /// One space may stand before the unit.
    public static func parse(_ text: String) -> UInt64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        var unit = text[digits.endIndex...].lowercased()
        if unit.hasPrefix(" ") && unit.count > 1 { unit.removeFirst() }
        guard let number = UInt64(digits), let factor = factor(of: unit) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// The size in the largest binary unit that divides it: `256 MiB`, `1000 B`.
    public static func describe(_ bytes: UInt64) -> String {
        var number = bytes
        var unit = "B"
        for prefix in prefixes {
            guard number != 0, number % 1024 == 0 else { break }
            number /= 1024
            unit = prefix.uppercased() + "iB"
        }
        return "\(number) \(unit)"
    }

    private static func factor(of unit: String) -> UInt64? {
        guard let prefix = unit.first, unit != "b" else { return 1 }
        guard let power = prefixes.firstIndex(of: prefix) else { return nil }
        let base: UInt64
        switch unit.dropFirst() {
        case "", "ib": base = 1024
        case "b": base = 1000
        default: return nil
        }
        return (0...power).reduce(1) { factor, _ in factor * base }
    }
}
