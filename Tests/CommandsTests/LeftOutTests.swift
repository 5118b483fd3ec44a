import SystemInterface
import TestSupport
import Testing

@Suite("A restore that removes, and what the backup was told to leave out", .timeLimit(.minutes(20)))
struct LeftOutTests {
    /// Runs a script in a directory with `S`, what is saved.
    private func shell(_ pastfs: PastFS, _ script: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            "set -e; cd '\(pastfs.directory.path)'; S='\(pastfs.source)'; mkdir -p \"$S\"; \(script)",
            environment: ["XDG_STATE_HOME": pastfs.directory.path.appending("state").description])
    }

    private static let restore =
        "\"$PASTFS\" restore \"latest:$S\" --to \"$S\" --overwrite if-changed --delete --confirm"

    @Test("leaves it in place where nothing has changed, and says how much that was", arguments: ["", "--dry-run"])
    func inPlace(words: String) throws {
        let pastfs = try PastFS()
        let outcome = try shell(
            pastfs,
            """
            mkdir -p "$S/cache/below" "$S/data" "$S/tags"
            echo disk > "$S/data/a.vmdk"; echo text > "$S/data/file"; head -c 5000 /dev/zero > "$S/large"
            touch "$S/cache/.nobackup"; echo data > "$S/cache/below/data"; echo data > "$S/cache/data"
            printf 'Signature: 8a477f597d28d172789f06886806bc55' > "$S/tags/CACHEDIR.TAG"; echo data > "$S/tags/data"
            find "$S" -printf '%p %s\\n' | sort > before
            for round in 1 2; do
                "$PASTFS" backup -e '*.vmdk' --exclude-if-present .nobackup --exclude-caches \
                    --exclude-larger-than 2000 "$S" >&2
            done
            echo new > "$S/data/new"
            \(Self.restore) \(words)
            [ -n "\(words)" ] || [ ! -e "$S/data/new" ]
            rm -f "$S/data/new"
            find "$S" -printf '%p %s\\n' | sort | cmp - before
            """)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains(", 1 deleted, 5 spared that the backup left out\n"), "\(outcome.output)")
    }

    @Test(
        "leaves what lies where another file system was left out, mounted now or not",
        .enabled(if: MountedMemory.isPossible),
        arguments: ["", "umount \"$S/volume\"; echo moved > \"$S/volume/file\";"])
    func fileSystem(change: String) throws {
        let pastfs = try PastFS()
        let outcome = try shell(
            pastfs,
            """
            mkdir -p "$S/volume"
            mount -t tmpfs -o size=1m none "$S/volume"
            trap 'umount "$S/volume" 2> /dev/null || :' EXIT
            echo data > "$S/volume/file"
            "$PASTFS" backup -x "$S" >&2
            \(change)
            \(Self.restore)
            test -e "$S/volume/file"
            """)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("0 deleted, 1 spared"), "\(outcome.output)")
    }

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

    @Test("ends a dry run as it would end where the backup could not read a file")
    func unreadable() throws {
        let pastfs = try PastFS()
        let outcome = try shell(
            pastfs,
            """
            "$PASTFS" backup /proc/self/mem || test $? = 3
            for words in --dry-run ''; do
                "$PASTFS" restore latest:/proc/self --to restored $words > out 2> errors && code=0 || code=$?
                echo "$code $(grep -c '^problem: .*/mem: ' errors) $(grep -o 'restore.* 0 files' out | grep -o '0 files')"
            done
            """)
        #expect(outcome.output.hasSuffix("3 1 0 files\n3 1 0 files\n"), "\(outcome.output)\(outcome.errors)")
    }

    @Test("shows in a dry run what goes when a directory gives way to a file")
    func dryRun() throws {
        let pastfs = try PastFS()
        let outcome = try shell(
            pastfs,
            """
            echo text > "$S/top"
            "$PASTFS" backup "$S" >&2
            rm "$S/top"; mkdir -p "$S/top/below"; touch "$S/top/1" "$S/top/below/2"
            \(Self.restore) --dry-run > planned
            \(Self.restore) -v > done
            grep '^deleted ' planned | sort > planned.deleted
            grep '^deleted ' done | sort | cmp - planned.deleted
            wc -l < planned.deleted
            """)
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output == "4\n")
    }
}
