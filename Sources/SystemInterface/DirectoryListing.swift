import CLinux
import Glibc

/// A name in a directory, and what getdents64(2) tells with it.
public struct DirectoryEntry: Hashable, Sendable {
    /// The name, 1 to 255 bytes.
    public let name: [UInt8]
    /// What it is, or nil where the file system doesn't say.
    public let type: FileType?
    /// Its inode's number; of a mount point, that of the directory below the mount.
    public let inode: UInt64

    /// An entry of its parts.
    public init(name: [UInt8], type: FileType?, inode: UInt64) {
        self.name = name
        self.type = type
        self.inode = inode
    }
}

/// Reads a directory's names a buffer at a time.
///
/// The names come in the file system's own order, each that is there throughout exactly once.
struct DirectoryListing {
    /// Room for about four thousand names: a call for most directories, fifty for one of 200,000 names.
    static let bufferBytes = 256 * 1024

    /// Where struct linux_dirent64 (getdents64(2)) has its fields.
    private enum Offset {
        static let inode = 0
        static let length = 16
        static let type = 18
        static let name = 19
    }

    private(set) var entries: [DirectoryEntry] = []

    /// Reads the directory from its first name on; its position must not be used by anyone else meanwhile.
    init(_ directory: borrowing FileDescriptor) throws(SystemError) {
        try directory.seek(to: 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferBytes, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let number = directory.rawValue
            let count = try systemCall("getdents64") { pastfs_getdents64(number, buffer.baseAddress, buffer.count) }
            if count == 0 { return }
            append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private mutating func append(_ records: UnsafeRawBufferPointer) {
        var start = 0
        while start < records.count {
            let length = Int(records.loadUnaligned(fromByteOffset: start + Offset.length, as: UInt16.self))
            let name = Self.name(UnsafeRawBufferPointer(rebasing: records[(start + Offset.name)..<(start + length)]))
            if !Self.isSelfOrParent(name) {
                entries.append(
                    DirectoryEntry(
                        name: Array(name),
                        type: FileType(directoryEntryType: records[start + Offset.type]),
                        inode: records.loadUnaligned(fromByteOffset: start + Offset.inode, as: UInt64.self)))
            }
            start += length
        }
    }

    /// The bytes in front of the NUL that ends the name; behind it there is padding.
    private static func name(_ field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let start = field.baseAddress else { return field }
        return UnsafeRawBufferPointer(
            start: start, count: strnlen(start.assumingMemoryBound(to: CChar.self), field.count))
    }

    private static func isSelfOrParent(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 1: name[0] == FilePath.dot
        case 2: name[0] == FilePath.dot && name[1] == FilePath.dot
        default: false
        }
    }
}

extension FileDescriptor {
    /// All names of this directory but "." and "..", in the file system's order (getdents64(2)).
    ///
    /// Complexity: O(names), an allocation each. The descriptor's position is moved: one thread at a time.
    public func directoryEntries() throws(SystemError) -> [DirectoryEntry] {
        try DirectoryListing(self).entries
    }
}
