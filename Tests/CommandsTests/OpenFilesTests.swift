import SystemInterface
import Testing

@Suite("Backups where few files may be open", .timeLimit(.minutes(20)))
struct OpenFilesTests {
    @Test("Directories that wait for a file far below them are closed, and few that have it are open")
    func waiting() throws {
        let pastfs = try PastFS()
        let made = try pastfs.shell(
            """
            for number in {100..499}; do
                place='\(pastfs.source)'/$number/a/b/c/d
                mkdir -p "$place" && printf '%01000d' $number > "$place/file" || exit
            done
            """)
        try #require(made.code == 0, "\(made.errors)")
        let outcome = try pastfs.shell("ulimit -n 256; \"$PASTFS\" backup '\(pastfs.source)'")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let target = pastfs.directory.path.appending("restored")
        let restored = try pastfs.run(["restore", "latest:\(pastfs.source)", "--to", target.description])
        try #require(restored.code == 0, "\(restored.errors)")
        #expect(try pastfs.shell("diff -r '\(target)' '\(pastfs.source)'").code == 0)
    }
}
