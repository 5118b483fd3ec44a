import Maintenance
import Repository
import SystemInterface

/// What a policy keeps, said rule by rule and snapshot by snapshot, without any walk: slow, and plainly what docs/retention.md
/// says.
struct RetentionReference {
    let candidates: [RetentionCandidate]
    let policy: RetentionPolicy
    let grouping: SnapshotGrouping
    let now: Timestamp

    /// The names of the snapshots that are kept.
    var kept: Set<SnapshotID> {
        Set(candidates.filter(isKept).map(\.id))
    }

    private func isKept(_ candidate: RetentionCandidate) -> Bool {
        if candidate.isHeld || candidate.isUnclear || isFuture(candidate) { return true }
        if !policy.tags.isDisjoint(with: candidate.tags) { return true }
        if let original = original(of: candidate), isKept(original) { return true }
        let counted = candidates.filter {
            isOfOneGroup($0, candidate) && !$0.isPartial && !$0.isUnclear && !isFuture($0)
                && original(of: $0) == nil
        }
        let newer = counted.filter { ($0.started, $0.id) > (candidate.started, candidate.id) }
        if original(of: candidate) != nil { return isWithin(candidate, counted) }
        if candidate.isPartial { return newer.isEmpty || isWithin(candidate, counted) }
        if newer.count < policy.last || isWithin(candidate, counted) { return true }
        return policy.periods.contains { period, count in
            let own = name(period, candidate)
            let names = Set(newer.map { name(period, $0) })
            return !names.contains(own) && names.count < count
        }
    }

    /// What it is a copy of, if that is there.
    private func original(of copy: RetentionCandidate) -> RetentionCandidate? {
        candidates.first { $0.id == copy.original && isOfOneGroup($0, copy) }
    }

    private func isWithin(_ candidate: RetentionCandidate, _ counted: [RetentionCandidate]) -> Bool {
        guard let within = policy.within, let newest = counted.map(\.started).max() else { return false }
        return newest.adding(seconds: -within.seconds) <= candidate.started
    }

    private func isFuture(_ candidate: RetentionCandidate) -> Bool {
        candidate.started > now.adding(seconds: 600)
    }

    private func isOfOneGroup(_ left: RetentionCandidate, _ right: RetentionCandidate) -> Bool {
        (!grouping.contains(.host) || left.host == right.host)
            && (!grouping.contains(.paths) || Set(left.paths) == Set(right.paths))
            && (!grouping.contains(.tags) || Set(left.tags) == Set(right.tags))
    }

    private func name(_ period: RetentionPeriod, _ candidate: RetentionCandidate) -> String {
        period.name(of: candidate.started, secondsEastOfUTC: Berlin.secondsEastOfUTC(at: candidate.started))
    }
}
