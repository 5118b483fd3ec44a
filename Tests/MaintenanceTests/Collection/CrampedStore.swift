import Storage

/// A storage that has no room for some objects as long as all packs are there that were at the beginning.
final class CrampedStore: ObjectStore {
    private let base: any ObjectStore
    private let large: Set<ObjectName>
    private let packs: Int

    init(_ base: any ObjectStore, noRoomFor large: Set<ObjectName>) throws(StorageError) {
        self.base = base
        self.large = large
        packs = try base.names(in: .packs).count
    }

    var location: String { base.location }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        if large.contains(name), try base.names(in: .packs).count >= packs {
            throw StorageError(.noSpace, .create, name, reason: "the disk is full")
        }
        try base.create(name, parts)
    }
    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] { try base.read(name) }
    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try base.read(name, range: range)
    }
    func size(of name: ObjectName) throws(StorageError) -> UInt64 { try base.size(of: name) }
    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] { try base.list(folder) }
    func delete(_ name: ObjectName) throws(StorageError) { try base.delete(name) }
    func strangers() throws(StorageError) -> [String] { try base.strangers() }
}
