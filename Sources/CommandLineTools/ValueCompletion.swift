/// What a value is, as far as a shell can complete it.
public enum ValueCompletion: Sendable, Equatable {
    /// Free text: nothing is offered.
    case none
    /// A file of any type.
    case file
    /// A directory.
    case directory
    /// One of these words. The parser accepts no other.
    case values([String])

    /// The only words allowed, or none when any text is.
    var words: [String] {
        if case .values(let words) = self { words } else { [] }
    }
}
