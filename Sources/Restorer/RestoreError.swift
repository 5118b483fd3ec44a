import PathRules
import Repository
import SystemInterface

/// Why a restore failed as a whole. What failed of a single item is a `RestoreProblem`, and no error.
public struct RestoreError: Error, Hashable, Sendable {
    /// The kinds of failure that a caller tells apart.
    public enum Code: Hashable, Sendable {
        /// The snapshot has nothing at the path.
        case noSuchPath
        /// The options make no sense, or a pattern cannot be read.
        case invalidArgument
        /// There is something in the destination already.
        case destinationNotEmpty
        /// The destination cannot be made, opened or written to at all: it is full, read-only, or no directory.
        case destination
        /// Everything was written, and not all of it may have come to the disk.
        case notOnDisk
        /// The run was told to stop.
        case cancelled
        /// The repository failed in a way that concerns more than single items.
        case repository(RepositoryError.Code)
    }

    /// The kind of failure.
    public let code: Code
    /// The path or the object in the repository that it happened on, or nil.
    public let subject: String?
    /// What was wrong, in words.
    public let reason: String

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

    static let cancelled = RestoreError(.cancelled, "the restore was stopped; what is restored so far is left")
}

extension RestoreError: CustomStringConvertible {
    /// The subject and the reason, for messages.
    public var description: String {
        guard let subject else { return reason }
        return "\(subject): \(reason)"
    }
}
