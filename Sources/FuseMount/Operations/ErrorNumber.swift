import Glibc
import SnapshotView

/// The one place that decides which errno(3) a request is answered with.
struct ErrorNumber: Hashable, Sendable {
    /// The positive number.
    let rawValue: Int32

    /// Damage, or anything else that keeps stored bytes from being shown. Never less: a program must stop.
    static let ioFailure = ErrorNumber(rawValue: EIO)
    /// Everything that would change something.
    static let readOnly = ErrorNumber(rawValue: EROFS)
    /// "Do not ask that again": the kernel then opens files and directories without us.
    static let notImplemented = ErrorNumber(rawValue: ENOSYS)
    /// A file has no such extended attribute. ENOSYS here would turn attributes off for the whole mount.
    static let noAttribute = ErrorNumber(rawValue: ENODATA)
    /// An extended attribute is longer than the caller's buffer.
    static let outOfRange = ErrorNumber(rawValue: ERANGE)
    /// An argument makes no sense.
    static let invalidArgument = ErrorNumber(rawValue: EINVAL)

    private init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The number for what the view says.
    init(_ error: ViewError) {
        switch error {
        case .notFound: rawValue = ENOENT
        case .unknownNode: rawValue = ESTALE
        case .notDirectory: rawValue = ENOTDIR
        case .isDirectory: rawValue = EISDIR
        case .wrongType: rawValue = EINVAL
        case .nameTooLong: rawValue = ENAMETOOLONG
        case .noSuchOffset: rawValue = ENXIO
        case .damaged: rawValue = EIO
        }
    }
}
