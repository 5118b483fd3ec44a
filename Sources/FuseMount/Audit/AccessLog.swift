import SnapshotView
import Synchronization
import SystemInterface

/// The file that every open is recorded in, as JSON Lines: a line before the answer, or no answer.
///
/// Each line is one write(2) at the end of the file, which may so be shared with other writers. A line that cannot be
/// written whole makes the open fail: a log with gaps would prove nothing. Nothing is synced: the loss of power, unlike
/// that of the process, may take the last seconds. Thread-safe.
///
/// The file may be renamed or removed for rotation (logrotate(8) with `create` or `nocreate`): within a second a new one
/// of its name is begun.
public final class AccessLog: Sendable {
    private struct State: ~Copyable {
        var file: FileDescriptor
        /// Device and inode of the open file.
        var identity: Identity
        /// The second in which the name was looked at last.
        var checkedSecond: Int64
        /// Whether the file ends with a piece of a line.
        var isTorn: Bool
        /// Whether the last line could not be written.
        var isFailing = false

        /// Opens a regular file, never a fifo or a device, which could make every open of the mount wait.
        init(at path: FilePath, second: Int64) throws(SystemError) {
            let flags: OpenFlags = [.readWrite, .create, .append, .noFollow, .nonBlocking]
            let file = try FileDescriptor.open(path, flags, mode: 0o600)
            let status = try file.status()
            guard status.type == .regular else {
                throw SystemError(call: "open", path: path, errno: .invalidArgument)
            }
            // An earlier mount may have met a full disk in the middle of a line.
            let last = status.size > 0 ? try file.pread(1, at: status.size - 1) : []
            let isTorn = last != [UInt8(ascii: "\n")] && !last.isEmpty
            self.file = file
            self.isTorn = isTorn
            identity = Identity(status)
            checkedSecond = second
        }
    }

    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    /// Where the file is: an absolute path without symbolic links.
    public let path: FilePath
    private let clock: any WallClock
    private let sink: LogSink
    private let state: Mutex<State>

    /// Opens the file, or begins it with mode 0600; lines of the mount's own log go to `log`.
    ///
    /// - Parameters:
    ///   - avoided: directories that the file must not lie in: the mount point, which would wait for itself, and the
    ///     repository, which is not ours to write to.
    public init(
        at path: FilePath, avoiding avoided: [FilePath], clock: any WallClock, log: @escaping LogSink
    ) throws(MountError) {
        let what = "cannot record accesses in \(path)"
        let resolved: FilePath
        let opened: State
        do throws(SystemError) {
            let absolute = try FileSystem.absolutePath(path)
            resolved = try FileSystem.realPath(absolute.parent).appending(absolute.lastComponent)
        } catch {
            throw MountError(.auditFailed, what: what, why: error.description)
        }
        for directory in avoided where resolved.isInside((try? FileSystem.realPath(directory)) ?? directory) {
            throw MountError(
                .overlap, what: what, why: "it lies inside of \(directory)", fix: "name a file outside of it")
        }
        do throws(SystemError) {
            opened = try State(at: resolved, second: clock.now().seconds)
        } catch {
            throw MountError(.auditFailed, what: what, why: error.description)
        }
        self.path = resolved
        self.clock = clock
        sink = log
        state = Mutex(opened)
    }

    /// Writes a line; false if that failed, and then the access must not be granted.
    package func record(_ record: AccessRecord) -> Bool {
        let now = clock.now()
        let line = record.line(at: now)
        let (failure, isNew) = state.withLock { state -> (SystemError?, Bool) in
            let failure = Self.append(line, at: now, path, to: &state)
            let isNew = (failure != nil) != state.isFailing
            state.isFailing = failure != nil
            return (failure, isNew)
        }
        if isNew {
            sink(
                failure.map { "cannot record accesses: \($0); files cannot be opened until that is mended" }
                    ?? "accesses can be recorded again in \(path)")
        }
        return failure == nil
    }

    private static func append(
        _ line: [UInt8], at now: Timestamp, _ path: FilePath, to state: inout State
    ) -> SystemError? {
        do throws(SystemError) {
            if state.checkedSecond != now.seconds {
                try follow(path, &state)
                state.checkedSecond = now.seconds
            }
            // A torn line ends where the next one begins, so that only itself is lost.
            let bytes = state.isTorn ? [UInt8(ascii: "\n")] + line : line
            let count = try state.file.writeOnce(bytes.span)
            state.isTorn = count < bytes.count
            guard !state.isTorn else { throw SystemError(call: "write", path: path, errno: .noSpace) }
            return nil
        } catch {
            return error
        }
    }

    /// Opens the file anew if another one, or none, has its name now.
    private static func follow(_ path: FilePath, _ state: inout State) throws(SystemError) {
        let named: Identity?
        do throws(SystemError) {
            named = Identity(try FileSystem.status(path))
        } catch {
            guard error.errno == .noEntry else { throw error }
            named = nil
        }
        guard named != state.identity else { return }
        let isFailing = state.isFailing
        state = try State(at: path, second: state.checkedSecond)
        state.isFailing = isFailing
    }
}
