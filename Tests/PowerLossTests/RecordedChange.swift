/// One change of a recorded directory, or a mark of who drove the recording.
///
/// Files and directories go by numbers that are never given twice; 0 is the directory that was recorded.
enum RecordedChange: Sendable {
    /// A new, empty file or directory without a name.
    case make(Int, isDirectory: Bool)
    /// A directory's name now leads to this file or directory, whatever it led to before.
    case name(Int, parent: Int, name: String)
    /// A directory's name leads nowhere.
    case remove(parent: Int, name: String)
    /// Bytes of a file from an offset on.
    case write(Int, offset: Int, bytes: [UInt8])
    /// A file's size.
    case truncate(Int, size: Int)
    /// fsync(2) of a file, or of a directory's names.
    case sync(Int)
    /// A step of the run begins.
    case begin(step: Int)
    /// A step has ended, and said that it has done what it was to do.
    case end(step: Int)
}
