import Coding
import SystemInterface

/// The names under which things are made that are to replace others, or to appear when they are whole, and those of marks.
enum TemporaryName {
    private static let prefix = Array(".pastfs-restore-".utf8)
    private static let randomBytes = 8

    /// What a directory is given that a restore has made and not finished: the next one knows by it that it may set the
    /// attributes of the directory too.
    static let unfinished = prefix + Array("unfinished".utf8)

    /// How the names begin of marks that tell what may not be on the disk (`UnsyncedMark`).
    private static let unsyncedPrefix = prefix + Array("unsynced-".utf8)

    /// A name that nothing has, and that nobody can have taken before: neither another name of the snapshot leads to it, nor
    /// another run at work in the same directory, nor somebody who wants to be in the way.
    static func make(_ entropy: some EntropySource) -> [UInt8] { prefix + random(entropy) }

    /// A name for a mark of one run.
    static func makeUnsynced(_ entropy: some EntropySource) -> [UInt8] { unsyncedPrefix + random(entropy) }

    private static func random(_ entropy: some EntropySource) -> [UInt8] {
        Array(Hexadecimal.encode(entropy.bytes(randomBytes)).utf8)
    }

    /// Whether it is a name that `make` makes, of whichever run. Before 2026-11-22 the digits were a hash of the item's name.
    static func isTemporary(_ name: [UInt8]) -> Bool { isRandom(name, behind: prefix) }

    /// Whether it is a name that `makeUnsynced` makes.
    static func isUnsynced(_ name: [UInt8]) -> Bool { isRandom(name, behind: unsyncedPrefix) }

    /// Whether it is a name that tells of a restore, and no item of the destination.
    static func isMark(_ name: [UInt8]) -> Bool { name == unfinished || isUnsynced(name) }

    private static func isRandom(_ name: [UInt8], behind prefix: [UInt8]) -> Bool {
        name.count == prefix.count + 2 * randomBytes && name.starts(with: prefix)
            && name[prefix.count...].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
