/// Says which names a backup leaves out: patterns of which the last that is for a name decides.
///
/// A pattern is written as in gitignore(5), and compared by bytes as git compares it:
/// * `*.o` without a slash is for a name in any directory;
/// * `build/out` and `/build` with a slash in front or in the middle are for a path from the source's directory on, and
///   one with a slash in front also for the absolute path;
/// * `**` stands for any number of directories;
/// * a slash at the end is for directories alone;
/// * `!` in front takes back what an earlier pattern left out, but nothing is looked for in a directory that is left out;
/// * `\` takes the meaning from the byte that follows.
public struct ExcludeRules: Sendable {
    private var rules: [ExcludeRule] = []

    /// Whether no pattern was given.
    public var isEmpty: Bool { rules.isEmpty }

    /// Reads patterns in order.
    ///
    /// Throws for one that can match nothing, as where a set is not closed; git passes over it.
    public init(_ patterns: [String]) throws(PatternError) {
        for pattern in patterns {
            guard let rule = ExcludeRule(Array(pattern.utf8)) else {
                throw PatternError(
                    pattern: pattern,
                    reason:
                        "this pattern can match nothing: a name in it is empty, `.` or `..`, a set is open, or a `\\` is last"
                )
            }
            rules.append(rule)
        }
    }

    /// Whether `path` is left out.
    ///
    /// `sourceDepth` is how many of its names lead to the source's directory; `isDirectory` is of the path itself.
    package func excludes(_ path: PathBuffer, sourceDepth: Int, isDirectory: Bool) -> Bool {
        for rule in rules.reversed() where rule.matches(path, sourceDepth: sourceDepth, isDirectory: isDirectory) {
            return !rule.isNegated
        }
        return false
    }
}

/// One pattern of what is left out.
struct ExcludeRule: Hashable, Sendable {
    /// Whether it takes back what earlier rules left out.
    let isNegated: Bool
    private let forDirectories: Bool
    private let isRooted: Bool
    private let isAnchored: Bool
    private let pattern: PathPattern

    /// Reads a pattern, or returns nil for one that can match nothing.
    init?(_ text: [UInt8]) {
        let slash = UInt8(ascii: "/")
        var rest = text[...]
        isNegated = rest.first == UInt8(ascii: "!")
        if isNegated { rest.removeFirst() }
        forDirectories = rest.last == slash
        if forDirectories { rest.removeLast() }
        isAnchored = rest.contains(slash)
        isRooted = rest.first == slash
        if isRooted { rest.removeFirst() }
        guard let pattern = PathPattern(rest) else { return nil }
        self.pattern = pattern
    }

    func matches(_ path: PathBuffer, sourceDepth: Int, isDirectory: Bool) -> Bool {
        if forDirectories, !isDirectory { return false }
        guard isAnchored else { return path.withBytes(fromName: path.depth - 1, pattern.matches) }
        if path.withBytes(fromName: min(sourceDepth, path.depth), pattern.matches) { return true }
        return isRooted && sourceDepth > 0 && path.withBytes(fromName: 0, pattern.matches)
    }
}
