import Coding
import Repository
import Synchronization
import SystemInterface

/// What a check has found so far, by object and reason: one finding for each pair, whoever reports it.
final class DamageRegister: Sendable {
    /// Refers to a finding.
    typealias Number = Int

    private struct Key: Hashable {
        let object: String
        let what: String
    }

    private struct State {
        var findings: [Finding] = []
        var numbers: [Key: Number] = [:]
        var snapshots: [Number: Set<SnapshotID>] = [:]
        var pathBytes = 0
    }

    /// How long the paths of all findings are at most: from then on a finding names one.
    private static let pathBytesMax = 64 << 20

    private let state = Mutex(State())

    /// The finding that `object` is wrong in this way, made if it is new.
    @discardableResult
    func report(_ object: String, _ what: String) -> Number {
        state.withLock { state in
            let key = Key(object: object, what: what)
            if let number = state.numbers[key] { return number }
            let number = state.findings.count
            state.findings.append(Finding(object: object, what: what))
            state.numbers[key] = number
            return number
        }
    }

    /// The finding that `error` stands for; `subject` is what was being read when it names no object.
    @discardableResult
    func report(_ error: RepositoryError, _ subject: String) -> Number {
        report(error.object ?? subject, error.reason)
    }

    /// Whether anything is wrong with `object`.
    func names(_ object: String) -> Bool {
        state.withLock { state in state.findings.contains { $0.object == object } }
    }

    /// The object and what is wrong with it.
    func description(of number: Number) -> String {
        state.withLock { "\($0.findings[number].object): \($0.findings[number].what)" }
    }

    /// Adds that the finding makes `count` paths of `snapshot` unreadable, of which `path` is the first; empty for its root.
    func add(_ path: [UInt8], of snapshot: SnapshotID, to number: Number, count: UInt64 = 1) {
        state.withLock { state in
            state.snapshots[number, default: []].insert(snapshot)
            state.findings[number].pathCount.addSaturating(count)
            let paths = state.findings[number].paths.count
            guard paths < Finding.pathsMax, paths == 0 || state.pathBytes < Self.pathBytesMax else { return }
            state.pathBytes += path.count
            let path = FilePath(path.isEmpty ? [UInt8(ascii: "/")] : path)
            state.findings[number].paths.append(.init(snapshot: snapshot, path: path))
        }
    }

    /// All findings, by object.
    var findings: [Finding] {
        state.withLock { state in
            var findings = state.findings
            for (number, snapshots) in state.snapshots { findings[number].snapshots = snapshots.sorted() }
            return findings.sorted { ($0.object, $0.what) < ($1.object, $1.what) }
        }
    }
}
