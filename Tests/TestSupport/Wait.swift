import SystemInterface

/// Waiting for something that another process or thread does.
public enum Wait {
    /// How often is looked, in seconds.
    private static let intervalSeconds = 0.01

    /// What `body` gives, asked again until it is something; nil when `seconds` have passed.
    public static func until<Value>(seconds: Double, _ body: () throws -> Value?) rethrows -> Value? {
        for _ in 0..<max(1, Int(seconds / intervalSeconds)) {
            if let value = try body() { return value }
            Thread.pause(seconds: intervalSeconds)
        }
        return try body()
    }
}
