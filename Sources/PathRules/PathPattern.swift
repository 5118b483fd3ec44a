/// A pattern for a path or a name, read as git reads one (gitignore(5); wildmatch.c of git with WM_PATHNAME).
///
/// It is compared with the whole of a text, byte by byte. `*`, `?` and sets never stand for a slash; `**` does, where it
/// is all there is between slashes.
struct PathPattern: Hashable, Sendable {
    private enum Token: Hashable {
        case byte(UInt8)
        /// `?`
        case any
        /// `[a-z]`
        case set(ByteSet)
        /// `*`: any number of bytes but slashes.
        case run
        /// `**/`: nothing, or anything up to and with a slash.
        case directories
        /// `**` at the end: any number of bytes.
        case everything
    }

    private static let slash = UInt8(ascii: "/")

    private var tokens: [Token] = []
    /// The bytes, where there is no wildcard.
    private var literal: [UInt8]?
    /// What must stand at the end, where the pattern is `*` and literal bytes behind it, and is for one name.
    private var suffix: [UInt8]?

    /// Reads a pattern without the slash that ties it to a directory and without the one behind it that asks for a directory.
    ///
    /// Nil for one that can match nothing: where a set is not closed or names no class of bytes, where a `\` stands last,
    /// where a name is empty, `.` or `..`.
    init?(_ pattern: ArraySlice<UInt8>) {
        guard !pattern.isEmpty, Self.areUsable(pattern.split(separator: Self.slash, omittingEmptySubsequences: false))
        else { return nil }
        let specials = Set("*?[\\".utf8)
        let prefixEnd = pattern.firstIndex { specials.contains($0) } ?? pattern.endIndex
        var rest = pattern
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                readStars(&rest, isBoundedBefore: isBounded(rest.startIndex - 1, in: pattern, prefixEnd))
            case UInt8(ascii: "?"):
                tokens.append(.any)
            case UInt8(ascii: "["):
                guard let set = ByteSet(readingPattern: &rest) else { return nil }
                tokens.append(.set(set))
            case UInt8(ascii: "\\"):
                guard let literal = rest.popFirst() else { return nil }
                tokens.append(.byte(literal))
            default:
                tokens.append(.byte(byte))
            }
        }
        guard isMatchable else { return nil }
        literal = Self.bytes(of: tokens[...])
        if tokens.first == .run, let bytes = Self.bytes(of: tokens.dropFirst()), !bytes.contains(Self.slash) {
            suffix = bytes
        }
    }

    /// Nothing that a directory lists is called so.
    private static func areUsable(_ names: [ArraySlice<UInt8>]) -> Bool {
        names.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    }

    /// Whether stars at `index` may be a `**`: behind a slash, or at the start.
    ///
    /// git compares the bytes before the first wildcard by themselves and takes what is behind them for a pattern of its
    /// own (match_pathname in dir.c), so that `foo**/bar` is `foo`, then `**/bar`.
    private func isBounded(_ index: Int, in pattern: ArraySlice<UInt8>, _ prefixEnd: Int) -> Bool {
        index == pattern.startIndex || index == prefixEnd || pattern[index - 1] == Self.slash
    }

    private mutating func readStars(_ rest: inout ArraySlice<UInt8>, isBoundedBefore: Bool) {
        var count = 1
        while rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            count += 1
        }
        guard count > 1, isBoundedBefore else {
            tokens.append(.run)
            return
        }
        if rest.first == Self.slash {
            rest.removeFirst()
            tokens.append(.directories)
        } else if rest.isEmpty || rest.starts(with: [UInt8(ascii: "\\"), Self.slash]) {
            tokens.append(.everything)
        } else {
            tokens.append(.run)
        }
    }

    /// Whether no name between slashes is empty, which a `\/` can have made.
    private var isMatchable: Bool {
        var isAfterSlash = true
        for token in tokens {
            if token == .byte(Self.slash), isAfterSlash { return false }
            isAfterSlash = token == .byte(Self.slash) || token == .directories
        }
        return tokens.last == .directories || !isAfterSlash
    }

    private static func bytes(of tokens: ArraySlice<Token>) -> [UInt8]? {
        var bytes: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

// MARK: - Comparing

extension PathPattern {
    /// Whether the pattern is for the whole of `text`, a path without a slash in front, or a name.
    ///
    /// Complexity: O(names × pattern × length) at worst. Only the last `*` of a name and the last `**` can need to stand
    /// for more than was tried, so there are two places to go back to and no recursion.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if let literal { return literal.count == text.count && literal.elementsEqual(text) }
        if let suffix {
            guard suffix.count <= text.count, text.suffix(suffix.count).elementsEqual(suffix) else { return false }
            return !text.dropLast(suffix.count).contains(Self.slash)
        }
        return tokens.withUnsafeBufferPointer { Self.match($0, text) }
    }

    private static func match(_ tokens: UnsafeBufferPointer<Token>, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var token = 0
        var position = 0
        var run: (token: Int, position: Int)?
        var gap: (token: Int, position: Int)?
        while true {
            if token == tokens.count {
                if position == text.count { return true }
            } else if tokens[token] == .run {
                run = (token, position)
                token += 1
                continue
            } else if tokens[token] == .directories || tokens[token] == .everything {
                gap = (token, position)
                run = nil
                token += 1
                continue
            } else if position < text.count, accepts(tokens[token], text[position]) {
                token += 1
                position += 1
                continue
            }
            if let last = run, last.position < text.count, text[last.position] != slash {
                run = (last.token, last.position + 1)
                (token, position) = (last.token + 1, last.position + 1)
            } else if let last = gap, let next = end(ofGap: tokens[last.token], after: last.position, text) {
                gap = (last.token, next)
                run = nil
                (token, position) = (last.token + 1, next)
            } else {
                return false
            }
        }
    }

    /// The next place that a `**` may end at behind the one that was tried.
    private static func end(
        ofGap token: Token, after position: Int, _ text: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        if token == .everything { return position < text.count ? position + 1 : nil }
        return text[position...].firstIndex(of: slash).map { $0 + 1 }
    }

    private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let literal): literal == byte
        case .any: byte != slash
        case .set(let set): byte != slash && set.contains(byte)
        case .run, .directories, .everything: false
        }
    }
}
