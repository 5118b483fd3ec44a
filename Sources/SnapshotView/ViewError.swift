/// Why the view cannot answer.
///
/// There are few cases because a reader of files can tell few apart; what lies behind `damaged` is in the log.
public enum ViewError: Error, Hashable, Sendable {
    /// No such name.
    case notFound
    /// The node is not known (any more).
    case unknownNode
    /// A directory is needed.
    case notDirectory
    /// A directory cannot be read as a file.
    case isDirectory
    /// The node is of another type than the request needs.
    case wrongType
    /// The name is longer than 255 bytes.
    case nameTooLong
    /// An offset lies outside of the file, or no data follows it.
    case noSuchOffset
    /// Stored data is missing or broken, or could not be fetched. The log says what and why.
    case damaged
}
