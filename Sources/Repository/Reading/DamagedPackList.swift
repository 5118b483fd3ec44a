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
        (try? readIfPresent()) ?? []
    }

    /// The packs; none where there is no list. Throws where there is one that cannot be read.
    func readIfPresent() throws(SystemError) -> Set<Bytes32> {
        do throws(SystemError) {
            return Self.packs(try FileSystem.read(directory.appending(Self.file), atMost: Self.bytesMax))
        } catch {
            guard error.errno != .noEntry else { return [] }
            throw error
        }
    }

    /// Notes what a check has found: takes away which of the `known` packs, those of the list when the check began, are
    /// `sound`, and adds the `damaged` ones. What another check has put there meanwhile stays, and no process loses what
    /// another writes at the same time. Whole at every moment, and durable.
    public func note(
        sound: Set<Bytes32>, damaged: Set<Bytes32>, known: Set<Bytes32>
    ) throws {
        if damaged.isEmpty, known.isDisjoint(with: sound) { return }
        try StateDirectory(path: directory, isOwnAlone: false).replace(Self.file, atMost: Self.bytesMax) { bytes in
            let packs = Self.packs(bytes ?? [])
            return Self.encoded(packs.subtracting(known.intersection(sound)).union(damaged))
        }
    }

    private static func packs(_ bytes: [UInt8]) -> Set<Bytes32> {
        Set(bytes.split(separator: UInt8(ascii: "\n")).compactMap { Bytes32(spelled: Array($0)) })
    }

    private static func encoded(_ packs: Set<Bytes32>) -> [UInt8] {
        packs.sorted().flatMap { Array("\($0)\n".utf8) }
    }
}
