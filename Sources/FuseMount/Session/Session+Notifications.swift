import CFuse
import Glibc
import SnapshotView

/// What the kernel is told without having asked (fuse_lowlevel_notify_* of libfuse). From any thread, as long as the
/// session is mounted.
extension Session {
    /// Puts the bytes of a file from its beginning into the kernel's page cache (`fuse_lowlevel_notify_store`).
    ///
    /// The whole file must come at once: the kernel takes its last page for complete only when the bytes end where the
    /// file does (`fuse_notify_store` in fs/fuse/dev.c). It locks the pages, so it waits for reads of them that are not
    /// answered: nobody may call this who owes such an answer, or holds what the answer needs.
    /// Returns 0, or a negative errno(3): -ENOENT when the kernel has forgotten the node.
    borrowing func store(_ bytes: UnsafeRawBufferPointer, of node: NodeID) -> Int32 {
        var vector = fuse_bufvec()
        vector.count = 1
        vector.buf.size = bytes.count
        vector.buf.mem = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        return withHandle { fuse_lowlevel_notify_store($0, node.rawValue, 0, &vector, FUSE_BUF_NO_SPLICE) }
    }
}
