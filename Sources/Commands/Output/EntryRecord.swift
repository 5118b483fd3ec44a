import Repository
import SystemInterface

/// A file, directory or anything else of a snapshot, with `--json`.
struct EntryRecord: JSONRecord {
    static let schema = "pastfs.entry.v1"
    private let path: PathRecord
    private let attributes: EntryAttributes

    init(_ entry: TreeEntry, _ path: FilePath) {
        self.path = PathRecord(path)
        attributes = EntryAttributes(entry)
    }

    func encode(to encoder: any Encoder) throws {
        try path.encode(to: encoder)
        try attributes.encode(to: encoder)
    }
}

/// What a snapshot says of a file, directory or anything else, but for its path: fields of a record, or an object in one.
struct EntryAttributes: Encodable {
    let type: String
    let mode: String
    let uid: UInt32
    let gid: UInt32
    let user: String?
    let group: String?
    let size: UInt64
    let mtime: String
    let ctime: String
    let btime: String?
    let inode: UInt64
    let links: UInt64
    let target: String?
    let targetB64: String?
    let deviceMajor: UInt32?
    let deviceMinor: UInt32?
    let readable: Bool

    init(_ entry: TreeEntry) {
        type = TypeText.name(entry.type)
        mode = "0" + String(entry.permissions, radix: 8)
        uid = entry.userID
        gid = entry.groupID
        user = entry.userName
        group = entry.groupName
        size = entry.size
        mtime = TimeText.full(entry.modified)
        ctime = TimeText.full(entry.changed)
        btime = entry.born.map(TimeText.full)
        inode = entry.inode
        links = entry.linkCount
        let link = entry.type == .symbolicLink ? PathFields(entry.symbolicLinkTarget) : nil
        target = link?.text
        targetB64 = link?.base64
        deviceMajor = entry.deviceNumber?.major
        deviceMinor = entry.deviceNumber?.minor
        readable = entry.content != .unreadable
    }
}

/// Types of files as words.
enum TypeText {
    /// All words, as an option takes them.
    static let names = FileType.allCases.map(name)

    static func name(_ type: FileType) -> String {
        switch type {
        case .regular: "file"
        case .directory: "directory"
        case .symbolicLink: "symlink"
        case .fifo: "fifo"
        case .socket: "socket"
        case .characterDevice: "character-device"
        case .blockDevice: "block-device"
        }
    }
}
