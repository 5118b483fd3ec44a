import SystemInterface
import Testing

@Suite("Exporting")
struct ExportTests {
    /// Fills the source with what an archive can have.
    private static let fill = """
        mkdir -p "$S/deep/deeper" && cd "$S"
        printf hello > deep/file && touch -d '2001-02-03 04:05:06.789012345Z' deep/file
        touch -d '1960-01-01 00:00:00.25Z' old
        ln deep/file deep/deeper/second
        ln -s "$(printf '%0150d' 1)" link
        printf x > "$(printf '%0250d' 2)" && printf y > "$(printf '\\377name')"
        truncate -s 40M holes && printf data | dd of=holes bs=1 seek=20000000 conv=notrunc status=none
        truncate -s 3M onlyhole
        head -c 3000000 /dev/urandom > large
        mkfifo fifo && chmod 4751 deep/deeper && chmod 0500 large
        setfattr -n user.equals=sign -v 0x00ff61 deep/file
        setfacl -m u:1234:r,d:g:77:rx deep && setfacl -m u:99:rw old
        if [ "$(id -u)" = 0 ]; then mknod device b 7 300 && chown 3000000:4000000 old; fi
        """

    private func prepared() throws -> PastFS {
        let pastfs = try PastFS()
        let outcome = try pastfs.shell(
            Self.fill + "\n\"$PASTFS\" backup \"$S\"", environment: ["S": pastfs.source.description])
        guard outcome.code == 0 else { throw PastFS.Unprepared(reason: outcome.errors) }
        return pastfs
    }

    private func run(_ pastfs: PastFS, _ script: String) throws -> PastFS.Outcome {
        let root = FilePath(#filePath).parent.parent.parent
        let environment = [
            "S": pastfs.source.description, "T": pastfs.directory.path.appending("target").description,
            "COMPARE": root.appending("scripts").appending("compare-trees").description,
        ]
        return try pastfs.shell("set -eo pipefail; mkdir -p \"$T\"; cd \"$T\"; " + script, environment: environment)
    }

    @Test("gives an archive of which GNU tar makes the same files, attributes and holes")
    func tar() throws {
        let pastfs = try prepared()
        let outcome = try run(
            pastfs,
            """
            "$PASTFS" export --tar "latest:$S" | tar --warning=no-timestamp -xpf - --xattrs --xattrs-include='*' --acls
            "$COMPARE" "$S" "$T"
            [ "$(stat -c %b holes)" -lt 1000 ]
            [ "$(stat -c %b onlyhole)" = 0 ]
            """)
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }

    @Test("gives one file of a snapshot, and writes to a file that must not exist")
    func file() throws {
        let pastfs = try prepared()
        let outcome = try run(
            pastfs,
            """
            "$PASTFS" export --tar "latest:$S/deep/file" -o a.tar
            tar -tf a.tar
            [ "$(tar -xOf a.tar)" = hello ]
            if "$PASTFS" export --tar "latest:$S/deep/file" -o a.tar; then exit 9; fi
            [ "$(tar -xOf a.tar)" = hello ]
            """)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output == "file\n")
    }

    @Test("ends quietly when nobody reads any more, and so does printing", arguments: ["export --tar latest", "cat"])
    func brokenPipe(_ command: String) throws {
        let pastfs = try prepared()
        let words = command == "cat" ? "cat \"latest:$S/large\" \"latest:$S/large\"" : command
        let outcome = try run(
            pastfs, "set +e; \"$PASTFS\" \(words) | head -c 10 > /dev/null; exit ${PIPESTATUS[0]}")
        #expect(outcome.code == 141)
        #expect(outcome.errors.isEmpty)
    }

    @Test("Several files are printed one after the other, or none where one is no file")
    func cat() throws {
        let pastfs = try PastFS.withSnapshot()
        let hello = "latest:\(pastfs.source)/hello"
        #expect(try pastfs.run(["cat", hello, hello]).output == "hello, past\nhello, past\n")
        let outcome = try pastfs.run(["cat", hello, "latest:\(pastfs.source)/below"])
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
    }
}
