import SystemInterface

/// Everything that a test can see of a directory and what is in it, so that two can be compared.
public struct FileTree: Equatable, Sendable {
    /// What stands under one name.
    public struct Item: Equatable, Sendable {
        /// Type and permissions, as st_mode.
        public var mode: UInt32
        /// The owner.
        public var userID: UInt32
        /// The group.
        public var groupID: UInt32
        /// The size, of anything but a directory.
        public var size: UInt64
        /// When it was modified.
        public var modified: Timestamp
        /// The device that it stands for.
        public var device: DeviceNumber
        /// What it points to.
        public var target: [UInt8] = []
        /// Its attributes.
        public var attributes: [ExtendedAttribute] = []
        /// Where its data stands, and the bytes.
        public var data: [Data] = []
        /// The first path of the same inode.
        public var firstName: FilePath?
    }

    /// A run of data between holes.
    public struct Data: Equatable, Sendable {
        /// Where it begins.
        public var start: UInt64
        /// How long it is.
        public var count: UInt64
        /// FNV-1a of its bytes.
        public var checksum: UInt64
    }

    /// Items by their paths from the directory on.
    public private(set) var items: [FilePath: Item] = [:]

    private var firstNames: [[UInt64]: FilePath] = [:]

    /// Reads the directory at `path`; every directory on the way down stays open, so the limit is raised.
    public init(_ path: FilePath) throws {
        _ = ResourceLimits.raiseOpenFiles()
        let root = OpenLevel(try FileDescriptor.open(path, [.readOnly, .directory, .noFollow]), path: "")
        items["."] = try Self.item(root.descriptor.status(), attributes: ExtendedAttributes.list(at: root.descriptor))
        var levels = [root]
        root.names = try Self.names(root.descriptor)
        while let level = levels.last {
            guard let name = level.names.popLast() else {
                levels.removeLast()
                continue
            }
            if let below = try read(name, in: level) { levels.append(below) }
        }
        firstNames = [:]
    }

    /// The paths at which the two differ, each with what is there, for messages.
    public func differences(from other: FileTree) -> [String] {
        Set(items.keys).union(other.items.keys).sorted().compactMap { path in
            let (mine, theirs) = (items[path], other.items[path])
            return mine == theirs ? nil : "\(path): \(Self.show(mine)) / \(Self.show(theirs))"
        }
    }

    private final class OpenLevel {
        let descriptor: FileDescriptor
        let path: FilePath
        var names: [[UInt8]] = []

        init(_ descriptor: consuming FileDescriptor, path: FilePath) {
            self.descriptor = descriptor
            self.path = path
        }
    }

    private mutating func read(_ name: [UInt8], in level: OpenLevel) throws -> OpenLevel? {
        let path = level.path.bytes.isEmpty ? FilePath(name) : level.path.appending(name)
        let status = try level.descriptor.statusAt(name)
        var item = Self.item(
            status, attributes: try ExtendedAttributes.list(at: level.descriptor, name: name))
        var below: OpenLevel?
        switch status.type {
        case .directory:
            let opened = OpenLevel(
                try level.descriptor.openAt(name, [.readOnly, .directory, .noFollow]), path: path)
            opened.names = try Self.names(opened.descriptor)
            below = opened
        case .regular: item.data = try Self.data(level.descriptor.openAt(name, [.readOnly, .noFollow]), status.size)
        case .symbolicLink: item.target = try level.descriptor.readLinkAt(name)
        default: break
        }
        if status.type != .directory, status.linkCount > 1 {
            item.firstName = firstNames[[status.device, status.inode]] ?? path
            firstNames[[status.device, status.inode]] = item.firstName
        }
        items[path] = item
        return below
    }

    private static func names(_ directory: borrowing FileDescriptor) throws -> [[UInt8]] {
        try directory.directoryEntries().map(\.name).sorted { $1.lexicographicallyPrecedes($0) }
    }

    private static func item(_ status: FileStatus, attributes: [ExtendedAttribute]) -> Item {
        Item(
            mode: status.mode, userID: status.userID, groupID: status.groupID,
            size: status.type == .directory ? 0 : status.size, modified: status.modified, device: status.rawDevice,
            attributes: attributes)
    }

    private static func data(_ file: consuming FileDescriptor, _ size: UInt64) throws -> [Data] {
        var data: [Data] = []
        var position: UInt64 = 0
        while position < size, let start = try file.nextData(from: position) {
            let end = try file.nextHole(from: start) ?? size
            var checksum: UInt64 = 0xCBF2_9CE4_8422_2325
            position = start
            while position < end {
                let bytes = try file.pread(Int(min(1 << 20, end - position)), at: position)
                if bytes.isEmpty { break }
                for byte in bytes { checksum = (checksum ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
                position += UInt64(bytes.count)
            }
            data.append(Data(start: start, count: end - start, checksum: checksum))
            position = end
        }
        return data
    }

    private static func show(_ item: Item?) -> String {
        guard let item else { return "nothing" }
        return "mode \(String(item.mode, radix: 8)) owner \(item.userID):\(item.groupID) size \(item.size)"
            + " modified \(item.modified.seconds).\(item.modified.nanoseconds) attributes \(item.attributes.count)"
            + " data \(item.data) link \(item.firstName?.description ?? "none")"
    }
}
