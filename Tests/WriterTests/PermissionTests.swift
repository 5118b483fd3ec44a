import BackupTestSupport
import Glibc
import Repository
import SystemInterface
import Testing
import Writer

@Suite("What a user may not read", .enabled(if: Host.effectiveUserID == 0, "needs root, to give files away"))
struct PermissionTests {
    @Test("Unreadable files and directories are kept by name and reported, the others are saved")
    func keepsUnreadable() async {
        await #expect(processExitsWith: .success) {
            let fixture = try BackupFixture()
            let source = fixture.source
            for path in [fixture.directory.path, source] { try Self.give(path, mode: 0o755) }
            try FileSystem.write(source.appending("open"), [1])
            try FileSystem.write(source.appending("secret"), [2])
            try Self.give(source.appending("secret"), mode: 0o600, owner: 0)
            try FileSystem.makeDirectory(source.appending("closed"))
            try FileSystem.write(source.appending("closed/inside"), [3])
            try Self.give(source.appending("closed"), mode: 0o700, owner: 0)
            // A directory that may be listed, and nothing in it looked at.
            try FileSystem.makeDirectory(source.appending("listed"))
            try FileSystem.write(source.appending("listed/name"), [4])
            try Self.give(source.appending("listed"), mode: 0o744, owner: 0)
            guard setegid(65534) == 0, seteuid(65534) == 0 else { throw Failure() }
            let outcome = try fixture.backUp()
            let expected = ["closed", "listed/name", "secret"].map { source.appending($0) }
            guard outcome.problems.map(\.path) == expected, let snapshot = outcome.snapshot else { throw Failure() }
            for path in expected {
                guard try fixture.entry(path, in: snapshot)?.content == .unreadable else { throw Failure() }
            }
            guard case .chunk = try fixture.entry(source.appending("open"), in: snapshot)?.content else {
                throw Failure()
            }
            guard seteuid(0) == 0 else { throw Failure() }
        }
    }

    private struct Failure: Error {}

    private static func give(_ path: FilePath, mode: UInt16, owner: UInt32 = 65534) throws {
        try FileDescriptor.workingDirectory.setOwnerAt(path.bytes, userID: owner, groupID: owner)
        try FileDescriptor.workingDirectory.setPermissionsAt(path.bytes, mode)
    }
}
