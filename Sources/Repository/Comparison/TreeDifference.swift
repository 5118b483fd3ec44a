/// What differs between two directories under one name.
public enum TreeDifference: Hashable, Sendable {
    /// Only the newer one has it; a directory with all that lies below.
    case added(TreeEntry)
    /// Only the older one has it; a directory with all that lies below.
    case removed(TreeEntry)
    /// Both have it, and it is not of one version; neither is a directory, and both are of one type.
    case changed(old: TreeEntry, new: TreeEntry)
    /// Both have a directory, and its record or something below may differ.
    case directories(old: TreeEntry, new: TreeEntry)
    /// What stood there is gone, and something of another type stands there now.
    case replaced(old: TreeEntry, new: TreeEntry)

    /// The name.
    public var name: [UInt8] {
        switch self {
        case .added(let entry), .removed(let entry): entry.name
        case .changed(_, let new), .directories(_, let new), .replaced(_, let new): new.name
        }
    }

    /// What the entries of one name in an older and a newer directory differ in, or nil if in nothing that counts.
    public init?(old: TreeEntry?, new: TreeEntry?) {
        switch (old, new) {
        case (nil, nil): return nil
        case (nil, let new?): self = .added(new)
        case (let old?, nil): self = .removed(old)
        case (let old?, let new?):
            if old.type != new.type {
                self = .replaced(old: old, new: new)
            } else if old.type == .directory {
                // One tree in both places holds the same.
                guard old.content != new.content || !old.isSameDirectory(as: new) else { return nil }
                self = .directories(old: old, new: new)
            } else {
                guard !old.isSameVersion(as: new) else { return nil }
                self = .changed(old: old, new: new)
            }
        }
    }
}
