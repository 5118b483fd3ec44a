import Repository
import SystemInterface

/// The snapshots at one moment, by name, host and tag. It never changes; a new list is a new table.
///
/// Every snapshot and every group has a serial number that it keeps as long as it is listed. Directories are listed in
/// that order, so that a position in a listing stays right when something comes or goes.
final class SnapshotTable: Sendable {
    /// A snapshot and the name that it is shown under.
    struct Member: Sendable {
        let snapshot: Snapshot
        let name: [UInt8]
        let serial: UInt64

        /// Whether something is missing in it: then nothing that asks for the newest gets it.
        var isPartial: Bool { snapshot.manifest.isPartial }
    }

    /// A host or a tag, and its snapshots.
    struct Group: Sendable {
        let name: [UInt8]
        let serial: UInt64
        /// The numbers of its snapshots in `members`, ascending.
        fileprivate(set) var members: [Int]
        /// The newest complete one of them, or nil if there is none.
        fileprivate(set) var latest: Int?
    }

    /// All snapshots by serial number.
    let members: [Member]
    /// Hosts by serial number.
    let hosts: [Group]
    /// Tags by serial number.
    let tags: [Group]
    /// The number in `members` of the newest complete snapshot, or nil if there is none.
    let latest: Int?
    /// When the list changed last.
    let changed: Timestamp

    private let memberByName: [[UInt8]: Int]
    private let hostByName: [[UInt8]: Int]
    private let tagByName: [[UInt8]: Int]

    /// Lists `snapshots` after `previous`, whose serial numbers stay.
    ///
    /// - Parameter changed: the moment of the change.
    init(_ snapshots: [Snapshot], names: [String], after previous: SnapshotTable?, changed: Timestamp) {
        let known = Dictionary(
            (previous?.members ?? []).map { ($0.snapshot.id, $0.serial) }, uniquingKeysWith: { first, _ in first })
        var next = (previous?.members.last?.serial ?? 0) + 1
        var members: [Member] = []
        for (snapshot, name) in zip(snapshots, names) where Self.isUsable(name) {
            let serial = known[snapshot.id] ?? next
            if serial == next { next += 1 }
            members.append(Member(snapshot: snapshot, name: Array(name.utf8), serial: serial))
        }
        members.sort { $0.serial < $1.serial }
        self.members = members
        self.changed = changed
        self.latest = members.indices.filter { !members[$0].isPartial }.max {
            Self.isOlder(members[$0], members[$1])
        }
        self.memberByName = Dictionary(
            members.indices.map { (members[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        self.hosts = Self.groups(members, previous: previous?.hosts ?? []) { [$0.manifest.host] }
        self.tags = Self.groups(members, previous: previous?.tags ?? []) { $0.manifest.tags }
        self.hostByName = Self.numbers(hosts)
        self.tagByName = Self.numbers(tags)
    }

    /// Whether the same snapshots are listed under the same names.
    func lists(_ snapshots: [Snapshot], names: [String]) -> Bool {
        guard snapshots.count == names.count, snapshots.count == members.count else { return false }
        return zip(snapshots, names).allSatisfy { snapshot, name in
            guard let number = memberByName[Array(name.utf8)] else { return false }
            return members[number].snapshot.id == snapshot.id
        }
    }

    /// The snapshot of this name in a list.
    func member(named name: [UInt8], in group: SnapshotGroup) -> Member? {
        guard let number = memberByName[name] else { return nil }
        let member = members[number]
        switch group {
        case .all: return member
        case .host(let host): return member.snapshot.manifest.host.utf8.elementsEqual(host) ? member : nil
        case .tag(let tag):
            return member.snapshot.manifest.tags.contains { $0.utf8.elementsEqual(tag) } ? member : nil
        }
    }

    /// The numbers in `members` of a list's snapshots, ascending.
    func numbers(in group: SnapshotGroup) -> [Int] {
        switch group {
        case .all: Array(members.indices)
        case .host(let host): hostByName[host].map { hosts[$0].members } ?? []
        case .tag(let tag): tagByName[tag].map { tags[$0].members } ?? []
        }
    }

    /// The newest complete snapshot of a list.
    func latest(in group: SnapshotGroup) -> Member? {
        switch group {
        case .all: latest.map { members[$0] }
        case .host(let host): hostByName[host].flatMap { hosts[$0].latest }.map { members[$0] }
        case .tag(let tag): tagByName[tag].flatMap { tags[$0].latest }.map { members[$0] }
        }
    }

    /// The hosts or the tags.
    func groups(of axis: GroupAxis) -> [Group] {
        switch axis {
        case .host: hosts
        case .tag: tags
        }
    }

    private static func groups(
        _ members: [Member], previous: [Group], names: (Snapshot) -> [String]
    ) -> [Group] {
        let known = Dictionary(previous.map { ($0.name, $0.serial) }, uniquingKeysWith: { first, _ in first })
        var next = (previous.last?.serial ?? 0) + 1
        var groups: [[UInt8]: Group] = [:]
        for (number, member) in members.enumerated() {
            for text in names(member.snapshot) where isUsable(text) {
                let name = Array(text.utf8)
                if var group = groups.removeValue(forKey: name) {
                    group.members.append(number)
                    if !member.isPartial, group.latest.map({ isOlder(members[$0], member) }) ?? true {
                        group.latest = number
                    }
                    groups[name] = group
                } else {
                    let serial = known[name] ?? next
                    if serial == next { next += 1 }
                    groups[name] = Group(
                        name: name, serial: serial, members: [number], latest: member.isPartial ? nil : number)
                }
            }
        }
        return groups.values.sorted { $0.serial < $1.serial }
    }

    private static func numbers(_ groups: [Group]) -> [[UInt8]: Int] {
        Dictionary(groups.indices.map { (groups[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func isOlder(_ left: Member, _ right: Member) -> Bool {
        let (first, second) = (left.snapshot, right.snapshot)
        if first.manifest.started != second.manifest.started { return first.manifest.started < second.manifest.started }
        return first.id < second.id
    }

    /// Whether a directory may have this name. The format demands it of hosts and tags; nothing here relies on that.
    private static func isUsable(_ name: String) -> Bool {
        let bytes = name.utf8
        return (1...Limits.nameBytesMax).contains(bytes.count) && name != "." && name != ".."
            && !bytes.contains(0) && !bytes.contains(UInt8(ascii: "/"))
    }
}
