extension ByteSet {
    /// Reads a set behind its opening bracket, up to and with the closing one, as git does (wildmatch.c).
    ///
    /// A closing bracket that stands first is a member, `!` or `^` in front takes all others, and `[:alpha:]` stands for a
    /// class of ASCII. Nil where the set is not closed or a class is unknown.
    init?(readingPattern rest: inout ArraySlice<UInt8>) {
        self.init()
        let isInverted = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isInverted { rest.removeFirst() }
        var previous: UInt8?
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst {
                if isInverted { invert() }
                return
            }
            isFirst = false
            switch byte {
            case UInt8(ascii: "\\"):
                guard let literal = rest.popFirst() else { return nil }
                insert(literal)
                previous = literal
            case UInt8(ascii: "-"):
                guard let low = previous, let next = rest.first, next != UInt8(ascii: "]") else {
                    insert(byte)
                    previous = byte
                    continue
                }
                guard let high = Self.literal(&rest) else { return nil }
                if low <= high { for member in low...high { insert(member) } }
                previous = nil
            case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"):
                guard let name = Self.className(rest) else {
                    insert(byte)
                    previous = byte
                    continue
                }
                guard insert(class: name) else { return nil }
                rest = rest.dropFirst(name.utf8.count + 3)
                previous = nil
            default:
                insert(byte)
                previous = byte
            }
        }
        return nil
    }

    private static func literal(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        return byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
    }

    /// What stands between `[:` and `:]`, or nil where the next closing bracket has no colon before it.
    private static func className(_ rest: ArraySlice<UInt8>) -> String? {
        let inside = rest.dropFirst().prefix { $0 != UInt8(ascii: "]") }
        guard inside.last == UInt8(ascii: ":"), inside.endIndex < rest.endIndex else { return nil }
        return String(decoding: inside.dropLast(), as: UTF8.self)
    }

    /// Adds a class of POSIX in its ASCII part; false for one that is unknown.
    ///
    /// White space is what git counts to it: space, tab, newline and carriage return.
    private mutating func insert(class name: String) -> Bool {
        guard let accepts = Self.classes[name] else { return false }
        for byte in UInt8(0)...0x7F where accepts(byte) { insert(byte) }
        return true
    }

    private static let classes: [String: @Sendable (UInt8) -> Bool] = [
        "alnum": { isLetter($0) || isDigit($0) },
        "alpha": { isLetter($0) },
        "blank": { $0 == 0x20 || $0 == 0x09 },
        "cntrl": { $0 < 0x20 || $0 == 0x7F },
        "digit": { isDigit($0) },
        "graph": { (0x21...0x7E).contains($0) },
        "lower": { (0x61...0x7A).contains($0) },
        "print": { (0x20...0x7E).contains($0) },
        "punct": { (0x21...0x7E).contains($0) && !isLetter($0) && !isDigit($0) },
        "space": { [0x20, 0x09, 0x0A, 0x0D].contains($0) },
        "upper": { (0x41...0x5A).contains($0) },
        "xdigit": { isDigit($0) || (0x41...0x46).contains($0) || (0x61...0x66).contains($0) },
    ]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
