import Coding
import SystemInterface

/// How a person names a snapshot, the same everywhere: an identifier or a prefix of it, `latest`, `latest~2`, the name
/// that a mount shows in any style, or a time, which means the newest snapshot not after it.
///
/// A partial snapshot is named by its identifier or its name alone: nothing that asks for the newest gets one.
public enum SnapshotSelector: Hashable, Sendable {
    /// The newest snapshot but `count`.
    case latest(before: Int)
    /// The snapshot whose identifier begins with these lowercase digits.
    case prefix(String)
    /// The snapshot that a mount shows by this name, which has its identifier behind its time.
    case name(String)
    /// The newest snapshot that began no later than the end of these.
    case time(ClosedRange<Timestamp>)

    /// The fewest digits of a prefix: fewer are a slip of the finger.
    public static let prefixDigitsMin = 4

    /// Reads `text`; `now` is what ages count from. Throws `.invalidArgument` for what is no snapshot's name.
    public static func parse(_ text: String, now: Timestamp) throws(RepositoryError) -> SnapshotSelector {
        if text == "latest" { return .latest(before: 0) }
        if text.hasPrefix("latest~"), let count = Int(text.dropFirst(7)), (0...1_000_000).contains(count) {
            return .latest(before: count)
        }
        // A date such as 2026 is a time before it is a prefix; `20261120` is a prefix.
        if let moments = TimeExpression.moments(of: text, now: now) { return .time(moments) }
        let lowercase = text.lowercased()
        let isHexadecimal = lowercase.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        if isHexadecimal, (prefixDigitsMin...64).contains(lowercase.utf8.count) { return .prefix(lowercase) }
        if SnapshotNaming.parse(text) != nil { return .name(text) }
        throw RepositoryError(
            .invalidArgument,
            "\"\(text)\" names no snapshot: use an identifier of at least \(prefixDigitsMin) digits, latest, latest~N, "
                + "or a time such as 2026-11-20, 2026-11-20T14:00, yesterday or 3h")
    }

    /// The snapshot among `snapshots`, which are oldest first.
    ///
    /// Throws `.noSuchSnapshot` or `.ambiguousSnapshot`.
    public func resolve(in snapshots: [Snapshot]) throws(RepositoryError) -> Snapshot {
        guard !snapshots.isEmpty else {
            throw RepositoryError(.noSuchSnapshot, "there are no snapshots yet")
        }
        switch self {
        case .latest(let count):
            let complete = try Self.complete(snapshots)
            guard count < complete.count else {
                throw RepositoryError(.noSuchSnapshot, "there are only \(complete.count) snapshots")
            }
            return complete[complete.count - 1 - count]
        case .prefix(let digits):
            let found = snapshots.filter { $0.id.description.hasPrefix(digits) }
            guard found.count <= 1 else {
                throw RepositoryError(.ambiguousSnapshot, "\(found.count) snapshots begin with \(digits)")
            }
            guard let snapshot = found.first else {
                throw RepositoryError(.noSuchSnapshot, "no snapshot begins with \(digits)")
            }
            return snapshot
        case .name(let name):
            let parts = SnapshotNaming.parse(name)
            let found = snapshots.first {
                $0.manifest.started.seconds == parts?.second && $0.id.description.hasPrefix(parts?.identifier ?? "-")
            }
            guard let found else { throw RepositoryError(.noSuchSnapshot, "no snapshot is called \(name)") }
            return found
        case .time(let moments):
            let complete = try Self.complete(snapshots)
            guard let snapshot = complete.last(where: { $0.manifest.started <= moments.upperBound }) else {
                throw RepositoryError(
                    .noSuchSnapshot,
                    "the oldest snapshot is of \(SnapshotTimestamp.format(complete[0].manifest.started))")
            }
            return snapshot
        }
    }

    /// The same for whoever changes what becomes of it: of a time, it is the only snapshot that began within it, lest the
    /// same words mean another one when they are said again.
    public func resolveExactly(in snapshots: [Snapshot]) throws(RepositoryError) -> Snapshot {
        let snapshot = try resolve(in: snapshots)
        guard case .time(let moments) = self else { return snapshot }
        let found = try Self.complete(snapshots).filter { moments.contains($0.manifest.started) }
        guard found.count <= 1 else {
            throw RepositoryError(
                .ambiguousSnapshot, "\(found.count) snapshots are of that time: name one by its identifier")
        }
        guard found.first == snapshot else {
            throw RepositoryError(
                .noSuchSnapshot,
                "none is of that time; the newest before it is \(snapshot.id.short), of "
                    + SnapshotTimestamp.format(snapshot.manifest.started))
        }
        return snapshot
    }

    /// The same among `others` where none of `snapshots` has the name.
    public func resolveExactly(
        in snapshots: [Snapshot], or others: [Snapshot]
    ) throws(RepositoryError) -> Snapshot {
        do {
            return try resolveExactly(in: snapshots)
        } catch {
            guard error.code == .noSuchSnapshot else { throw error }
            do {
                return try resolveExactly(in: others)
            } catch let otherError {
                throw otherError.code == .ambiguousSnapshot ? otherError : error
            }
        }
    }

    private static func complete(_ snapshots: [Snapshot]) throws(RepositoryError) -> [Snapshot] {
        let complete = snapshots.filter { !$0.manifest.isPartial }
        guard !complete.isEmpty else {
            throw RepositoryError(.noSuchSnapshot, "there are only partial snapshots: name one by its identifier")
        }
        return complete
    }
}
