/// What a repository has noted about a snapshot that tombstones are listed of.
struct NotedStanding {
    /// How many objects about it were listed then: another number is a reason to ask again. Nil is no number.
    var objectCount: Int?
    /// The tombstone by which it is forgotten, or nil where it is not.
    var tombstone: Tombstone?
    /// Whether it was removed for good, although it is listed still.
    var isSwept = false

    /// Whether it is among the snapshots that people are shown.
    var isShown: Bool { tombstone == nil && !isSwept }
}
