import Catalog

/// What of a bundle the snapshots of a mark need.
struct BundleUsage {
    /// How many of its chunks are needed.
    private(set) var neededChunks = 0
    /// The plaintext of these, in bytes.
    private(set) var neededBytes: UInt64 = 0
    /// The plaintext of all, in bytes.
    private(set) var bytes: UInt64 = 0

    init(_ bundle: BundleRecord, _ mark: borrowing LivenessMark) throws(RepositoryError) {
        for chunk in bundle.chunks {
            bytes += UInt64(chunk.bytes)
            guard try mark.contains(chunk.id) else { continue }
            neededChunks += 1
            neededBytes += UInt64(chunk.bytes)
        }
    }

    /// Whether any of it is needed.
    var isNeeded: Bool { neededChunks > 0 }

    /// Which part of it is needed, 0 to 1.
    var neededShare: Double { bytes == 0 ? (isNeeded ? 1 : 0) : Double(neededBytes) / Double(bytes) }

    /// Whether so little of it is needed that its chunks are better put into another, by whoever can open it.
    var isWorthDividing: Bool { isNeeded && neededShare <= Limits.dividedBundleShareMax }
}
