import CFuse
import Glibc
import SystemInterface

/// A tree of files in flat arrays. A file's number is its place in them; the children of a directory stand one behind
/// the other, in byte order of their names. The node of number n is n + 1, so that the root, 0, is FUSE_ROOT_ID.
final class FlatTree: Sendable {
    /// What the kernel is told of each.
    let entries: [fuse_entry_param]
    /// The children of each; empty for what is no directory.
    let children: [Range<Int>]
    /// The directory that each is in.
    let parents: [Int]
    /// Where links lead to.
    let targets: [Int: [UInt8]]
    /// Extended attributes of those that have any.
    let attributes: [Int: [ExtendedAttribute]]
    /// All names, each with a NUL behind it.
    private let names: [CChar]
    private let nameStarts: [Int]

    init(
        entries: [fuse_entry_param], children: [Range<Int>], parents: [Int], targets: [Int: [UInt8]],
        attributes: [Int: [ExtendedAttribute]], names: [CChar], nameStarts: [Int]
    ) {
        self.entries = entries
        self.children = children
        self.parents = parents
        self.targets = targets
        self.attributes = attributes
        self.names = names
        self.nameStarts = nameStarts
    }

    /// Calls `body` with the name of a file.
    func withName<Value>(of number: Int, _ body: (UnsafePointer<CChar>) -> Value?) -> Value? {
        names.withUnsafeBufferPointer { names in
            names.baseAddress.flatMap { body($0 + nameStarts[number]) }
        }
    }

    /// The child of a directory that has this name. Complexity: O(log children).
    func child(of directory: Int, named name: UnsafePointer<CChar>) -> Int? {
        var range = children[directory]
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let order = withName(of: middle) { strcmp($0, name) } ?? 0
            if order == 0 { return middle }
            range = order < 0 ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The number of a node, or nil for one that the tree does not have.
    func number(ofNode node: fuse_ino_t) -> Int? {
        node >= 1 && node <= fuse_ino_t(entries.count) ? Int(node) - 1 : nil
    }

    /// The size of a regular file in bytes; nil for everything else.
    func fileSize(_ number: Int) -> Int? {
        let status = entries[number].attr
        return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }
}
