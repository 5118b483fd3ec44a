import Coding
import Synchronization
import SystemInterface

/// Remembers which packs a check has read and found whole, so that one that is interrupted can be resumed.
///
/// A file: a first line with the seed of the selection, then a pack's name a line. What it cannot note is read again, and so
/// is a pack that was found damaged, which is not noted. Packs never change, so those that were read may count although
/// others have come or gone since. But they rot: one that another check has found damaged meanwhile is doubted. Thread-safe.
public final class ReadingJournal: Sendable {
    /// Ten million packs.
    private static let bytesMax = 700 << 20
    private static let heading = "pastfs check 1 seed "

    /// The seed of the selection.
    public let seed: UInt64
    /// The packs that were found whole before, and that nobody doubts.
    public let wholeBefore: Set<Bytes32>

    private let path: FilePath
    private let file: Mutex<FileDescriptor?>

    /// The journal in the file at `path`, whose directory is made if it is missing.
    ///
    /// When `resuming` it goes on with what is there but for the packs that are `doubted`, and otherwise, or if that is no
    /// journal, it begins anew with `seed`. Returns nil when another process is writing it.
    public init?(
        path: FilePath, resuming: Bool, seed: UInt64, doubted: Set<Bytes32> = []
    ) throws(SystemError) {
        try FileSystem.makeDirectories(path.parent, mode: 0o700)
        let file = try FileDescriptor.open(path, [.readWrite, .create, .append, .noFollow], mode: 0o600)
        guard try file.tryLock(exclusive: true) else { return nil }
        let before = resuming ? Self.parse(try file.readAll(atMost: Self.bytesMax)) : nil
        if let before {
            // A line that was cut off ends here, and is no name.
            try file.write(all: [UInt8(ascii: "\n")])
            (self.seed, wholeBefore) = (before.seed, before.packs.subtracting(doubted))
        } else {
            try file.truncate(to: 0)
            try file.write(all: Array("\(Self.heading)\(seed)\n".utf8))
            (self.seed, wholeBefore) = (seed, [])
        }
        self.path = path
        self.file = Mutex(file)
    }

    /// Notes that `pack` was read and found whole.
    func note(_ pack: Bytes32) {
        file.withLock { file in
            guard let open = file.take() else { return }
            // One write(2) a line. A full disk ends the journal, and not the check.
            guard (try? open.write(all: Array("\(pack)\n".utf8))) != nil else { return }
            file = consume open
        }
    }

    /// Removes the journal: the check has come to its end.
    func finish() {
        file.withLock { $0 = nil }
        try? FileSystem.remove(path)
    }

    private static func parse(_ bytes: [UInt8]) -> (seed: UInt64, packs: Set<Bytes32>)? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let first = lines.first, first.starts(with: heading.utf8),
            let seed = UInt64(String(decoding: first.dropFirst(heading.utf8.count), as: UTF8.self))
        else { return nil }
        return (seed, Set(lines.dropFirst().compactMap { Bytes32(spelled: Array($0)) }))
    }
}
