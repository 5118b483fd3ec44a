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
}
