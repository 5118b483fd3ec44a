import Storage
import SystemInterface
import TestSupport
import Testing

@Suite("A disk that is full", .enabled(if: RecordingMount.isPossible))
struct NoSpaceTests {
    static let pageBytes = 4096
    /// By how many pages the room of one try and of the next differ: one in a long run, and for a backup whose catalog is
    /// elsewhere, which writes least in between.
    static func pagesBetween(_ scenario: Scenario, _ isForCatalogToo: Bool) -> Int {
        PowerLossTests.imagesMin == nil && (isForCatalogToo || scenario.commands.last != Scenario.backup) ? 24 : 1
    }
    /// What a catalog takes besides, in pages.
    static let catalogPages = 96

    /// The commands that make room, or keep a snapshot from those, and so must work where there is none.
    static let makingRoom = ["forget", "hold", "prune"]

    static let scenarios = Scenario.ofKilledCommands.filter { !$0.commands.isEmpty }

    @Test(
        "by any number of pages makes commands fail with a clear error and nothing lost, and none that make room",
        arguments: scenarios, [false, true])
    func everyPage(_ scenario: Scenario, isForCatalogToo: Bool) throws {
        let recording = try Recording(commands: scenario.commands, seed: 7, on: .unnamedFiles, items: 16)
        let site = Site(recording: recording, image: recording.imageBeforeLastStep(), hasCatalog: isForCatalogToo)
        let last = site.pagesWritten() + (isForCatalogToo ? Self.catalogPages : 0)
        var tries = 0
        var failures = 0
        let between = Self.pagesBetween(scenario, isForCatalogToo)
        for pages in stride(from: 0, through: last + between, by: between) {
            let outcome = try site.run(leaving: pages)
            #expect(outcome.problems == [], "\(pages) pages are free")
            tries += 1
            if !outcome.isDone { failures += 1 }
        }
        let name = scenario.commands.last?.first ?? ""
        #expect(Self.makingRoom.contains(name) ? failures == 0 : failures > 0 && failures < tries)
        try Figures.record("\(scenario.testDescription) without room", failures, tries)
    }

    /// Where the last command of a recording is run again and again, with a little more room each time.
    private struct Site {
        let recording: Recording
        let image: DiskImage
        let hasCatalog: Bool

        private var step: Int { recording.steps.count - 1 }

        /// How many pages all that the command wrote may take.
        func pagesWritten() -> Int {
            var pages = 0
            var isLast = false
            for change in recording.log.changes {
                switch change {
                case .begin(let number): isLast = number == step
                case .make where isLast: pages += 1
                case .write(_, _, let bytes) where isLast: pages += bytes.count / NoSpaceTests.pageBytes + 1
                default: break
                }
            }
            return pages
        }

        /// Runs the command on a disk with `pages` free pages: whether it was done, and what is wrong then.
        func run(leaving pages: Int) throws -> (isDone: Bool, problems: [String]) {
            let disk = try MountedMemory(size: "32m", inodes: 20_000)
            let room = try TemporaryDirectory(in: Recording.base)
            try image.write(to: disk.path)
            let cache = hasCatalog ? disk.path.appending("cache") : room.path.appending("cache")
            try FileSystem.makeDirectory(cache, mode: 0o700)
            if hasCatalog { try recording.steps[step - 1].cache.write(to: cache) }
            let program = Program(repository: disk.path.appending(Recording.repositoryName), cache: cache)
            if hasCatalog { try MovedCatalog.adopt(cache, for: LocalDirectoryStore(at: program.repository)) }
            let filler = disk.path.appending("filler")
            try NoSpaceTests.fill(filler, leaving: pages)
            let errors = room.path.appending("errors")
            let code = try program.run(recording.steps[step].arguments, errors: errors)
            let isDone = code == recording.steps[step].code
            var problems: [String] = []
            let text = String(decoding: try FileSystem.read(errors, atMost: 1 << 20), as: UTF8.self)
            if !isDone, code != 1 || !text.contains("the disk is full") {
                problems.append("exit code \(code): \(text)")
            }
            try FileSystem.remove(filler)
            if isDone { problems += try standingProblems(program.repository) }
            let expectation = ImageJudge.Expectation(stepsDone: step, isInStep: true, allowsUnknown: true)
            problems += try ImageJudge(recording: recording).problems(
                disk.path, expectation, cacheDirectory: hasCatalog ? cache : nil)
            return (isDone, problems)
        }

        /// What was acknowledged stands; which snapshots a backup or a copy makes is another thing each time.
        private func standingProblems(_ path: FilePath) throws -> [String] {
            let found = try Recording.Standing(Recording.open(path))
            let wanted = recording.steps[step].standing
            let isSame =
                found.listed.count == wanted.listed.count && found.forgotten == wanted.forgotten
                && found.held == wanted.held
            return isSame ? [] : ["it was acknowledged, and is not so: \(found)"]
        }
    }

    /// Writes a file that leaves no more than these pages.
    private static func fill(_ path: FilePath, leaving pages: Int) throws {
        let file = try FileDescriptor.open(path, [.writeOnly, .create], mode: 0o600)
        let page = [UInt8](repeating: 1, count: pageBytes)
        var end: UInt64 = 0
        do throws(SystemError) {
            while true {
                try file.pwrite(all: page, at: end)
                end += UInt64(pageBytes)
            }
        } catch {
            guard error.errno == .noSpace else { throw error }
        }
        try file.truncate(to: end - UInt64(pages * pageBytes))
    }
}
