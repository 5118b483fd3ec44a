import Repository
import SystemInterface

/// A stretch of a large file: one thread reads and cuts it, another names its chunks and hands them on, while the first
/// is at the next block.
final class ChunkBlock: Sendable {
    /// The bytes. Who holds the block writes them before it is submitted, and not again before `wait` has returned.
    nonisolated(unsafe) let buffer: UnsafeMutableRawBufferPointer

    private struct State {
        var lengths: [Int] = []
        var outcome: Result<[ChunkID], RepositoryError>?
    }

    private let state = ConditionLock(State())

    init(bytes: Int) {
        buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
    }

    /// Says that the buffer begins with chunks of these lengths, none of which is named yet.
    func prepare(_ lengths: [Int]) {
        state.withLock { $0 = State(lengths: lengths, outcome: nil) }
    }

    /// Names and stores the chunks.
    func name(in session: WriteSession) {
        let lengths = state.withLock { $0.lengths }
        let bytes = part(0..<lengths.reduce(0, +))
        let outcome = Result { () throws(RepositoryError) in
            try session.add(Span(_unsafeElements: bytes), lengths: lengths)
        }
        finish(outcome)
    }

    /// Says that nobody will name them: the run has stopped.
    func giveUp() {
        finish(.failure(RepositoryError(.cancelled, "the run was stopped")))
    }

    /// Waits for the chunks' names; gives them with the lengths.
    func wait() throws(RepositoryError) -> [(id: ChunkID, bytes: Int)] {
        let (outcome, lengths) = state.wait { state in state.outcome.map { ($0, state.lengths) } }
        return zip(try outcome.get(), lengths).map { (id: $0, bytes: $1) }
    }

    /// A part of the buffer.
    func part(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeRawBufferPointer(rebasing: buffer[range]).assumingMemoryBound(to: UInt8.self)
    }

    private func finish(_ outcome: Result<[ChunkID], RepositoryError>) {
        state.withLock { $0.outcome = outcome }
        state.broadcast()
    }
}
