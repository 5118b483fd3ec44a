import Coding
import SystemInterface

/// The packs that a check on this machine found damaged: a run stores anew what it meets of what they held.
///
/// A file of one name a line, beside the catalog and as disposable: without it, damage heals once the pack is gone.
public struct DamagedPackList: Sendable {
    /// More packs are not told from a store that is lost as a whole.
    private static let bytesMax = 64 << 20
    private static let file = "damaged-packs"

    private let directory: FilePath

    /// The list for `repository` below `cacheDirectory`, which need not exist.
    public init(cacheDirectory: FilePath, repository: Repository) {
        self.init(directory: repository.cacheDirectory(below: cacheDirectory))
    }

    /// The list in `directory`, which `Repository.cacheDirectory` has named.
    public init(directory: FilePath) {
        self.directory = directory
    }

    /// The packs; none where there is no list, or none that can be read.
    public func read() -> Set<Bytes32> {
        guard let bytes = try? FileSystem.read(directory.appending(Self.file), atMost: Self.bytesMax) else { return [] }
        return Set(bytes.split(separator: UInt8(ascii: "\n")).compactMap { Bytes32(spelled: Array($0)) })
    }

    /// Takes the place of the list, whole at every moment.
    public func write(_ packs: Set<Bytes32>) throws(SystemError) {
        if packs.isEmpty, try !FileSystem.exists(directory.appending(Self.file)) { return }
        try FileSystem.makeDirectories(directory, mode: 0o700)
        let text = packs.sorted().map { "\($0)\n" }.joined()
        let temporary = Self.file + ".new"
        try FileSystem.write(directory.appending(temporary), Array(text.utf8), mode: 0o600)
        let folder = try FileDescriptor.open(directory, [.readOnly, .directory])
        try folder.renameAt(Array(temporary.utf8), to: folder, Array(Self.file.utf8), replacing: true)
    }
}
