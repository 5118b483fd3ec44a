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
    /// Some of these, with commas between them. What they mean and whether they are allowed is the command's to say.
    case list([ListedValue])

    /// The only words allowed, or none when any text is.
    var words: [String] {
        if case .values(let words) = self { words } else { [] }
    }

    /// What a list is made of, or none when the value is no list.
    public var listed: [ListedValue] {
        if case .list(let values) = self { values } else { [] }
    }
}
