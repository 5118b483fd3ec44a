import Coding
import Maintenance
import Repository
import Storage
import SystemInterface
import TestSupport
import Testing

/// Whatever is damaged, and whichever repairs follow in whatever order, with leave to move things away: what could be read of a
/// snapshot before can be read after, and after a garbage collection as well, which may delete a snapshot that was forgotten.
///
/// More of them: `PASTFS_REPAIRS=10000 swift test -c release --skip-build --disable-xctest --filter AnyRepairTests`.
@Suite("Repairs of anything, in any order")
struct AnyRepairTests {
    private static let seedCount = Environment.value("PASTFS_REPAIRS").flatMap { UInt64($0) } ?? 500
    /// So many parts of the seeds, for several threads.
    private static let parts = UInt64(0)..<4

    @Test("take nothing away that could be read", .timeLimit(.minutes(20)), arguments: parts)
    func keep(part: UInt64) throws {
        let states = try DamagedState.Beginning.allCases.map { try $0.make() }
        var faults: [String] = []
        var readable = 0
        for seed in stride(from: part, to: Self.seedCount, by: UInt64.Stride(Self.parts.count)) {
            let state = try DamagedState(states, seed: seed)
            let before = SampleRepository.readable(try state.reopened())
            readable += before.count
            do {
                try state.repair()
            } catch {
                faults.append("seed \(seed): \(error)")
            }
            let after = SampleRepository.readable(try state.reopened())
            let isMissed = { (path: String) in !(state.forgotten.map { path.hasPrefix($0.short) } ?? false) }
            if let lost = before.first(where: { after[$0.key] != $0.value && isMissed($0.key) }) {
                faults.append("seed \(seed): \(lost.key) is lost after \(state.history.joined(separator: ", "))")
            }
        }
        #expect(readable > Int(Self.seedCount))
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(5).joined(separator: "\n"))")
    }
}
