import Coding

extension FilePath {
    /// The path as text, or nil when it is not UTF-8.
    public var text: String? {
        String(validating: bytes, as: UTF8.self)
    }
}

extension FilePath: CustomStringConvertible {
    /// The path in printable form: no byte of a name can move the cursor, end the line or pass for another name.
    ///
    /// A backslash is `\\`, a newline `\n`, a tab `\t`; other control characters (C0, DEL, C1), line and paragraph
    /// separators, characters that reorder text (Unicode's bidirectional controls) and bytes that are not UTF-8 are
    /// `\xNN`, byte by byte.
    public var description: String {
        var printable = ""
        var rest = bytes[...]
        while !rest.isEmpty {
            let run = Self.firstCharacter(rest)
            if let scalar = run.scalar, !Self.needsEscape(scalar) {
                printable.unicodeScalars.append(scalar)
            } else {
                for byte in rest.prefix(run.count) { printable += Self.escape(byte) }
            }
            rest = rest.dropFirst(run.count)
        }
        return printable
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\t"): "\\t"
        default: "\\x" + Hexadecimal.encode([byte])
        }
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x5C, 0x7F..<0xA0: true  // C0, backslash, DEL, C1
        case 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true  // Unicode 15, UAX #9 and section 23.2
        default: false
        }
    }

    /// The character that `bytes` begins with and its length, or no character and the one byte that begins none.
    private static func firstCharacter(_ bytes: ArraySlice<UInt8>) -> (scalar: Unicode.Scalar?, count: Int) {
        for count in 1...min(4, bytes.count) {
            if let text = String(validating: bytes.prefix(count), as: UTF8.self), let scalar = text.unicodeScalars.first
            {
                return (scalar, count)
            }
        }
        return (nil, 1)
    }
}
