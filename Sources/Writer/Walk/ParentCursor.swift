import Glibc
import Repository
import SystemInterface

/// Goes through a directory of the parent snapshot in step with the walk: each page is decoded once, and an entry of it
/// only when somebody asks for what it says.
struct ParentCursor {
    let directory: TreeDirectory
    private var nextPage = 0
    private var page: TreePage?
    private var position = 0
    /// Whether the entry at `position` was asked for.
    private var isMatched = false
    /// Owners whose names on this host are those that the page has for them.
    private var knownOwners: (user: UInt32, group: UInt32)?

    /// Opens the directory that `entry` is, or returns nil where there is nothing to compare with.
    ///
    /// Damage in a parent costs reading the files again, and no more.
    init?(_ entry: TreeEntry?, source: ChunkSource) {
        guard let entry, case .tree(let root) = entry.content,
            let directory = try? TreeDirectory(root, source: source)
        else { return nil }
        self.directory = directory
    }

    /// Goes to the entry called `name`; false if there is none. Names must be asked for in byte order; the entries that
    /// lie between, which nobody asked for, go to `passing`.
    mutating func find(_ name: [UInt8], passing: (TreeEntry) throws -> Void) rethrows -> Bool {
        while true {
            while let page, position < page.count {
                let order = page.compareName(at: position, with: name)
                if order == 0 {
                    isMatched = true
                    return true
                }
                if order > 0 { return false }
                try pass(page, passing)
            }
            guard readPage() else { return false }
        }
    }

    /// Goes to the end; the entries that nobody asked for go to `passing`.
    mutating func finish(passing: (TreeEntry) throws -> Void) rethrows {
        repeat {
            while let page, position < page.count { try pass(page, passing) }
        } while readPage()
    }

    /// The entry that was found last, and its number in the directory.
    var match: ParentMatch? {
        page.map { ParentMatch(index: $0.firstIndex + position, entry: $0.treeEntry(at: position)) }
    }

    /// The same entry as it stands in its page.
    var matchInPage: (index: Int, entry: PageEntry)? {
        page.map { ($0.firstIndex + position, $0.entry(at: position)) }
    }

    /// Whether the owners of the entry that was found last have the names on this host that the entry has for them.
    mutating func hasOwnerNames(_ accounts: inout AccountNames, _ status: FileStatus) -> Bool {
        if let knownOwners, knownOwners == (status.userID, status.groupID) { return true }
        guard let entry = match?.entry, entry.userName == accounts.userName(status.userID),
            entry.groupName == accounts.groupName(status.groupID)
        else { return false }
        knownOwners = (status.userID, status.groupID)
        return true
    }

    private mutating func pass(_ page: TreePage, _ passing: (TreeEntry) throws -> Void) rethrows {
        if !isMatched { try passing(page.treeEntry(at: position)) }
        isMatched = false
        position += 1
    }

    private mutating func readPage() -> Bool {
        guard nextPage < directory.pageCount else { return false }
        page = try? directory.page(nextPage)
        position = 0
        isMatched = false
        knownOwners = nil
        nextPage += 1
        return true
    }
}

/// An entry of the parent's directory, and its number there.
struct ParentMatch {
    let index: Int
    let entry: TreeEntry
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
