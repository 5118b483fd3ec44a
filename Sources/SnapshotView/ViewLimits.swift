/// Every limit of the view, so that neither a repository nor a reader can make it grow without end.
public enum ViewLimits {
    /// How many bytes of decoded chunks are kept by default.
    public static let cacheBytesDefault = 256 << 20
    /// How long the list of snapshots is shown before the repository is asked again, in seconds.
    public static let refreshSeconds: Int64 = 2
    /// How long a name or attributes that may change are kept by who asked, in seconds.
    public static let changingValiditySeconds = 1.0
    /// How long what never changes is kept by who asked, in seconds: 31 years, which every kernel can count.
    public static let foreverValiditySeconds = 1e9
    /// How many bytes the directories and pages of directories that are kept open may take in all.
    public static let directoryCacheBytesMax = 24 << 20
    /// How many subdirectories of a listed directory are opened ahead at first.
    public static let directoriesAheadMin = 4
    /// How many subdirectories of a listed directory are opened ahead at most.
    public static let directoriesAheadMax = 32
    /// Of how many listed pages subdirectories are opened ahead.
    public static let listingsAheadMax = 16
    /// How far, in bytes, is decoded ahead of a reader that has begun to read in order.
    public static let readAheadBytesMin: UInt64 = 1 << 20
    /// How far, in bytes, is decoded ahead of a reader at most.
    public static let readAheadBytesMax: UInt64 = 8 << 20
    /// How far from the end of what was read before, in bytes, a read may begin that continues it.
    public static let readOrderSlackBytes: UInt64 = 2 << 20
    /// How many files with several chunks are kept open.
    public static let openFilesMax = 512
    /// A file whose list has this many pages counts as one more of those that are held open.
    public static let openFilePages = 2_048
    /// Of how many large files it is kept how much of them is not in holes.
    public static let knownDataBytesMax = 8_192
    /// How many bytes of extended attributes that are chunks of their own are kept.
    public static let extendedAttributesBytesMax = 4 << 20
    /// How many different faults are logged; more are only counted.
    public static let loggedFaultsMax = 10_000
    /// How many bytes of lines are kept for `.pastfs/errors.log`.
    public static let errorTextBytesMax = 1 << 20
    /// How long nobody must have asked for a text of `.pastfs` before it is made anew, in nanoseconds.
    public static let textQuietNanoseconds: Int64 = 200_000_000
    /// The age at which it is made anew though it is being asked for, in seconds.
    public static let textAgeSeconds: Int64 = 5
    /// How many pairs of directories one search for differences looks at before it says "perhaps".
    public static let comparedDirectoriesMax = 20_000
    /// How deep such a search goes: it needs three KiB of its thread's stack of one MiB for each directory.
    public static let comparedDepthMax = 128
    /// The most entries of a directory that is shown as compared with another: positions in both are one number of 62 bits.
    public static let comparedEntriesMax = 1 << comparedEntryBits - 1
    /// How many bits of such a number are one directory's.
    static let comparedEntryBits = 31
    /// How many pairs of directories are remembered with what differs below them.
    public static let comparisonsMax = 50_000
    /// About how many bytes of what stood at paths in all snapshots are kept.
    public static let historiesBytesMax = 32 << 20
    /// How long damage in what stood at a path is believed before it is looked at again, in seconds.
    public static let damagedHistorySeconds: Int64 = 30
    /// About how many bytes of lists of names below `versions` are kept.
    public static let versionNamesBytesMax = 8 << 20
    /// The most names that a directory below `versions` may have.
    public static let versionNamesMax = 1_000_000
    /// The longest extension, its dot with it, that the name of a version takes over from its file, in bytes.
    public static let versionExtensionBytesMax = 32
    /// The block that sizes on disk are rounded to, in bytes; that of ext4.
    public static let blockBytes: UInt64 = 4_096
    /// What every directory says its size is, in bytes: it must not differ between two equal directories.
    public static let directoryBytes: UInt64 = 4_096
}
