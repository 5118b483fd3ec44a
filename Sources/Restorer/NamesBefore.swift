import Synchronization

/// The names that a directory of the destination had before anything was restored in it. Thread-safe.
///
/// It keeps eight bytes of each. Two names that share them are taken for one, which is no worse than not to have looked.
final class NamesBefore: Sendable {
    /// Those of them under which a restore makes things: an interrupted one has left them, or another is at work.
    let temporary: [[UInt8]]
    /// Those of them that are marks of what may not be on the disk.
    let unsynced: [[UInt8]]
    private let hashes: [UInt64]
    /// The names that were taken, and what has taken them.
    private let taken = Mutex<[[UInt8]: [UInt8]]>([:])

    /// Of a directory with these names.
    init(_ names: [[UInt8]]) {
        temporary = names.filter(TemporaryName.isTemporary)
        unsynced = names.filter(TemporaryName.isUnsynced)
        hashes = names.map(Self.hash).sorted()
    }

    /// Whether it had exactly this name.
    func contains(_ name: [UInt8]) -> Bool {
        let hash = Self.hash(name)
        var range = hashes.indices
        while let first = range.first {
            let middle = first + range.count / 2
            if hashes[middle] == hash { return true }
            range = hashes[middle] < hash ? (middle + 1)..<range.upperBound : first..<middle
        }
        return false
    }

    /// Gives what has this name to the entry of the name `other`; false if another entry has it.
    func take(_ name: [UInt8], for other: [UInt8]) -> Bool {
        taken.withLock { taken in
            if let taker = taken[name] { return taker == other }
            taken[name] = other
            return true
        }
    }

    /// FNV-1a of 64 bits (RFC 9923).
    private static func hash(_ name: [UInt8]) -> UInt64 {
        name.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
