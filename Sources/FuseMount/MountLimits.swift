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
    /// How long one request may be answered alone before another thread takes the requests behind it, in seconds.
    static let takeoverSeconds = 0.001
    /// After so many of these times without a request nobody looks at the clock any more.
    static let idleTakeoversMax = 50
    /// How often the descriptor is asked for the next request before the thread sleeps.
    static let spinsMax = 64
}
