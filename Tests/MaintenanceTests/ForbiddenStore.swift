import Coding
import Storage

/// A storage in which the user may not look at some objects, which no listing shows then.
final class ForbiddenStore: ForwardingStore {
    let base: any ObjectStore
    private let forbidden: Set<ObjectName>

    init(_ base: any ObjectStore, _ forbidden: Set<ObjectName>) {
        self.base = base
        self.forbidden = forbidden
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        guard !forbidden.contains(name) else {
            throw StorageError(.permissionDenied, .size, name, reason: "the user may not do this")
        }
        return try base.size(of: name)
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try base.list(folder).filter { !forbidden.contains($0.name) }
    }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try list(folder).compactMap(\.name.id)
    }
}
