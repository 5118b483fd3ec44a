import CLinux
import Glibc

/// A named piece of data that a file carries beside its contents (xattr(7)); access control lists are such.
public struct ExtendedAttribute: Hashable, Sendable {
    /// The name with its namespace, as in "user.comment"; 1 to 255 bytes.
    public let name: [UInt8]
    /// The value, binary, at most 64 KiB.
    public let value: [UInt8]

    /// An attribute of its parts.
    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// Reads and sets extended attributes, of an open file or of a name in an open directory; symbolic links are not followed.
///
/// Where a name is given, the calls go through "/proc/self/fd/N/name", since Linux before 6.13 has none that take an
/// open directory. A descriptor must not be opened with `OpenFlags.pathOnly`, unless it is the directory of a name.
public enum ExtendedAttributes {
    /// XATTR_LIST_MAX and XATTR_SIZE_MAX of <linux/limits.h>.
    private static let bytesMax = 65536
    /// Most files have no attributes or an access control list: this much is asked for on the stack first.
    private static let firstRoomBytes = 1024

    /// All attributes that the process may see, in byte order of their names.
    ///
    /// A file system without attributes has none; one that is removed meanwhile is left out.
    public static func list(
        at descriptor: borrowing FileDescriptor, name: [UInt8]? = nil
    ) throws(SystemError) -> [ExtendedAttribute] {
        let target = Target(descriptor, name)
        let names: [UInt8]
        do throws(SystemError) {
            names = try grow("listxattr", target) { target.list($0, $1) }
        } catch {
            if error.errno == .notSupported { return [] }
            throw error
        }
        var attributes: [ExtendedAttribute] = []
        for attribute in names.split(separator: 0).map({ Array($0) }) {
            if let value = try value(of: attribute, target) {
                attributes.append(ExtendedAttribute(name: attribute, value: value))
            }
        }
        return attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// The value of one attribute, or nil when there is none of the name, or no attributes at all.
    public static func get(
        _ attribute: [UInt8], at descriptor: borrowing FileDescriptor, name: [UInt8]? = nil
    ) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try value(of: attribute, Target(descriptor, name))
        } catch {
            if error.errno == .notSupported { return nil }
            throw error
        }
    }

    /// Makes or replaces an attribute (setxattr(2)).
    public static func set(
        _ attribute: [UInt8], to value: [UInt8], at descriptor: borrowing FileDescriptor, name: [UInt8]? = nil
    ) throws(SystemError) {
        let target = Target(descriptor, name)
        try call("setxattr", target, attribute) { attribute in
            value.withUnsafeBytes { target.set(attribute, $0) }
        }
    }

    /// Makes or replaces an attribute of what a descriptor stands for that was opened with `OpenFlags.pathOnly`
    /// (setxattr(2), through /proc/self/fd).
    public static func set(
        _ attribute: [UInt8], to value: [UInt8], ofPlace descriptor: borrowing FileDescriptor
    ) throws(SystemError) {
        let number = descriptor.rawValue
        let result = withCString(Array("/proc/self/fd/\(number)".utf8)) { path in
            withCString(attribute) { attribute in
                value.withUnsafeBytes { value in
                    retryingInterrupts { setxattr(path, attribute, value.baseAddress, value.count, 0) }
                }
            }
        }
        if case .failure(let reason) = (result ?? nil) ?? .failure(.invalidArgument) {
            throw SystemError(call: "setxattr", errno: reason)
        }
    }

    /// Removes an attribute (removexattr(2)); ENODATA when there is none of the name.
    public static func remove(
        _ attribute: [UInt8], at descriptor: borrowing FileDescriptor, name: [UInt8]? = nil
    ) throws(SystemError) {
        let target = Target(descriptor, name)
        try call("removexattr", target, attribute) { target.remove($0) }
    }

    private static func value(of attribute: [UInt8], _ target: Target) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try grow("getxattr", target) { buffer, count in
                withCString(attribute) { target.get($0, buffer, count) } ?? Self.invalid()
            }
        } catch {
            if error.errno == .noData { return nil }
            throw error
        }
    }

    /// Asks with a little room, and with the most that there can be when the kernel says that it is too little.
    private static func grow(
        _ call: StaticString, _ target: Target, _ body: (UnsafeMutableRawPointer?, Int) -> Int
    ) throws(SystemError) -> [UInt8] {
        for room in [firstRoomBytes, bytesMax] {
            let answer = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
                retryingInterrupts { body(buffer.baseAddress, room) }.map { count in
                    Array(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
            switch answer {
            case .success(let bytes): return bytes
            case .failure(.outOfRange) where room < bytesMax: continue
            case .failure(let reason): throw SystemError(call: call.description, path: target.path, errno: reason)
            }
        }
        throw SystemError(call: call.description, path: target.path, errno: .outOfRange)
    }

    private static func call(
        _ call: StaticString, _ target: Target, _ attribute: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(SystemError) {
        let result = withCString(attribute) { pointer in retryingInterrupts { body(pointer) } }
        if case .failure(let reason) = result ?? .failure(.invalidArgument) {
            throw SystemError(call: call.description, path: target.path, errno: reason)
        }
    }

    /// Fails as a call does that is given nonsense.
    fileprivate static func invalid<Value: SignedInteger>() -> Value {
        errno = EINVAL
        return -1
    }

    /// What the attributes belong to: a descriptor, or the path of a name in it. Lives within one call.
    private struct Target {
        private let number: Int32
        private let procPath: [UInt8]?
        let path: FilePath?

        init(_ descriptor: borrowing FileDescriptor, _ name: [UInt8]?) {
            number = descriptor.rawValue
            path = name.map { FilePath($0) }
            let folder = number < 0 ? "/proc/self/cwd/" : "/proc/self/fd/\(number)/"
            // An absolute name stands for itself, as in the calls whose names end in At.
            procPath = name.map { $0.first == FilePath.slash ? $0 : Array(folder.utf8) + $0 }
        }

        func list(_ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
            let room = buffer?.assumingMemoryBound(to: CChar.self)
            guard let procPath else { return flistxattr(number, room, count) }
            return withCString(procPath) { llistxattr($0, room, count) } ?? invalid()
        }

        func get(_ attribute: UnsafePointer<CChar>, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
            guard let procPath else { return fgetxattr(number, attribute, buffer, count) }
            return withCString(procPath) { lgetxattr($0, attribute, buffer, count) } ?? invalid()
        }

        func set(_ attribute: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Int32 {
            guard let procPath else { return fsetxattr(number, attribute, value.baseAddress, value.count, 0) }
            return withCString(procPath) { lsetxattr($0, attribute, value.baseAddress, value.count, 0) } ?? invalid()
        }

        func remove(_ attribute: UnsafePointer<CChar>) -> Int32 {
            guard let procPath else { return fremovexattr(number, attribute) }
            return withCString(procPath) { lremovexattr($0, attribute) } ?? invalid()
        }
    }
}
