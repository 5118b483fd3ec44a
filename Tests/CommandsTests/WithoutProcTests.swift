import SystemInterface
import TestSupport
import Testing

@Suite("Where /proc is not mounted", .enabled(if: MountNamespace.isPossible, "needs root, and a mount namespace"))
struct WithoutProcTests {
    private let pastfs: PastFS

    init() throws {
        pastfs = try PastFS()
    }

    /// Runs a script in a mount namespace of its own that has no /proc.
    private func shell(_ script: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            "exec unshare --mount bash -ec \"$SCRIPT\"", environment: ["SCRIPT": "umount --lazy /proc\n" + script])
    }

    @Test("the program knows what it was asked for, to the byte, and saves and restores files and their attributes")
    func arguments() throws {
        try pastfs.directory.makeDirectory("source")
        let outcome = try shell(
            """
            test ! -e /proc/self
            directory='\(pastfs.source)'/$'caf\\xe9 au lait'
            mkdir "$directory"
            echo text > "$directory/file"
            setfattr -n user.note -v value "$directory" "$directory/file"
            "$PASTFS" backup "$directory"
            "$PASTFS" restore "latest:$directory" --to '\(pastfs.directory.path)/restored'
            diff -r "$directory" '\(pastfs.directory.path)/restored'
            """)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let note = try pastfs.shell(
            "cd '\(pastfs.directory.path)/restored' && getfattr --only-values -n user.note . file")
        #expect(note.output == "valuevalue", "\(note.errors)")
        #expect(try shell("\"$PASTFS\" version").code == 0)
        let mistaken = try shell("\"$PASTFS\" no-such-command")
        #expect(mistaken.code == 2)
        #expect(mistaken.errors.contains("no-such-command"), "\(mistaken.errors)")
    }

    @Test("a backup says of which items it could not ask for attributes")
    func links() throws {
        try pastfs.directory.makeDirectory("source")
        try FileDescriptor.workingDirectory.symbolicLinkAt(
            pastfs.source.appending("link").bytes, target: Array("target".utf8))
        let outcome = try shell("\"$PASTFS\" backup '\(pastfs.source)'")
        #expect(outcome.code == 3)
        #expect(
            outcome.errors.contains("problem: \(pastfs.source)/link: its extended attributes cannot be read"),
            "\(outcome.errors)")
    }
}

private enum MountNamespace {
    static let isPossible: Bool = {
        guard Host.effectiveUserID == 0 else { return false }
        let words = ["unshare", "--mount", "umount", "--lazy", "/proc"].map { Array($0.utf8) }
        guard let process = try? ProcessLauncher.spawn("/usr/bin/unshare", arguments: words) else { return false }
        return (try? ProcessLauncher.wait(process)) == 0
    }()
}
