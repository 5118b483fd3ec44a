/// What the real program works on while it is recorded.
enum Ground: String, CaseIterable {
    /// The repository is on a file system that writes files without a name first.
    case unnamedFiles = "O_TMPFILE"
    /// The repository is on one that cannot, so that files get their names by rename(2).
    case namedFiles = "tmp and rename"
    /// The local catalog is there too, and loses power with the repository.
    case withCatalog = "O_TMPFILE, with the catalog"
}
