import Repository
import SystemInterface

/// What a directory that stands for several versions of one grants: no more than each of them does.
///
/// Where the versions have one owner and one group, it is theirs, and has the permissions that all have. Where they have
/// several, nobody can be its owner, and everyone gets what every version grants to everyone. A version with an access
/// control list may deny somebody what its other permissions grant: then only the owner gets in. A version that cannot be
/// read for now may deny it too, and whoever was let in meanwhile would see it when it can be read again.
package struct DirectoryGrant: Sendable {
    /// The permissions.
    package let permissions: UInt16
    /// The owner and the group; nil where the path is no directory in any snapshot, and holds nothing but versions.
    package let owner: (userID: UInt32, groupID: UInt32)?

    /// What the directories among a history's entries grant.
    package init(of history: PathHistory) {
        var owner: (userID: UInt32, groupID: UInt32)?
        var isOfOne = true
        var permissions: UInt16 = 0o777
        for case .entry(let entry, _) in history.states where entry.type == .directory {
            if let owner {
                isOfOne = isOfOne && owner == (entry.userID, entry.groupID)
            } else {
                owner = (entry.userID, entry.groupID)
            }
            permissions &= entry.permissions
            if Self.hasAccessList(entry.extendedAttributes) { permissions &= 0o700 }
        }
        if history.states.contains(where: Self.mayComeBack) { permissions &= 0o700 }
        // Nothing can be made or removed here.
        permissions &= 0o555
        guard owner != nil else {
            (self.permissions, self.owner) = (permissions, nil)
            return
        }
        if !isOfOne {
            let common = permissions & permissions >> 3 & permissions >> 6 & 0o7
            permissions = common << 6 | common << 3 | common
        }
        (self.permissions, self.owner) = (permissions, isOfOne ? owner : nil)
    }

    /// Whether nobody knows now what stands there, and somebody may know later: what was not saved never comes back.
    private static func mayComeBack(_ state: PathHistory.State) -> Bool {
        if case .unknown(let error) = state { error.code != .notSaved } else { false }
    }

    private static func hasAccessList(_ attributes: ExtendedAttributeSet) -> Bool {
        switch attributes {
        case .inline(let records): records.contains { $0.name == accessList }
        // What it holds is not worth reading only to grant more.
        case .reference: true
        }
    }

    /// The extended attribute that holds it (acl(5)).
    private static let accessList = Array("system.posix_acl_access".utf8)
}
