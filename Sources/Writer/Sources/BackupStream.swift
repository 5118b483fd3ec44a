import SystemInterface

/// Where the bytes come from of a snapshot that holds one file which is on no disk: a pipe, a command's output.
public protocol BackupStream: Sendable {
    /// Reads some bytes, at most as many as there is room for; 0 at the end. Called by one thread.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int

    /// Throws when what was read up to the end is not all that should have come: there is no snapshot then.
    func finish() throws(BackupError)
}
