import SystemInterface

// A program may hold a lease on a file: Samba does for a client that caches it, and so does the kernel's NFS server. Who
// opens the file makes the kernel ask for the lease back, and take it after a time. The walk opens without waiting, because
// a fifo may stand there by then, and so it asks again until the lease is gone. Any user may lease any number of files of
// their own: what is waited for all of them together is bounded.

extension TreeWalk {
    private static let leasePauseMin = 0.001
    private static let leasePauseMax = 0.05

    /// Opens a file to be read, once nobody holds a lease on it any more.
    mutating func openFile(_ name: [UInt8], in directory: OpenDirectory) throws -> FileDescriptor {
        var pause = Self.leasePauseMin
        while true {
            do throws(SystemError) {
                return try OpenDirectory.openFile(name, in: directory)
            } catch {
                guard error.errno == .wouldBlock, leaseSecondsLeft > 0 else { throw error }
            }
            try journal.checkStopped()
            Thread.pause(seconds: pause)
            leaseSecondsLeft -= pause
            pause = min(2 * pause, Self.leasePauseMax)
        }
    }
}
