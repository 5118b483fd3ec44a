/// How much a files cache may hold; tests have smaller ones.
package struct FilesCacheLimits: Sendable {
    /// The most bytes of sealed pages; what is beyond goes, the set that was noted first before others.
    package var bytesMax = Limits.filesCacheBytesMax
    /// The most sets of files.
    package var setsMax = Limits.filesCacheSetsMax
    /// Fewer pages are never swept out.
    package var sweepPagesMin = Limits.filesCacheSweepPagesMin

    /// Those of `Limits`.
    package init() {}
}
