import CLinux
import Glibc

/// A system call's error number (errno(3)).
public struct Errno: RawRepresentable, Error, Hashable, Sendable {
    /// The number as the kernel gives it.
    public let rawValue: Int32

    /// The error of the number `rawValue`.
    @inlinable
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The calling thread's last error.
    package static var current: Errno { Errno(rawValue: errno) }

    /// The C name, as in "ENOENT", or the number where there is none.
    public var name: String {
        guard let text = strerrorname_np(rawValue) else { return "errno \(rawValue)" }
        return String(cString: text)
    }

    /// What the error means, in English whatever the locale.
    public var message: String {
        guard let text = strerrordesc_np(rawValue) else { return "Unknown error \(rawValue)" }
        return String(cString: text)
    }
}

extension Errno: CustomStringConvertible {
    /// The message and the C name, as in "No such file or directory (ENOENT)".
    public var description: String { "\(message) (\(name))" }
}

extension Errno {
    /// EPERM
    public static let notPermitted = Errno(rawValue: EPERM)
    /// ENOENT
    public static let noEntry = Errno(rawValue: ENOENT)
    /// E2BIG
    public static let argumentListTooLong = Errno(rawValue: E2BIG)
    /// EINTR
    public static let interrupted = Errno(rawValue: EINTR)
    /// EIO
    public static let ioFailure = Errno(rawValue: EIO)
    /// ENXIO
    public static let noSuchAddress = Errno(rawValue: ENXIO)
    /// EBADF
    public static let badDescriptor = Errno(rawValue: EBADF)
    /// EAGAIN
    public static let wouldBlock = Errno(rawValue: EAGAIN)
    /// ENOMEM
    public static let noMemory = Errno(rawValue: ENOMEM)
    /// EACCES
    public static let accessDenied = Errno(rawValue: EACCES)
    /// EBUSY
    public static let busy = Errno(rawValue: EBUSY)
    /// EEXIST
    public static let alreadyExists = Errno(rawValue: EEXIST)
    /// EXDEV
    public static let otherDevice = Errno(rawValue: EXDEV)
    /// ENODEV
    public static let noDevice = Errno(rawValue: ENODEV)
    /// ENOTDIR
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    /// EISDIR
    public static let isDirectory = Errno(rawValue: EISDIR)
    /// EINVAL
    public static let invalidArgument = Errno(rawValue: EINVAL)
    /// ENFILE
    public static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    /// EMFILE
    public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    /// ENOTTY
    public static let notTerminal = Errno(rawValue: ENOTTY)
    /// EFBIG
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    /// ENOSPC
    public static let noSpace = Errno(rawValue: ENOSPC)
    /// EROFS
    public static let readOnlyFileSystem = Errno(rawValue: EROFS)
    /// EMLINK
    public static let tooManyLinks = Errno(rawValue: EMLINK)
    /// EPIPE
    public static let brokenPipe = Errno(rawValue: EPIPE)
    /// ERANGE
    public static let outOfRange = Errno(rawValue: ERANGE)
    /// ENAMETOOLONG
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    /// ENOSYS
    public static let noSystemCall = Errno(rawValue: ENOSYS)
    /// ENOTEMPTY
    public static let notEmpty = Errno(rawValue: ENOTEMPTY)
    /// ELOOP
    public static let tooManySymbolicLinks = Errno(rawValue: ELOOP)
    /// ENODATA
    public static let noData = Errno(rawValue: ENODATA)
    /// EOVERFLOW
    public static let overflow = Errno(rawValue: EOVERFLOW)
    /// ENOTSUP, which is EOPNOTSUPP on Linux
    public static let notSupported = Errno(rawValue: ENOTSUP)
    /// ETIMEDOUT
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    /// ESTALE
    public static let staleHandle = Errno(rawValue: ESTALE)
    /// EDQUOT
    public static let quotaExceeded = Errno(rawValue: EDQUOT)
    /// ENOTCONN
    public static let notConnected = Errno(rawValue: ENOTCONN)
    /// ECONNABORTED
    public static let connectionAborted = Errno(rawValue: ECONNABORTED)
    /// ECONNRESET
    public static let connectionReset = Errno(rawValue: ECONNRESET)
    /// ESHUTDOWN
    public static let connectionShutDown = Errno(rawValue: ESHUTDOWN)
    /// EHOSTDOWN
    public static let hostDown = Errno(rawValue: EHOSTDOWN)
    /// EHOSTUNREACH
    public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    /// ENETDOWN
    public static let networkDown = Errno(rawValue: ENETDOWN)
    /// ENETUNREACH
    public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    /// EUCLEAN: what file systems say of structures of theirs that are damaged
    public static let needsCleaning = Errno(rawValue: EUCLEAN)
    /// EBADMSG: what file systems say of structures of theirs whose checksums are wrong
    public static let badMessage = Errno(rawValue: EBADMSG)
    /// ECHILD
    public static let noChild = Errno(rawValue: ECHILD)
    /// ENOLCK
    public static let noLocks = Errno(rawValue: ENOLCK)
}
