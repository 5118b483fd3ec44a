import Storage
import Synchronization

/// A store in front of one of whose operations something else happens, counted from when somebody says so.
final class LateStore: ForwardingStore {
    private let plain: any ObjectStore
    private let watched = Mutex<InterruptedStore?>(nil)

    init(_ base: any ObjectStore) { plain = base }

    var base: any ObjectStore { watched.withLock { $0 } ?? plain }

    /// How many operations there were since.
    var operations: Int { watched.withLock { $0 }?.operations ?? 0 }

    /// Counts from now on, and has `action` done in front of the operation of this number.
    func watch(before number: Int, _ action: @escaping @Sendable () throws -> Void) {
        watched.withLock { $0 = InterruptedStore(plain, before: number, action) }
    }
}
