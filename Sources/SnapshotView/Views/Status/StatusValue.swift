import Coding

/// A part of a status report: what JSON can say.
public indirect enum StatusValue: Sendable {
    /// A text; what is not Unicode in it must have been escaped.
    case text(String)
    /// A whole number.
    case number(Int64)
    /// Texts in order.
    case texts([String])
    /// Values by name, in order.
    case object([(String, StatusValue)])

    /// A whole number; what is too large is the largest.
    public static func count(_ number: some BinaryInteger) -> StatusValue { .number(Int64(clamping: number)) }

    /// A JSON object of `members`, on a line of its own.
    static func line(of members: [(String, StatusValue)]) -> [UInt8] {
        var json = JSONText(capacity: 2_048)
        json.object { write(members, to: &$0) }
        json.newline()
        return json.bytes
    }

    private static func write(_ members: [(String, StatusValue)], to json: inout JSONText) {
        for (name, value) in members {
            switch value {
            case .text(let text): json.field(name, text)
            case .number(let number): json.field(name, number)
            case .texts(let texts): json.array(name) { array in texts.forEach { array.element($0) } }
            case .object(let members): json.object(name) { write(members, to: &$0) }
            }
        }
    }
}
