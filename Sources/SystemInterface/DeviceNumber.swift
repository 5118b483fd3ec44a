import CLinux

/// The number of a device: which driver, and which of its devices (makedev(3)).
public struct DeviceNumber: Hashable, Sendable {
    /// The driver.
    public let major: UInt32
    /// The driver's device.
    public let minor: UInt32

    /// A number of its parts.
    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Both parts as one number, in glibc's 64-bit form of dev_t.
    public var packed: UInt64 { pastfs_makedev(major, minor) }
}
