import Cryptography
import Maintenance
import Repository
import Storage
import SystemInterface
import Testing

/// One bit of each byte of each object of a small repository, flipped: never wrong data, and a check always notices.
///
/// Every bit takes ten minutes:
/// `PASTFS_EVERY_BIT=1 swift test -c release --skip-build --disable-xctest --filter FlippedBitTests`.
@Suite("A flipped bit")
struct FlippedBitTests {
    /// Where the objects of one kind are.
    static let places: [ObjectFolder?] = [
        nil, .keys, .packs, .index, .snapshots, .tombstones, .holds, .sessions, .quarantine,
    ]

    /// Which bits of the bytes; nil for another one in each byte after the other.
    static let bits: [Int?] = Environment.value("PASTFS_EVERY_BIT") == nil ? [nil] : Array(0..<8)

    @Test(
        "of any byte is noticed, and no byte that is read is wrong", .timeLimit(.minutes(30)), arguments: places,
        bits)
    func everyByte(folder: ObjectFolder?, bit: Int?) throws {
        let sample = try SampleRepository()
        let expected = try SampleRepository.readAll(sample.repository)
        var faults: [String] = []
        var positions = 0
        for (name, bytes) in sample.objects where name.folder == folder {
            for position in bytes.indices {
                positions += 1
                var objects = sample.objects
                objects[name]?[position] ^= 1 << (bit ?? position % 8)
                if let fault = try fault(objects, name, expected, sample) {
                    faults.append("byte \(position): \(fault)")
                }
            }
        }
        #expect(positions > 0)
        #expect(faults.isEmpty, "\(faults.count) of \(positions): \(faults.prefix(5))")
    }

    /// What the flipped bit did that it must not, or nil.
    private func fault(
        _ objects: [ObjectName: [UInt8]], _ name: ObjectName, _ expected: [String: [UInt8]], _ sample: SampleRepository
    ) throws -> String? {
        if name.folder == nil || name.folder == .keys {
            let store = try SampleRepository.store(of: objects)
            let opened = try? Repository.open(
                store, passphrase: SecretBytes(SampleRepository.passphrase), cacheDirectory: nil)
            if opened != nil { return "\(name) still opens" }
        }
        let repository = try sample.reopened(objects)
        let report = try Check(repository, options: CheckOptions(readsData: true, workers: 1)).run()
        if !report.damage.contains(where: { $0.object == name.path }) { return "the check does not name \(name)" }
        // Reading gives what it must, or it fails: anything else is wrong data.
        guard let found = try? SampleRepository.readAll(try sample.reopened(objects)) else { return nil }
        for (path, bytes) in found where expected[path] != bytes { return "\(path) has wrong bytes" }
        return nil
    }
}
