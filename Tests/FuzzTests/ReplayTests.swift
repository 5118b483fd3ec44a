import FuzzTargets
import SystemInterface
import TestSupport
import Testing

/// What scripts/fuzz found worth keeping, and some thousand mutations of it, without libFuzzer.
///
/// In a process of its own for each group, with limits of time and memory: a trap, a hang or a bomb there is a failed test
/// here, with the input that did it.
@Suite("Everything that reads bytes from outside")
struct ReplayTests {
    private static let secondsMax = 540
    private static let memoryKiBMax = 4 << 20
    private static let targets = ["clear", "command-line", "local", "patterns", "sealed", "view"]
    private static let mutations = [
        "clear": 20_000, "command-line": 5_000, "local": 200, "patterns": 50_000, "sealed": 1_500, "view": 2_000,
    ]

    private static let seed = Environment.value("PASTFS_FUZZ_SEED").flatMap { UInt64($0) } ?? 1

    private let corpora = FilePath(#filePath).parent.appending("Corpora")

    @Test("Comes back from every kept input and from mutations of them", arguments: Self.targets)
    func replay(target: String) throws {
        let directory = try TemporaryDirectory()
        let note = directory.path.appending("input")
        let (status, output) = try run(
            below: directory.path,
            [
                "replay", target, "\(Self.mutations[target] ?? 0)", "\(Self.seed)", note.description,
                corpora.appending(target).description,
            ])
        let input = (try? FileSystem.read(note, atMost: 1 << 20)) ?? []
        #expect(status == 0, "\(target), seed \(Self.seed): ended with \(status) at the input \(input)")
        #expect(String(decoding: output, as: UTF8.self).contains("mutations"), "\(target) was not run")
    }

    @Test("Every target is replayed")
    func complete() throws {
        let (status, output) = try run(below: "/", ["list"])
        let names = String(decoding: output, as: UTF8.self).split(separator: "\n").map { $0.prefix { $0 != "\t" } }
        #expect(status == 0)
        #expect(names.map(String.init) == Self.targets)
    }

    @Test("The sample that is edited and sealed again is whole before that")
    func sample() throws {
        let damage = try SampleHealth.damage()
        #expect(damage == [])
    }

    private func run(below directory: FilePath, _ arguments: [String]) throws -> (status: Int32, output: [UInt8]) {
        let program = try FileSystem.realPath("/proc/self/exe").parent.appending("fuzz-driver")
        // The address sanitizer maps terabytes that it never uses.
        let limits = "ulimit -c 0" + (Sanitizer.current != nil ? "" : " -v \(Self.memoryKiBMax)")
        let command = "export TMPDIR=$1; shift; \(limits) && exec timeout -k 5 \(Self.secondsMax) \"$@\""
        let words = ["sh", "-c", command, "sh", directory.description, program.description] + arguments
        return try ProcessLauncher.output(of: "/bin/bash", arguments: words.map { Array($0.utf8) }, atMost: 1 << 16)
    }
}
