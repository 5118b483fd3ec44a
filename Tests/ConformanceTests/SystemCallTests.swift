import SystemInterface
import Testing

/// Each system call on the tree and on its snapshot: the answers of ext4, read-only, are what is right.
///
/// One after the other: whether a FIFO can be opened depends on who else has it open.
@Suite("A mount answers as ext4 does", .enabled(if: Site.isPossible), .timeLimit(.minutes(20)), .serialized)
struct SystemCallTests {
    @Test("when it is only read", arguments: Question.reading)
    func reading(_ question: Question) throws {
        try compare(question)
    }

    @Test("when directories are listed, from every position", arguments: Question.listing)
    func listing(_ question: Question) throws {
        try compare(question)
    }

    @Test("when something would be changed", arguments: Question.changing)
    func changing(_ question: Question) throws {
        try compare(question)
    }

    @Test("and a change that no other error forbids is one of a read-only file system")
    func refusal() throws {
        let lines = try answers(Question(group: "changes", user: nil)).mounted.output.split(separator: "\n")
        for call in ["mkdir", "symlink", "mkfifo", "mknod of a file", "bind", "exclusive creation", "creation"] {
            #expect(lines.contains("\(call) of nothing: EROFS"), "\(call)")
        }
        let existing = [
            "open for writing", "truncation", "appending", "unlink", "chmod", "chown", "truncate", "utimensat",
            "setxattr", "removexattr", "access for writing",
        ]
        for call in existing { #expect(lines.contains("\(call) of a file: EROFS"), "\(call)") }
        #expect(!lines.contains { $0.hasSuffix("ENOSYS") })
    }

    private func answers(_ question: Question) throws -> (source: Site.Outcome, mounted: Site.Outcome) {
        let user = question.user.map { "-u \($0) " } ?? ""
        return try Ground.shared.get().onBoth("\"$PROBE\" \(user)\(question.group) .")
    }

    private func compare(_ question: Question) throws {
        let (source, mounted) = try answers(question)
        #expect(source.code == 0, "\(source.errors)")
        #expect(mounted.code == 0, "\(mounted.errors)")
        #expect(source.output.split(separator: "\n").count > 200)
        #expect(Ground.differences(source.output, mounted.output) == [])
    }
}
