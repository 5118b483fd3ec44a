/// What a command line got wrong.
struct UsageFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A command, a directory, and options of the form `--name value` or `--name`.
struct Arguments {
    static let seedDefault: UInt64 = 1

    let command: String
    let directory: String
    private var options: [String: String] = [:]

    init(_ words: some Sequence<String>) throws {
        var words = Array(words)[...]
        guard let command = words.popFirst(), let directory = words.popFirst() else {
            throw UsageFault("COMMAND DIRECTORY [OPTION]...")
        }
        self.command = command
        self.directory = directory
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else { throw UsageFault("\(word) is no option") }
            let hasValue = words.first.map { !$0.hasPrefix("--") } ?? false
            options[String(word.dropFirst(2))] = hasValue ? words.popFirst() : ""
        }
    }

    /// The text of an option that must be there.
    mutating func text(_ name: String) throws -> String {
        guard let text = options.removeValue(forKey: name), !text.isEmpty else {
            throw UsageFault("--\(name) VALUE is missing")
        }
        return text
    }

    /// The number of an option that must be there.
    mutating func number(_ name: String) throws -> Int {
        let text = try text(name)
        guard let number = Int(text), number >= 0 else { throw UsageFault("--\(name) \(text) is no number") }
        return number
    }

    /// Where random numbers start.
    mutating func seed() throws -> UInt64 {
        options["seed"] == nil ? Self.seedDefault : UInt64(try number("seed"))
    }

    /// Whether an option without a value is there.
    mutating func flag(_ name: String) -> Bool {
        options.removeValue(forKey: name) != nil
    }

    /// Throws if an option is left that nobody asked for.
    func expectNoOthers() throws {
        if let name = options.keys.min() { throw UsageFault("there is no option --\(name) here") }
    }
}
