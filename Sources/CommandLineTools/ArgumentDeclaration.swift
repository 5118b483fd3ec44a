/// One positional argument of a command.
public struct ArgumentDeclaration: Sendable, Equatable {
    /// How often an argument is given.
    public enum Kind: Sendable, Equatable {
        /// Exactly once.
        case required
        /// Once or not at all.
        case optional
        /// As often as wanted, and at least `minimum` times. The last argument of a command at most.
        case repeated(minimum: Int)
    }

    /// What help calls it, in capitals: `PATH`. Unique in its command.
    public let name: String
    /// One sentence without a full stop. Words in backquotes are shown as typed.
    public let help: String
    /// How often it is given.
    public let kind: Kind
    /// What a shell offers for it; `.values` is also what the parser holds it to.
    public let completion: ValueCompletion

    /// Declares an argument; one that is required, and that no shell completes, unless something else is said.
    public init(name: String, help: String, kind: Kind = .required, completion: ValueCompletion = .none) {
        self.name = name
        self.help = help
        self.kind = kind
        self.completion = completion
    }

    /// How the argument stands in a usage line: `PATH`, `[PATH]`, `PATH...` or `[PATH]...`.
    public var usage: String {
        switch kind {
        case .required: name
        case .optional: "[\(name)]"
        case .repeated(minimum: 0): "[\(name)]..."
        case .repeated: "\(name)..."
        }
    }

    /// The smallest number of times that the argument must be given.
    var countMin: Int {
        switch kind {
        case .required: 1
        case .optional: 0
        case .repeated(let minimum): minimum
        }
    }
}
