import SystemInterface
import Testing

@Suite("check")
struct CheckOptionsTests {
    @Test("without a passphrase finds what rots, and asks for none")
    func storageOnly() throws {
        let pastfs = try PastFS.withSnapshot()
        let whole = try pastfs.run(["check", "--storage-only"], passphrase: nil)
        #expect(whole.code == 0 && whole.output.contains("no damage found"))
        let pack = try pastfs.objects(in: "packs")[0]
        try Injury.flipped.apply(to: pack, of: pastfs)
        let outcome = try pastfs.run(["check", "--storage-only"], passphrase: nil)
        #expect(outcome.code == 13)
        #expect(outcome.output.contains(String(decoding: pack.lastComponent, as: UTF8.self)))
    }

    @Test("of all parts of the packs reads each of them once")
    func parts() throws {
        let pastfs = try PastFS.withSnapshot()
        var read = 0
        for part in ["1/3", "2/3", "3/3"] {
            let outcome = try pastfs.run(["--json", "check", "--read-data-subset", part])
            #expect(outcome.code == 0)
            read += try packsRead(outcome)
        }
        #expect(read == (try pastfs.objects(in: "packs").count))
    }

    @Test("of a random share prints its seed, and draws the same by it")
    func share() throws {
        let pastfs = try PastFS.withSnapshot()
        let outcome = try pastfs.run(["check", "--read-data-subset", "1%"])
        #expect(outcome.code == 0)
        let seed = try #require(
            outcome.output.split(separator: " ").last { $0.allSatisfy(\.isNumber) && $0.count > 4 }
                ?? outcome.output.split(separator: "--seed ").last?.prefix { $0.isNumber })
        let again = try pastfs.run(["--json", "check", "--read-data-subset", "1%", "--seed", "\(seed)"])
        #expect(again.code == 0)
        #expect(again.output.contains("\"seed\":\(seed)"))
        #expect(try packsRead(again) == 1)
    }

    @Test(
        "refuses what it cannot mean",
        arguments: [
            ["--read-data-subset", "0/3"], ["--read-data-subset", "4/3"], ["--read-data-subset", "0%"],
            ["--read-data-subset", "101%"], ["--read-data-subset", "x"], ["--read-data", "--storage-only"],
            ["--resume"], ["--read-data", "--seed", "1"], ["--read-data", "--read-data-subset", "5%"],
            ["--read-data-subset", "5%", "--resume", "--seed", "1"],
        ])
    func refused(options: [String]) throws {
        #expect(try PastFS(isReady: false).run(["check"] + options).code == 2)
    }

    @Test("that is resumed does not read again what was read, and says so")
    func resumed() throws {
        let pastfs = try PastFS.withSnapshot()
        let packs = try pastfs.objects(in: "packs")
        let identifier = try #require(
            try FileDescriptor.open(pastfs.cache, [.readOnly, .directory])
                .directoryEntries().first)
        let journal = pastfs.cache.appending(identifier.name).appending("check-all")
        let name = String(decoding: packs[0].lastComponent, as: UTF8.self)
        try FileSystem.write(journal, Array("pastfs check 1 seed 1\n\(name)\n".utf8))
        let outcome = try pastfs.run(["check", "--read-data", "--resume"])
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("read \(packs.count - 1) of \(packs.count) packs"))
        #expect(outcome.output.contains("after 1 that were read before"))
        #expect(try !FileSystem.exists(journal))
    }

    @Test("that is resumed reads again what another check has found damaged since, and keeps that in mind")
    func resumedBehindDamage() throws {
        let pastfs = try PastFS.withSnapshot()
        let content = try damageContent(of: pastfs)
        let name = String(decoding: content.lastComponent, as: UTF8.self)
        #expect(try pastfs.run(["check", "--read-data-subset", "1/1"]).code == 13)
        let identifier = try #require(
            try FileDescriptor.open(pastfs.cache, [.readOnly, .directory]).directoryEntries().first)
        let directory = pastfs.cache.appending(identifier.name)
        for (journal, options) in [("check-all", ["--read-data"]), ("check-storage-all", ["--storage-only"])] {
            // An interrupted check has found it whole before.
            try FileSystem.write(directory.appending(journal), Array("pastfs check 1 seed 1\n\(name)\n".utf8))
            #expect(try pastfs.run(["check", "--resume"] + options).code == 13)
            let list = try FileSystem.read(directory.appending("damaged-packs"), atMost: 1 << 20)
            #expect(String(decoding: list, as: UTF8.self) == "\(name)\n")
        }
    }

    @Test("takes a file with a number that no object has for none", arguments: ["sessions", "quarantine"])
    func numberTooHigh(folder: String) throws {
        let pastfs = try PastFS.withSnapshot()
        try pastfs.directory.makeDirectory("repository/\(folder)")
        try FileSystem.write(pastfs.repository.appending(folder).appending("18446744073709551615"), [1])
        for options in [[], ["--accept-rollback"], ["--storage-only"]] {
            let outcome = try pastfs.run(["check"] + options)
            #expect(outcome.code == 0)
            #expect(outcome.output.contains("\(folder)/18446744073709551615: it is no object of a repository"))
        }
        #expect(try pastfs.run(["backup", pastfs.source.description]).errors == "")
        #expect(try pastfs.run(["prune"]).errors == "")
    }

    @Test("finds a catalog that says something else than the index, and tells how to mend it")
    func catalog() throws {
        let pastfs = try PastFS.withSnapshot()
        let forged = try pastfs.shell(
            "cd \(pastfs.cache)/*/ && sqlite3 catalog.sqlite 'UPDATE bundles SET stored_bytes = stored_bytes + 1'")
        try #require(forged.code == 0, "\(forged.errors)")
        let outcome = try pastfs.run(["check"])
        #expect(outcome.code == 13)
        #expect(outcome.output.contains("the local catalog in"))
        _ = try pastfs.shell("rm -r \(pastfs.cache)")
        #expect(try pastfs.run(["check"]).code == 0)
    }

    @Test("takes no catalog for damaged that another process makes anew")
    func busyCatalog() throws {
        let pastfs = try PastFS.withSnapshot()
        let outcome = try pastfs.shell("exec flock \(pastfs.cache)/*/catalog.lock \"$PASTFS\" check")
        #expect(outcome.code == 1, "\(outcome.output)")
        #expect(outcome.errors.contains("another process uses"), "\(outcome.errors)")
        #expect(outcome.errors.contains("give another directory with --cache-directory"))
        #expect(try pastfs.run(["check"]).code == 0)
    }

    @Test(
        "and repairs that find damage let the next backup store anew what it meets, so that everything can be read again",
        arguments: [
            "check --read-data", "check --storage-only", "repair packs --read-data", "repair snapshots --read-data",
        ])
    func heals(command: String) throws {
        let pastfs = try PastFS.withSnapshot()
        _ = try damageContent(of: pastfs)
        #expect(try pastfs.run(["cat", "latest:\(pastfs.source)/hello"]).code == 13)
        let found = try pastfs.run(command.split(separator: " ").map(String.init))
        #expect(found.code == (command.contains("snapshots") ? 3 : 13))
        let backup = try pastfs.run(["backup", pastfs.source.description])
        #expect(backup.code == 0)
        #expect(backup.errors.contains("a check found it damaged"))
        // A repair has made a copy between the two.
        for snapshot in ["latest", command.contains("snapshots") ? "latest~2" : "latest~1"] {
            #expect(try pastfs.run(["cat", "\(snapshot):\(pastfs.source)/hello"]).output == "hello, past\n")
        }
    }

    @Test("without a key that finds damage lets a check that is resumed read that again")
    func storageBeforeResumed() throws {
        let pastfs = try PastFS.withSnapshot()
        let content = try damageContent(of: pastfs)
        let name = String(decoding: content.lastComponent, as: UTF8.self)
        #expect(try pastfs.run(["check", "--storage-only"]).code == 13)
        let identifier = try #require(
            try FileDescriptor.open(pastfs.cache, [.readOnly, .directory]).directoryEntries().first)
        let journal = pastfs.cache.appending(identifier.name).appending("check-all")
        // An interrupted check has found it whole before.
        try FileSystem.write(journal, Array("pastfs check 1 seed 1\n\(name)\n".utf8))
        #expect(try pastfs.run(["check", "--read-data", "--resume"]).code == 13)
        try FileSystem.remove(content)
        let repair = try pastfs.run(["repair", "packs"])
        #expect(repair.code == 0 && repair.errors.contains("not there any more: 1 pack"))
    }

    @Test("that found a pack damaged is forgotten when a repair has moved it away")
    func movedAway() throws {
        let pastfs = try PastFS.withSnapshot()
        _ = try damageContent(of: pastfs)
        #expect(try pastfs.run(["check", "--read-data"]).code == 13)
        let shelf = pastfs.directory.path.appending("shelf").description
        #expect(try pastfs.run(["repair", "packs", "--move-damaged", shelf]).code == 13)
        let list = try pastfs.shell("cat \(pastfs.cache)/*/damaged-packs")
        #expect(list.code == 0 && list.output == "")
        let again = try pastfs.run(["repair", "packs"])
        #expect(again.code == 0 && !again.errors.contains("not there any more"))
    }

    @Test("of a pack that is cut off is not needed for a backup to store anew what it held")
    func healsTruncated() throws {
        let pastfs = try PastFS.withSnapshot()
        for pack in try pastfs.objects(in: "packs") {
            let bytes = try FileSystem.read(pack, atMost: 64 << 20)
            if bytes[10] == 1 { try pastfs.overwrite(pack, Array(bytes.prefix(40))) }
        }
        #expect(try pastfs.run(["backup", pastfs.source.description]).code == 0)
        for snapshot in ["latest", "latest~1"] {
            #expect(try pastfs.run(["cat", "\(snapshot):\(pastfs.source)/hello"]).output == "hello, past\n")
        }
    }

    private func packsRead(_ outcome: PastFS.Outcome) throws -> Int {
        let line = try #require(outcome.lines.last { $0.contains("pastfs.check.v1") })
        let field = try #require(line.split(separator: "\"packs_read\":").last)
        return try #require(Int(field.prefix { $0.isNumber }))
    }

    /// Flips a bit of a bundle in the pack of content, and returns the pack.
    private func damageContent(of pastfs: PastFS) throws -> FilePath {
        let content = try #require(
            try pastfs.objects(in: "packs").first { try FileSystem.read($0, atMost: 64 << 20)[10] == 1 })
        var bytes = try FileSystem.read(content, atMost: 64 << 20)
        bytes[60] ^= 1
        try pastfs.overwrite(content, bytes)
        return content
    }
}
