import SystemInterface
import Testing

@Suite("A full disk")
struct FullDiskTests {
    /// Whether a process may have mounts of its own here (user_namespaces(7)).
    static let canMount: Bool = {
        let status = try? ProcessLauncher.wait(
            ProcessLauncher.spawn(
                "/usr/bin/unshare", arguments: ["unshare", "-rm", "true"].map { Array($0.utf8) }))
        return status == 0
    }()

    @Test("is a clear error with nothing committed, and no trouble once there is space", .enabled(if: canMount))
    func fullDisk() throws {
        let pastfs = try PastFS(isReady: false)
        try pastfs.writeBulk(count: 4, bytes: 1 << 20)
        let script = """
            mount -t tmpfs -o size=7m none "$DISK"
            $PASTFS init --kdf-log-n 10
            head -c 4M /dev/zero >"$DISK/filler"
            code=0
            $PASTFS backup "$SOURCE" || code=$?
            echo "full: $code"
            echo "listed: $($PASTFS snapshots | wc -l)"
            rm "$DISK/filler"
            $PASTFS backup "$SOURCE" >/dev/null
            $PASTFS check --read-data >/dev/null
            echo "then: $($PASTFS snapshots | wc -l)"
            """
        let outcome = try run(script, pastfs)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.lines.suffix(3) == ["full: 1", "listed: 0", "then: 2"])
        #expect(outcome.errors.contains("error: cannot make the backup"))
        #expect(outcome.errors.contains("free some space"))
    }

    @Test(
        "to the last byte is made room on by forget and prune, with the local catalog on it too",
        .enabled(if: canMount), arguments: [false, true])
    func pruning(hasCatalog: Bool) throws {
        let pastfs = try PastFS(isReady: false)
        try pastfs.writeBulk(count: 4, bytes: 1 << 20)
        let script = """
            mount -t tmpfs -o size=16m none "$DISK"
            $PASTFS init --kdf-log-n 10 >/dev/null
            $PASTFS backup "$SOURCE" >/dev/null
            rm -r "$SOURCE"/*
            echo small >"$SOURCE/small"
            $PASTFS backup "$SOURCE" >/dev/null
            cat /dev/zero >"$DISK/filler" 2>/dev/null || true
            echo "free: $(stat -f -c %a "$DISK")"
            $PASTFS forget latest~1 >/dev/null
            $PASTFS prune --confirm >/dev/null
            echo "freed: $((  $(stat -f -c '%a * %S' "$DISK") > 3 << 20 ))"
            $PASTFS backup "$SOURCE" >/dev/null
            $PASTFS check --read-data >/dev/null
            echo "reserve: $(stat -c %s "$DISK/repository/reserve")"
            """
        let outcome = try run(script, pastfs, hasCatalogOnDisk: hasCatalog)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.lines.suffix(3) == ["free: 0", "freed: 1", "reserve: 1048576"])
    }

    /// Runs a script up to its first failure where it may mount a disk as `$DISK`, on which the repository is to be.
    private func run(_ script: String, _ pastfs: PastFS, hasCatalogOnDisk: Bool = false) throws -> PastFS.Outcome {
        let disk = try pastfs.directory.makeDirectory("disk").description
        var environment = [
            "SCRIPT": script, "DISK": disk, "SOURCE": pastfs.source.description,
            "PASTFS_REPOSITORY": disk + "/repository",
        ]
        if hasCatalogOnDisk { environment["PASTFS_CACHE_DIRECTORY"] = disk + "/cache" }
        return try pastfs.shell("exec unshare -rm bash -ec \"$SCRIPT\"", environment: environment)
    }
}
