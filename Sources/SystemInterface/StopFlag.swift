import Synchronization

/// A flag that any thread raises once, and that whoever works looks at between two pieces of work.
public final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    /// A flag that is down.
    public init() {}

    /// Whether it was raised.
    public var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Raises the flag for good.
    public func set() {
        flag.store(true, ordering: .relaxed)
    }
}
