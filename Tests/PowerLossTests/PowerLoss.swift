import SystemInterface
import TestSupport

/// Power lost after each change of a recording, and every image that may be left of it judged.
struct PowerLoss {
    let recording: Recording
    let images: CrashImages
    let seed: UInt64
    /// Calls of fsync(2) that the program is thought to lack.
    var omitted: OmittedSync?
    /// Whether the first image that is not as it must be ends it.
    var stopsAtProblem = false

    /// What was looked at, and what was wrong.
    struct Report: Sendable {
        /// How many moments there were.
        var moments = 0
        /// How many different images were judged.
        var images = 0
        /// What is wrong, with the moment and a number by which the image is told apart.
        var problems: [String] = []
    }

    /// A local catalog that may be at hand.
    private enum Cache: CaseIterable {
        /// None.
        case none
        /// As it was before the step in which power was lost.
        case before
        /// As it came to be in that step: it knows of objects that the storage has lost.
        case after
    }

    private struct Judged: Hashable {
        let digest: UInt64
        let stepsDone: Int
        let isInStep: Bool
    }

    /// Loses power after each change.
    func run() throws -> Report {
        var report = Report()
        var generator = SeededGenerator(seed: seed)
        var disk = SimulatedDisk()
        var judged: Set<Judged> = []
        var seen: Set<UInt64> = []
        var (stepsDone, isInStep, isDamage) = (0, false, false)
        for (moment, change) in recording.log.changes.enumerated() {
            switch change {
            case .begin: isInStep = true
            case .end:
                if isDamage { disk.syncAll() }
                (stepsDone, isInStep, isDamage) = (stepsDone + 1, false, false)
            default: if omitted?.omits(change, of: recording.log) != true { disk.apply(change) }
            }
            isDamage = isInStep && recording.steps[stepsDone].isDamage
            if isDamage { continue }
            report.moments += 1
            for image in images.images(of: disk, &generator) {
                let key = Judged(digest: image.digest, stepsDone: stepsDone, isInStep: isInStep)
                guard judged.insert(key).inserted else { continue }
                seen.insert(key.digest)
                let cache = Cache.allCases[judged.count % Cache.allCases.count]
                let place = "seed \(seed), after change \(moment) (\(brief(change))), catalog \(cache)"
                report.problems += try problems(image, key, cache).map { "\(place): \($0)" }
                report.images = seen.count
                if stopsAtProblem, !report.problems.isEmpty { return report }
            }
        }
        return report
    }

    private func problems(_ image: DiskImage, _ key: Judged, _ cache: Cache) throws -> [String] {
        let root = try TemporaryDirectory(in: Recording.base)
        try image.write(to: root.path)
        var cacheDirectory: FilePath?
        let step = key.stepsDone - (cache == .after && key.isInStep ? 0 : 1)
        if recording.ground == .withCatalog {
            cacheDirectory = root.path.appending(Recording.catalogName)
        } else if cache != .none, recording.steps.indices.contains(step) {
            let directory = try root.makeDirectory(Recording.catalogName)
            try recording.steps[step].cache.write(to: directory)
            cacheDirectory = directory
        }
        return try ImageJudge(recording: recording).problems(
            root.path, ImageJudge.Expectation(stepsDone: key.stepsDone, isInStep: key.isInStep),
            cacheDirectory: cacheDirectory)
    }

    /// A change without the bytes.
    private func brief(_ change: RecordedChange) -> String {
        let homes = recording.log.homes
        switch change {
        case .write(let number, let offset, let bytes):
            return "write of \(bytes.count) bytes at \(offset) of \(homes[number] ?? [])"
        case .sync(let number): return "sync of \(homes[number] ?? [])"
        default: return "\(change)"
        }
    }
}
