import Glibc
import Repository

/// Goes through a directory of the parent snapshot in step with the walk: each page is decoded once.
struct ParentCursor {
    private let directory: TreeDirectory
    private var nextPage = 0
    private var entries: [TreeEntry] = []
    private var position = 0

    /// Opens the directory that `entry` is, or returns nil where there is nothing to compare with.
    ///
    /// Damage in a parent costs reading the files again, and no more.
    init?(_ entry: TreeEntry?, source: ChunkSource) {
        guard let entry, case .tree(let root) = entry.content,
            let directory = try? TreeDirectory(root, source: source)
        else { return nil }
        self.directory = directory
    }

    /// The entry called `name`, or nil. Names must be asked for in byte order.
    mutating func entry(named name: [UInt8]) -> TreeEntry? {
        while true {
            while position < entries.count {
                let order = ByteOrder.compare(entries[position].name, name)
                if order == 0 { return entries[position] }
                if order > 0 { return nil }
                position += 1
            }
            guard nextPage < directory.pageCount else { return nil }
            entries = (try? directory.page(nextPage).entries) ?? []
            position = 0
            nextPage += 1
        }
    }
}

/// The order of names in a tree.
enum ByteOrder {
    /// Below, equal to or above zero as `left` is before, the same as or behind `right` (memcmp(3), then length).
    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let order = left.withUnsafeBytes { leftBytes in
            right.withUnsafeBytes { rightBytes -> Int in
                guard let leftStart = leftBytes.baseAddress, let rightStart = rightBytes.baseAddress else { return 0 }
                return Int(memcmp(leftStart, rightStart, min(leftBytes.count, rightBytes.count)))
            }
        }
        return order != 0 ? order : left.count - right.count
    }
}
