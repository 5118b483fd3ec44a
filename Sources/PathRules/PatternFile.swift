/// A file of patterns, a line each, read as a `.gitignore` is (gitignore(5); add_patterns_from_buffer of git's dir.c).
///
/// Empty lines and those that begin with `#` say nothing. Blanks at the end of a line do not count unless a `\` stands
/// before them, and neither does a carriage return there or a byte order mark in front of everything.
public enum PatternFile {
    /// The most bytes of a file of patterns.
    public static let bytesMax = 4 << 20

    /// The patterns of a file, each with its line's number, from 1 on.
    public static func patterns(in bytes: [UInt8]) -> [(line: Int, pattern: [UInt8])] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        var found: [(line: Int, pattern: [UInt8])] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let pattern = withoutBlanks(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            if !pattern.isEmpty { found.append((index + 1, Array(pattern))) }
        }
        return found
    }

    private static func withoutBlanks(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var end = line.startIndex
        var index = line.startIndex
        while index < line.endIndex {
            if line[index] == UInt8(ascii: "\\") {
                // What follows is meant, a blank too; a `\` that stands last is for the pattern's reader to refuse.
                index = min(index + 2, line.endIndex)
                end = index
            } else {
                if line[index] != UInt8(ascii: " ") { end = index + 1 }
                index += 1
            }
        }
        return line[..<end]
    }
}
