/// Text for a terminal.
package enum Printable {
    /// The text on one line, with control characters as `\xNN`: nothing from a file's name, a repository or an argument
    /// reaches the terminal as a control sequence.
    package static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            guard isControl(scalar) else {
                safe.unicodeScalars.append(scalar)
                continue
            }
            for byte in String(scalar).utf8 {
                safe += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return safe
    }

    /// As much of the beginning of a printable text as a terminal shows in so many columns.
    package static func prefix(_ text: String, columns: Int) -> String {
        var rest = columns
        return String(
            text.prefix { character in
                rest -= width(character)
                return rest >= 0
            })
    }

    /// Columns of a character: two from the scripts on that have wide ones (UAX #11), which may be too many, and then the
    /// line is only shorter than it could be.
    private static func width(_ character: Character) -> Int {
        character.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1
    }

    /// C0, DEL, C1, and the separators and controls of Unicode that end lines or reorder text (UAX #9).
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
