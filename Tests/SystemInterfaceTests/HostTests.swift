import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("The machine, its users and its limits")
struct HostTests {
    @Test("Root has its names, both ways, the second time too", arguments: 1...2)
    func root(time: Int) {
        #expect(Accounts.userName(0) == "root")
        #expect(Accounts.groupName(0) == "root")
        #expect(Accounts.userID("root") == 0)
        #expect(Accounts.groupID("root") == 0)
    }

    @Test("An unknown number or name is none, the second time too", arguments: 1...2)
    func unknown(time: Int) {
        #expect(Accounts.userName(4_000_000_123) == nil)
        #expect(Accounts.groupName(4_000_000_123) == nil)
        #expect(Accounts.userID("no such user") == nil)
        #expect(Accounts.groupID("no such group") == nil)
    }

    @Test("Names can be looked up from many threads")
    func manyThreads() throws {
        let wrong = ConditionLock(0)
        let threads = try (0..<4).map { _ throws(SystemError) in
            try Thread.spawn(name: "accounts") {
                for number in 0..<500
                where Accounts.userName(UInt32(number % 3) * 4_000_000) != (number % 3 == 0 ? "root" : nil) {
                    wrong.withLock { $0 += 1 }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test("The current user has a name")
    func currentUser() {
        let name = Accounts.currentUserName()
        #expect(Accounts.userID(name) == geteuid() || name == String(geteuid()))
    }

    @Test("The machine's name is the kernel's")
    func hostName() throws {
        let name = try FileSystem.read("/proc/sys/kernel/hostname", atMost: 100)
        #expect(Array(Host.name.utf8) + [0x0A] == name)
    }

    @Test("The process knows its processors, its user and itself")
    func process() {
        #expect((1...sysconf(Int32(_SC_NPROCESSORS_CONF))).contains(Host.processorCount))
        #expect(Host.effectiveUserID == geteuid())
        #expect(Host.effectiveGroupID == getegid())
        #expect(Host.processID == getpid())
    }

    @Test("Variables are read, unset ones are none, and all are listed")
    func environment() throws {
        let path = try #require(Environment.value("PATH"))
        #expect(Environment.bytes("PATH") == Array(path.utf8))
        #expect(Environment.value("PASTFS_NO_SUCH_VARIABLE") == nil)
        #expect(Environment.all.contains(Array("PATH=\(path)".utf8)))
    }

    @Test("The number of open files is raised to the hard limit")
    func openFiles() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit()
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            getrlimit(resource, &limit)
            limit.rlim_cur = 64
            setrlimit(resource, &limit)
            #expect(ResourceLimits.raiseOpenFiles() == Int(clamping: limit.rlim_max))
            getrlimit(resource, &limit)
            #expect(limit.rlim_cur == limit.rlim_max)
        }
    }

    @Test("Memory dumps can be forbidden")
    func memoryDumps() async {
        await #expect(processExitsWith: .success) {
            try ResourceLimits.forbidMemoryDumps()
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
            #expect(limit.rlim_cur == 0)
            #expect(limit.rlim_max == 0)
        }
    }

    @Test("Peak memory is in bytes, and grows with use")
    func peakMemory() {
        let before = ResourceLimits.peakResidentBytes
        #expect(before > 1 << 20)
        let block = [UInt8](repeating: 1, count: Int(before) + (64 << 20))
        #expect(ResourceLimits.peakResidentBytes >= UInt64(block.count))
    }

    @Test("Standard streams are written and stay open")
    func standardStreams() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try StandardStream.output.write("first ")
            try StandardStream.output.write(all: Array("second".utf8))
            try StandardStream.output.duplicate().write(all: Array(" third".utf8))
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        #expect(output.contains("first second third"))
    }
}
