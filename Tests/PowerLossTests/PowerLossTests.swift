import SystemInterface
import TestSupport
import Testing

@Suite("A loss of power", .enabled(if: RecordingMount.isPossible))
struct PowerLossTests {
    /// How many different images are looked at in all, at least; `scripts/power-loss` sets it.
    static let imagesMin = Environment.value("PASTFS_POWER_LOSS_IMAGES").flatMap { Int($0) }
    /// Few of each moment, or many.
    static let images =
        imagesMin == nil
        ? CrashImages(enumeratedMax: 8, drawn: 2, tornVersions: 2)
        : CrashImages(enumeratedMax: 128, drawn: 24, tornVersions: 8)

    /// What is tried where: everything everywhere in a long run, else each thing somewhere.
    static let ways: [(Scenario, Ground)] = Scenario.all.flatMap { scenario in
        Ground.allCases.filter { imagesMin != nil || scenario.isShort || $0 == .unnamedFiles }.map { (scenario, $0) }
    }

    @Test(
        "leaves what was acknowledged and nothing broken, whatever of the rest has reached the disk",
        arguments: ways)
    func everyImage(_ scenario: Scenario, on ground: Ground) throws {
        var images = 0
        var seed: UInt64 = 1
        let share = (Self.imagesMin ?? 1) / Self.ways.count
        let way = "\(scenario.testDescription), \(ground.rawValue)"
        repeat {
            let recording = try Recording(commands: scenario.commands, seed: seed, on: ground)
            let report = try PowerLoss(recording: recording, images: Self.images, seed: seed).run()
            #expect(report.problems == [], "seed \(seed)")
            images += report.images
            seed += 1
            try Figures.record(way, report.images, report.moments)
        } while images < share
    }
}
