/// The kinds of objects that a repository holds, each in a folder of its own.
public enum ObjectFolder: String, CaseIterable, Hashable, Sendable {
    /// Key slots: one holder's sealed keyring each.
    case keys
    /// Sealed bundles of chunks, and the bulk of the data.
    case packs
    /// Index segments: which chunk lies in which pack.
    case index
    /// Snapshots' manifests: what is listed here is complete.
    case snapshots
    /// That snapshots are to go, and how that ended.
    case tombstones
    /// That snapshots stay whatever else is said.
    case holds
    /// The runs of writers, and how each ended.
    case sessions
    /// What garbage collection is about to delete, generation by generation, and what of that it did.
    case quarantine

    /// How the objects of a folder are told apart.
    public enum Naming: Hashable, Sendable {
        /// By the SHA-256 of their bytes.
        case digest
        /// By the snapshot that they are about and a number from 1 on; who creates a number first has it.
        case snapshotAndNumber
        /// By a number from 1 on; who creates a number first has it.
        case number
    }

    /// How the objects of this folder are told apart.
    public var naming: Naming {
        switch self {
        case .keys, .packs, .index, .snapshots: .digest
        case .tombstones, .holds: .snapshotAndNumber
        case .sessions, .quarantine: .number
        }
    }

    /// What may be said about an object of this folder.
    public var parts: [ObjectPart] {
        switch self {
        case .keys, .packs, .index, .snapshots: []
        case .tombstones: [.final]
        case .holds: [.released]
        case .sessions: [.snapshot, .outcome]
        case .quarantine: [.sweep, .copy, .closed]
        }
    }

    /// Whether a store may lack the folder until something is created in it. Nothing relies on a listing of such a
    /// folder: its objects are asked for by their names.
    public var isMadeWhenNeeded: Bool { naming != .digest }
}
