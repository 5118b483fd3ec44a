import CFuse
import Glibc
import Synchronization

/// What libfuse's threads ask: the tree, and zeros.
final class NullServer: Sendable {
    /// The longest read, and the limit that the kernel is told: `max_read`.
    static let readBytesMax = 1 << 20
    private static let zeros = [CChar](repeating: 0, count: readBytesMax)

    let tree: FlatTree
    private let pusher = Mutex<Pusher?>(nil)

    init(_ tree: FlatTree) {
        self.tree = tree
    }

    /// The server that a request is for.
    static func of(_ request: fuse_req_t) -> NullServer {
        Unmanaged<NullServer>.fromOpaque(fuse_req_userdata(request)).takeUnretainedValue()
    }

    /// Puts small files into the page cache ahead of their readers from now on.
    func startPushing(through session: OpaquePointer) throws {
        let started = try Pusher(tree, session)
        pusher.withLock { $0 = started }
    }

    /// Ends the thread that pushes.
    func stopPushing() {
        pusher.withLock { $0 }?.stop()
    }

    /// Answers a read with zeros.
    func read(_ number: Int, _ size: Int, at offset: Int, _ request: fuse_req_t) {
        let count = max(0, min(size, (tree.fileSize(number) ?? 0) - offset, Self.readBytesMax))
        fuse_reply_buf(request, Self.zeros, count)
        if offset == 0 { pusher.withLock { $0 }?.note(readOf: number) }
    }

    /// Answers a listing of a directory: "." and "..", then its children.
    func list(_ directory: Int, from cookie: Int, size: Int, withAttributes: Bool, _ request: fuse_req_t) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: min(size, Self.readBytesMax)) { buffer in
            var used = 0
            var cookie = cookie
            while let number = listed(directory, at: cookie) {
                let needed = add(
                    number, cookie, withAttributes, request, UnsafeMutableBufferPointer(rebasing: buffer[used...]))
                guard needed <= buffer.count - used else { break }
                used += needed
                cookie += 1
            }
            fuse_reply_buf(request, buffer.baseAddress, used)
        }
    }

    /// What stands at a place of a listing; nil behind its end.
    private func listed(_ directory: Int, at cookie: Int) -> Int? {
        if cookie == 0 { return directory }
        if cookie == 1 { return tree.parents[directory] }
        let number = tree.children[directory].lowerBound + cookie - 2
        return number < tree.children[directory].upperBound ? number : nil
    }

    private func add(
        _ number: Int, _ cookie: Int, _ withAttributes: Bool, _ request: fuse_req_t,
        _ room: UnsafeMutableBufferPointer<CChar>
    ) -> Int {
        var entry = tree.entries[number]
        let add = { (name: UnsafePointer<CChar>) -> Int? in
            withAttributes
                ? fuse_add_direntry_plus(request, room.baseAddress, room.count, name, &entry, off_t(cookie + 1))
                : fuse_add_direntry(request, room.baseAddress, room.count, name, &entry.attr, off_t(cookie + 1))
        }
        guard cookie < 2 else { return tree.withName(of: number, add) ?? .max }
        // The kernel takes no reference to these two.
        entry.ino = 0
        return add(cookie == 0 ? "." : "..") ?? .max
    }
}
