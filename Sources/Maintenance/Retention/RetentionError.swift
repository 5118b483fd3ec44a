/// Why a policy is not applied.
public enum RetentionError: Error, Hashable, Sendable {
    /// It has no rule: it would remove everything.
    case emptyPolicy
    /// It keeps no snapshot of this group.
    case leavesNothing(of: SnapshotGroup)
}

extension RetentionError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .emptyPolicy: "the policy keeps nothing: it has no rule"
        case .leavesNothing(let group): "the policy keeps no snapshot of \(group)"
        }
    }
}
