import SystemInterface

/// What differs between two trees at one path.
public struct DeepDifference: Sendable {
    /// In which way the path differs.
    public enum Kind: Sendable {
        /// Only the newer tree has it.
        case added
        /// Only the older tree has it.
        case removed
        /// Other bytes, another target of a link, or another device.
        case content
        /// The same content with other permissions, owner, modification time or extended attributes; of a directory the
        /// modification time does not count, as it tells of what the directory holds.
        case metadata
        /// Something of another type stands there.
        case type
        /// Nobody can tell what differs below: one of the two could not be read.
        case unknown(RepositoryError)
    }

    /// A property of an entry that can differ.
    public enum Aspect: String, CaseIterable, Sendable {
        case type, content, size, target, device, mode, owner, group, modified, attributes
    }

    /// The path, below the one at which the comparison began.
    public let path: FilePath
    /// In which way it differs.
    public let kind: Kind
    /// What the older tree has there.
    public let old: TreeEntry?
    /// What the newer tree has there.
    public let new: TreeEntry?

    /// The properties that differ, where both trees have something there.
    public var aspects: [Aspect] {
        guard let old, let new else { return [] }
        return Aspect.allCases.filter { $0.differs(old, new) }
    }
}

extension DeepDifference.Aspect {
    fileprivate func differs(_ old: TreeEntry, _ new: TreeEntry) -> Bool {
        switch self {
        case .type: old.type != new.type
        case .content: old.type == new.type && new.type != .directory && old.content != new.content
        case .size: old.size != new.size
        case .target: old.symbolicLinkTarget != new.symbolicLinkTarget
        case .device: old.deviceNumber != new.deviceNumber
        case .mode: old.permissions != new.permissions
        case .owner: old.userID != new.userID
        case .group: old.groupID != new.groupID
        case .modified: !(old.type == .directory && new.type == .directory) && old.modified != new.modified
        case .attributes: old.extendedAttributes != new.extendedAttributes
        }
    }
}
