import Repository
import SystemInterface

extension SnapshotView {
    /// Adds a part to `.pastfs/status.json`, behind those that are there. `value` is called whenever somebody reads the
    /// file, from any thread.
    public func addStatus(_ name: String, _ value: @escaping @Sendable () -> StatusValue) {
        status.add(name, value)
    }

    /// What the view itself reports.
    func addOwnStatus() {
        let clock = options.clock
        let begun = status.begun
        let repository = repository
        status.add("repository") {
            .object([
                ("id", .text(repository.id.description)),
                // A path may hold any bytes.
                ("location", .text(FilePath(repository.store.location).description)),
            ])
        }
        status.add("mounted") { .text(begun.rfc3339(fractionDigits: 0)) }
        status.add("uptime_seconds") { .number(clock.now().seconds - begun.seconds) }
        status.add("snapshots") { [weak self] in self?.snapshotStatus ?? .object([]) }
        status.add("cache") { [source] in
            let cache = source.cacheStatistics
            return .object([
                ("bytes", .count(cache.bytes)), ("hits", .count(cache.hits)), ("misses", .count(cache.misses)),
            ])
        }
        status.add("nodes") { [weak self] in .count(self?.nodeCount ?? 0) }
        status.add("faults") { [log] in .count(log.count) }
    }

    private var snapshotStatus: StatusValue {
        guard let members = try? chronology.current().members else { return .object([]) }
        var parts: [(String, StatusValue)] = [("count", .count(members.count))]
        if let first = members.first, let last = members.last {
            parts.append(("oldest", .text(String(decoding: first.name, as: UTF8.self))))
            parts.append(("newest", .text(String(decoding: last.name, as: UTF8.self))))
        }
        return .object(parts)
    }
}
