import Chunking
import Repository
import SystemInterface

/// Saves a stream as the one file of a tree.
struct StreamTree {
    /// What the file and the directories that lead to it are allowed: a dump of a database is nobody else's.
    private static let filePermissions: UInt16 = 0o600
    private static let directoryPermissions: UInt16 = 0o755

    let stream: any BackupStream
    /// What the file is called, absolute.
    let path: FilePath
    /// The time of all that is made up.
    let moment: Timestamp
    let session: WriteSession
    let chunker: Chunker
    let journal: BackupJournal
    let meter: ReadMeter

    /// Reads the stream to its end, and returns the snapshot's root.
    func save() throws -> TreeEntry {
        guard let name = path.components.last else {
            throw BackupError(.invalidArgument, path: path, "a stream needs the name of a file")
        }
        for name in path.components { journal.path.push(name) }
        var entry = makeEntry(name, .regular, Self.filePermissions)
        (entry.content, entry.size) = try readContent()
        try stream.finish()
        journal.statistics.files = 1
        journal.statistics.filesNew = 1
        journal.countHeld(entry.size)
        journal.saw(.new, .regular, bytes: entry.size, files: 1)
        let directories = [[]] + path.components.dropLast()
        for name in directories.reversed() {
            var builder = TreeBuilder(session: session)
            try builder.add(entry)
            entry = makeEntry(name, .directory, Self.directoryPermissions)
            entry.content = .tree(try builder.finish())
            journal.statistics.directories += 1
            journal.path.pop()
        }
        return entry
    }

    private func makeEntry(_ name: [UInt8], _ type: FileType, _ permissions: UInt16) -> TreeEntry {
        let (user, group) = (Host.effectiveUserID, Host.effectiveGroupID)
        var entry = TreeEntry(
            name: name, type: type, permissions: permissions, userID: user, groupID: group, modified: moment,
            changed: moment)
        entry.userName = Accounts.userName(user)
        entry.groupName = Accounts.groupName(group)
        return entry
    }

    /// Cuts where a file of the same bytes would be cut.
    private func readContent() throws -> (EntryContent, UInt64) {
        let chunkBytesMax = chunker.parameters.maximumBytes
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * chunkBytesMax, alignment: 4096)
        defer { buffer.deallocate() }
        var builder = ContentBuilder(session: session)
        var size: UInt64 = 0
        var filled = 0
        var isEnded = false
        while !isEnded {
            try journal.checkStopped()
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            meter.read(count)
            isEnded = count == 0
            filled += count
            size += UInt64(count)
            guard size <= Limits.fileBytesMax else { throw BackupError(.streamFailed, path: path, "it has no end") }
            var start = 0
            while filled - start >= chunkBytesMax || (isEnded && start < filled) {
                // The span lives only in here, while nothing is written to the buffer.
                let rest = UnsafeRawBufferPointer(rebasing: buffer[start..<filled]).assumingMemoryBound(to: UInt8.self)
                let length = chunker.cut(Span(_unsafeElements: rest))
                let piece = UnsafeBufferPointer(rebasing: rest[..<length])
                try builder.addChunk(session.add(Span(_unsafeElements: piece), .content), bytes: length)
                start += length
            }
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<filled]))
            filled -= start
            journal.countRead(count)
        }
        return (try builder.finish(), size)
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) throws(BackupError) -> Int {
        do throws(SystemError) {
            return try stream.read(into: buffer)
        } catch {
            throw BackupError(.streamFailed, path: path, error.errno.message)
        }
    }
}
