import Coding
import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// What stands in clear at both ends of a pack nobody needs to read a file. So whatever happens to it, nothing is lost, and no
/// repair may make it so.
@Suite("A pack that is damaged at its edges")
struct PackEdgeTests {
    /// What is done to a pack whose bundles all stay whole.
    enum Damage: CaseIterable {
        case newerVersion, otherMagic, footer, lastByteMissing, byteTooMuch

        func apply(to bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            switch self {
            case .newerVersion: bytes[9] ^= 1
            case .otherMagic: bytes[0] ^= 1
            case .footer: bytes[bytes.count - 40] ^= 1
            case .lastByteMissing: bytes.removeLast()
            case .byteTooMuch: bytes.append(0)
            }
            return bytes
        }
    }

    private static let headerBytes = 28
    private static let trailerBytes = 12

    private let sample: SampleRepository
    private let expected: [String: [UInt8]]
    private let directory: TemporaryDirectory

    init() throws {
        sample = try SampleRepository()
        expected = try SampleRepository.readAll(sample.repository)
        directory = try TemporaryDirectory()
    }

    private func options(shelf: String = "shelf") -> RepairOptions {
        RepairOptions(
            workers: 1, moving: DamagedShelf(directory.path.appending(shelf)), entropy: SeededEntropy(seed: 5))
    }

    @Test(
        "by any one bit of its header or its trailer loses nothing to a repair that moves it away",
        .timeLimit(.minutes(20)), arguments: [PackKind.content, .metadata])
    func everyBit(kind: PackKind) throws {
        let name = try #require(sample.pack(kind))
        let (pack, bytes) = (try #require(name.id), try #require(sample.objects[name]))
        var faults: [String] = []
        let ends = Array(0..<Self.headerBytes) + Array(bytes.count - Self.trailerBytes..<bytes.count)
        for position in ends {
            for bit in 0..<8 {
                var objects = sample.objects
                objects[name]?[position] ^= 1 << bit
                let store = try SampleRepository.store(of: objects)
                let place = "bit \(bit) of byte \(position)"
                let report = try PackRepair(
                    sample.repository.reopened(over: store), options: options(shelf: "\(position).\(bit)")
                ).run([pack])
                if report.hasLosses || report.packs.map(\.isMoved) != [true] { faults.append("\(place): \(report)") }
                let found = try? SampleRepository.readAll(sample.repository.reopened(over: store))
                if found != expected { faults.append("\(place): something is lost") }
            }
        }
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(3))")
    }

    @Test("is named by a check that is not to read it, and no path is", arguments: Damage.allCases)
    func check(damage: Damage) throws {
        for kind in [PackKind.content, .metadata] {
            let pack = try #require(sample.pack(kind))
            let report = try Check(sample.reopened(try damaged(pack, damage))).run()
            #expect(Set(report.damage.map(\.object)) == [pack.path])
            #expect(report.damage.allSatisfy { $0.pathCount == 0 })
            #expect(report.damagedPacks == [try #require(pack.id)])
            #expect(report.packsRead == 1 && report.packBytesRead > 0)
        }
    }

    @Test("and within is read by a check that is not to, which tells what is lost of it and nothing else")
    func alsoWithin() throws {
        let pack = try #require(sample.pack(.content))
        var objects = try damaged(pack, .byteTooMuch)
        objects[pack]?[60] ^= 1
        let report = try Check(sample.reopened(objects)).run()
        let losses = report.damage.filter { $0.pathCount > 0 }
        #expect(losses.count == 1)
        #expect(losses.allSatisfy { $0.what.contains("the bundle at offset 28") })
    }

    @Test("has no copies of snapshots made without what it holds", arguments: Damage.allCases)
    func copies(damage: Damage) throws {
        for kind in [PackKind.content, .metadata] {
            let objects = try damaged(try #require(sample.pack(kind)), damage)
            let report = try SnapshotRepair(sample.reopened(objects), reading: .none, options: options()).run()
            #expect(report.copies.isEmpty && report.beyondRepair.isEmpty)
            #expect(report.wholeCount == sample.snapshots.count)
        }
    }

    @Test("has no copies of snapshots made without what it holds where a disk does not give the header")
    func badSector() throws {
        let pack = try #require(sample.pack(.content))
        let store = UnreadableStore(try SampleRepository.store(of: sample.objects))
        let repository = try sample.repository.reopened(over: store)
        // It is asked for by who looks at the footer, and by who then reads the pack, first of all.
        store.fail([pack], times: 2)
        let report = try SnapshotRepair(repository, reading: .none, options: options()).run()
        #expect(report.copies.isEmpty && report.wholeCount == sample.snapshots.count)
    }

    @Test("for it was written by a newer version, and holds the bytes that it is named by, stays")
    func newer() throws {
        var bytes = try #require(sample.pack(.content).flatMap { sample.objects[$0] })
        bytes[9] = 1
        let pack = SHA256.hash(bytes.span)
        var objects = sample.objects
        objects[ObjectName(.packs, pack)] = bytes
        let store = try SampleRepository.store(of: objects)
        let repository = try sample.repository.reopened(over: store)
        let error = #expect(throws: RepositoryError.self) { try repository.auditPack(pack) }
        #expect(error?.code == .unsupportedVersion)
        let report = try PackRepair(repository, options: options()).run([pack])
        #expect(report.packs.map(\.isMoved) == [false])
        #expect(report.packs.map(\.faults) == [["it has format version 257, which is newer"]])
        #expect(try store.contains(ObjectName(.packs, pack)))
    }

    private func damaged(_ pack: ObjectName, _ damage: Damage) throws -> [ObjectName: [UInt8]] {
        var objects = sample.objects
        objects[pack] = damage.apply(to: try #require(objects[pack]))
        return objects
    }
}
