import Repository

extension Attribution {
    /// Who it was, on which machine, as far as that is known.
    var who: String { host.isEmpty ? userName : "\(userName)@\(host)" }
}
