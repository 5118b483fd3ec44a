import SystemInterface
import TestSupport
import Testing

@Suite("What a backup could not save, and a restore that removes", .timeLimit(.minutes(20)))
struct UnsavedItemsTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
        try FileSystem.makeDirectories(pastfs.source)
        try FileSystem.write(pastfs.source.appending("saved"), [1])
    }

    private func restore(_ words: [String], from path: FilePath? = nil) throws -> PastFS.Outcome {
        let path = (path ?? pastfs.source).description
        return try pastfs.run(["restore", "latest:\(path)", "--to", path, "--overwrite", "always", "--delete"] + words)
    }

    /// Saves a file, and fails to save others.
    private func save(without paths: [FilePath]) throws {
        let list = pastfs.directory.path.appending("list")
        let paths = [pastfs.source.appending("saved")] + paths
        try FileSystem.write(list, Array(paths.map(\.description).joined(separator: "\n").utf8))
        let outcome = try pastfs.run(["backup", "--files-from", list.description])
        guard outcome.code == 3 else { throw PastFS.Unprepared(reason: outcome.errors) }
    }

    @Test(
        "It stays, with all that is in it, and what nobody failed to save goes",
        .enabled(if: FaultyMount.isPossible), arguments: [true, false])
    func names(isDryRun: Bool) throws {
        let mount = try FaultyMount(in: pastfs.directory)
        try FileSystem.makeDirectories(mount.behind.appending("directory"))
        let names = ["top", "directory/deep"]
        // Of what is neither file nor directory the snapshot has not even the name.
        for name in names {
            try #require(pastfs.shell("mkfifo '\(mount.behind)/\(name)'").code == 0)
            try mount.addRule("status 5", for: name == "top" ? name : "deep")
        }
        try #require(pastfs.run(["backup", mount.path.description]).code == 3)
        try mount.removeRules()
        for name in names {
            let path = mount.behind.appending(name)
            try FileSystem.remove(path)
            try FileSystem.makeDirectories(path)
            try FileSystem.write(path.appending("file"), [1])
        }
        let mine = ["mine", "directory/mine"].map { mount.behind.appending($0) }
        for path in mine { try FileSystem.write(path, [1]) }
        let outcome = try restore([isDryRun ? "--dry-run" : "--confirm"], from: mount.path)
        #expect(outcome.code == 3)
        for name in names {
            #expect(try FileSystem.exists(mount.behind.appending(name).appending("file")), "\(name)")
            #expect(
                outcome.errors.contains(
                    "\(mount.path)/\(name): it is left where it is: the snapshot does not have it because"))
        }
        for path in mine { #expect(try FileSystem.exists(path) == isDryRun, "\(path)") }
    }

    @Test("Where only what a list names was saved, what it does not name stays")
    func listed() throws {
        let unsaved = ["top", "directory/deep"].map { pastfs.source.appending($0) }
        try save(without: unsaved)
        let mine = ["mine", "directory/mine"].map { pastfs.source.appending($0) }
        for path in unsaved { try FileSystem.makeDirectories(path) }
        for path in mine { try FileSystem.write(path, [1]) }
        let outcome = try restore(["--confirm"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        for path in unsaved + mine { #expect(try FileSystem.exists(path), "\(path)") }
    }

    /// As with `-x` and a source on the other file system: what lies beside that, nobody looked for.
    @Test(
        "In a directory that was left out but for a source in it, what the snapshot does not have stays",
        arguments: ["", "/out"])
    func passedThrough(base: String) throws {
        let script = "cd '\(pastfs.source)' && mkdir -p out/kept/deep && touch out/other out/kept/deep/file"
        #expect(try pastfs.shell(script).code == 0)
        let kept = pastfs.source.appending("out/kept")
        let saved = try pastfs.run(["backup", pastfs.source.description, kept.description, "--exclude", "out"])
        #expect(saved.code == 0, "\(saved.errors)")
        let mine = ["mine", "out/kept/mine", "out/kept/deep/mine"].map { pastfs.source.appending($0) }
        for path in mine { try FileSystem.write(path, [1]) }
        let tree = pastfs.source.description + base
        let outcome = try pastfs.run(
            ["restore", "latest:\(tree)", "--to", tree, "--overwrite", "if-changed", "--delete", "--confirm"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try FileSystem.exists(pastfs.source.appending("out/other")))
        #expect(try mine.map { try FileSystem.exists($0) } == [!base.isEmpty, false, false])
    }

    @Test("Where a snapshot has more problems than it lists, nothing is removed at all")
    func tooMany() throws {
        try save(without: (0...1000).map { pastfs.source.appending("unsaved\($0)") })
        let mine = pastfs.source.appending("mine")
        try FileSystem.write(mine, [1])
        let outcome = try restore(["--confirm"])
        #expect(outcome.code == 14)
        #expect(outcome.errors.contains("does not list all of its 1001 problems"), "\(outcome.errors)")
        #expect(try FileSystem.exists(mine))
    }

    @Test(
        "A directory with a problem of its own keeps names, and attributes that could not be saved",
        .enabled(if: MountedMemory.isPossible))
    func directory() throws {
        let memory = try MountedMemory(size: "1m")
        // More names than the kernel lists (listxattr(2), E2BIG).
        let script = """
            cd '\(memory.path)' && mkdir directory && touch directory/saved
            for n in $(seq 300); do setfattr -n trusted.$(printf '%0240d' $n) -v 1 directory || exit 1; done
            """
        #expect(try pastfs.shell(script).code == 0)
        let saved = try pastfs.run(["backup", memory.path.description])
        #expect(saved.code == 3 && saved.errors.contains("its extended attributes cannot be read"), "\(saved.errors)")
        let mine = ["mine", "directory/mine"].map { memory.path.appending($0) }
        for path in mine { try FileSystem.write(path, [1]) }
        #expect(try pastfs.shell("setfattr -n user.mine -v 1 '\(memory.path)/directory'").code == 0)
        let outcome = try restore(["--confirm"], from: memory.path)
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("/directory: nothing is removed here: "), "\(outcome.errors)")
        #expect(try !FileSystem.exists(mine[0]))
        #expect(try FileSystem.exists(mine[1]))
        #expect(try pastfs.shell("getfattr -n user.mine '\(memory.path)/directory'").code == 0)
    }

    @Test(
        "It keeps no later restore in doubt of what is there", .enabled(if: FaultyMount.isPossible))
    func mark() throws {
        let mount = try FaultyMount(in: pastfs.directory)
        for name in ["unsaved", "saved"] { try FileSystem.write(mount.behind.appending(name), [1]) }
        try mount.addRule("open", for: "unsaved")
        try #require(pastfs.run(["backup", mount.path.description]).code == 3)
        let target = try pastfs.directory.makeDirectory("target")
        try FileSystem.write(target.appending(".pastfs-restore-unsynced-0123456789abcdef"), [])
        let outcome = try pastfs.run(
            ["restore", "latest:\(mount.path)", "--to", target.description, "--overwrite", "if-changed"])
        #expect(outcome.code == 3 && outcome.errors.contains("compared by their contents"), "\(outcome.errors)")
        #expect(try pastfs.shell("ls -A '\(target)'").output == "saved\n")
    }
}
