import Repository
import SystemInterface

/// The threads that read small files ahead of the walk, and name and hand on what was read.
///
/// The walk submits batches, goes on by a bounded number of them, and takes their outcomes in the order in which it
/// submitted them: whatever thread read what, the tree is the same. A thread that hands on chunks waits while the workers
/// that compress are behind.
final class ReadPool: Sendable {
    /// What a thread is given.
    private enum Work: Sendable {
        case files(ReadBatch)
        case chunks(ChunkBlock)
    }

    private let session: WriteSession
    private let queue: BoundedQueue<Work>
    private let threads: [Thread]

    /// Starts `count` threads. Files of at least `smallBytesMax` bytes are not theirs to read.
    init(count: Int, session: WriteSession, smallBytesMax: Int, meter: ReadMeter) throws(SystemError) {
        self.session = session
        let queue = BoundedQueue<Work>(limit: WriterLimits.batchesAheadMax + WriterLimits.blocksMax)
        self.queue = queue
        var threads: [Thread] = []
        for number in 0..<count {
            do throws(SystemError) {
                threads.append(
                    try Thread.spawn(name: "pastfs-read-\(number)") {
                        let reader = SmallFileReader(session: session, fileBytesMax: smallBytesMax, meter: meter)
                        while let work = queue.pop() {
                            switch work {
                            case .files(let batch): batch.finish(reader.read(batch.requests))
                            case .chunks(let block): block.name(in: session)
                            }
                        }
                    })
            } catch {
                queue.cancel()
                for thread in threads { thread.join() }
                throw error
            }
        }
        self.threads = threads
    }

    /// Has the files of `batch` read.
    func submit(_ batch: ReadBatch) {
        if !queue.push(.files(batch)) { batch.giveUp() }
    }

    /// Has the chunks of `block` named and stored.
    func submit(_ block: ChunkBlock) {
        if !queue.push(.chunks(block)) { block.giveUp() }
    }

    /// Ends the threads. What was submitted and is not done by then is never done; nobody may wait for it.
    func stop() {
        queue.cancel()
        for thread in threads { thread.join() }
    }
}
