import Glibc
import SystemInterface
import TestSupport
import Testing

@Suite("Notification of a service manager")
struct ServiceNotificationTests {
    /// A socket that receives datagrams under a name.
    private struct Receiver: ~Copyable {
        private let descriptor: FileDescriptor

        init(_ address: [UInt8]) throws {
            descriptor = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
            let number = descriptor.rawValue
            let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
            let code = withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
            }
            try #require(code == 0)
        }

        /// The next datagram, or nil when none waits.
        func next() -> String? {
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = recv(descriptor.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    @Test("Lines arrive as one datagram at a path")
    func path() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("socket")
        let receiver = try Receiver(path.bytes + [0])
        let notification = try #require(ServiceNotification(socket: path.bytes))
        try notification.send("READY=1\nSTATUS=Serving")
        #expect(receiver.next() == "READY=1\nSTATUS=Serving")
        #expect(receiver.next() == nil)
    }

    @Test("Lines arrive at an abstract name, which takes its length from the kernel")
    func abstractName() throws {
        let name = Array("pastfs-test-\(Host.processID)".utf8)
        let receiver = try Receiver([0] + name)
        let notification = try #require(ServiceNotification(socket: [UInt8(ascii: "@")] + name))
        try notification.send("STOPPING=1")
        #expect(receiver.next() == "STOPPING=1")
    }

    @Test("A socket that nobody reads is an error")
    func nobody() throws {
        let notification = try #require(ServiceNotification(socket: Array("/nowhere/at/all".utf8)))
        #expect { try notification.send("READY=1") } throws: { ($0 as? SystemError)?.errno == .noEntry }
    }

    @Test(
        "What is no name of a socket is nobody to tell",
        arguments: ["", "@", "/", "socket", "vsock:2:1234", "/" + String(repeating: "a", count: 107), "/a\0b"])
    func refuses(name: String) {
        #expect(ServiceNotification(socket: Array(name.utf8)) == nil)
    }

    @Test("The longest name fits")
    func longest() {
        #expect(ServiceNotification(socket: Array(("/" + String(repeating: "a", count: 106)).utf8)) != nil)
    }
}
