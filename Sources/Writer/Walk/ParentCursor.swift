import Glibc
import Repository

/// Goes through a directory of the parent snapshot in step with the walk: each page is decoded once.
struct ParentCursor {
    private let directory: TreeDirectory
    private var nextPage = 0
    private var entries: [TreeEntry] = []
    private var position = 0
    /// Whether the entry at `position` was asked for.
    private var isMatched = false

    /// Opens the directory that `entry` is, or returns nil where there is nothing to compare with.
    ///
    /// Damage in a parent costs reading the files again, and no more.
    init?(_ entry: TreeEntry?, source: ChunkSource) {
        guard let entry, case .tree(let root) = entry.content,
            let directory = try? TreeDirectory(root, source: source)
        else { return nil }
        self.directory = directory
    }

    /// The entry called `name`, or nil. Names must be asked for in byte order; the entries that lie between, which nobody
    /// asked for, go to `passing`.
    mutating func entry(named name: [UInt8], passing: (TreeEntry) throws -> Void) rethrows -> TreeEntry? {
        while true {
            while position < entries.count {
                let order = ByteOrder.compare(entries[position].name, name)
                if order == 0 {
                    isMatched = true
                    return entries[position]
                }
                if order > 0 { return nil }
                try pass(passing)
            }
            guard readPage() else { return nil }
        }
    }

    /// Goes to the end; the entries that nobody asked for go to `passing`.
    mutating func finish(passing: (TreeEntry) throws -> Void) rethrows {
        repeat {
            while position < entries.count { try pass(passing) }
        } while readPage()
    }

    private mutating func pass(_ passing: (TreeEntry) throws -> Void) rethrows {
        if !isMatched { try passing(entries[position]) }
        isMatched = false
        position += 1
    }

    private mutating func readPage() -> Bool {
        guard nextPage < directory.pageCount else { return false }
        entries = (try? directory.page(nextPage).entries) ?? []
        position = 0
        nextPage += 1
        return true
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
