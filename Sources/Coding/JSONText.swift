/// JSON (RFC 8259), written piece by piece: for what lies below the commands and has no encoder.
///
/// Fields stand in the order in which they are written, and commas set themselves. Whoever writes a field outside of an
/// object, or an element outside of an array, gets what is not JSON: nothing here checks that.
///
/// Besides what RFC 8259, section 7, demands, all characters are escaped that could move a terminal's cursor or reorder
/// its text: such files are looked at with `tail`, and hold names that anybody may have chosen.
public struct JSONText: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// Nothing yet, with room for `capacity` bytes.
    public init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object whose fields `body` writes: the whole text, or an element of an array.
    public mutating func object(_ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes a field that is an object.
    public mutating func object(_ name: String, _ body: (inout JSONText) -> Void) {
        key(name)
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes a field that is an array.
    public mutating func array(_ name: String, _ body: (inout JSONText) -> Void) {
        key(name)
        bytes.append(UInt8(ascii: "["))
        body(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes a field that is text, or null.
    public mutating func field(_ name: String, _ value: String?) {
        key(name)
        literal(value)
    }

    /// Writes a field that is a whole number, or null. Numbers beyond 2^53 are exact, though not every reader keeps them.
    public mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
        key(name)
        if let value { bytes += value.description.utf8 } else { bytes += "null".utf8 }
    }

    /// Writes a field that is true or false.
    public mutating func field(_ name: String, _ value: Bool) {
        key(name)
        bytes += (value ? "true" : "false").utf8
    }

    /// Writes a path or a name: as text, and where it is not UTF-8 in Base64 too, in a field whose name ends in `_b64`.
    ///
    /// The text of one that is not UTF-8 is what can be shown of it.
    public mutating func field(_ name: String, bytes value: [UInt8]) {
        if let text = String(validating: value, as: UTF8.self) {
            field(name, text)
        } else {
            field(name, String(decoding: value, as: UTF8.self))
            field(name + "_b64", Base64.encode(value))
        }
    }

    /// Writes an element of an array that is text.
    public mutating func element(_ value: String) {
        separate()
        literal(value)
    }

    /// Ends the text with a newline, as JSON Lines (jsonlines.org) do.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func key(_ name: String) {
        separate()
        literal(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\n"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func literal(_ text: String?) {
        guard let text else { return bytes += "null".utf8 }
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(scalar.value))
            case "\n": bytes += "\\n".utf8
            case "\t": bytes += "\\t".utf8
            case _ where Self.needsEscape(scalar): escape(UInt16(scalar.value))
            default: bytes += String(scalar).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ unit: UInt16) {
        bytes += "\\u".utf8
        bytes += Hexadecimal.encode([UInt8(unit >> 8), UInt8(unit & 0xff)]).utf8
    }

    /// Control characters, separators of lines, and what reorders text (Unicode 15, UAX #9 and section 23.2): all of
    /// them have four digits.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
