import Storage

/// A store that says it has little room.
final class ShortStore: ForwardingStore {
    let base: any ObjectStore
    private let available: UInt64

    init(_ base: any ObjectStore, bytesAvailable: UInt64) {
        self.base = base
        available = bytesAvailable
    }

    func bytesAvailable() -> UInt64? { available }
}
