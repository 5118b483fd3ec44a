import Repository
import SystemInterface

/// An entry of a directory as it is listed.
public struct ListedEntry: Sendable {
    /// The name: `.` and `..` come first.
    public var name: [UInt8]
    /// Attributes; for a listing without references only their `inode` and `type` are meant, and `node` is unknown.
    public var attributes: NodeAttributes
    /// The position behind this entry, from which a listing can go on.
    public var nextCookie: UInt64
}

/// What a listing gives.
public enum ListingMode: Hashable, Sendable {
    /// Every entry but `.` and `..` gets one more reference, once it was accepted.
    case withReferences
    /// No references.
    case namesOnly
}

extension SnapshotView {
    /// The highest `nextCookie` of `.` and `..`, which no other entry has.
    public static var dotCookies: UInt64 { 2 }
    private static var firstCookie: UInt64 { dotCookies }

    /// Lists a directory from a position, in byte order of the names below a snapshot.
    ///
    /// - Parameters:
    ///   - cookie: 0 for the beginning, or the `nextCookie` of an entry; it keeps its meaning as long as the view lives.
    ///   - emit: takes an entry, and returns false when it has no room for it: then the listing ends, and the entry was
    ///     not listed.
    public func readDirectory(
        _ id: NodeID, from cookie: UInt64, mode: ListingMode, emit: (ListedEntry) -> Bool
    ) throws(ViewError) {
        let directory = try node(id)
        guard directory.type == .directory else { throw .notDirectory }
        if cookie < 1, !emit(dots(".", directory, next: 1)) { return }
        if cookie < 2, !emit(dots("..", directory.parent ?? directory, next: 2)) { return }
        let position = cookie < Self.firstCookie ? 0 : cookie - Self.firstCookie
        switch directory.kind {
        case .added(let added): try list(added, in: directory, from: position, mode: mode, emit: emit)
        case .snapshotRoot, .entry: try listTree(directory, from: position, mode: mode, emit: emit)
        }
    }

    private func dots(_ name: String, _ node: Node, next: UInt64) -> ListedEntry {
        ListedEntry(name: Array(name.utf8), attributes: attributes(of: node), nextCookie: next)
    }

    private func list(
        _ added: any AddedNode, in directory: Node, from position: UInt64, mode: ListingMode,
        emit: (ListedEntry) -> Bool
    ) throws(ViewError) {
        try added.list(directory, from: position, in: self) { (name, child, next) throws(ViewError) in
            guard let node = try node(of: child, named: name, in: directory) else { return true }
            return offer(node, name, next: next, mode: mode, emit: emit)
        }
    }

    private func listTree(
        _ directory: Node, from position: UInt64, mode: ListingMode, emit: (ListedEntry) -> Bool
    ) throws(ViewError) {
        let tree = try tree(of: directory)
        let opened = try reading(directory) { () throws(RepositoryError) in try directories.directory(tree) }
        guard var index = Int(exactly: position), index < opened.entryCount else { return }
        while index < opened.entryCount {
            let start = index
            let page = try reading(directory) { () throws(RepositoryError) in
                let page = try directories.page(opened.pageIndex(ofEntry: start), of: opened)
                guard page.entries.indices.contains(start - page.firstIndex) else {
                    throw RepositoryError(.damaged, "a page of directory \(tree) holds other entries than it should")
                }
                return page
            }
            while index - page.firstIndex < page.entries.count {
                let reference = EntryReference(entries: page.entries, position: index - page.firstIndex)
                let node = try child(reference, in: directory)
                let name = page.entries[index - page.firstIndex].name
                let next = UInt64(index) + 1
                guard offer(node, name, next: next, mode: mode, emit: emit) else { return }
                index += 1
            }
        }
    }

    /// Hands a node to `emit`; gives its reference back unless it was taken with one.
    private func offer(
        _ node: Node, _ name: [UInt8], next: UInt64, mode: ListingMode, emit: (ListedEntry) -> Bool
    ) -> Bool {
        let entry = ListedEntry(
            name: name, attributes: attributes(of: node), nextCookie: next + Self.firstCookie)
        let isAccepted = emit(entry)
        if !isAccepted || mode == .namesOnly { nodes.forget(node.id, count: 1) }
        return isAccepted
    }
}
