import Synchronization

/// Tells one task that another is done.
final class Flag: Sendable {
    private let value = Atomic(false)

    /// Whether it has been raised.
    var isRaised: Bool { value.load(ordering: .sequentiallyConsistent) }

    /// Raises it for good.
    func raise() {
        value.store(true, ordering: .sequentiallyConsistent)
    }
}
