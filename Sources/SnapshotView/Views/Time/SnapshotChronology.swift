import Coding
import Repository
import Synchronization
import SystemInterface

/// The snapshots of a table, oldest first: what the views by time go through.
final class SnapshotChronology: Sendable {
    /// The snapshots and their names.
    let members: [SnapshotTable.Member]
    /// The number of each one's host.
    let hosts: [Int]
    /// Which list of snapshots it is of; another list has another number.
    let generation: UInt64

    fileprivate let table: SnapshotTable
    private let places: [[UInt8]: Int]

    fileprivate init(of table: SnapshotTable, generation: UInt64) {
        self.table = table
        self.generation = generation
        let members = table.members.sorted {
            let (first, second) = ($0.snapshot, $1.snapshot)
            let (left, right) = (first.manifest.started, second.manifest.started)
            return left == right ? first.id < second.id : left < right
        }
        self.members = members
        // By bytes, as `hosts` lists them.
        let names = members.map { Array($0.snapshot.manifest.host.utf8) }
        var numbers: [[UInt8]: Int] = [:]
        for name in names where numbers[name] == nil { numbers[name] = numbers.count }
        hosts = names.map { numbers[$0] ?? 0 }
        places = Dictionary(
            members.indices.map { (members[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The snapshots.
    var snapshots: [Snapshot] { members.map(\.snapshot) }

    /// The newest complete snapshot that began no later than `moment`; O(log n) where few are partial.
    func newest(notAfter moment: Timestamp) -> SnapshotTable.Member? {
        let later = members.partitionPoint { $0.snapshot.manifest.started <= moment }
        return members[..<later].last { !$0.isPartial }
    }

    /// Where the snapshot of this name is in `members`.
    func place(named name: [UInt8]) -> Int? { places[name] }
}

/// The chronology of the list of snapshots as it is now, made once for each list and only when somebody asks.
final class CurrentChronology: Sendable {
    private let register: SnapshotRegister
    private let last = Mutex<SnapshotChronology?>(nil)

    init(register: SnapshotRegister) {
        self.register = register
    }

    /// The snapshots as they are now, oldest first.
    func current() throws(ViewError) -> SnapshotChronology {
        let table = try register.current()
        return last.withLock { last in
            if let last, last.table === table { return last }
            let made = SnapshotChronology(of: table, generation: (last?.generation ?? 0) + 1)
            last = made
            return made
        }
    }
}
