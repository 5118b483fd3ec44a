/// Who does something.
enum Actor: UInt8 {
    case firstWriter, secondWriter, firstCollector, secondCollector, lastCollector, forgetter, undoer, holder, mount,
        storage

    var name: String {
        switch self {
        case .firstWriter: "writer 1"
        case .secondWriter: "writer 2"
        case .firstCollector: "collector 1"
        case .secondCollector: "collector 2"
        case .lastCollector: "last collector"
        case .forgetter: "forgetter"
        case .undoer: "undoer"
        case .holder: "holder"
        case .mount: "mount"
        case .storage: "storage"
        }
    }
}

/// The steps that are possible in a world, and where they lead.
struct Moves {
    /// One step.
    struct Move {
        var actor: Actor
        var text: StaticString
        var isReplyLost: Bool
        var world: World

        var description: String { "\(actor.name) \(text)\(isReplyLost ? ", but the reply is lost" : "")" }
    }

    /// Whose steps are being added.
    var actor = Actor.firstWriter
    /// Whether a creation may be reported as failed.
    var losesReplies = false
    private(set) var all: [Move] = []

    mutating func removeAll() { all.removeAll(keepingCapacity: true) }

    /// A step that changes the world in this way.
    mutating func add(_ world: World, _ text: StaticString, _ change: (inout World) -> Void) {
        var next = world
        change(&next)
        all.append(Move(actor: actor, text: text, isReplyLost: false, world: next))
    }

    /// A step that creates an object, and then goes on; or creates it, hears of a failure, and will try again.
    mutating func create(
        _ world: World, _ text: StaticString, _ creation: (inout World) -> Void, then: (inout World) -> Void
    ) {
        var next = world
        creation(&next)
        if losesReplies { all.append(Move(actor: actor, text: text, isReplyLost: true, world: next)) }
        then(&next)
        all.append(Move(actor: actor, text: text, isReplyLost: false, world: next))
    }
}
