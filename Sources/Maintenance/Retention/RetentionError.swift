/// Why a policy is not applied.
public enum RetentionError: Error, Hashable, Sendable {
    /// It has no rule: it would remove everything.
    case emptyPolicy
    /// Its rules keep no complete snapshot of this group, where some would go.
    case leavesNothing(of: SnapshotGroup)
}

extension RetentionError: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch self {
        case .emptyPolicy: "the policy keeps nothing: it has no rule"
        case .leavesNothing(let group): "the policy keeps no complete snapshot of \(group)"
        }
    }
}
