import Testing

/// A group of questions of syscall-probe, and the user who asks.
struct Question: Sendable, CustomTestStringConvertible {
    /// The probe's name of the group.
    let group: String
    /// UID:GID; nil for root.
    let user: String?

    var testDescription: String { "\(group), as \(user ?? "root")" }

    /// Of the tree: an owner with access control lists for him, one of his group, and one of nobody's.
    private static let users = ["1234:1", "1:5678", "65534:65534"]

    /// Everything that only reads.
    static let reading: [Question] =
        [
            "status", "access", "attributes", "links", "statistics", "handles", "opening", "contents", "holes", "locks",
            "events", "controls",
        ].map { Question(group: $0, user: nil) }
        + users.flatMap { user in
            ["status", "access", "attributes", "opening", "contents"].map { Question(group: $0, user: user) }
        }

    /// Directories, a very large one among them.
    static let listing: [Question] = [nil, users[0], users[2]].map { Question(group: "listing", user: $0) }

    /// Everything that would change something.
    static let changing: [Question] = ["changes", "renames", "descriptors"].flatMap { group in
        [Question(group: group, user: nil)] + users.map { Question(group: group, user: $0) }
    }
}
