import FoundationEssentials

/// JSON Lines, as far as tests look into them.
enum JSONLines {
    /// One object: its fields that are text, numbers or truth values.
    struct Record: Decodable {
        var strings: [String: String] = [:]
        var integers: [String: Int] = [:]
        var booleans: [String: Bool] = [:]
        var names: Set<String> = []

        var schema: String? { strings["schema"] }

        private struct Key: CodingKey {
            let stringValue: String
            let intValue: Int? = nil
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys {
                names.insert(key.stringValue)
                if let text = try? container.decode(String.self, forKey: key) { strings[key.stringValue] = text }
                if let number = try? container.decode(Int.self, forKey: key) { integers[key.stringValue] = number }
                if let truth = try? container.decode(Bool.self, forKey: key) { booleans[key.stringValue] = truth }
            }
        }
    }

    /// Every line; throws when one is not an object.
    static func parse(_ text: String) throws -> [Record] {
        try text.split(separator: "\n").map { try JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
    }
}
