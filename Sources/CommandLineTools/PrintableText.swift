/// Bytes from a command line as text that is safe to print and unambiguous to read.
enum PrintableText {
    /// The longest text that is shown whole, in characters; what is longer ends in an ellipsis.
    static let charactersMax = 120

    /// The bytes in single quotes, as `escaped` shows them.
    static func quoted(_ bytes: [UInt8]) -> String { "'\(escaped(bytes))'" }

    /// The bytes with control characters and what is not UTF-8 as `\xNN`, so that nothing from an argument reaches the
    /// terminal as a control sequence.
    static func escaped(_ bytes: [UInt8]) -> String {
        let pieces = pieces(of: bytes)
        return pieces.prefix(charactersMax).joined() + (pieces.count > charactersMax ? "…" : "")
    }

    private static func pieces(of bytes: [UInt8]) -> [String] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return bytes.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : hexadecimal([$0]) }
        }
        return text.map { character in
            let isSafe = character.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
                default: true
                }
            }
            return isSafe ? String(character) : hexadecimal(Array(String(character).utf8))
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
