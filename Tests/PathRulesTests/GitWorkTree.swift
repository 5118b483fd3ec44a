import SystemInterface
import TestSupport

/// A work tree of git with files of seeded, awkward names, and what git says of them.
final class GitWorkTree: Sendable {
    /// A path below the work tree, and whether it is a directory.
    struct Item: Sendable {
        let names: [String]
        let isDirectory: Bool
        var path: String { names.joined(separator: "/") }
    }

    /// git did not do what it was asked for.
    struct Failure: Error {
        let status: Int32
    }

    private static let names = [
        "a", "b", "ab", "abc", "foo", "bar", "x.o", "a.c", ".hidden", "A", "9", "a b", "end ", "é", "-", "]", "[a]",
        "*",
        "**", "?", "!x", "#x", "\\", "a\\b", "a-b", "foo.bar", "fooo",
    ]
    private static let depthMax = 4

    let items: [Item]
    private let directory: TemporaryDirectory
    private let excludes: FilePath
    private let list: FilePath

    init(_ random: inout SeededGenerator) throws {
        directory = try TemporaryDirectory()
        excludes = directory.path.appending("excludes")
        list = directory.path.appending("list")
        let root = try directory.makeDirectory("tree")
        var items: [Item] = []
        try Self.fill(root, [], &items, &random)
        self.items = items
        try FileSystem.write(list, items.flatMap { Array($0.path.utf8) + [0] })
        let status = try Self.git(
            ["-C", root.description, "init", "-q"], home: directory.path, input: "/dev/null", output: 1)
        guard status == 0 else { throw Failure(status: status) }
    }

    private static func fill(
        _ directory: FilePath, _ above: [String], _ items: inout [Item], _ random: inout SeededGenerator
    ) throws {
        for name in names.shuffled(using: &random).prefix(above.isEmpty ? 9 : 4) {
            let path = directory.appending(Array(name.utf8))
            switch random.number(in: 0...9) {
            case 0...4 where above.count < depthMax - 1:
                try FileSystem.makeDirectory(path)
                items.append(Item(names: above + [name], isDirectory: true))
                try fill(path, above + [name], &items, &random)
            case 5:
                try FileDescriptor.workingDirectory.symbolicLinkAt(path.bytes, target: Array(".".utf8))
                items.append(Item(names: above + [name], isDirectory: false))
            default:
                try FileSystem.write(path, [])
                items.append(Item(names: above + [name], isDirectory: false))
            }
        }
    }

    /// The paths that git ignores when `patterns` are its file of excludes.
    func ignored(_ patterns: [UInt8]) throws -> Set<String> {
        try? FileSystem.remove(excludes)
        try FileSystem.write(excludes, patterns)
        let answer = directory.path.appending("answer")
        let output = try FileDescriptor.open(answer, [.writeOnly, .create, .truncate], mode: 0o600)
        let status = try Self.git(
            [
                "-C", directory.path.appending("tree").description, "-c", "core.excludesFile=" + excludes.description,
                "check-ignore", "--no-index", "-z", "--stdin",
            ], home: directory.path, input: list, output: output.rawValue)
        // 1 is that nothing is ignored (git-check-ignore(1)).
        guard status == 0 || status == 1 else { throw Failure(status: status) }
        let bytes = try FileSystem.read(answer, atMost: 16 << 20)
        return Set(bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    private static func git(
        _ arguments: [String], home: FilePath, input: FilePath, output: Int32
    ) throws -> Int32 {
        let input = try FileDescriptor.open(input, .readOnly)
        let child = try ProcessLauncher.spawn(
            "/usr/bin/git", arguments: (["git"] + arguments).map { Array($0.utf8) },
            environment: ["HOME=\(home)", "PATH=/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM=1"].map { Array($0.utf8) },
            descriptors: [0: input.rawValue, 1: output])
        return try ProcessLauncher.wait(child)
    }
}
