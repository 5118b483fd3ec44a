/// A way in which storage fails, at whatever operation: for tests that try all of them at each.
public struct FaultKind: Hashable, Sendable {
    /// Whether the storage recovers.
    public let mode: FaultPlan.Mode
    /// The code of the errors.
    public let code: StorageError.Code
    /// What a failing operation does to the store below.
    public let effect: FaultPlan.Effect

    /// Each of what EIO, ENOSPC and EACCES mean, with nothing done, and a lost reply; once, and for good.
    public static let all = FaultPlan.Mode.allCases.flatMap { mode in
        [StorageError.Code.ioFailure, .noSpace, .permissionDenied].map {
            FaultKind(mode: mode, code: $0, effect: .before)
        } + [FaultKind(mode: mode, code: .unreachable, effect: .after)]
    }

    /// The plan to fail so at operation `position`, counted from 1.
    public func plan(failAt position: Int) -> FaultPlan {
        FaultPlan(failAt: position, mode: mode, code: code, effect: effect)
    }
}

extension FaultKind: CustomStringConvertible {
    /// The three in words.
    public var description: String { "\(mode.rawValue), \(effect.rawValue), \(code.rawValue)" }
}
