import SystemInterface
import TestSupport
import Testing

@Suite("Extended attributes that cannot be read", .enabled(if: FaultyMount.isPossible))
struct FailingAttributesTests {
    private static let inputOutputError = 5
    private static let noEntry = 2

    private let pastfs: PastFS
    private let mount: FaultyMount

    init() throws {
        pastfs = try PastFS()
        // What has changed a moment ago is looked at again in any case.
        mount = try FaultyMount(in: pastfs.directory, isAged: true)
        // Something of each kind that is saved in another way: by the reader's threads, by the walk, without being opened,
        // and as another name of what was saved.
        let made = try pastfs.shell(
            """
            cd '\(mount.behind)' && mkdir below whole &&
            echo kept > below/kept && echo small > small && head -c 5000000 /dev/zero > large && : > empty &&
            echo linked > linked-1 && ln linked-1 linked-2 && ln -s small link && mkfifo fifo && echo whole > whole/file &&
            for name in below below/kept small large empty linked-1 link fifo whole whole/file; do
                setfattr -h -n trusted.note -v "$name" "$name" || exit
            done && find . -exec touch -h -d '1 hour ago' {} +
            """)
        try #require(made.code == 0, "\(made.errors)")
    }

    private static let failing = ["below", "empty", "fifo", "large", "link", "linked-1", "linked-2", "small"]

    private func backUp(_ options: [String] = []) throws -> PastFS.Outcome {
        try pastfs.run(["backup"] + options + [mount.path.description])
    }

    private func problems(_ outcome: PastFS.Outcome) -> [String] {
        outcome.errors.split(separator: "\n").filter { $0.hasPrefix("problem: ") }.map { line in
            line.split(separator: ":")[1].split(separator: "/").last.map(String.init) ?? ""
        }
    }

    private func attributes(in directory: FilePath) throws -> String {
        let outcome = try pastfs.shell("cd '\(directory)' && getfattr -R -h -P -d -m - . | sort")
        try #require(outcome.code == 0)
        return outcome.output
    }

    @Test(
        "are a problem of each run, with 3, until they can be read; then they are saved",
        arguments: [inputOutputError, noEntry])
    func each(error: Int) throws {
        for name in Self.failing { try mount.addRule("attributes \(error)", for: name) }
        for kind in ["full", "incremental", "incremental"] {
            let outcome = try backUp(["--kind", kind])
            #expect(outcome.code == 3, "\(kind)")
            #expect(problems(outcome).sorted() == Self.failing, "\(kind): \(outcome.errors)")
            #expect(outcome.errors.contains("its extended attributes cannot be read"))
        }
        // What was known is not lost: names of one inode, times, contents.
        let broken = pastfs.directory.path.appending("broken")
        let lacking = try pastfs.run(["restore", "latest:\(mount.path)", "--to", broken.description])
        #expect(lacking.code == 3, "what is restored is not all that there was")
        // One inode is restored once, whatever names it has.
        #expect(problems(lacking).sorted() == Self.failing.filter { $0 != "linked-2" }, "\(lacking.errors)")
        let list = "find . -type d -o -printf '%p %y %m %n %s %TY-%Tm-%Td %TT %l\\n' | sort"
        let lists = try [broken, mount.behind].map { try pastfs.shell("cd '\($0)' && \(list)").output }
        #expect(lists[0] == lists[1])
        #expect(try !attributes(in: broken).contains("\"small\""))

        try mount.removeRules()
        let healed = try backUp()
        #expect(healed.code == 0, "\(healed.errors)")
        let restored = pastfs.directory.path.appending("restored")
        try #require(pastfs.run(["restore", "latest:\(mount.path)", "--to", restored.description]).code == 0)
        #expect(try attributes(in: restored) == attributes(in: mount.behind))
        #expect(try pastfs.shell("diff -r '\(restored)/whole' '\(mount.behind)/whole'").code == 0)
        // From now on there is nothing to ask for.
        let tree = try backUp()
        #expect(tree.code == 0)
        #expect(tree.output.contains("7 unchanged"), "\(tree.output)")
    }

    @Test("are left on a file that is otherwise what the snapshot has", arguments: [[], ["--verify"]])
    func kept(_ words: [String]) throws {
        let made = try pastfs.shell(
            "cd '\(mount.behind)' && setfacl -m u:77:rwx small && setfacl -m u:78:r-- whole/file")
        try #require(made.code == 0, "\(made.errors)")
        let list = "cd '\(mount.behind)' && stat -c %i small && getfacl -R -n small whole"
        let before = try pastfs.shell(list).output
        try mount.addRule("attributes \(Self.inputOutputError)", for: "small")
        #expect(try backUp().code == 3)
        try mount.removeRules()
        let outcome = try pastfs.run(
            ["restore", "latest:\(mount.path)", "--to", mount.path.description, "--overwrite", "if-changed"] + words)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try pastfs.shell(list).output == before)
        #expect(try attributes(in: mount.behind).contains("\"small\""))
    }

    @Test("cost no second reading of the files")
    func reading() throws {
        for name in Self.failing { try mount.addRule("attributes \(Self.inputOutputError)", for: name) }
        #expect(try backUp().code == 3)
        // Who opens it now fails.
        try mount.addRule("open", for: "kept")
        let again = try pastfs.run(["--json", "backup", mount.path.description])
        #expect(again.code == 3)
        let result = try #require(JSONLines.parse(again.output).last)
        #expect(result.integers["bytes_read"] == 0, "\(again.output)")
    }
}
