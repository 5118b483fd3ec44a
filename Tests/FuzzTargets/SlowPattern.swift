/// Says whether a pattern is for a path, by the rules of gitignore(5), name by name and by trying everything.
///
/// Written from the manual page and `docs/backup.md` and not from the matcher that it is compared with: that one goes over
/// bytes with two places to go back to, this one over lists of names and remembers what it has tried.
struct SlowPattern {
    private let isAnchored: Bool
    private let isRooted: Bool
    private let forDirectories: Bool
    private let pattern: [UInt8]

    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    init(_ text: [UInt8]) {
        var rest = text[...]
        if rest.first == UInt8(ascii: "!") { rest.removeFirst() }
        forDirectories = rest.last == Self.slash
        if forDirectories { rest.removeLast() }
        isAnchored = rest.contains(Self.slash)
        isRooted = rest.first == Self.slash
        if isRooted { rest.removeFirst() }
        pattern = Array(rest)
    }

    func matches(_ names: [[UInt8]], sourceDepth: Int, isDirectory: Bool) -> Bool {
        if forDirectories, !isDirectory { return false }
        func joined(_ names: ArraySlice<[UInt8]>) -> [UInt8] { Array(names.joined(separator: [Self.slash])) }
        guard isAnchored else { return matches(joined(names.suffix(1))) }
        if matches(joined(names.dropFirst(sourceDepth))) { return true }
        return isRooted && sourceDepth > 0 && matches(joined(names[...]))
    }

    private func matches(_ text: [UInt8]) -> Bool {
        var tried: [Int: Bool] = [:]
        return match(0, text, 0, &tried)
    }

    /// Whether the pattern from `place` on is for the whole text from `position` on.
    private func match(_ place: Int, _ text: [UInt8], _ position: Int, _ tried: inout [Int: Bool]) -> Bool {
        let key = place * (text.count + 1) + position
        if let known = tried[key] { return known }
        let answer = find(place, text, position, &tried)
        tried[key] = answer
        return answer
    }

    private func find(_ place: Int, _ text: [UInt8], _ position: Int, _ tried: inout [Int: Bool]) -> Bool {
        guard place < pattern.count else { return position == text.count }
        let byte = pattern[place]
        if byte == Self.star { return findStars(place, text, position, &tried) }
        guard position < text.count else { return false }
        switch byte {
        case UInt8(ascii: "?"):
            return text[position] != Self.slash && match(place + 1, text, position + 1, &tried)
        case UInt8(ascii: "["):
            guard let (end, holds) = SlowSet.read(pattern, from: place + 1, for: text[position]) else { return false }
            return holds && text[position] != Self.slash && match(end, text, position + 1, &tried)
        case UInt8(ascii: "\\"):
            guard place + 1 < pattern.count, pattern[place + 1] == text[position] else { return false }
            return match(place + 2, text, position + 1, &tried)
        default:
            return byte == text[position] && match(place + 1, text, position + 1, &tried)
        }
    }

    private func findStars(_ place: Int, _ text: [UInt8], _ position: Int, _ tried: inout [Int: Bool]) -> Bool {
        let end = pattern[place...].firstIndex { $0 != Self.star } ?? pattern.count
        guard end - place > 1, isDirectoryStars(place, end) else {
            return (position...text.count).prefix { $0 == position || text[$0 - 1] != Self.slash }.contains { next in
                match(end, text, next, &tried)
            }
        }
        if end < pattern.count, pattern[end] == Self.slash {
            // Any number of names, each with its slash.
            let starts = [position] + (position..<text.count).filter { text[$0] == Self.slash }.map { $0 + 1 }
            return starts.contains { match(end + 1, text, $0, &tried) }
        }
        return (position...text.count).contains { match(end, text, $0, &tried) }
    }

    /// Whether stars stand for directories: all there is between slashes, where the first wildcard of a pattern counts as
    /// standing behind one, since git compares what is before it by itself (match_pathname of dir.c).
    private func isDirectoryStars(_ place: Int, _ end: Int) -> Bool {
        let first = pattern.firstIndex { Array("*?[\\".utf8).contains($0) }
        let isOpenBefore = place == 0 || pattern[place - 1] == Self.slash || place == first
        let isOpenBehind =
            end == pattern.count || pattern[end] == Self.slash
            || pattern[end...].starts(with: [UInt8(ascii: "\\"), Self.slash])
        return isOpenBefore && isOpenBehind
    }
}

/// A set in brackets, asked for one byte.
enum SlowSet {
    /// Where the set ends that begins at `start`, and whether it holds `byte`; nil for one that is not closed or names no
    /// class.
    static func read(_ pattern: [UInt8], from start: Int, for byte: UInt8) -> (end: Int, holds: Bool)? {
        var place = start
        var holds = false
        var low: UInt8?
        let isInverted = place < pattern.count && Array("!^".utf8).contains(pattern[place])
        if isInverted { place += 1 }
        let first = place
        while place < pattern.count {
            let member = pattern[place]
            if member == UInt8(ascii: "]"), place > first { return (place + 1, holds != isInverted) }
            let next = place + 1 < pattern.count ? pattern[place + 1] : 0
            if member == UInt8(ascii: "-"), let from = low, place + 1 < pattern.count, next != UInt8(ascii: "]") {
                place += next == UInt8(ascii: "\\") ? 2 : 1
                guard place < pattern.count else { return nil }
                holds = holds || (from <= pattern[place] && byte <= pattern[place] && byte >= from)
                (low, place) = (nil, place + 1)
            } else if member == UInt8(ascii: "["), next == UInt8(ascii: ":"), let name = className(pattern, place + 2) {
                guard let isMember = has(byte, name) else { return nil }
                holds = holds || isMember
                (low, place) = (nil, place + 4 + name.utf8.count)
            } else {
                if member == UInt8(ascii: "\\") { place += 1 }
                guard place < pattern.count else { return nil }
                holds = holds || pattern[place] == byte
                (low, place) = (pattern[place], place + 1)
            }
        }
        return nil
    }

    private static func className(_ pattern: [UInt8], _ start: Int) -> String? {
        guard start <= pattern.count, let end = pattern[start...].firstIndex(of: UInt8(ascii: "]")), end > start,
            pattern[end - 1] == UInt8(ascii: ":")
        else { return nil }
        return String(decoding: pattern[start..<end - 1], as: UTF8.self)
    }

    /// The classes of POSIX in ASCII; white space is what git takes for it.
    private static func has(_ byte: UInt8, _ name: String) -> Bool? {
        let scalar = Character(UnicodeScalar(byte))
        let isLetter = byte < 0x80 && scalar.isLetter
        let isDigit = (0x30...0x39).contains(byte)
        switch name {
        case "alnum": return isLetter || isDigit
        case "alpha": return isLetter
        case "blank": return byte == 0x20 || byte == 0x09
        case "cntrl": return byte < 0x20 || byte == 0x7F
        case "digit": return isDigit
        case "graph": return (0x21..<0x7F).contains(byte)
        case "lower": return isLetter && byte >= 0x61
        case "print": return (0x20..<0x7F).contains(byte)
        case "punct": return (0x21..<0x7F).contains(byte) && !isLetter && !isDigit
        case "space": return byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        case "upper": return isLetter && byte < 0x61
        case "xdigit": return byte < 0x80 && scalar.isHexDigit
        default: return nil
        }
    }
}
