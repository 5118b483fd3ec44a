import SystemInterface

/// What the process was started with, as bytes: an argument need not be UTF-8.
public enum ProcessArguments {
    /// The words after the program's name.
    public static var afterName: [[UInt8]] { Array(LaunchArguments.all.dropFirst()) }

    /// What the program was started as, with or without directories; nothing where the caller gave no name.
    public static var programName: [UInt8] { LaunchArguments.all.first ?? [] }

    /// The environment, by name; of two variables of one name the first counts, as with getenv(3).
    public static var environment: [String: [UInt8]] {
        var variables: [String: [UInt8]] = [:]
        for line in Environment.all {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")),
                let name = String(validating: line[..<equals], as: UTF8.self), variables[name] == nil
            else { continue }
            variables[name] = Array(line[(equals + 1)...])
        }
        return variables
    }
}
