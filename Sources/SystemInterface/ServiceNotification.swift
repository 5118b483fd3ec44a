import Glibc

/// Tells the service manager how far a service is, in the protocol of sd_notify(3): one datagram of lines `NAME=value`
/// to the socket that NOTIFY_SOCKET names.
public struct ServiceNotification: Sendable {
    private let address: [UInt8]

    /// Takes the value of NOTIFY_SOCKET: an absolute path, or `@` and an abstract name (unix(7)). Nil for anything else,
    /// a name that is too long or a socket of another family among it: nobody is to be told then.
    public init?(socket value: [UInt8]) {
        let isAbstract = value.first == UInt8(ascii: "@")
        guard isAbstract || value.first == UInt8(ascii: "/"), !value.contains(0),
            value.count > 1, value.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        // An abstract name begins with NUL instead of the sign that stands for it, and ends with its length.
        address = isAbstract ? [0] + value.dropFirst() : value + [0]
    }

    /// Sends lines, a newline between them. Does not wait: a manager that does not read is an error (EAGAIN).
    public func send(_ lines: String) throws(SystemError) {
        let socket = try FileDescriptor.datagramSocket()
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        let count = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 0) + socklen_t(address.count)
        let message = Array(lines.utf8)
        let number = socket.rawValue
        try systemCall("sendto") {
            withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    sendto(
                        number, message, message.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT), address,
                        count)
                }
            }
        }
    }
}

extension FileDescriptor {
    /// A socket for datagrams between processes of this machine (socket(2), unix(7)).
    fileprivate static func datagramSocket() throws(SystemError) -> FileDescriptor {
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        return FileDescriptor(owning: try systemCall("socket") { socket(AF_UNIX, type, 0) })
    }
}
