/// Everything at one moment: what lies in the store, and where each actor stands in its program.
///
/// A plain value without padding, so that its bytes are its identity.
struct World {
    // What holds words of two bytes comes first: so nothing is padded.

    /// The index segments that exist.
    var segments = SegmentSet()
    /// Those that ever existed: a listing or a local catalog may still show them.
    var segmentsEver = SegmentSet()
    /// Generation g is at `g - 1`.
    var generations = InlineArray<5, Generation>(repeating: Generation())
    /// The last one is the collector that runs alone at the end.
    var collectors = InlineArray<3, Collector>(repeating: Collector())

    // The rest of the store.

    /// The packs that each segment lists.
    var segmentPacks = InlineArray<16, PackSet>(repeating: PackSet())
    /// The packs that exist.
    var packs = PackSet()
    /// Those that ever existed.
    var packsEver = PackSet()
    /// What each pack holds.
    var packChunks = InlineArray<7, ChunkSet>(repeating: ChunkSet())
    var sessions = InlineArray<4, Session>(repeating: Session())
    /// `sessions/<n>.snapshot`: the snapshots that wait for their outcome, and those that had one.
    var pending = SessionSet()
    /// `snapshots/<id>`.
    var published = SessionSet()
    /// Tombstone k of snapshot s is at `s * 2 + k`.
    var tombstones = InlineArray<8, Tombstone>(repeating: .absent)
    /// Hold j of snapshot s is at `s * 2 + j`.
    var holds = InlineArray<8, Hold>(repeating: .absent)
    var generationCount: UInt8 = 0

    // The other actors.

    var writers = InlineArray<2, Writer>(repeating: Writer())
    var forgetter = Forgetter()
    var undoer = Undoer()
    var holder = Holder()
    var mount = Mount()
}

extension World {
    /// The sessions that were claimed: 0 up to the first that wasn't.
    var sessionCount: Int {
        for session in 0..<Capacity.sessions where sessions[session].owner == 0 { return session }
        return Capacity.sessions
    }

    /// The sessions whose outcome is `outcome`.
    func sessions(with outcome: Outcome) -> SessionSet {
        var result = SessionSet()
        for session in 0..<Capacity.sessions where sessions[session].outcome == outcome { result.insert(session) }
        return result
    }

    /// Whether a tombstone of the snapshot says "swept".
    func isSwept(_ snapshot: Int) -> Bool {
        tombstones[snapshot * 2] == .swept || tombstones[snapshot * 2 + 1] == .swept
    }

    /// The snapshots of `snapshots` of which a tombstone says "swept".
    func swept(of snapshots: SessionSet) -> SessionSet {
        var result = SessionSet()
        for snapshot in snapshots where isSwept(snapshot) { result.insert(snapshot) }
        return result
    }

    /// The number of the newest tombstone of a snapshot, if there is one.
    func newestTombstone(of snapshot: Int) -> Int? {
        if tombstones[snapshot * 2 + 1] != .absent { return snapshot * 2 + 1 }
        return tombstones[snapshot * 2] != .absent ? snapshot * 2 : nil
    }

    /// The newest tombstone of a snapshot while it can still be undone or swept.
    func openTombstone(of snapshot: Int) -> Int? {
        guard let newest = newestTombstone(of: snapshot), tombstones[newest] == .open else { return nil }
        return newest
    }

    /// Whether a hold of the snapshot isn't released.
    func isHeld(_ snapshot: Int) -> Bool {
        holds[snapshot * 2] == .active || holds[snapshot * 2 + 1] == .active
    }

    /// The packs that some sweep plan names: their names are never believed again.
    var sweptPacks: PackSet {
        var result = PackSet()
        for generation in 0..<Int(generationCount) { result |= generations[generation].sweptPacks }
        return result
    }

    /// The packs that a set of segments lists.
    func packs(listedBy segments: SegmentSet) -> PackSet {
        var result = PackSet()
        for segment in segments { result |= segmentPacks[segment] }
        return result
    }

    /// The chunks that a set of packs holds.
    func chunks(in packs: PackSet) -> ChunkSet {
        var result = ChunkSet()
        for pack in packs { result |= packChunks[pack] }
        return result
    }

    /// The chunks that a set of snapshots refers to.
    func references(of snapshots: SessionSet) -> ChunkSet {
        var result = ChunkSet()
        for snapshot in snapshots { result |= sessions[snapshot].references }
        return result
    }

    /// The packs that whoever knows everything would read from.
    var readablePacks: PackSet { (packs & packs(listedBy: segments)) - sweptPacks }

    /// Stores a segment.
    mutating func createSegment(_ segment: Int, listing packs: PackSet) {
        // A retry stores the same bytes.
        if !segmentsEver.contains(segment) { segmentPacks[segment] = packs }
        segments.insert(segment)
        segmentsEver.insert(segment)
    }

    /// Stores a pack.
    mutating func createPack(_ pack: Int, holding chunks: ChunkSet) {
        if !packsEver.contains(pack) { packChunks[pack] = chunks }
        packs.insert(pack)
        packsEver.insert(pack)
    }
}
