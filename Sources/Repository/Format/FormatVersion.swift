/// The versions of the format that this code knows.
public enum FormatVersion {
    /// What this code writes, and the newest that it reads.
    public static let current: UInt16 = 1
}
