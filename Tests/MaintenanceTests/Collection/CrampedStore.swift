import Storage

/// A storage that has no room for some objects as long as all packs are there that were at the beginning.
final class CrampedStore: ForwardingStore {
    let base: any ObjectStore
    private let large: Set<ObjectName>
    private let packs: Int

    init(_ base: any ObjectStore, noRoomFor large: Set<ObjectName>) throws(StorageError) {
        self.base = base
        self.large = large
        packs = try base.names(in: .packs).count
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        if large.contains(name), try base.names(in: .packs).count >= packs {
            throw StorageError(.noSpace, .create, name, reason: "the disk is full")
        }
        try base.create(name, parts)
    }
}
