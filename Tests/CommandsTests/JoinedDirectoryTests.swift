import SystemInterface
import TestSupport
import Testing

@Suite("The attributes of a directory that is there already", .timeLimit(.minutes(20)))
struct JoinedDirectoryTests {
    private static let preparation = """
        mkdir -p "$S/directory/below" && cd "$S" && touch directory/file && chmod 0750 directory
        setfattr -n user.saved -v saved directory && setfacl -m u:77:r-x directory/below
        "$PASTFS" backup "$S"
        """
    /// What a directory may have that the snapshot's does not.
    private static let changes = [
        "setfattr -n user.mine -v mine directory", "setfacl -m u:99:rwx directory", "setfacl -d -m u:98:rwx directory",
        "setfacl -m u:99:rwx directory; setfacl -d -m u:98:rwx directory; setfattr -n user.saved -v other directory",
        "setfattr -x user.saved directory; setfacl -b directory/below",
    ]
    private static let look =
        "cd \"$S\" && getfattr -d directory && getfacl -n directory directory/below && stat -c %a directory"

    private func run(_ pastfs: PastFS, _ script: String, in place: FilePath) throws -> PastFS.Outcome {
        try pastfs.shell(script, environment: ["S": place.description])
    }

    private func check(_ change: String, in place: FilePath, _ pastfs: PastFS) throws {
        guard try run(pastfs, Self.preparation, in: place).code == 0 else { throw PastFS.Unprepared(reason: change) }
        let saved = try run(pastfs, Self.look, in: place).output
        #expect(try run(pastfs, "cd \"$S\" && " + change, in: place).code == 0)
        let changed = try run(pastfs, Self.look, in: place).output
        #expect(changed != saved)
        let restore = ["restore", "latest:\(place)", "--to", place.description, "--overwrite"]
        #expect(try pastfs.run(restore + ["never"]).code == 0)
        #expect(try run(pastfs, Self.look, in: place).output == changed, "a policy that leaves attributes alone")
        let outcome = try pastfs.run(restore + ["if-changed"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try run(pastfs, Self.look, in: place).output == saved)
    }

    @Test("They become those of the snapshot: what it does not have goes", arguments: changes)
    func disk(_ change: String) throws {
        let pastfs = try PastFS()
        try check(change, in: pastfs.source, pastfs)
    }

    @Test(
        "They become those of the snapshot on a tmpfs too", .enabled(if: MountedMemory.isPossible), arguments: changes)
    func memory(_ change: String) throws {
        let memory = try MountedMemory(size: "1m")
        try check(change, in: memory.path.appending("source"), PastFS())
    }

    @Test("Those that are the system's stay", .enabled(if: Host.effectiveUserID == 0))
    func ofSystem() throws {
        let pastfs = try PastFS()
        #expect(try run(pastfs, Self.preparation, in: pastfs.source).code == 0)
        let directory = "'\(pastfs.source)/directory'"
        #expect(try pastfs.shell("setfattr -n trusted.mine -v 1 \(directory)").code == 0)
        let source = pastfs.source.description
        #expect(try pastfs.run(["restore", "latest:\(source)", "--to", source, "--overwrite", "always"]).code == 0)
        #expect(try pastfs.shell("getfattr -n trusted.mine \(directory)").code == 0)
    }
}
