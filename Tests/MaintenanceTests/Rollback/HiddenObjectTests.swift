import Repository
import Storage
import Testing

@Suite("A storage that was put back to an older state, or hides something")
struct HiddenObjectTests {
    @Test("is noticed by whoever has seen the newer state, whichever older one it is", .timeLimit(.minutes(20)))
    func putBack() throws {
        let store = ChronicleStore()
        let history = try History(store: store)
        for count in history.beginning..<store.changeCount {
            let older = try store.state(after: count)
            for thoroughly in [false, true] {
                var client = history.actor
                #expect(
                    try !client.look(at: history.fixture, through: older, thoroughly: thoroughly).isEmpty,
                    "before change \(count + 1): \(store.description(of: count + 1)), thoroughly \(thoroughly)")
            }
        }
        var client = history.actor
        #expect(try client.look(at: history.fixture) == [])
        #expect(try client.look(at: history.fixture, thoroughly: true) == [])
    }

    @Test("is noticed by a client that only looked at the newer state", .timeLimit(.minutes(20)))
    func putBackForObserver() throws {
        let store = ChronicleStore()
        let history = try History(store: store)
        var observer = RememberingClient()
        #expect(try observer.look(at: history.fixture) == [])
        for count in history.beginning..<store.changeCount {
            var client = observer
            #expect(
                try !client.look(at: history.fixture, through: store.state(after: count)).isEmpty,
                "before change \(count + 1): \(store.description(of: count + 1))")
        }
    }

    @Test("is not noticed by a client that has seen nothing: every older state is whole in itself")
    func freshClient() throws {
        let store = ChronicleStore()
        let history = try History(store: store)
        for count in history.beginning..<store.changeCount {
            var client = RememberingClient()
            #expect(
                try client.look(at: history.fixture, through: store.state(after: count)) == [],
                "before change \(count + 1): \(store.description(of: count + 1))")
        }
    }

    /// Who notices: `saw` did everything, `fresh` has seen nothing before, `later` remembers the newest claim alone. In
    /// capitals whoever notices at each opening, in small letters whoever does when everything is asked for by key (check,
    /// prune, forget). Before the ledger a record serves nobody any more: what depends on it is in the ledger.
    private static let table: [String: Set<String>] = [
        // Read from the session's manifest, and shown.
        "snapshots": [""],
        // A copy of a snapshot that is there.
        "sessions.snapshot": [""], "sessions.snapshot, the newest": [""],
        "sessions": ["before the ledger: ", "saw FRESH later"], "sessions, the newest": ["SAW FRESH LATER"],
        "sessions.outcome": ["before the ledger: ", "saw FRESH later"], "sessions.outcome, the newest": ["SAW"],
        "tombstones": ["SAW"], "tombstones.final": ["SAW"], "holds": ["SAW"], "holds.released": ["SAW"],
        // Of a snapshot that is gone.
        "tombstones, swept": ["", "saw FRESH later"], "tombstones.final, swept": ["", "saw FRESH later"],
        "quarantine": ["saw FRESH LATER"], "quarantine, the newest": ["SAW FRESH LATER"],
        "quarantine.sweep": ["saw FRESH LATER"], "quarantine.sweep, the newest": ["SAW FRESH LATER"],
        "quarantine.closed": ["saw FRESH LATER"], "quarantine.closed, the newest": ["SAW FRESH LATER"],
        // Found by `check`, and by whoever needs them.
        "packs": [""], "index": [""], "quarantine.copy": [""], "quarantine.copy, the newest": [""],
    ]

    @Test("is noticed as docs/security.md says, whichever single object it hides", .timeLimit(.minutes(20)))
    func hidden() throws {
        let history = try History()
        let fixture = history.fixture
        let settled = try history.settledSessions
        var noticed: [String: Set<String>] = [:]
        for folder in ObjectFolder.allCases where folder != .keys {
            for entry in try fixture.store.list(folder) {
                let isSettled =
                    entry.name.folder == .sessions && entry.name.part != .snapshot
                    && entry.name.number ?? 0 < settled
                let words = try Self.whoNotices([entry.name], history)
                noticed[try Self.kind(of: entry.name, in: fixture), default: []]
                    .insert((isSettled ? "before the ledger: " : "") + words)
            }
        }
        #expect(noticed == Self.table)
    }

    @Test("is noticed when it hides a whole session with all that it has left, but for the newest from a fresh client")
    func hiddenSessions() throws {
        let history = try History()
        let fixture = history.fixture
        let newest = try fixture.repository.newestSession()
        var noticed: [UInt64: String] = [:]
        for session in 1...newest {
            var names: Set<ObjectName> = [ObjectName(.sessions, number: session)]
            for part in [ObjectPart.snapshot, .outcome] {
                names.insert(ObjectName(.sessions, number: session, part: part))
            }
            if case .committed(let snapshot)? = try fixture.repository.sessionOutcome(session) {
                names.insert(ObjectName(.snapshots, snapshot.bytes))
            }
            noticed[session] = try Self.whoNotices(names, history)
        }
        #expect(
            noticed == [
                1: "", 2: "SAW FRESH LATER", 3: "", 4: "SAW FRESH LATER", 5: "saw FRESH later", 6: "SAW FRESH later",
                7: "SAW LATER",
            ])
    }

    @Test("is noticed when it hides a snapshot and its manifest")
    func hiddenSnapshots() throws {
        let history = try History()
        let fixture = history.fixture
        for session in try 1...fixture.repository.newestSession() {
            guard case .committed(let snapshot)? = try fixture.repository.sessionOutcome(session) else { continue }
            if case .swept = try fixture.repository.standing(of: snapshot) { continue }
            let names = [
                ObjectName(.snapshots, snapshot.bytes), ObjectName(.sessions, number: session, part: .snapshot),
            ]
            #expect(try Self.whoNotices(Set(names), history).hasPrefix("SAW FRESH"), "session \(session)")
        }
    }

    @Test("is noticed by check, prune and forget when it lists what it does not give")
    func listed() throws {
        let history = try History()
        let fixture = history.fixture
        for folder in [ObjectFolder.holds, .tombstones, .snapshots] {
            for name in try fixture.store.list(folder).map(\.name) {
                if let id = name.id, case .swept = try fixture.repository.standing(of: SnapshotID(id)) { continue }
                var hidden: Set<ObjectName> = [name]
                if folder == .snapshots {
                    hidden.formUnion(try fixture.store.list(.sessions).map(\.name).filter { $0.part == .snapshot })
                }
                // The catalog of this client has the snapshots.
                let store = HidingStore(fixture.store, hiding: hidden, in: .keys)
                var client = history.actor
                #expect(try client.look(at: fixture, through: store, thoroughly: true) == [name.path])
            }
        }
    }

    private static func whoNotices(_ hidden: Set<ObjectName>, _ history: History) throws -> String {
        let store = HidingStore(history.fixture.store, hiding: hidden)
        let later = RememberingClient(history.actor.remembered?.newestClaimOnly())
        var words: [String] = []
        for (name, client) in [("saw", history.actor), ("fresh", RememberingClient()), ("later", later)] {
            var (quick, thorough) = (client, client)
            if try !quick.look(at: history.fixture, through: store).isEmpty {
                words.append(name.uppercased())
            } else if try !thorough.look(at: history.fixture, through: store, thoroughly: true).isEmpty {
                words.append(name)
            }
        }
        return words.joined(separator: " ")
    }

    private static func kind(of name: ObjectName, in fixture: CollectionFixture) throws -> String {
        let isNewest: Bool
        switch name.folder {
        case .sessions: isNewest = try name.number == fixture.repository.newestSession()
        case .quarantine: isNewest = try name.number == fixture.repository.newestGeneration()
        default: isNewest = false
        }
        let place = name.folder?.rawValue ?? ""
        let part = name.part.map { ".\($0.rawValue)" } ?? ""
        var kind = "\(place)\(part)\(isNewest ? ", the newest" : "")"
        if let id = name.id, name.folder == .tombstones || name.folder == .holds {
            let isSwept = if case .swept = try fixture.repository.standing(of: SnapshotID(id)) { true } else { false }
            if isSwept { kind += ", swept" }
        }
        return kind
    }
}
