/// Why there is no mount, in words for people: what failed, why, and what helps.
public struct MountError: Error, Hashable, Sendable {
    /// The kinds of failure that a caller tells apart.
    public enum Code: Hashable, Sendable {
        /// FUSE cannot be used on this machine or by this user.
        case noDevice
        /// The mount point cannot be used.
        case mountPointUnusable
        /// A mount whose process died is still there.
        case staleMount
        /// The mount would cover the repository or the cache, or lie inside of them.
        case overlap
        /// This user may not do that.
        case notPermitted
        /// Accesses cannot be recorded where they should be.
        case auditFailed
        /// An option is unknown, or its value makes no sense.
        case invalidOption
        /// libfuse or the kernel refused.
        case mountFailed
        /// There is nothing to unmount.
        case notMounted
        /// Something still uses the mount.
        case busy
    }

    /// The kind of failure.
    public let code: Code
    /// What failed.
    public let what: String
    /// Why.
    public let why: String
    /// What helps; nil where nothing is known to.
    public let fix: String?

    /// Names a failure.
    public init(_ code: Code, what: String, why: String, fix: String? = nil) {
        self.code = code
        self.what = what
        self.why = why
        self.fix = fix
    }
}

extension MountError: CustomStringConvertible {
    /// All in one line.
    public var description: String {
        "\(what): \(why)" + (fix.map { " (\($0))" } ?? "")
    }
}
