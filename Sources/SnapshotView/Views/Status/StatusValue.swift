/// A part of a status report: what JSON can say.
public indirect enum StatusValue: Sendable {
    /// A text; what is not Unicode in it must have been escaped.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// Values in order.
    case list([StatusValue])
    /// Values by name, in order.
    case object([(String, StatusValue)])

    /// A whole number; what is too large is the largest.
    public static func count(_ number: some BinaryInteger) -> StatusValue { .number(Int64(clamping: number)) }

    /// The text of the value as JSON (RFC 8259), with a line for each member.
    public var json: String { json(indentation: "") }

    private func json(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .list(let values):
            guard !values.isEmpty else { return "[]" }
            let lines = values.map { inner + $0.json(indentation: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indentation + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { inner + Self.quoted($0.0) + ": " + $0.1.json(indentation: inner) }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indentation + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
