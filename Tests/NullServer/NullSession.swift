import CFuse
import Glibc
import SystemInterface

/// Why a session could not begin.
struct SessionFault: Error, CustomStringConvertible {
    let description: String
}

/// libfuse's session, from mounting to the end of the process.
struct NullSession: ~Copyable {
    /// As many as a mount of PastFS has on this machine.
    private static let threads = min(max(4, 2 * Host.processorCount), 64)
    private static let readAheadKibibytes = 1_024

    private let handle: OpaquePointer
    private let server: NullServer
    private let mountPoint: FilePath

    init(_ tree: FlatTree, at mountPoint: FilePath, pushes: Bool) throws {
        let server = NullServer(tree)
        var table = NullOperations.table()
        let words: [String] = ["null-server", "-o", Self.options]
        var texts: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer {
            for text in texts { free(text) }
        }
        let count = Int32(texts.count)
        let made = texts.withUnsafeMutableBufferPointer { list in
            var list = fuse_args(argc: count, argv: list.baseAddress, allocated: 0)
            return fuse_session_new(
                &list, &table, MemoryLayout<fuse_lowlevel_ops>.size, Unmanaged.passUnretained(server).toOpaque())
        }
        guard let made else { throw SessionFault(description: "libfuse refused its options") }
        guard mountPoint.withCString({ fuse_session_mount(made, $0) }) == 0 else {
            fuse_session_destroy(made)
            throw SessionFault(description: "cannot mount at \(mountPoint)")
        }
        do {
            if pushes { try server.startPushing(through: made) }
        } catch {
            fuse_session_unmount(made)
            fuse_session_destroy(made)
            throw error
        }
        handle = made
        self.server = server
        self.mountPoint = mountPoint
    }

    deinit {
        fuse_session_destroy(handle)
    }

    private static var options: String {
        "ro,nosuid,nodev,default_permissions,subtype=null,fsname=null,max_read=\(NullServer.readBytesMax)"
    }

    /// Answers until the mount is taken away; 0, or what libfuse gives for a failure.
    borrowing func run() -> Int32 {
        let mountPoint = mountPoint
        let raising = try? Thread.spawn(name: "read-ahead") { Self.raiseReadAhead(mountPoint) }
        let code = NullLoop(handle).run(threads: Self.threads)
        raising?.join()
        server.stopPushing()
        fuse_session_unmount(handle)
        return code
    }

    /// Tells the kernel how far to read ahead, once the mount answers.
    private static func raiseReadAhead(_ mountPoint: FilePath) {
        guard let device = try? FileSystem.status(mountPoint).device else { return }
        let minor = device & 0xff | device >> 12 & 0xfff00
        try? FileSystem.write(
            FilePath("/sys/class/bdi/0:\(minor)/read_ahead_kb"), Array("\(readAheadKibibytes)\n".utf8))
    }
}
