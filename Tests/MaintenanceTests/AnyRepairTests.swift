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
/// More of them: `PASTFS_REPAIRS=10000 swift test -c release --skip-build --disable-xctest --filter AnyRepairTests`, and
/// others, or one alone, with `PASTFS_REPAIRS_FIRST=SEED` besides.
@Suite("Repairs of anything, in any order")
struct AnyRepairTests {
    private static let seedCount = Environment.value("PASTFS_REPAIRS").flatMap { UInt64($0) } ?? 500
    private static let firstSeed = Environment.value("PASTFS_REPAIRS_FIRST").flatMap { UInt64($0) } ?? 0
    /// So many parts of the seeds, for several threads.
    private static let parts = UInt64(0)..<4

    @Test("take nothing away that could be read", .timeLimit(.minutes(20)), arguments: parts)
    func keep(part: UInt64) throws {
        let states = try DamagedState.Beginning.allCases.map { try $0.make() }
        var faults: [String] = []
        var readable = 0
        for number in stride(from: part, to: Self.seedCount, by: UInt64.Stride(Self.parts.count)) {
            let seed = Self.firstSeed + number
            let state = try DamagedState(states, seed: seed)
            readable += state.known.count
            do {
                try state.live()
            } catch {
                faults.append("seed \(seed): \(error)")
            }
            if let loss = state.loss { faults.append("seed \(seed): \(loss)") }
        }
        #expect(readable > Int(Self.seedCount) || Self.firstSeed > 0)
        #expect(faults.isEmpty, "\(faults.count): \(faults.prefix(5).joined(separator: "\n"))")
    }
}
