import SystemInterface
import TestSupport
import Testing

@Suite("A restore that removes, and what the backup was told to leave out", .timeLimit(.minutes(10)))
struct LeftOutTests {
    /// Runs a script in a directory with `S`, what is saved.
    private func shell(_ pastfs: PastFS, _ script: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            "set -e; cd '\(pastfs.directory.path)'; S='\(pastfs.source)'; mkdir -p \"$S\"; \(script)",
            environment: ["XDG_STATE_HOME": pastfs.directory.path.appending("state").description])
    }

    private static let restore =
        "\"$PASTFS\" restore \"latest:$S\" --to \"$S\" --overwrite if-changed --delete --confirm"

    @Test("leaves a repository, by whatever path it is known, and deeper in what goes too", arguments: ["backup", "."])
    func repository(place: String) throws {
        let pastfs = try PastFS(isReady: false)
        let outcome = try shell(
            pastfs,
            """
            mkdir -p "$S/data" "$S/\(place)"
            echo saved > "$S/data/file"
            export PASTFS_REPOSITORY="$S/\(place)/repository"
            "$PASTFS" init --kdf-log-n 10
            "$PASTFS" backup "$S" >&2
            cp -a "$PASTFS_REPOSITORY" copy
            mkdir "$S/new"; cp -a copy "$S/new/other"; echo more > "$S/new/more"
            "$PASTFS" backup "$S" >&2
            PASTFS_REPOSITORY="$PWD/copy" \(Self.restore)
            test ! -e "$S/new/more"
            "$PASTFS" check
            diff -r copy "$S/new/other"
            """)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        let notes = outcome.errors.split(separator: "\n").filter { $0.contains("it is a PastFS repository") }
        #expect(notes.count == 2, "\(outcome.errors)")
    }
}
