import CLinux
import Glibc

// Calls that make, move and remove names in an open directory. None follows a symbolic link in the last name.

extension FileDescriptor {
    /// Makes a directory (mkdirat(2)); `mode` less the process's umask.
    public func makeDirectoryAt(_ name: [UInt8], mode: UInt32 = 0o777) throws(SystemError) {
        try systemCall("mkdirat", name: name) { mkdirat(rawValue, $0, mode) }
    }

    /// Gives `name` the second name `newName` in `directory` (linkat(2)); a link to a symbolic link is to the link itself.
    public func linkAt(
        _ name: [UInt8], to directory: borrowing FileDescriptor, _ newName: [UInt8]
    ) throws(SystemError) {
        let target = directory.rawValue
        try systemCall("linkat", names: name, newName) { linkat(rawValue, $0, target, $1, 0) }
    }

    /// Gives what this descriptor stands for a name (linkat(2)): a file made with `OpenFlags.temporaryFile` its first, what
    /// was opened with `OpenFlags.pathOnly` a further one. An existing name is EEXIST.
    public func linkInto(_ directory: borrowing FileDescriptor, _ name: [UInt8]) throws(SystemError) {
        let target = directory.rawValue
        do throws(SystemError) {
            let path = Array("/proc/self/fd/\(rawValue)".utf8)
            try systemCall("linkat", names: path, name) { linkat(AT_FDCWD, $0, target, $1, AT_SYMLINK_FOLLOW) }
        } catch {
            // Without /proc there is a second way, which needs CAP_DAC_READ_SEARCH.
            guard error.errno == .noEntry else { throw error }
            let flags = Int32(PASTFS_AT_EMPTY_PATH)
            try systemCall("linkat", names: [], name) { linkat(rawValue, $0, target, $1, flags) }
        }
    }

    /// Makes a symbolic link to `target` (symlinkat(2)).
    public func symbolicLinkAt(_ name: [UInt8], target: [UInt8]) throws(SystemError) {
        let directory = rawValue
        try systemCall("symlinkat", names: target, name) { symlinkat($0, directory, $1) }
    }

    /// What a symbolic link points to (readlinkat(2)); EINVAL for anything else.
    public func readLinkAt(_ name: [UInt8]) throws(SystemError) -> [UInt8] {
        let room = Int(PATH_MAX)
        var target: [UInt8] = []
        try systemCall("readlinkat", name: name) { pointer in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { buffer -> Int in
                guard let start = buffer.baseAddress else { return 0 }
                let count = readlinkat(rawValue, pointer, start, room)
                if count > 0 { target = Array(UnsafeRawBufferPointer(start: start, count: count)) }
                return count
            }
        }
        return target
    }

    /// Removes a name (unlinkat(2)): a directory's, which must be empty, or anything else's.
    public func unlinkAt(_ name: [UInt8], directory: Bool = false) throws(SystemError) {
        try systemCall("unlinkat", name: name) { unlinkat(rawValue, $0, directory ? AT_REMOVEDIR : 0) }
    }

    /// Moves `name` to `newName` in `directory` (renameat2(2)).
    ///
    /// When not `replacing`, an existing name is EEXIST, and EINVAL tells of a file system that cannot promise that.
    public func renameAt(
        _ name: [UInt8], to directory: borrowing FileDescriptor, _ newName: [UInt8], replacing: Bool
    ) throws(SystemError) {
        let target = directory.rawValue
        let flags = replacing ? 0 : PASTFS_RENAME_NOREPLACE
        try systemCall("renameat2", names: name, newName) { pastfs_renameat2(rawValue, $0, target, $1, UInt32(flags)) }
    }

    /// Makes a fifo, a socket, a device node or an empty file (mknodat(2)); `permissions` less the process's umask.
    ///
    /// Device nodes need CAP_MKNOD; directories and symbolic links are EINVAL.
    public func makeNodeAt(
        _ name: [UInt8], type: FileType, permissions: UInt16, device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
    ) throws(SystemError) {
        guard type != .directory, type != .symbolicLink else {
            throw SystemError(call: "mknodat", path: FilePath(name), errno: .invalidArgument)
        }
        let mode = type.modeBits | UInt32(permissions)
        try systemCall("mknodat", name: name) { mknodat(rawValue, $0, mode, UInt(device.packed)) }
    }
}

/// Runs a call on two names; throws with the second, which is the one that is made.
@inline(__always)
@discardableResult
private func systemCall(
    _ call: StaticString, names first: [UInt8], _ second: [UInt8],
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32
) throws(SystemError) -> Int32 {
    let result = withCString(first) { first in
        withCString(second) { second in retryingInterrupts { body(first, second) } }
    }
    switch (result ?? nil) ?? .failure(.invalidArgument) {
    case .success(let value): return value
    case .failure(let reason): throw SystemError(call: call.description, path: FilePath(second), errno: reason)
    }
}
