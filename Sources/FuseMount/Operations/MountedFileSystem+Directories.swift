import CFuse
import Glibc
import SnapshotView

extension MountedFileSystem {
    /// Lists a directory from `cookie` into one answer of up to `size` bytes.
    ///
    /// What was listed before an error is answered; the error then comes with the next request, which begins behind it.
    func readDirectory(
        _ node: NodeID, from cookie: off_t, size: Int, mode: ListingMode, _ reply: consuming Reply
    ) {
        guard let cookie = UInt64(exactly: cookie), size > 0 else { return reply.error(.invalidArgument) }
        var pending: Reply? = consume reply
        withUnsafeTemporaryAllocation(byteCount: min(size, MountLimits.readBytesMax), alignment: 8) { buffer in
            guard let reply = pending.take() else { return }
            var listing = Listing(buffer, mode: mode)
            do throws(ViewError) {
                try view.readDirectory(node, from: cookie, mode: mode) { entry in
                    reply.withRequest { listing.append(entry, $0) }
                }
            } catch {
                guard listing.used > 0 else { return reply.error(error) }
            }
            if listing.hasFault, listing.used == 0 { return reply.error(.ioFailure) }
            if !reply.bytes(listing.bytes) {
                for node in listing.referenced { view.forget(node) }
            }
        }
    }
}

/// An answer to READDIR or READDIRPLUS while it grows.
private struct Listing {
    private let buffer: UnsafeMutableRawBufferPointer
    private let mode: ListingMode
    private(set) var used = 0
    /// Whether it ends at an entry whose position the kernel has no number for.
    private(set) var hasFault = false
    /// The nodes that were listed with a reference each.
    private(set) var referenced: [NodeID] = []

    init(_ buffer: UnsafeMutableRawBufferPointer, mode: ListingMode) {
        self.buffer = buffer
        self.mode = mode
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<used]) }

    /// Adds an entry, or returns false if there is no room for it.
    mutating func append(_ entry: ListedEntry, _ request: fuse_req_t) -> Bool {
        guard let next = off_t(exactly: entry.nextCookie) else {
            hasFault = true
            return false
        }
        let room = buffer.count - used
        let target = (buffer.baseAddress.map { $0 + used })?.assumingMemoryBound(to: CChar.self)
        let isDot = entry.nextCookie <= SnapshotView.dotCookies
        let needed = withCString(entry.name) { name in
            switch mode {
            case .namesOnly:
                var status = stat()
                status.st_ino = UInt(entry.attributes.inode)
                status.st_mode = entry.attributes.type.modeBits
                return fuse_add_direntry(request, target, room, name, &status, next)
            case .withReferences:
                var parameters = fuse_entry_param(entry.attributes)
                // The kernel takes no reference to `.` and `..`.
                if isDot { parameters.ino = 0 }
                return fuse_add_direntry_plus(request, target, room, name, &parameters, next)
            }
        }
        guard needed <= room else { return false }
        used += needed
        if mode == .withReferences, !isDot { referenced.append(entry.attributes.node) }
        return true
    }

    private func withCString(_ name: UnsafeRawBufferPointer, _ body: (UnsafePointer<CChar>) -> Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: name.count + 1, alignment: 1) { copy in
            copy.copyMemory(from: name)
            copy[name.count] = 0
            return copy.baseAddress.map { body($0.assumingMemoryBound(to: CChar.self)) } ?? 0
        }
    }
}
