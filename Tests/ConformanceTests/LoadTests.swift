import SystemInterface
import Testing

@Suite("A mount under load", .enabled(if: Site.isPossible), .serialized, .timeLimit(.minutes(20)))
struct LoadTests {
    /// A site with a repository that holds `count` files, whose bytes follow from their names.
    private func siteWithFiles(count: Int, largestBytes: Int) throws -> Site {
        let site = try Site()
        let script = """
            cd "$SITE"; mkdir files
            "$PROBE" pattern files/1 1 \(largestBytes)
            for ((seed = 2; seed <= \(count); seed++)); do "$PROBE" pattern files/$seed $seed $((seed * seed * 7)); done
            "$PASTFS" init --kdf-log-n 10; "$PASTFS" backup files
            """
        try site.prepare(script)
        return site
    }

    @Test("gives the right bytes to 32 threads and two mappings, a million times", arguments: [20_261_121])
    func randomReads(seed: Int) throws {
        let site = try siteWithFiles(count: 200, largestBytes: 50_000_000)
        // A cache much smaller than the files, so that chunks are decoded again and again.
        try site.prepare(#""$PASTFS" mount -o cache=8M "$SITE/mount""#)
        let outcome = try site.run("\"$PROBE\" random \"$SITE/mount/latest$SITE/files\" \(seed) 1000000 32 2")
        #expect(outcome.code == 0, "seed \(seed): \(outcome.errors)")
        #expect(outcome.output == "1000000 reads, 200 files\n")
        try site.prepare(#""$PASTFS" umount "$SITE/mount""#)
    }

    @Test("notices a wrong byte in such a file")
    func noticesWrongBytes() throws {
        let site = try siteWithFiles(count: 3, largestBytes: 100_000)
        let script = """
            printf x | dd of="$SITE/files/1" bs=1 seek=50000 conv=notrunc status=none
            "$PROBE" random "$SITE/files" 1 20000 4 1
            """
        let outcome = try site.run(script)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("other bytes"))
    }

    @Test("whose process is killed 100 times is never wrong, never waited for, and mounts again")
    func killed() throws {
        let rounds = 100
        let site = try siteWithFiles(count: 60, largestBytes: 6_000_000)
        let outcome = try site.run("\"$SCRIPTS/kill-rounds.bash\" \(rounds)")
        #expect(outcome.code == 0, "\(outcome.output.suffix(100)) \(outcome.errors)")
        #expect(outcome.output.hasSuffix("round \(rounds)\n\(20_000) reads, 60 files\nall right\n"))
    }
}
