/// When and how a `FaultInjectingStore` fails.
public struct FaultPlan: Hashable, Sendable {
    /// Whether the storage recovers.
    public enum Mode: String, CaseIterable, Hashable, Sendable {
        /// One operation fails.
        case once
        /// That operation fails and every later one.
        case fromThenOn
    }

    /// What a failing operation does to the store below.
    public enum Effect: String, CaseIterable, Hashable, Sendable {
        /// Nothing.
        case before
        /// All that it should, and the reply gets lost.
        case after
    }

    /// The number of the operation that fails first, counted from 1; nil when none does.
    public let failAt: Int?
    /// Whether the storage recovers.
    public let mode: Mode
    /// The code of the errors.
    public let code: StorageError.Code
    /// What a failing operation does to the store below.
    public let effect: Effect
    /// The operations that count and may fail; others pass.
    public let operations: Set<StorageError.Operation>

    /// Nothing fails.
    public static let none = FaultPlan(failAt: nil)

    /// A plan to fail at operation `failAt`, counted from 1.
    public init(
        failAt: Int?, mode: Mode = .once, code: StorageError.Code = .injected, effect: Effect = .before,
        operations: Set<StorageError.Operation> = Set(StorageError.Operation.allCases)
    ) {
        precondition((failAt ?? 1) >= 1, "operations are counted from 1")
        self.failAt = failAt
        self.mode = mode
        self.code = code
        self.effect = effect
        self.operations = operations
    }

    /// Whether operation `number` fails.
    func fails(at number: Int) -> Bool {
        guard let failAt else { return false }
        return mode == .once ? number == failAt : number >= failAt
    }
}
