import SystemInterface
import TestSupport
import Testing

@Suite("A shelf of damaged objects, and a loss of power", .enabled(if: RecordingMount.isPossible))
struct ShelfTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory(in: Recording.base)
    }

    @Test("has what is not in the repository any more, in a directory that was just made too", .timeLimit(.minutes(20)))
    func everyImage() throws {
        let source = try directory.makeDirectory("source")
        let mount = try RecordingMount(in: directory, hasUnnamedFiles: true)
        let program = Program(
            repository: mount.path.appending(Recording.repositoryName), cache: try directory.makeDirectory("cache"))
        try run(["init", "--kdf-log-n", "10"], program)
        for number in 1...2 as ClosedRange<UInt8> {
            try FileSystem.write(source.appending("\(number)"), [number])
            try run(["backup", source.description], program)
        }
        let repository = mount.behind.appending(Recording.repositoryName)
        try Damage.index.strike(program.repository, behind: repository)
        let index = repository.appending("index")
        let segment = try #require(
            try FileDescriptor.open(index, [.readOnly, .directory]).directoryEntries().first)
        let damaged = FileBytes(try FileSystem.read(index.appending(segment.name), atMost: 1 << 20))
        try mount.mark("begin 0")
        let shelf = mount.path.appending("room").appending("shelf").description
        try run(["repair", "index", "--move-damaged", shelf], program)
        var disk = SimulatedDisk()
        var generator = SeededGenerator(seed: 1)
        let images = CrashImages(enumeratedMax: 64, drawn: 8, tornVersions: 2)
        var (isRepairing, moments, imagesWithout) = (false, 0, 0)
        for change in try RecordedLog(mount.readLog()).changes {
            if case .begin = change { isRepairing = true }
            disk.apply(change)
            guard isRepairing else { continue }
            moments += 1
            for image in images.images(of: disk, &generator)
            where !image.files.contains(where: { $0.bytes.digest == damaged.digest }) {
                imagesWithout += 1
            }
        }
        #expect(imagesWithout == 0)
        #expect(moments > 10)
        #expect(try !FileSystem.exists(index.appending(segment.name)))
    }

    private func run(_ arguments: [String], _ program: Program) throws {
        let code = try program.run(arguments)
        guard code == 0 else { throw Recording.Failed(arguments: arguments, code: code) }
    }
}
