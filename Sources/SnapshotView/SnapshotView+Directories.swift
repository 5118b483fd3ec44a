import Repository
import SystemInterface

/// An entry of a directory as it is listed.
///
/// It is lent to `emit`: a listing copies no names.
public struct ListedEntry {
    /// The name, valid until `emit` returns: `.` and `..` come first.
    public var name: UnsafeRawBufferPointer
    /// Attributes; for a listing without references only their `inode` and `type` are meant, and `node` is unknown.
    public var attributes: NodeAttributes
    /// The position behind this entry, from which a listing can go on.
    public var nextCookie: UInt64

    /// A copy of the name.
    public var nameBytes: [UInt8] { Array(name) }
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
    static var firstCookie: UInt64 { dotCookies }

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
        if cookie < 1, !emitDots(1, directory, emit) { return }
        if cookie < 2, !emitDots(2, directory.parent ?? directory, emit) { return }
        let position = cookie < Self.firstCookie ? 0 : cookie - Self.firstCookie
        switch directory.kind {
        case .added(let added): try list(added, in: directory, from: position, mode: mode, emit: emit)
        case .snapshotRoot, .entry: try listTree(directory, from: position, mode: mode, emit: emit)
        }
    }

    /// Lists a name of so many dots, whose number is its cookie too.
    private func emitDots(_ count: Int, _ node: Node, _ emit: (ListedEntry) -> Bool) -> Bool {
        let attributes = attributes(of: node)
        return Self.dots.withUnsafeBytes { dots in
            emit(
                ListedEntry(
                    name: UnsafeRawBufferPointer(rebasing: dots[..<count]), attributes: attributes,
                    nextCookie: UInt64(count)))
        }
    }

    private static let dots = Array("..".utf8)

    private func list(
        _ added: any AddedNode, in directory: Node, from position: UInt64, mode: ListingMode,
        emit: (ListedEntry) -> Bool
    ) throws(ViewError) {
        try added.list(directory, from: position, in: self) { (name, child, next) throws(ViewError) in
            guard let node = try node(of: child, named: name, in: directory) else { return true }
            return offer(node, name, next: next, mode: mode, emit: emit)
        }
    }

    /// Hands a node to `emit`; gives its reference back unless it was taken with one.
    private func offer(
        _ node: Node, _ name: [UInt8], next: UInt64, mode: ListingMode, emit: (ListedEntry) -> Bool
    ) -> Bool {
        let attributes = attributes(of: node)
        let isAccepted = name.withUnsafeBytes { name in
            emit(ListedEntry(name: name, attributes: attributes, nextCookie: next + Self.firstCookie))
        }
        if !isAccepted || mode == .namesOnly { nodes.forget(node.id, count: 1) }
        return isAccepted
    }
}
