import Glibc
import SnapshotView

extension MountedFileSystem {
    /// Answers a read from where the decoded bytes lie: nothing is copied unless the answer is in many pieces.
    func read(_ node: NodeID, at offset: off_t, count: Int, _ reply: consuming Reply) {
        do throws(ViewError) {
            guard let offset = UInt64(exactly: offset) else { return reply.error(.invalidArgument) }
            let pieces = try view.read(node, at: offset, count: min(count, MountLimits.readBytesMax))
            statistics.addBytesRead(pieces.reduce(0) { $0 + $1.count })
            if pieces.count <= MountLimits.vectorsMax {
                Self.answer(pieces[...], [], reply)
            } else {
                Self.answerCopied(pieces, reply)
            }
        } catch {
            reply.error(error)
        }
    }

    /// Holds the bytes of each piece in place, one call deeper each, and answers with all of them at the end.
    private static func answer(_ pieces: ArraySlice<ReadPiece>, _ vectors: [iovec], _ reply: consuming Reply) {
        guard let first = pieces.first else {
            guard vectors.count != 1 else {
                return _ = reply.bytes(UnsafeRawBufferPointer(start: vectors[0].iov_base, count: vectors[0].iov_len))
            }
            return reply.vectors(vectors)
        }
        var pending: Reply? = consume reply
        Self.withBytes(of: first) { bytes in
            guard let reply = pending.take() else { return }
            let vector = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            answer(pieces.dropFirst(), vectors + [vector], reply)
        }
    }

    private static func answerCopied(_ pieces: [ReadPiece], _ reply: consuming Reply) {
        var all: [UInt8] = []
        all.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
        for piece in pieces {
            withBytes(of: piece) { all.append(contentsOf: $0) }
        }
        var pending: Reply? = consume reply
        all.withUnsafeBytes { bytes in
            _ = pending.take()?.bytes(bytes)
        }
    }

    private static func withBytes(of piece: ReadPiece, _ body: (UnsafeRawBufferPointer) -> Void) {
        switch piece {
        case .bytes(let chunk, let range):
            chunk.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .zeros(let count):
            zeros.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// What holes are answered with; a read is never longer.
    private static let zeros = [UInt8](repeating: 0, count: MountLimits.readBytesMax)
}
