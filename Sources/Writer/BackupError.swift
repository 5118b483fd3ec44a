import PathRules
import Repository
import SystemInterface

/// Why a backup run failed as a whole. What it merely could not read is a `SnapshotProblem`, and no error.
public struct BackupError: Error, Hashable, Sendable {
    /// The kinds of failure that a caller tells apart.
    public enum Code: Hashable, Sendable {
        /// A path that was to be backed up is not there.
        case sourceMissing
        /// A path that was to be backed up cannot be reached.
        case sourceUnreachable
        /// An option is outside of what a snapshot can say.
        case invalidArgument
        /// The stream that the snapshot was to be made of cannot be read, or is not whole.
        case streamFailed
        /// The run was out of time, and was to leave nothing then.
        case outOfTime
        /// The run was told to stop.
        case cancelled
        /// The repository failed.
        case repository(RepositoryError.Code)
    }

    /// The kind of failure.
    public let code: Code
    /// The source path or the object in the repository that it happened on, or nil.
    public let subject: String?
    /// What was wrong, in words.
    public let reason: String

    /// A failure of a stream; `subject` names what gives it.
    public init(ofStream subject: String, _ reason: String) {
        self.init(.streamFailed, subject: subject, reason)
    }

    init(_ code: Code, subject: String? = nil, _ reason: String) {
        self.code = code
        self.subject = subject
        self.reason = reason
    }

    init(_ code: Code, path: FilePath, _ reason: String) {
        self.init(code, subject: path.description, reason)
    }

    init(_ error: RepositoryError) {
        self.init(error.code == .cancelled ? .cancelled : .repository(error.code), subject: error.object, error.reason)
    }

    init(_ error: PatternError) {
        self.init(.invalidArgument, subject: error.pattern, error.reason)
    }

    static let outOfTime = BackupError(.outOfTime, "the time that it was given is over; nothing of it is listed")
    static let cancelled = BackupError(.cancelled, "the backup was stopped; nothing of it is listed")
}

extension BackupError: CustomStringConvertible {
    /// The subject and the reason, for messages.
    public var description: String {
        guard let subject else { return reason }
        return "\(subject): \(reason)"
    }
}
