import CLinux
import Glibc

/// What the process was started with, which needs no /proc to be known.
public enum LaunchArguments {
    /// Every argument as bytes, the name that the program was started as among them, the first one. There may be none.
    public static let all: [[UInt8]] = {
        var count: Int32 = 0
        guard let list = pastfs_arguments(&count) else { return [] }
        return (0..<Int(count)).compactMap { index in
            list[index].map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
        }
    }()
}
