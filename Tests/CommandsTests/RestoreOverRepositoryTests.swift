import SystemInterface
import TestSupport
import Testing

@Suite("A restore that removes, where the repository lies", .timeLimit(.minutes(20)))
struct RestoreOverRepositoryTests {
    private static let preparation = """
        mkdir -p "$S/data" && echo saved > "$S/data/file" && mkdir -p "$S/$R" &&
        "$PASTFS" init --kdf-log-n 10 && "$PASTFS" backup --exclude below "$S" && echo mine > "$S/mine" && echo mine > "$S/data/mine"
        """

    private func run(_ pastfs: PastFS, _ script: String, below name: String) throws -> PastFS.Outcome {
        let repository = pastfs.source.appending(name).appending("repository")
        return try pastfs.shell(
            script,
            environment: [
                "S": pastfs.source.description, "R": name, "PASTFS_REPOSITORY": repository.description,
                "PASTFS_CACHE_DIRECTORY": pastfs.source.appending("cache").description,
                "XDG_STATE_HOME": pastfs.source.appending("state").description,
            ])
    }

    @Test("The repository, the cache and the state stay, with what is above them", arguments: ["", "below/deep"])
    func stays(below name: String) throws {
        let pastfs = try PastFS(isReady: false)
        let made = try run(pastfs, Self.preparation, below: name)
        try #require(made.code == 0, "\(made.errors)")
        let restore = "\"$PASTFS\" restore 'latest:'\"$S\" --to \"$S\" --overwrite if-changed --delete"
        let planned = try run(pastfs, restore + " --dry-run", below: name)
        #expect(!planned.output.contains("repository"), "\(planned.output)")
        let outcome = try run(pastfs, restore + " --confirm", below: name)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let check = try run(pastfs, "\"$PASTFS\" check && ls -d \"$S/cache\" \"$S/state\"", below: name)
        #expect(check.code == 0, "\(check.errors)")
        #expect(try FileSystem.exists(pastfs.source.appending("data/file")))
        for file in ["mine", "data/mine"] { #expect(try !FileSystem.exists(pastfs.source.appending(file))) }
    }
}
