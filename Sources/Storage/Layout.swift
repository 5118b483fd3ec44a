/// The names and modes that a `LocalDirectoryStore` uses beside those of objects.
enum Layout {
    /// What is being written, where the file system needs a name for that.
    static let temporaryFolder = "tmp"
    /// Every directory directly below the root.
    static let folders = ObjectFolder.allCases.map(\.rawValue) + [temporaryFolder]
    /// What the root of a new file system may hold.
    static let lostAndFound = "lost+found"
    /// What is given up when the disk is full.
    static let reserve = "reserve"
    /// It is written again when it was cut short.
    static let reserveMode: UInt32 = 0o600
    /// Objects never change, and nobody else is to read them.
    static let fileMode: UInt32 = 0o400
    /// The owner's alone.
    static let folderMode: UInt32 = 0o700
}
