import Glibc
import SystemInterface

/// Where a mount's messages go once it answers: a file or, where systemd started it, the journal.
final class MountLog: Sendable {
    /// The log of the cache directory is put aside at a mount's beginning when it is larger, and the older one replaced.
    static let defaultBytesMax: UInt64 = 1 << 20
    private static let defaultName = "mount.log"

    private let file: FileDescriptor

    private init(_ file: consuming FileDescriptor) {
        self.file = file
    }

    /// The descriptor, good for as long as the log lives.
    var rawValue: Int32 { file.rawValue }

    /// The file that the options name; nil when they name none.
    ///
    /// To be opened before anything is mounted, so that a log that cannot be written is no surprise.
    static func named(_ context: CommandContext) throws -> MountLog? {
        guard let bytes = context.command.value("log-file") else { return nil }
        let path = try context.absolute(bytes)
        return try attempting("cannot open the log file") { MountLog(try open(path)) }
    }

    /// Where a mount in the background writes to: the file that the options name, the journal if messages go there by
    /// now, or a file in the cache directory. Where that cannot be, nowhere: the mount is worth more than its log.
    static func inBackground(_ context: CommandContext) throws -> MountLog {
        if let log = try named(context) { return log }
        if context.console.isJournal { return MountLog(try StandardStream.error.duplicate()) }
        if let directory = try context.cacheDirectory(), let file = try? openDefault(directory) {
            return MountLog(file)
        }
        return MountLog(try FileDescriptor.open("/dev/null", .writeOnly))
    }

    /// What takes messages of a mount: each with its time, which the journal knows itself.
    static func sink(_ context: CommandContext) -> @Sendable (String) -> Void {
        { text in
            let time = context.console.isJournal ? "" : "\(TimeText.full(context.clock.now())) "
            context.console.message(.warning, time + text)
        }
    }

    /// Makes the open file `descriptor` the place of all messages to come.
    static func direct(_ context: CommandContext, to descriptor: Int32) {
        _ = dup2(descriptor, StandardStream.error.rawValue)
        context.console.reconsiderErrorStream()
    }

    private static func openDefault(_ directory: FilePath) throws(SystemError) -> FileDescriptor {
        try FileSystem.makeDirectories(directory, mode: 0o700)
        let path = directory.appending(defaultName)
        if let size = try? FileSystem.status(path).size, size > defaultBytesMax {
            let names = FileDescriptor.workingDirectory
            try? names.renameAt(path.bytes, to: names, directory.appending(defaultName + ".1").bytes, replacing: true)
        }
        return try open(path)
    }

    private static func open(_ path: FilePath) throws(SystemError) -> FileDescriptor {
        try FileDescriptor.open(path, [.writeOnly, .create, .append], mode: 0o600)
    }
}
