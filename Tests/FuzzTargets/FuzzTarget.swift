/// A group of readers of bytes from outside, as fuzzing meets them: docs/testing.md, "Fuzzing".
///
/// A target takes any bytes and comes back: soon, in bounded memory, and without a trap. What it finds wrong besides ends
/// the process, as a trap in the code that it tests does.
package struct FuzzTarget: Sendable {
    /// What scripts/fuzz calls it.
    package let name: String
    /// What is read, for people.
    package let summary: String
    /// Words that mean something to the target.
    package let words: [String]
    /// Inputs to begin with, each with a name.
    package let seeds: @Sendable () throws -> [(name: String, bytes: [UInt8])]
    /// Reads one input.
    package let run: @Sendable ([UInt8]) -> Void

    /// All targets.
    package static let all: [FuzzTarget] = [.clear, .commandLine, .local, .patterns, .sealed, .view]

    /// The target of this name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Ends the process unless `condition` holds: what a target promises besides not trapping.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError("a promise is broken: \(what())") }
}

/// Gives what `body` makes; what a target needs to run at all cannot be missing.
func needed<Value>(_ what: String, _ body: () throws -> Value) -> Value {
    do {
        return try body()
    } catch {
        fatalError("cannot make \(what): \(error)")
    }
}
