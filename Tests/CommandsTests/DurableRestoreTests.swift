import SystemInterface
import TestSupport
import Testing

/// What has ended with 0 is on the disk. strace(1) makes the kernel refuse, or shows in which order it was asked.
@Suite(
    "A restore and an export are on the disk when they end", .timeLimit(.minutes(20)), .enabled(if: Tracing.isPossible))
struct DurableRestoreTests {
    private let pastfs: PastFS
    private var target: FilePath { pastfs.directory.path.appending("target") }

    init() throws {
        pastfs = try PastFS.withSnapshot()
    }

    /// Runs the program with what strace's `options` make of its calls; `words` are as the shell takes them.
    private func run(_ words: String, tracing options: String) throws -> PastFS.Outcome {
        try pastfs.shell(
            "exec strace -f -qq -o \"$LOG\" \(options) \"$PASTFS\" \(words)",
            environment: [
                "LOG": log.description, "S": pastfs.source.description, "T": target.description,
            ])
    }

    private var log: FilePath { pastfs.directory.path.appending("log") }

    /// The lines that strace wrote which have `text`.
    private func calls(_ text: String) throws -> [Substring] {
        String(decoding: try FileSystem.read(log, atMost: 64 << 20), as: UTF8.self)
            .split(separator: "\n").filter { $0.contains(text) }
    }

    private func names() throws -> [String] {
        try FileDescriptor.open(target, [.readOnly, .directory]).directoryEntries()
            .map { FilePath($0.name).description }.sorted()
    }

    @Test("A disk that does not take it all is a failure, and the next run compares", arguments: [true, false])
    func failingDisk(_ isNew: Bool) throws {
        if !isNew { try FileSystem.makeDirectories(target) }
        let failing = "-e trace=syncfs -e inject=syncfs:error=EIO"
        let failed = try run("restore \"latest:$S\" --to \"$T\"", tracing: failing)
        #expect(failed.code == 1)
        #expect(
            failed.errors.contains(
                "why: \(target): what was restored may not all be on the disk: Input/output error\n"),
            "\(failed.errors)")
        #expect(failed.errors.contains("--overwrite if-changed"))
        #expect(try names().count { $0.hasPrefix(".pastfs-restore-") } == (isNew ? 2 : 1))
        // What the disk gives back of it.
        let time = try FileSystem.status(target.appending("hello")).modified
        try FileSystem.write(target.appending("hello"), Array("HELLO, past\n".utf8))
        try FileDescriptor.workingDirectory.setTimesAt(
            target.appending("hello").bytes, accessed: nil, modified: time)
        let words = ["restore", "latest:\(pastfs.source)", "--to", target.description, "--overwrite", "if-changed"]
        let next = try pastfs.run(words)
        #expect(next.code == 0 && next.errors.contains("note: "), "\(next.errors)")
        #expect(next.output.contains("1 replaced, 2 left"), "\(next.output)")
        #expect(try pastfs.shell("diff -r '\(pastfs.source)' '\(target)'").code == 0)
        #expect(try names().allSatisfy { !$0.hasPrefix(".pastfs") })
        let last = try pastfs.run(words)
        #expect(last.code == 0 && last.errors.isEmpty && last.output.contains("0 replaced, 3 left"), "\(last.errors)")
    }

    @Test("Each mount that was restored to is written out, and all of it before the marks go")
    func mounts() throws {
        try FileSystem.makeDirectories(target.appending("below"))
        let memory = try MountedMemory(size: "1m")
        let bind = "mount --bind '\(memory.path)' '\(target)/below'"
        try #require(pastfs.shell(bind).code == 0)
        defer { _ = try? pastfs.shell("umount '\(target)/below'") }
        let outcome = try run(
            "restore \"latest:$S\" --to \"$T\" --overwrite always", tracing: "-y -e trace=syncfs,unlinkat,fsync")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let calls = try calls("")
        let order = calls.compactMap { line -> String? in
            if line.contains("syncfs(") { return line.contains("/below>") ? "below" : "root" }
            if line.contains("unlinkat("), line.contains(".pastfs-restore-") { return "mark" }
            return line.contains("fsync(") && line.contains("target>)") ? "directory" : nil
        }
        // The first is that of the mark when it is made.
        #expect(order == ["directory", "root", "below", "mark", "directory"], "\(calls)")
    }

    @Test("What replaces a file is on the disk before it does, and what is new is not waited for")
    func replacing() throws {
        try FileSystem.makeDirectories(target)
        try FileSystem.write(target.appending("hello"), Array("old".utf8))
        let words = "restore \"latest:$S\" --to \"$T\" --overwrite always"
        let refused = try run(words, tracing: "-e trace=fdatasync -e inject=fdatasync:error=EIO")
        #expect(refused.code == 3)
        #expect(refused.errors.contains("\(pastfs.source)/hello: Input/output error\n"), "\(refused.errors)")
        #expect(try FileSystem.read(target.appending("hello"), atMost: 100) == Array("old".utf8))
        #expect(try calls("fdatasync(").count == 1)
        #expect(try names().allSatisfy { !$0.hasPrefix(".pastfs") })
        #expect(try run(words, tracing: "-e trace=fdatasync").code == 0)
        #expect(try pastfs.shell("diff -r '\(pastfs.source)' '\(target)'").code == 0)
    }

    @Test("A run that has made nothing leaves a mark too where the disk does not take it all")
    func failingLater() throws {
        let words = "restore \"latest:$S\" --to \"$T\" --overwrite if-changed"
        #expect(try run(words, tracing: "-e trace=syncfs").code == 0)
        #expect(try run(words, tracing: "-e trace=syncfs -e inject=syncfs:error=EIO").code == 1)
        let time = try FileSystem.status(target.appending("hello")).modified
        try FileSystem.write(target.appending("hello"), Array("HELLO, past\n".utf8))
        try FileDescriptor.workingDirectory.setTimesAt(
            target.appending("hello").bytes, accessed: nil, modified: time)
        let next = try run(words, tracing: "-e trace=syncfs")
        #expect(next.code == 0 && next.output.contains("1 replaced, 2 left"), "\(next.output)\(next.errors)")
        #expect(try names().allSatisfy { !$0.hasPrefix(".pastfs") })
    }

    @Test("A further name replaces a file when the bytes are on the disk, which are waited for once")
    func furtherNames() throws {
        let paths = ["S": pastfs.source.description, "T": target.description]
        let old = "rm -rf \"$T\"; mkdir -p \"$T/z\"; echo old > \"$T/z/1\"; echo old > \"$T/z/2\""
        let script = """
            mkdir "$S/a" "$S/z"; echo saved > "$S/a/f"; for name in 1 2 3; do ln "$S/a/f" "$S/z/$name"; done
            "$PASTFS" backup "$S"; \(old)
            """
        try #require(pastfs.shell(script, environment: paths).code == 0)
        let words = "restore \"latest:$S\" --to \"$T\" --overwrite always"
        let refused = try run(words, tracing: "-e trace=fdatasync -e inject=fdatasync:error=EIO")
        #expect(refused.code == 3, "\(refused.errors)")
        for name in ["1", "2"] {
            #expect(refused.errors.contains("\(pastfs.source)/z/\(name): Input/output error\n"), "\(refused.errors)")
            #expect(try FileSystem.read(target.appending("z").appending(name), atMost: 100) == Array("old\n".utf8))
        }
        try #require(pastfs.shell(old, environment: paths).code == 0)
        #expect(try run(words, tracing: "-e trace=fdatasync,renameat2").code == 0)
        let calls = try calls("")
        let order = calls.compactMap { line -> String? in
            if line.contains("fdatasync(") { return "sync" }
            return line.contains("renameat2(") && (line.contains("\"1\"") || line.contains("\"2\"")) ? "replace" : nil
        }
        #expect(order == ["sync", "replace", "replace"], "\(calls)")
        #expect(try pastfs.shell("diff -r \"$S\" \"$T\"", environment: paths).code == 0)
    }

    @Test("What was left under a temporary name is taken for a file at work unless the file system has no locks")
    func locks() throws {
        let left = ".pastfs-restore-0123456789abcdef"
        let only = "-P \"$T/\(left)\""
        let words = "restore \"latest:$S\" --to \"$T\" --overwrite if-changed --delete --confirm"
        try FileSystem.makeDirectories(target)
        try FileSystem.write(target.appending(left), [1])
        // As NFS answers where an exclusive lock is wanted of what is open for reading.
        for error in ["EBADF", "EIO"] {
            let outcome = try run(words, tracing: only + " -e trace=flock -e inject=flock:error=\(error)")
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(try calls("LOCK_SH").count == 1)
            #expect(try names().contains(left))
        }
        #expect(try run(words, tracing: only + " -e trace=flock -e inject=flock:error=ENOLCK").code == 0)
        #expect(try !names().contains(left))
    }

    @Test("The name of an export is on the disk, or the export has failed")
    func export() throws {
        try FileSystem.makeDirectories(target)
        let words = "export --tar latest -o \"$T/a.tar\""
        let refused = try run(words, tracing: "-P \"$T\" -e trace=fsync -e inject=fsync:error=EIO")
        #expect(refused.code == 1 && refused.errors.contains("cannot write \(target)/a.tar"), "\(refused.errors)")
        try FileSystem.remove(target.appending("a.tar"))
        // A file system without such a call is asked for everything.
        let other = try run(words, tracing: "-P \"$T\" -e trace=fsync -e inject=fsync:error=EINVAL")
        #expect(other.code == 0, "\(other.errors)")
        #expect(try calls("fsync(").count == 1)
    }
}
