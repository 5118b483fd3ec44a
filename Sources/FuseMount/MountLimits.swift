/// Every limit and fixed number of the mount.
public enum MountLimits {
    /// The longest read that the kernel may ask for, in bytes: what it caps requests at itself (256 pages).
    public static let readBytesMax = 1 << 20
    /// The most threads that answer requests.
    public static let threadsMax = 64
    /// How many requests of the kernel's own reading ahead may wait.
    public static let backgroundRequestsMax = 64
    /// How much the kernel reads ahead where we may tell it, in KiB.
    public static let readAheadKibibytes = 1_024
    /// A read in up to this many pieces is answered without copying.
    static let vectorsMax = 16
    /// How long a mount that is busy is waited for when it is told to end, in seconds.
    static let stopSeconds = 2.0
}
