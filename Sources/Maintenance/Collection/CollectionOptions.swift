import Repository

/// How a collection works.
public struct CollectionOptions: Sendable {
    /// How long a run without outcome is waited for unless it is said otherwise, in seconds: a day.
    public static let graceSecondsDefault: Int64 = 24 * 3600
    /// The share of all packs' bytes above which a collection asks to be confirmed.
    public static let deletedShareMax = 0.5
    /// The share of a repository that may be of no use before what is left of packs is moved, unless it is said otherwise.
    public static let unusedShareDefault = 0.05
    /// With less room than this, in bytes, a collection is careful with it.
    static let roomBytesMin: UInt64 = 64 << 20
    /// How many tombstones it then claims at most in one generation, each in an object: they fit in what is set aside.
    static let tombstonesWhenShortMax = 64
    /// How many packs it then deletes at most in one generation. The plans name each three times, in 32 bytes: with the
    /// tombstones they fit in half of what is set aside, of which copies may take the other half.
    static let packsWhenShortMax = 1_024
    /// How many tombstones a generation claims at most elsewhere.
    static let tombstonesMax = 100_000
    /// How many packs it deletes at most elsewhere, unless it is said otherwise: half of what a record holds. The other half
    /// is for the tombstones, and for the ledger of the sweep plan.
    static let packsMax = 1_000_000

    /// Who collects, and when by its own clock.
    public var identity: RunIdentity
    /// Runs that began longer ago than this, by their clock and ours, and have no outcome are ended.
    public var graceSeconds = CollectionOptions.graceSecondsDefault
    /// Whether every run is ended that has no outcome and may rely on what is to go.
    public var fencesSessions = false
    /// The share of a repository, 0 to 1, that may be of no use and stays all the same.
    public var unusedShareMax = CollectionOptions.unusedShareDefault
    /// How many packs one generation deletes at most: for tests.
    package var packsMax = CollectionOptions.packsMax
    /// Whether it is only said what would be done.
    public var isDryRun = false
    /// Whether it may delete more than a set share, or what leaves no snapshot.
    public var isConfirmed = false

    /// Options of a collection by `identity`.
    public init(identity: RunIdentity) {
        self.identity = identity
    }
}
