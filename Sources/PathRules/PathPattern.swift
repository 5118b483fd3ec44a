/// A pattern for a path: name patterns between slashes, and `**` for any number of directories.
///
/// In front and in the middle `**` may stand for none; at the end it stands for one name or more, so that `a/**` is
/// everything in `a` but not `a` itself (gitignore(5)).
struct PathPattern: Hashable, Sendable {
    private enum Element: Hashable {
        case name(NamePattern)
        case anyDepth
    }

    private var elements: [Element] = []

    /// How many names the pattern has.
    var count: Int { elements.count }

    /// Reads a pattern without slashes at its ends, or returns nil where one of its names cannot be read.
    init?(_ pattern: ArraySlice<UInt8>) {
        let names = pattern.split(separator: UInt8(ascii: "/"))
        for (index, name) in names.enumerated() {
            guard name.elementsEqual("**".utf8) else {
                guard let parsed = NamePattern(name) else { return nil }
                elements.append(.name(parsed))
                continue
            }
            if elements.last != .anyDepth { elements.append(.anyDepth) }
            if index == names.count - 1, let anyName = NamePattern("*".utf8) { elements.append(.name(anyName)) }
        }
    }

    /// Whether the pattern is for the whole path of the names `names` of `path`.
    ///
    /// Complexity: O(names × pattern) name comparisons at worst, as in `NamePattern`.
    func matches(_ path: PathBuffer, names: Range<Int>) -> Bool {
        var element = 0
        var position = names.lowerBound
        var lastGap: (element: Int, position: Int)?
        while position < names.upperBound {
            if element < elements.count, elements[element] == .anyDepth {
                lastGap = (element, position)
                element += 1
            } else if element < elements.count, case .name(let name) = elements[element],
                path.withName(position, name.matches)
            {
                element += 1
                position += 1
            } else if let gap = lastGap {
                lastGap = (gap.element, gap.position + 1)
                element = gap.element + 1
                position = gap.position + 1
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .anyDepth }
    }
}
