import Coding
import Synchronization

/// A new file that gets its name when it is whole: whatever ends the process before, nothing has that name.
///
/// It is written without a name. Where the file system has no such files, or no way to name one, it is written under a
/// temporary name beside its own, which only `discard` takes away, and what kills the process at once leaves behind.
public final class AppearingFile: Sendable {
    private static let temporaryNameBytes = 8

    /// The file, open for writing.
    public let descriptor: FileDescriptor
    private let path: FilePath
    private let directory: FileDescriptor
    /// The temporary name, if it has one.
    private let temporary: Mutex<[UInt8]?>

    /// A file that will be at `path`, where nothing may be (EEXIST); `mode` less the process's umask.
    public init(
        _ path: FilePath, mode: UInt32 = 0o666, entropy: some EntropySource = SystemEntropy()
    ) throws(SystemError) {
        guard try !FileSystem.exists(path) else { throw Self.isThere(path) }
        self.path = path
        directory = try FileDescriptor.open(path.parent, [.pathOnly, .directory])
        if Self.canName, let unnamed = try directory.makeUnnamedFile(mode: mode) {
            descriptor = unnamed
            temporary = Mutex(nil)
            return
        }
        let random = Hexadecimal.encode(entropy.bytes(Self.temporaryNameBytes))
        let name = Array(".pastfs-unfinished-\(random)".utf8)
        descriptor = try directory.openAt(name, [.writeOnly, .create, .exclusive, .noFollow], mode: mode)
        temporary = Mutex(name)
    }

    /// Makes what was written durable, and gives it its name, if nothing else has it by now (EEXIST), which is durable too
    /// then. Where only that fails the name is there.
    public func appear() throws(SystemError) {
        try descriptor.sync()
        try giveName()
        do throws(SystemError) {
            // What is at hand is a place only, which cannot be synced.
            try directory.openAt([FilePath.dot], [.readOnly, .directory]).sync()
        } catch {
            // Whoever may make names there need not be allowed to read them, and not every file system syncs directories.
            guard error.errno == .accessDenied || error.isUnsupported else { throw error }
            try descriptor.syncFileSystem()
        }
    }

    private func giveName() throws(SystemError) {
        try temporary.withLock { name throws(SystemError) in
            if let old = name {
                try move(old)
                try? directory.unlinkAt(old)
                name = nil
            } else {
                do throws(SystemError) {
                    try descriptor.linkInto(directory, path.lastComponent)
                } catch {
                    throw error.errno == .alreadyExists ? Self.isThere(path) : error
                }
            }
        }
    }

    /// Gives the file its name in exchange for a temporary one, which may be left.
    private func move(_ temporary: [UInt8]) throws(SystemError) {
        let name = path.lastComponent
        do throws(SystemError) {
            guard try directory.moveAt(temporary, of: descriptor, to: directory, name) else { throw Self.isThere(path) }
            return
        } catch {
            // Some file systems have neither a way to rename that replaces nothing nor hard links (EPERM by link(2)).
            guard error.isUnsupported || error.errno == .notPermitted else { throw error }
        }
        // What somebody else makes between the two is replaced: nothing better is to be had there.
        guard try !isThere(name) else { throw Self.isThere(path) }
        try directory.renameAt(temporary, to: directory, name, replacing: true)
    }

    private func isThere(_ name: [UInt8]) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try directory.statusAt(name)
            return true
        } catch {
            guard error.errno == .noEntry else { throw error }
            return false
        }
    }

    /// Takes the temporary name away, if there is one still. Any thread may do so at any time.
    public func discard() {
        temporary.withLock { name in
            if let name { try? directory.unlinkAt(name) }
            name = nil
        }
    }

    deinit { discard() }

    /// Whether a file without a name can be given one: without /proc that takes a privilege (`linkInto`).
    private static var canName: Bool { (try? FileSystem.exists("/proc/self/fd")) == true }

    private static func isThere(_ path: FilePath) -> SystemError {
        SystemError(call: "open", path: path, errno: .alreadyExists)
    }
}
