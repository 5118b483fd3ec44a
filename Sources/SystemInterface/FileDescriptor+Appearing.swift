import Glibc

// What a file needs that is to appear under its name when it is whole.

extension FileDescriptor {
    /// Makes a file without a name in this directory, to be given one by `linkInto` (open(2), O_TMPFILE); nil where the
    /// file system has no such files.
    public func makeUnnamedFile(mode: UInt32) throws(SystemError) -> FileDescriptor? {
        do throws(SystemError) {
            return try openAt(Array(".".utf8), [.writeOnly, .temporaryFile], mode: mode)
        } catch {
            // EISDIR is the answer of what knows nothing of O_TMPFILE (open(2), "BUGS").
            guard error.isUnsupported || error.errno == .isDirectory else { throw error }
            return nil
        }
    }

    /// Gives `file`, which has the one name `name` in this directory, the name `newName` in `directory` instead; false when
    /// that name is taken.
    ///
    /// Where the file system cannot rename without replacing, the old name may be left and is to be removed.
    public func moveAt(
        _ name: [UInt8], of file: borrowing FileDescriptor, to directory: borrowing FileDescriptor, _ newName: [UInt8]
    ) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try renameAt(name, to: directory, newName, replacing: false)
            return true
        } catch {
            if error.errno == .alreadyExists { return false }
            guard error.isUnsupported else { throw error }
        }
        // NFS can't rename without replacing, and link(2) never replaces.
        do throws(SystemError) {
            try linkAt(name, to: directory, newName)
            return true
        } catch {
            guard error.errno == .alreadyExists else { throw error }
            // The server may have linked it, and its reply got lost: then the file has two names (open(2), O_EXCL).
            return try file.status().linkCount == 2
        }
    }
}

extension SystemError {
    /// Whether the kernel or the file system says that it doesn't know such a call or flag.
    public var isUnsupported: Bool {
        errno == .notSupported || errno == .invalidArgument || errno == .noSystemCall
    }
}
