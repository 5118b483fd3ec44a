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
        .timeLimit(.minutes(10)), arguments: [PackKind.content, .metadata])
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
}
