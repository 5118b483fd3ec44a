import Glibc

/// Operations on whole paths, for callers that hold no open directory.
public enum FileSystem {
    /// What `path` is; of the link itself unless `followingLinks` (statx(2)).
    public static func status(_ path: FilePath, followingLinks: Bool = false) throws(SystemError) -> FileStatus {
        try FileStatus(at: path, followingLinks: followingLinks)
    }

    /// Whether something has this name; a broken symbolic link counts. Errors other than ENOENT and ENOTDIR are thrown.
    public static func exists(_ path: FilePath) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try FileStatus(at: path)
            return true
        } catch {
            if error.errno == .noEntry || error.errno == .notDirectory { return false }
            throw error
        }
    }

    /// Makes a directory (mkdir(2)); `mode` less the process's umask.
    public static func makeDirectory(_ path: FilePath, mode: UInt32 = 0o777) throws(SystemError) {
        try FileDescriptor.workingDirectory.makeDirectoryAt(path.bytes, mode: mode)
    }

    /// Makes a directory and those above it that are missing; one that is there is left as it is.
    public static func makeDirectories(_ path: FilePath, mode: UInt32 = 0o777) throws(SystemError) {
        do throws(SystemError) {
            try makeDirectory(path, mode: mode)
        } catch {
            switch error.errno {
            // A kernel that answers so although the parent is there, as /proc does, means it.
            case .noEntry where try !exists(path.parent):
                try makeDirectories(path.parent, mode: mode)
                try makeDirectories(path, mode: mode)
            case .alreadyExists:
                guard try status(path, followingLinks: true).type == .directory else { throw error }
            default:
                throw error
            }
        }
    }

    /// Removes a name (unlink(2), rmdir(2)): a directory's, which must be empty, or anything else's.
    public static func remove(_ path: FilePath, directory: Bool = false) throws(SystemError) {
        try FileDescriptor.workingDirectory.unlinkAt(path.bytes, directory: directory)
    }

    /// The whole of a file, which must not exceed `limit` bytes (EFBIG).
    public static func read(_ path: FilePath, atMost limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        do throws(SystemError) {
            return try file.readAll(atMost: limit)
        } catch {
            throw error.at(path)
        }
    }

    /// Writes a new file in place of what is at `path`, without durability.
    public static func write(_ path: FilePath, _ contents: [UInt8], mode: UInt32 = 0o666) throws(SystemError) {
        let file = try FileDescriptor.open(path, [.writeOnly, .create, .truncate], mode: mode)
        do throws(SystemError) {
            try file.write(all: contents)
            try file.close()
        } catch {
            throw error.at(path)
        }
    }

    /// The absolute path without symbolic links, "." and ".." that `path` stands for (realpath(3)); it must exist.
    public static func realPath(_ path: FilePath) throws(SystemError) -> FilePath {
        let resolved = withCString(path.bytes) { pointer -> Result<FilePath, Errno> in
            guard let text = realpath(pointer, nil) else { return .failure(.current) }
            defer { free(text) }
            return .success(FilePath(Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))))
        }
        switch resolved ?? .failure(.invalidArgument) {
        case .success(let real): return real
        case .failure(let reason): throw SystemError(call: "realpath", path: path, errno: reason)
        }
    }

    /// `path` made absolute, without "." and double or trailing slashes. A ".." behind a symbolic link goes up from where
    /// the link leads to, as the kernel does it; other links stay as they are.
    public static func absolutePath(_ path: FilePath) throws(SystemError) -> FilePath {
        let whole = path.isAbsolute ? path : try workingDirectory().appending(path.bytes)
        var result: FilePath = "/"
        for name in whole.components {
            switch name {
            case [FilePath.dot]: continue
            case [FilePath.dot, FilePath.dot]: result = ((try? target(ofLink: result)) ?? result).parent
            default: result = result.appending(name)
            }
        }
        return result
    }

    /// Where the symbolic link at `path` leads to in the end, or nil for anything else; a broken link is an error.
    public static func target(ofLink path: FilePath) throws(SystemError) -> FilePath? {
        guard try status(path).type == .symbolicLink else { return nil }
        return try realPath(path)
    }

    /// The process's working directory (getcwd(3)).
    public static func workingDirectory() throws(SystemError) -> FilePath {
        guard let text = getcwd(nil, 0) else { throw SystemError(call: "getcwd", errno: .current) }
        defer { free(text) }
        return FilePath(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
    }
}
