import Repository
import SystemInterface

/// Who owns what is restored.
///
/// Numbers are what a file system keeps and access control lists name, so they are what is restored if nothing else is
/// said; a system that is brought back whole from another one that was started for it needs just that.
public struct OwnerMap: Sendable {
    /// How the owner of an entry is found that no rule is for.
    public enum Method: Hashable, Sendable, CaseIterable {
        /// By the number that the snapshot has.
        case numbers
        /// By the name that the snapshot has, as this system knows it; by number where it has none, or this system does not.
        case names
        /// Not at all: everything belongs to who restores.
        case none
    }

    /// A user or a group of the snapshot.
    public enum Account: Hashable, Sendable {
        /// By number.
        case number(UInt32)
        /// By the name on the host that was backed up.
        case name(String)
    }

    /// How owners are found that no rule is for.
    public var method = Method.numbers
    /// Users of the snapshot, and the numbers of this system's that get what they owned.
    public var users: [Account: UInt32] = [:]
    /// Groups of the snapshot, and the numbers of this system's that get what they owned.
    public var groups: [Account: UInt32] = [:]

    /// A map that restores numbers.
    public init() {}

    /// The user and the group that an entry goes to; nil leaves it with who restores.
    func owner(of entry: TreeEntry) -> (userID: UInt32?, groupID: UInt32?) {
        if method == .numbers, users.isEmpty, groups.isEmpty { return (entry.userID, entry.groupID) }
        return (
            find(entry.userID, entry.userName, users, Accounts.userID),
            find(entry.groupID, entry.groupName, groups, Accounts.groupID)
        )
    }

    private func find(
        _ number: UInt32, _ name: String?, _ rules: [Account: UInt32], _ lookUp: (String) -> UInt32?
    ) -> UInt32? {
        if let name, let mapped = rules[.name(name)] { return mapped }
        if let mapped = rules[.number(number)] { return mapped }
        return switch method {
        case .numbers: number
        case .names: name.flatMap(lookUp) ?? number
        case .none: nil
        }
    }
}
