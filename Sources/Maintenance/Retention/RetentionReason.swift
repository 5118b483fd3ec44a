import Repository

/// Why a snapshot is kept.
public enum RetentionReason: Hashable, Sendable {
    /// It is one of the newest, the newest being number 1.
    case last(Int)
    /// It is the newest of the period of this name.
    case period(RetentionPeriod, String)
    /// It began within the time that everything is kept for.
    case within
    /// It has this tag.
    case tag(String)
    /// It is held.
    case held
    /// Nobody can tell whether it is forgotten: no rule counts it, and none removes it.
    case unclear
    /// It began in the future: no rule counts it, and so none removes it.
    case future
    /// It is partial, and no complete snapshot of its group is newer.
    case newestPartial
    /// It is a repaired copy of a snapshot that is kept.
    case copy(of: SnapshotID)
}

extension RetentionReason {
    /// Whether a rule keeps the snapshot for what it is itself.
    var isOfRule: Bool {
        switch self {
        case .held, .copy, .unclear: false
        case .last, .period, .within, .tag, .future, .newestPartial: true
        }
    }
}

extension RetentionReason: CustomStringConvertible {
    /// A few words for people.
    public var description: String {
        switch self {
        case .last(let number): "last \(number)"
        case .period(let period, let name): "\(period.rawValue) \(name)"
        case .within: "within"
        case .tag(let tag): "tag \(tag)"
        case .held: "held"
        case .unclear: "cannot tell whether it is forgotten"
        case .future: "from the future"
        case .newestPartial: "partial, none newer"
        case .copy(let original): "copy of \(original.short)"
        }
    }
}
