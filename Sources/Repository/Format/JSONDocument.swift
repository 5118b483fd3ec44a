// The format object and the key slots are JSON, so that a person can read them. A kept library parses hostile JSON
// better than our own code would; this is the one file below Commands that may import it (scripts/check-imports).
import FoundationEssentials

/// JSON objects of the repository: strict when read, in one canonical spelling when written.
enum JSONDocument {
    /// Keys sorted, no escaped slashes, a newline at the end.
    static func encode(_ value: some Encodable) throws(RepositoryError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
        } catch {
            throw RepositoryError(.internalFailure, "cannot write JSON: \(error)")
        }
    }

    /// Decodes `bytes`, the content of the object `name`; anything unexpected is damage.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], object name: String
    ) throws(RepositoryError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw RepositoryError(.damaged, object: name, "it is not the JSON that it must be")
        }
    }
}
