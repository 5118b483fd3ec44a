import Coding
import Storage
import SystemInterface

/// A store whose every operation waits until it is allowed: one of several actors takes a step at a time, and a test
/// says which.
final class SteppedStore: ForwardingStore {
    let base: any ObjectStore
    private let turnstile: Turnstile
    private let actor: Int

    init(_ base: any ObjectStore, turnstile: Turnstile, actor: Int) {
        self.base = base
        self.turnstile = turnstile
        self.actor = actor
    }

    func create(_ name: ObjectName, _ parts: [[UInt8]]) throws(StorageError) {
        try step(.create, name) { () throws(StorageError) in try base.create(name, parts) }
    }

    func read(_ name: ObjectName) throws(StorageError) -> [UInt8] {
        try step(.read, name) { () throws(StorageError) in try base.read(name) }
    }

    func read(_ name: ObjectName, range: Range<UInt64>) throws(StorageError) -> [UInt8] {
        try step(.read, name) { () throws(StorageError) in try base.read(name, range: range) }
    }

    func size(of name: ObjectName) throws(StorageError) -> UInt64 {
        try step(.size, name) { () throws(StorageError) in try base.size(of: name) }
    }

    func list(_ folder: ObjectFolder) throws(StorageError) -> [ObjectEntry] {
        try step(.list, nil) { () throws(StorageError) in try base.list(folder) }
    }

    func names(in folder: ObjectFolder) throws(StorageError) -> [Bytes32] {
        try step(.list, nil) { () throws(StorageError) in try base.names(in: folder) }
    }

    func delete(_ name: ObjectName) throws(StorageError) {
        try step(.delete, name) { () throws(StorageError) in try base.delete(name) }
    }

    private func step<Value>(
        _ operation: StorageError.Operation, _ name: ObjectName?, _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        guard turnstile.pass(actor, Step(name: name, changes: operation == .create || operation == .delete)) else {
            throw StorageError(.unreachable, operation, name, reason: "a test stopped this actor")
        }
        return try body()
    }
}

/// What an actor is about to do.
struct Step: Hashable {
    /// The object, or nil for more than one.
    let name: ObjectName?
    let changes: Bool

    /// Whether it makes no difference which of the two comes first.
    func commutes(with other: Step) -> Bool {
        if !changes, !other.changes { return true }
        guard let name, let otherName = other.name else { return false }
        return name != otherName
    }
}

/// Where actors on threads of their own wait for their turn.
final class Turnstile: Sendable {
    private enum Place: Equatable {
        /// Between two operations, or before the first.
        case running
        /// Before an operation.
        case waiting(Step)
        /// Allowed to go on with it.
        case allowed
        /// Its storage is gone for good.
        case crashed
        case finished
    }

    private struct State {
        var places: [Place]
    }

    private let state: ConditionLock<State>

    init(actors: Int) {
        state = ConditionLock(State(places: Array(repeating: .running, count: actors)))
    }

    /// Waits for the actor's turn; false if it is to get no answer any more.
    func pass(_ actor: Int, _ step: Step) -> Bool {
        state.withLock { state in
            if state.places[actor] != .crashed { state.places[actor] = .waiting(step) }
        }
        state.broadcast()
        return state.wait { state in
            switch state.places[actor] {
            case .allowed:
                state.places[actor] = .running
                return true
            case .crashed: return false
            default: return nil
            }
        }
    }

    /// To be called by an actor when it has come to its end.
    func finish(_ actor: Int) {
        state.withLock { $0.places[actor] = .finished }
        state.broadcast()
    }

    /// The actors that wait for their turn, and for what, once all of them wait or have come to their end.
    func waiting() -> [Int: Step] {
        state.wait { state in
            var waiting: [Int: Step] = [:]
            for (actor, place) in state.places.enumerated() {
                switch place {
                case .waiting(let step): waiting[actor] = step
                case .finished: break
                case .running, .allowed, .crashed: return nil
                }
            }
            return waiting
        }
    }

    /// Lets an actor take its next step.
    func allow(_ actor: Int) {
        state.withLock { $0.places[actor] = .allowed }
        state.broadcast()
    }

    /// Lets all further operations of an actor fail.
    func crash(_ actor: Int) {
        state.withLock { $0.places[actor] = .crashed }
        state.broadcast()
    }
}
