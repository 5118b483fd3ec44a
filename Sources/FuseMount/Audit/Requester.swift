import CFuse
import Glibc
import SystemInterface

/// Who asks: what the kernel says of it, and what it calls itself.
package struct Requester: Sendable {
    /// The user that the file system's permissions are checked against (fsuid of credentials(7)).
    let userID: UInt32
    /// The group likewise.
    let groupID: UInt32
    /// The process; nil for one that the mount's PID namespace does not show (pid_namespaces(7)).
    let processID: Int32?
    /// What proc(5) shows as the process's `comm`: a process can change it. Nil where nothing can be read.
    let command: [UInt8]?

    /// Somebody of whom all is known.
    package init(userID: UInt32, groupID: UInt32, processID: Int32?, command: [UInt8]?) {
        self.userID = userID
        self.groupID = groupID
        self.processID = processID
        self.command = command
    }

    /// Who sent `request`, which must not have been answered.
    init(_ request: fuse_req_t) {
        let context = fuse_req_ctx(request).pointee
        userID = context.uid
        groupID = context.gid
        // The kernel gives the thread's number: the process is the one that its group of threads is named by.
        let process = context.pid > 0 ? Self.process(ofThread: context.pid) ?? context.pid : nil
        processID = process
        command = process.flatMap { Self.command(ofProcess: $0) }
    }

    private static func process(ofThread thread: Int32) -> Int32? {
        guard let text = read("/proc/\(thread)/status") else { return nil }
        let field = Array("Tgid:".utf8)
        guard let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: field) }) else {
            return nil
        }
        let digits = line.dropFirst(field.count).filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self))
    }

    private static func command(ofProcess process: Int32) -> [UInt8]? {
        guard var name = read("/proc/\(process)/comm") else { return nil }
        if name.last == UInt8(ascii: "\n") { name.removeLast() }
        return Array(name.prefix(MountLimits.commandBytesMax))
    }

    /// The beginning of a file that the kernel makes.
    private static func read(_ path: String) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
        return try? file.pread(MountLimits.processFileBytesMax, at: 0)
    }
}
