/// A system call that failed: which one, on what, and why.
public struct SystemError: Error, Hashable, Sendable {
    /// The call's C name, as in "openat".
    public let call: String
    /// What the call was given: a whole path, or a name relative to an open directory; nil for a bare descriptor.
    public let path: FilePath?
    /// Why it failed.
    public let errno: Errno

    /// Names a failure.
    public init(call: String, path: FilePath? = nil, errno: Errno) {
        self.call = call
        self.path = path
        self.errno = errno
    }

    /// The same failure on `path`: for a caller that knows more of the path than the call did.
    public func at(_ path: FilePath) -> SystemError {
        SystemError(call: call, path: path, errno: errno)
    }
}

extension SystemError: CustomStringConvertible {
    /// The path in printable form, the reason and the call, as in "/a/b: No such file or directory (ENOENT, openat)".
    public var description: String {
        let reason = "\(errno.message) (\(errno.name), \(call))"
        guard let path else { return reason }
        return "\(path): \(reason)"
    }
}
