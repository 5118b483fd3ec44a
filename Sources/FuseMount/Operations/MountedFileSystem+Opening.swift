import CFuse
import Glibc
import SnapshotView

extension MountedFileSystem {
    /// Answers an open.
    ///
    /// Without an access log the kernel is told never to ask again: it then opens by itself, and keeps what it has
    /// cached. With one it asks each time, and is answered when the open has been recorded.
    func open(_ node: NodeID, _ operation: AccessRecord.Operation, _ reply: consuming Reply) {
        guard let accessLog else { return reply.error(.notImplemented) }
        guard let path = view.path(of: node) else { return reply.error(.unknownNode) }
        let requester = reply.withRequest { Requester($0) }
        let record = AccessRecord(
            operation: operation, path: path, snapshots: view.snapshotIDs(of: node), requester: requester)
        guard accessLog.record(record) else { return reply.error(.ioFailure) }
        reply.opened()
    }
}
