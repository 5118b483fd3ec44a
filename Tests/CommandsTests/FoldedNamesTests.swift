import SystemInterface
import TestSupport
import Testing

@Suite(
    "Restoring to a file system that takes two names for one", .enabled(if: !FoldingMount.possibleKinds.isEmpty),
    .timeLimit(.minutes(20)))
struct FoldedNamesTests {
    /// Pairs of names of which only one can be there, and what is beside them.
    private static let content = [
        "README": "upper", "readme": "lower", "other": "other", "Dir/a": "A", "dir/a": "b", "new/X": "1", "new/x": "2",
    ]

    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    private func save(_ content: [String: String]) throws {
        for (name, text) in content { try write(text, to: pastfs.source.appending(name)) }
        let outcome = try pastfs.run(["backup", pastfs.source.description])
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    private func write(_ text: String, to path: FilePath) throws {
        try FileSystem.makeDirectories(path.parent)
        try FileSystem.write(path, Array(text.utf8))
    }

    private func read(_ name: String, in mount: FoldingMount) throws -> String {
        String(decoding: try FileSystem.read(mount.path.appending(name), atMost: 100), as: UTF8.self)
    }

    private func restore(to mount: FoldingMount, _ words: [String]) throws -> PastFS.Outcome {
        try pastfs.run(["restore", "latest:\(pastfs.source)", "--to", mount.path.description] + words)
    }

    /// Of each pair one is there, and the other, or what is above it, was named.
    private func check(_ outcome: PastFS.Outcome, _ mount: FoldingMount) throws {
        #expect(outcome.code == 3)
        for (one, other, named) in [("README", "readme", ""), ("Dir/a", "dir/a", "/a"), ("new/X", "new/x", "")] {
            let found = try read(one, in: mount)
            let lost = found == Self.content[one] ? other : one
            #expect(Self.content[lost == one ? other : one] == found)
            #expect(outcome.errors.contains("/\(lost.dropLast(named.utf8.count)): "), "\(lost): \(outcome.errors)")
        }
        #expect(try read("other", in: mount) == "other")
    }

    @Test(
        "puts neither in the place of the other, and names the one that is not there",
        arguments: FoldingMount.possibleKinds, [[], ["--overwrite", "always"], ["--overwrite", "if-changed"]])
    func pairs(_ kind: FoldingMount.Kind, _ words: [String]) throws {
        try save(Self.content)
        let mount = try FoldingMount(kind)
        try check(restore(to: mount, words), mount)
        guard !words.isEmpty else { return }
        // Over what the run before has left, too, and over something older.
        try check(restore(to: mount, words), mount)
        for name in ["readme", "new/x"] { try write("older", to: mount.path.appending(name)) }
        try check(restore(to: mount, words), mount)
        try check(restore(to: mount, words + ["--delete", "--confirm"]), mount)
    }

    @Test(
        "takes a name that was there for a further name of an inode, if that has to be a copy",
        .enabled(if: FoldingMount.possibleKinds.contains(.ntfs)))
    func copiedLink() throws {
        try save(["a/first": "linked"])
        let source = pastfs.source
        let made = try pastfs.shell(
            "mkdir '\(source)/b' && ln '\(source)/a/first' '\(source)/b/README' && \"$PASTFS\" backup '\(source)'")
        try #require(made.code == 0, "\(made.errors)")
        let mount = try FoldingMount(.ntfs)
        try write("older", to: mount.path.appending("c/readme"))
        // Between two mounts of one file system there are no hard links.
        let script = """
            cd '\(mount.path)' && mkdir b && mount --bind c b || exit 9
            "$PASTFS" restore 'latest:\(source)' --to '\(mount.path)' --overwrite always; code=$?; umount b; exit $code
            """
        let outcome = try pastfs.shell(script)
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("/b/README: this is a copy and no hard link"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("takes the name for"), "\(outcome.errors)")
        #expect(try read("c/readme", in: mount) == "linked")
    }

    @Test("removes nothing that another name of the snapshot may stand for", arguments: FoldingMount.possibleKinds)
    func deleting(_ kind: FoldingMount.Kind) throws {
        try save(["README": "upper", "Dir/a": "A"])
        let mount = try FoldingMount(kind)
        for name in ["readme", "dir/a", "dir/mine", "mine"] { try write("older", to: mount.path.appending(name)) }
        let outcome = try restore(to: mount, ["--overwrite", "always", "--delete", "--confirm"])
        #expect(outcome.code == 3 && outcome.errors.contains(": nothing is removed here: this file system takes "))
        #expect(try ["older", "upper"].contains(read("readme", in: mount)))
        #expect(try ["older", "A"].contains(read("dir/a", in: mount)))
        #expect(try read("mine", in: mount) == "older")
    }

    @Test("removes what it should where names are listed as they are", arguments: FoldingMount.possibleKinds)
    func deletingOthers(_ kind: FoldingMount.Kind) throws {
        try save(["readme": "lower", "dir/a": "A"])
        let mount = try FoldingMount(kind)
        for name in ["readme", "dir/a", "dir/mine", "mine"] { try write("older", to: mount.path.appending(name)) }
        let outcome = try restore(to: mount, ["--overwrite", "always", "--delete", "--confirm"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try !FileSystem.exists(mount.path.appending("mine")))
        #expect(try !FileSystem.exists(mount.path.appending("dir/mine")))
        #expect(try read("readme", in: mount) == "lower" && read("dir/a", in: mount) == "A")
    }
}
