/// What an object says about another one of the same number, which it is named after: `<name>.<part>`.
public enum ObjectPart: String, CaseIterable, Hashable, Sendable {
    /// How a tombstone ended.
    case final
    /// That a hold binds no more.
    case released
    /// The manifest that a session is about to commit.
    case snapshot
    /// How a session ended.
    case outcome
    /// What a generation deletes.
    case sweep
    /// The same again, byte for byte, for when that is damaged.
    case copy
    /// That nothing is left to do for a generation.
    case closed
}
