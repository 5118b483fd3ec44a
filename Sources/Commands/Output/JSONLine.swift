import FoundationEssentials

/// What `--json` prints as one line. Fields become snake_case, and one named `schema` comes first in meaning: it says
/// how to read the others. A schema keeps its name for as long as its fields only grow.
protocol JSONRecord: Encodable {
    /// The name and version of the record's form: `pastfs.snapshot.v1`.
    static var schema: String { get }
}

/// JSON Lines (jsonlines.org): one object a line, UTF-8, keys sorted.
enum JSONLine {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return encoder
    }()

    /// The record with its newline.
    static func encode(_ record: some JSONRecord) -> [UInt8] {
        do {
            return Array(try encoder.encode(Envelope(record: record))) + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("records hold nothing that JSON cannot: \(error)")
        }
    }

    private struct Envelope<Record: JSONRecord>: Encodable {
        let record: Record

        private enum Key: String, CodingKey {
            case schema
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(Record.schema, forKey: .schema)
            try record.encode(to: encoder)
        }
    }
}
