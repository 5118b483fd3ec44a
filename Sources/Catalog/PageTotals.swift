/// How much the files cache holds.
public struct PageTotals: Hashable, Sendable {
    /// Pages.
    public let pages: Int
    /// The sizes of the sealed pages in bytes, summed up.
    public let bytes: Int
    /// How many pages were left when pages were swept out last; 0 before the first time.
    public let live: Int

    /// How much a files cache holds.
    public init(pages: Int, bytes: Int, live: Int) {
        self.pages = pages
        self.bytes = bytes
        self.live = live
    }
}
