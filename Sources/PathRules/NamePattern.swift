/// A pattern for one name of a path: `*` is any run of bytes, `?` any byte, `[a-z]` and `[!a-z]` a byte of a set, and
/// `\` takes the meaning from the next byte (fnmatch(3), by bytes).
struct NamePattern: Hashable, Sendable {
    private enum Token: Hashable {
        case byte(UInt8)
        case any
        case set(ByteSet)
        case run
    }

    private var tokens: [Token] = []

    /// Reads a pattern, or returns nil where a set is not closed or a `\` stands last.
    init?(_ pattern: some Sequence<UInt8>) {
        var rest = Array(pattern)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                if tokens.last != .run { tokens.append(.run) }
            case UInt8(ascii: "?"):
                tokens.append(.any)
            case UInt8(ascii: "["):
                guard let set = Self.readSet(&rest) else { return nil }
                tokens.append(.set(set))
            case UInt8(ascii: "\\"):
                guard let literal = rest.popFirst() else { return nil }
                tokens.append(.byte(literal))
            default:
                tokens.append(.byte(byte))
            }
        }
    }

    /// Reads a set up to its closing bracket; a bracket that stands first is a member.
    private static func readSet(_ rest: inout ArraySlice<UInt8>) -> ByteSet? {
        var set = ByteSet()
        let isInverted = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isInverted { rest.removeFirst() }
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst {
                if isInverted { set.invert() }
                return set
            }
            isFirst = false
            guard let low = member(byte, &rest) else { return nil }
            var high = low
            if rest.first == UInt8(ascii: "-"), let next = rest.dropFirst().first, next != UInt8(ascii: "]") {
                rest = rest.dropFirst(2)
                guard let end = member(next, &rest) else { return nil }
                high = end
            }
            if low <= high { (low...high).forEach { set.insert($0) } }
        }
        return nil
    }

    private static func member(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8? {
        byte == UInt8(ascii: "\\") ? rest.popFirst() : byte
    }

    /// Whether the pattern is for the whole of `name`.
    ///
    /// Complexity: O(name × pattern) at worst. Only the last run can need to be longer than it was tried, so there is
    /// one place to go back to and no recursion.
    func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var token = 0
        var position = 0
        var lastRun: (token: Int, position: Int)?
        while position < name.count {
            if token < tokens.count, tokens[token] == .run {
                lastRun = (token, position)
                token += 1
            } else if token < tokens.count, Self.accepts(tokens[token], name[position]) {
                token += 1
                position += 1
            } else if let run = lastRun {
                lastRun = (run.token, run.position + 1)
                token = run.token + 1
                position = run.position + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .run }
    }

    private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let literal): literal == byte
        case .any: true
        case .set(let set): set.contains(byte)
        case .run: false
        }
    }
}
