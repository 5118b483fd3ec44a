import SystemInterface
import TestSupport
import Testing

@Suite(
    "A directory of which a backup knew the name alone", .enabled(if: FaultyMount.isPossible), .timeLimit(.minutes(20)))
struct UnknownDirectoryTests {
    private static let inputOutputError = 5
    private static let look = "stat -c '%a %u %g %Y' lost && getfacl -n lost && getfattr -d lost && ls -A lost"

    @Test(
        "keeps its owner, permissions, times and names when the snapshot is restored over it",
        arguments: [[], ["--delete", "--confirm"]])
    func keeps(_ words: [String]) throws {
        let pastfs = try PastFS()
        let mount = try FaultyMount(in: pastfs.directory)
        let script = """
            cd '\(mount.behind)' && mkdir lost && chown 77:78 lost && chmod 2750 lost && echo 1 > lost/file &&
            setfacl -m u:99:r-x lost && setfattr -n user.note -v 1 lost && touch -d 2020-01-02 lost
            """
        try #require(pastfs.shell(script).code == 0)
        try mount.addRule("status \(Self.inputOutputError)", for: "lost")
        let saved = try pastfs.run(["backup", mount.path.description])
        #expect(saved.code == 3 && saved.errors.contains("/lost: Input/output error"), "\(saved.errors)")
        try mount.removeRules()
        let before = try pastfs.shell("cd '\(mount.behind)' && \(Self.look)").output
        let restore = ["restore", "latest:\(mount.path)", "--to"]
        for policy in ["if-changed", "always"] {
            let outcome = try pastfs.run(restore + [mount.path.description, "--overwrite", policy] + words)
            #expect(outcome.code == 3, "\(outcome.errors)")
            #expect(try pastfs.shell("cd '\(mount.behind)' && \(Self.look)").output == before)
        }
        // Where there is none yet, one is made that is nobody else's.
        let new = pastfs.directory.path.appending("new")
        #expect(try pastfs.run(restore + [new.description]).code == 3)
        #expect(try FileSystem.status(new.appending("lost")).permissions == 0o700)
    }
}
