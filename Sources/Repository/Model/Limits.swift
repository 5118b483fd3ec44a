import Storage

/// Every limit of format version 1 and of the code that reads and writes it.
///
/// A writer never exceeds one, and a reader refuses what does: whatever an object says, memory stays bounded.
/// docs/format.md lists them with their reasons.
public enum Limits {
    // MARK: Chunks, bundles, packs

    /// The longest chunk, in bytes of plaintext.
    public static let chunkBytesMax = 16 << 20
    /// The most chunks in one bundle.
    public static let bundleChunksMax = 65_536
    /// The longest bundle, in bytes of plaintext, the list of its chunks included.
    public static let bundlePlaintextBytesMax = 24 << 20
    /// The longest sealed bundle, in bytes as stored.
    public static let bundleStoredBytesMax = 25 << 20
    /// The most bundles in one pack.
    public static let packBundlesMax = 65_536
    /// The most sessions whose bundles meet in one pack.
    public static let packSessionsMax = 4_096
    /// The longest pack, in bytes.
    public static let packBytesMax = 512 << 20
    /// The longest sealed footer of a pack, in bytes.
    public static let footerBytesMax = 32 << 20
    /// The longest object in `packs/`, in bytes.
    static let packObjectBytesMax = packBytesMax + footerBytesMax
    /// The longest index segment, in bytes.
    public static let indexSegmentBytesMax = 64 << 20
    /// The most packs in one index segment.
    public static let indexSegmentPacksMax = 65_536

    // MARK: What a writer aims at

    /// A pack is closed when its bundles have this many bytes.
    public static let packBytesTarget = 16 << 20
    /// Small content chunks share a bundle up to this many bytes of plaintext.
    public static let contentBundleBytesTarget = 1 << 20
    /// Metadata chunks share a bundle up to this many bytes of plaintext.
    public static let metadataBundleBytesTarget = 256 << 10
    /// A chunk of at least this many bytes has a bundle of its own.
    public static let loneChunkBytesMin = 256 << 10
    /// An index segment is written whenever packs with this many chunks wait for one.
    public static let indexSegmentChunksTarget = 100_000
    /// An index segment is written whenever this many packs wait for one, so that an interrupted run is not lost.
    public static let indexSegmentPacksTarget = 64

    // MARK: Trees

    /// The longest name, in bytes (NAME_MAX of limits.h(0p)).
    public static let nameBytesMax = 255
    /// The longest target of a symbolic link, in bytes (PATH_MAX less its NUL).
    public static let symbolicLinkBytesMax = 4_095
    /// The deepest directory below a snapshot's root.
    public static let treeDepthMax = 4_096
    /// A page of a directory is never longer than this, in bytes.
    public static let treePageBytesMax = 256 << 10
    /// The most entries of a page of a directory: an entry has at least 16 bytes.
    public static let treePageEntriesMax = treePageBytesMax / TreeEntry.encodedBytesMin
    /// A directory's page is cut at this many bytes if no name has cut it before.
    public static let treePageBytesTarget = 64 << 10
    /// No name cuts a directory's page before it has this many bytes.
    public static let treePageBytesMin = 8 << 10
    /// The most levels of pages of one directory or one list of chunks.
    public static let pageLevelsMax = 8
    /// The most leaf pages of one directory.
    public static let treeLeafPagesMax = 1 << 20
    /// The most segments that a file's entry holds itself; a longer list has pages.
    public static let inlineSegmentsMax = 8
    /// A page of a list of chunks never has more items than this: the target, and a hole before the last chunk.
    public static let listPageItemsMax = listPageItemsTarget + 1
    /// A page of a list of chunks is cut behind a chunk once it has this many items.
    public static let listPageItemsTarget = 2_048
    /// An inner page never has more items than this.
    public static let innerPageItemsMax = 2_048
    /// No chunk cuts a list's page before it has this many items.
    public static let listPageItemsMin = 256
    /// The longest file, in bytes (2^63 - 1: the range of off_t).
    public static let fileBytesMax = UInt64(Int64.max)
    /// The most extended attributes of one entry.
    public static let extendedAttributesMax = 4_096
    /// The longest value of an extended attribute, in bytes (XATTR_SIZE_MAX of xattr(7)).
    public static let extendedAttributeValueBytesMax = 65_536
    /// Extended attributes up to this many bytes stand in the entry; more are a chunk of their own.
    public static let inlineExtendedAttributesBytesMax = 2_048
    /// The most bytes of all extended attributes of one entry.
    public static let extendedAttributesBytesMax = 4 << 20
    /// The longest name of a user or a group, in bytes.
    public static let accountNameBytesMax = 255

    // MARK: Snapshots

    /// The longest snapshot object, in bytes.
    public static let snapshotBytesMax = 16 << 20
    /// The most paths of one snapshot.
    public static let snapshotPathsMax = 4_096
    /// The longest path, in bytes: deeper than PATH_MAX, because trees are.
    public static let pathBytesMax = 1 << 20
    /// The most tags of one snapshot.
    public static let tagsMax = 256
    /// The longest tag, host or user name, in bytes; it becomes a directory's name in the mount.
    public static let labelBytesMax = 255
    /// The most exclude patterns that a snapshot records.
    public static let excludesMax = 4_096
    /// The most problems that a snapshot lists; it counts all of them.
    public static let problemsMax = 1_000
    /// What the problems that a snapshot lists may take, in bytes, so that its object has room for them.
    public static let problemsBytesMax = 4 << 20
    /// The longest exclude pattern, in bytes.
    public static let excludeBytesMax = 4_080
    /// The longest text that says why, in bytes.
    public static let reasonBytesMax = 4_096

    // MARK: Retention

    /// The longest object in `tombstones/` or `holds/`, in bytes.
    public static let retentionRecordBytesMax = 16 << 10
    /// The most tombstones, and the most holds, of one snapshot.
    public static let retentionNumberMax = 65_536
    /// How many holds of a snapshot in a row may be lost without taking those behind them along.
    public static let holdGapMax = 2

    // MARK: Sessions and garbage collection

    /// The longest object in `sessions/` or `quarantine/`, but for manifests, in bytes: two million packs in a plan.
    public static let sessionRecordBytesMax = 64 << 20
    /// The share of a bundle's plaintext up to which what is needed of it is put into another when its pack is rewritten.
    static let dividedBundleShareMax = 0.75
    /// The names of how many chunks are remembered that were read and verified in another pack: 32 MiB.
    static let verifiedChunksMax = 1 << 20
    /// The highest number of a session or a generation.
    public static let runNumberMax = StorageLimits.objectNumberMax
    /// Of how many sessions without an outcome a claim tells; of more, it tells of the newest.
    public static let openSessionsMax = 256

    // MARK: What a client has seen

    /// How many sessions back whoever has seen none of them follows the chain, at most.
    public static let chainedSessionsMax: UInt64 = 4_096
    /// How many generations back whoever has seen none of them asks for.
    public static let chainedGenerationsMax: UInt64 = 256
    /// How many snapshots a client remembers; of more, some.
    public static let recalledSnapshotsMax = 65_536
    /// How many records of sessions, generations, tombstones and holds a client remembers; of more, some.
    public static let recalledRecordsMax = 16_384
    /// How many repositories a client remembers at how many places.
    public static let recalledPlacesMax = 1_024
    /// The longest file of what a client remembers, in bytes.
    public static let recollectionBytesMax = 8 << 20

    // MARK: Keys and the repository

    /// The longest `format` object, in bytes.
    public static let formatBytesMax = 64 << 10
    /// The longest key slot, in bytes.
    public static let keySlotBytesMax = 64 << 10
    /// The most key slots of one repository.
    public static let keySlotsMax = 256
    /// The most signers that a keyring trusts.
    public static let trustedSignersMax = 1_024

    // MARK: The files cache

    /// What the sealed pages of the files cache may take on disk, in bytes: trees of some ten million files.
    public static let filesCacheBytesMax = 1 << 30
    /// Of how many sets of files it keeps what was saved last.
    public static let filesCacheSetsMax = 128
    /// Fewer pages are never swept out.
    public static let filesCacheSweepPagesMin = 1_024
    /// A page that is longer is not kept, in bytes; no tree has one.
    public static let filesCachePageBytesMax = 1 << 20
    /// How many bytes of sealed pages wait in memory to be stored together.
    public static let filesCachePendingBytesMax = 4 << 20
    /// How many decoded pages are at hand: each page is asked for twice in a row.
    public static let filesCacheRecentPagesMax = 4

    // MARK: Reading

    /// How much decoded data a reader keeps by default, in bytes: enough for one that goes through trees in order.
    public static let bundleCacheBytesDefault = 64 << 20
    /// How long whoever finds damage does without another look at what the storage lists, in seconds.
    public static let lookAgainSeconds: Int64 = 2
    /// How many sealed bundles may wait for a compressing worker.
    public static let pendingBundlesMax = 8
    /// How many full packs may wait to be stored.
    public static let pendingPacksMax = 2
    /// How many threads store packs: while one waits for the disk, another writes or hashes.
    public static let storingThreads = 2
}
