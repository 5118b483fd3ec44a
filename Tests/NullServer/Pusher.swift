import CFuse
import Glibc
import Synchronization
import SystemInterface

/// Puts small files into the page cache before they are asked for (fuse_lowlevel_notify_store), from a thread of its
/// own: a store from the thread that owes a read of the same page would wait for itself.
///
/// After two reads of neighbours, the files behind the second are pushed, in the order in which directories are listed;
/// the window doubles whenever its end is reached.
final class Pusher: Sendable {
    /// A larger file is read ahead well enough by the kernel.
    private static let fileBytesMax = 128 << 10
    private static let windowFirst = 16
    private static let windowMax = 512
    private static let windowBytesMax = 8 << 20
    private static let zeros = [UInt8](repeating: 0, count: fileBytesMax)

    private struct Habit {
        var last = 0
        var isSequential = false
        var window = Pusher.windowFirst
    }

    private let tree: FlatTree
    private let queue = BoundedQueue<Range<Int>>(limit: 4)
    private let habit = Mutex(Habit())
    private let thread = Mutex<Thread?>(nil)

    init(_ tree: FlatTree, _ session: OpaquePointer) throws {
        self.tree = tree
        let queue = queue
        // libfuse's session is made for any number of threads, and outlives this one.
        nonisolated(unsafe) let session = session
        let started = try Thread.spawn(name: "push") {
            while let files = queue.pop() { Self.push(files, of: tree, session) }
        }
        thread.withLock { $0 = started }
    }

    /// Takes note that the kernel had to ask for a file.
    func note(readOf number: Int) {
        guard let size = tree.fileSize(number), size <= Self.fileBytesMax else { return }
        let end = tree.children[tree.parents[number]].upperBound
        let window = habit.withLock { habit -> Int? in
            let isNeighbour = number > habit.last && tree.parents[number] == tree.parents[habit.last]
            if isNeighbour {
                habit.window = habit.isSequential ? min(habit.window * 2, Self.windowMax) : Self.windowFirst
                habit.isSequential = true
            }
            habit.last = number
            return habit.isSequential ? habit.window : nil
        }
        if let window { _ = queue.tryPush((number + 1)..<max(number + 1, min(number + 1 + window, end))) }
    }

    /// Ends the thread.
    func stop() {
        queue.cancel()
        thread.withLock { $0 }?.join()
    }

    private static func push(_ files: Range<Int>, of tree: FlatTree, _ session: OpaquePointer) {
        var bytes = 0
        for number in files where bytes < windowBytesMax {
            guard let size = tree.fileSize(number), size > 0, size <= fileBytesMax else { continue }
            bytes += size
            store(size, node: fuse_ino_t(number + 1), session)
        }
    }

    /// Stores zeros; a node that the kernel does not know or has read by now is none of our concern.
    private static func store(_ size: Int, node: fuse_ino_t, _ session: OpaquePointer) {
        zeros.withUnsafeBytes { zeros in
            var buffer = fuse_bufvec()
            buffer.count = 1
            buffer.buf.size = size
            // libfuse only reads it.
            buffer.buf.mem = UnsafeMutableRawPointer(mutating: zeros.baseAddress)
            buffer.buf.fd = -1
            fuse_lowlevel_notify_store(session, node, 0, &buffer, fuse_buf_copy_flags(rawValue: 0))
        }
    }
}
