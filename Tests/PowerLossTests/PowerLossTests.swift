import SystemInterface
import TestSupport
import Testing

@Suite("A loss of power", .enabled(if: RecordingMount.isPossible), .serialized)
struct PowerLossTests {
    /// How many different images are looked at in all; `scripts/power-loss` sets it.
    static let imagesMin = Environment.value("PASTFS_POWER_LOSS_IMAGES").flatMap { Int($0) } ?? 1000

    @Test(
        "leaves what was acknowledged and nothing broken, whatever of the rest has reached the disk",
        arguments: Scenario.all, [true, false])
    func everyImage(_ scenario: Scenario, hasUnnamedFiles: Bool) throws {
        var images = 0
        var moments = 0
        var seed: UInt64 = 1
        let share = Self.imagesMin / (2 * Scenario.all.count)
        while images < share {
            let recording = try Recording(commands: scenario.commands, seed: seed, hasUnnamedFiles: hasUnnamedFiles)
            var loss = PowerLoss(
                recording: recording, images: CrashImages(enumeratedMax: 64, drawn: 8, tornVersions: 6), seed: seed)
            loss.imagesMax = share - images
            let report = try loss.run()
            #expect(report.problems == [], "seed \(seed)")
            images += report.images
            moments += report.moments
            seed += 1
        }
        try Figures.record(
            "\(scenario.testDescription), \(hasUnnamedFiles ? "O_TMPFILE" : "tmp and rename"): \(images) different images at \(moments) moments of "
                + "\(seed - 1) recordings")
    }
}
