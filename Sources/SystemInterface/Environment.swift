import CLinux
import Glibc

/// The process's environment (environ(7)), which nothing here changes.
public enum Environment {
    /// The value of a variable, or nil when it is not set or not UTF-8.
    public static func value(_ name: String) -> String? {
        bytes(name).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The value of a variable as bytes, or nil when it is not set.
    public static func bytes(_ name: String) -> [UInt8]? {
        guard let text = getenv(name) else { return nil }
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// Every variable as "NAME=value".
    public static var all: [[UInt8]] {
        guard var next = pastfs_environment() else { return [] }
        var variables: [[UInt8]] = []
        while let text = next.pointee {
            variables.append(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
            next += 1
        }
        return variables
    }
}
