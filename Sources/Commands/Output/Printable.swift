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

    /// C0, DEL, C1, and the separators and controls of Unicode that end lines or reorder text (UAX #9).
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
