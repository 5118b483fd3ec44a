import Glibc
import Testing

/// A system call that would change something below the directory it is given.
struct ChangingCall: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let run: @Sendable (_ root: String) -> Int

    private init(_ name: String, _ run: @escaping @Sendable (String) -> Int32) {
        testDescription = name
        self.run = { Int(run($0)) }
    }

    static let all: [ChangingCall] = [
        ChangingCall("open for writing") { open("\($0)/short", O_WRONLY) },
        ChangingCall("open for reading and writing") { open("\($0)/short", O_RDWR) },
        ChangingCall("open with O_TRUNC") { open("\($0)/short", O_WRONLY | O_TRUNC) },
        ChangingCall("creat") { creat("\($0)/new", 0o644) },
        ChangingCall("truncate") { truncate("\($0)/short", 0) },
        ChangingCall("mkdir") { mkdir("\($0)/new", 0o755) },
        ChangingCall("rmdir") { rmdir("\($0)/below") },
        ChangingCall("unlink") { unlink("\($0)/short") },
        ChangingCall("rename") { rename("\($0)/short", "\($0)/new") },
        ChangingCall("link") { link("\($0)/short", "\($0)/new") },
        ChangingCall("symlink") { symlink("short", "\($0)/new") },
        ChangingCall("mknod") { mknod("\($0)/new", S_IFIFO | 0o600, 0) },
        ChangingCall("chmod") { chmod("\($0)/short", 0o600) },
        ChangingCall("chown") { chown("\($0)/short", 1, 1) },
        ChangingCall("utimensat") { utimensat(AT_FDCWD, "\($0)/short", nil, 0) },
        ChangingCall("access for writing") { access("\($0)/short", W_OK) },
        ChangingCall("mkdir at the snapshots") { mkdir("\($0)/../new", 0o755) },
        ChangingCall("rmdir of a snapshot") { rmdir($0) },
    ]
}
