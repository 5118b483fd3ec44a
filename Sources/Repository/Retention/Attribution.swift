import SystemInterface

/// Who did something that outlives the run, where, when and why: what is written beside every forgetting and every hold.
public struct Attribution: Hashable, Sendable {
    /// When, by the clock of whoever did it. Nothing is decided by it.
    public var time: Timestamp
    /// The user who did it; may be empty.
    public var userName: String
    /// The machine that it was done on; may be empty.
    public var host: String
    /// Why, in words; may be empty.
    public var reason: String

    /// Something done by `userName` on `host` at `time`, because of `reason`.
    public init(time: Timestamp, userName: String, host: String, reason: String) {
        self.time = time
        self.userName = userName
        self.host = host
        self.reason = reason
    }

    /// The same, for another reason.
    func with(reason: String) -> Attribution {
        Attribution(time: time, userName: userName, host: host, reason: reason)
    }

    /// Throws `.invalidArgument` for what a record cannot hold.
    public func check() throws(RepositoryError) {
        for (name, text) in [("user's name", userName), ("host's name", host)]
        where text.utf8.count > Limits.labelBytesMax {
            throw RepositoryError(.invalidArgument, "a \(name) of \(text.utf8.count) bytes is too long")
        }
        guard reason.utf8.count <= Limits.reasonBytesMax else {
            throw RepositoryError(.invalidArgument, "a reason of \(reason.utf8.count) bytes is too long")
        }
    }
}
