/// Something that a client has seen, or that a signed record vouches for, and that the storage does not show.
public struct Discrepancy: Hashable, Sendable {
    /// What is wrong with it.
    public enum Kind: String, Hashable, Sendable {
        /// It is not there.
        case missing
        /// Another authentic object is in its place.
        case other
        /// What is in its place is no authentic object.
        case damaged
    }

    /// What is wrong.
    public let kind: Kind
    /// The object, by its path.
    public let object: String
    /// The object in words, with what is known of it.
    public let what: String

    init(_ kind: Kind, _ object: String, _ what: String) {
        self.kind = kind
        self.object = object
        self.what = what
    }

    /// What is wrong, in words that stand behind the object's path.
    public var reason: String {
        let words =
            switch kind {
            case .missing: "is missing"
            case .other: "is other than it was"
            case .damaged: "is damaged"
            }
        guard isRollback else { return "\(what) \(words)" }
        return "\(what) \(words): the storage was put back to an older state, or hides something"
    }

    /// The repository is sealed under other keys than before.
    public static let otherKeys = Discrepancy(.other, "keys", "what the repository is sealed under")

    /// Another repository than before is at the place.
    public static let otherRepository = Discrepancy(.other, "format", "the repository at this place")

    /// Whether the storage shows less than was there, or something else: damage is no sign of that.
    public var isRollback: Bool { kind != .damaged }
}

extension Discrepancy: CustomStringConvertible {
    /// One line for a person.
    public var description: String {
        switch kind {
        case .missing: "\(what) is missing (\(object))"
        case .other: "\(what) is other than it was (\(object))"
        case .damaged: "\(what) is damaged (\(object))"
        }
    }
}
