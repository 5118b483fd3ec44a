import BackupTestSupport
import Glibc
import Repository
import SystemInterface
import TestSupport
import Testing
import Writer

@Suite("Files that another program holds a lease on")
struct LeaseTests {
    // What the Glibc module hides of <fcntl.h>.
    private static let setLease: Int32 = 1024
    private static let getLease: Int32 = 1025

    private let fixture: BackupFixture

    init() throws {
        fixture = try BackupFixture()
        // The kernel tells the holder by a signal that ends who does not expect it.
        signal(SIGIO, SIG_IGN)
    }

    /// Takes a lease that forbids every other to open the file, and gives it up a while after the kernel has asked for it.
    private func lease(_ file: borrowing FileDescriptor) throws -> Thread {
        let descriptor = file.rawValue
        // Refused while another has the file open, as a program has that another test is just starting.
        try #require(Wait.until(seconds: 60) { fcntl(descriptor, Self.setLease, F_WRLCK) == 0 ? true : nil } == true)
        return try Thread.spawn(name: "lease") {
            _ = Wait.until(seconds: 20) {
                fcntl(descriptor, LeaseTests.getLease, 0) == F_WRLCK ? nil : true
            }
            Thread.pause(seconds: 0.3)
            _ = fcntl(descriptor, LeaseTests.setLease, F_UNLCK)
        }
    }

    @Test("are saved once it has been given up, whoever reads them", arguments: [300, 300_000])
    func waits(bytes: Int) throws {
        var generator = SeededGenerator(seed: 3)
        let contents = generator.bytes(bytes)
        let path = fixture.source.appending("leased")
        try FileSystem.write(path, contents)
        try FileSystem.write(fixture.source.appending("other"), contents)
        let file = try FileDescriptor.open(path, .readWrite)
        let holder = try lease(file)
        let outcome = try fixture.backUp()
        holder.join()
        #expect(outcome.problems.map(\.reason) == [])
        let (restored, _) = try fixture.restore(outcome.committed(), as: "out")
        for name in ["leased", "other"] {
            #expect(try FileSystem.read(restored.appending(name), atMost: 1 << 20) == contents)
        }
    }
}
