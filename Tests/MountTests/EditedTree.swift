import SystemInterface
import TestSupport

/// A directory of small files with plain names, edited at random: what diff(1) says of it can be read by a program.
struct EditedTree {
    let directory: TemporaryDirectory
    private var generator: SeededGenerator
    private var files: Set<String> = []
    private var count = 0

    /// The same for the same seed.
    init(seed: UInt64) throws {
        directory = try TemporaryDirectory()
        generator = SeededGenerator(seed: seed)
        for _ in 0..<60 { try add() }
    }

    /// Adds, rewrites and removes four files each.
    mutating func edit() throws {
        for step in 0..<12 {
            let chosen = files.sorted()[generator.number(in: 0...files.count - 1)]
            switch step % 3 {
            case 0: try add()
            case 1: try write(chosen)
            default:
                try FileSystem.remove(directory.path.appending(chosen))
                files.remove(chosen)
            }
        }
    }

    private mutating func add() throws {
        let depth = generator.number(in: 0...3)
        let parent = (0..<depth).map { _ in "d\(generator.number(in: 0...3))" }.joined(separator: "/")
        if depth > 0 { try FileSystem.makeDirectories(directory.path.appending(parent)) }
        try write((depth > 0 ? "\(parent)/" : "") + "f\(files.count).txt")
    }

    /// Writes what no file held before.
    private mutating func write(_ name: String) throws {
        count += 1
        try directory.write(name, Array("version \(count)\n".utf8))
        files.insert(name)
    }
}
