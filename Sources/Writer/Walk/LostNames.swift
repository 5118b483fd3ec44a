import PathRules

/// The names of one directory that were listed and could not be found.
///
/// They were among the names that the directory's frame held and has dealt with, so they take no more than those did.
struct LostNames {
    /// The directory's path.
    let path: PathBuffer
    /// The directory, where the walk has left it.
    let directory: OpenDirectory?
    var names: Set<[UInt8]>
}
