import SystemInterface

/// The forms of records, as docs/json.md says them.
struct JSONSchema {
    /// What a value may be.
    final class Form {
        var type = "object"
        var isOptional = false
        var isList = false
        var fields: [String: Form] = [:]
        /// Whether a record had it.
        var isSeen = false

        /// The form of a field further down, made if it is not there yet.
        func form(at path: ArraySlice<Substring>) -> Form {
            guard let first = path.first else { return self }
            let isList = first.hasSuffix("[]")
            let name = String(isList ? first.dropLast(2) : first)
            let form = fields[name] ?? Form()
            form.isList = isList
            fields[name] = form
            return form.form(at: path.dropFirst())
        }

        /// An object with nothing but optional fields may be absent, as may what is marked so.
        var mayBeAbsent: Bool { isOptional || (!fields.isEmpty && !isList && fields.values.allSatisfy(\.isOptional)) }
    }

    private(set) var forms: [String: Form] = [:]

    /// Reads the page's tables.
    init(markdown: String) throws {
        var form: Form?
        for line in markdown.split(separator: "\n") {
            if line.hasPrefix("## ") {
                form = line.hasPrefix("## pastfs.") ? Form() : nil
                if let form { forms[String(line.dropFirst(3))] = form }
            } else if line.contains("It has the fields of `pastfs.entry.v1`"), let entry = forms["pastfs.entry.v1"] {
                form?.fields.merge(Self.copy(entry).fields) { own, _ in own }
            } else if line.hasPrefix("| `"), let form {
                let cells = line.split(separator: "|").map { $0.filter { $0 != "`" }.split(separator: " ") }
                guard cells.count > 2, let path = cells[0].first else { throw Unreadable(line: String(line)) }
                let field = form.form(at: path.split(separator: ".")[...])
                var type = cells[1].joined(separator: " ")
                if type.hasSuffix("?") {
                    field.isOptional = true
                    type.removeLast()
                }
                if type.hasSuffix(" list") {
                    field.isList = true
                    type.removeLast(5)
                }
                field.type = type
                if let other = forms[type] {
                    field.fields = Self.copy(other).fields.filter { !["path", "path_b64", "schema"].contains($0.key) }
                    field.type = "object"
                }
            }
        }
        for form in forms.values {
            let schema = form.form(at: ["schema"])
            schema.type = "text"
        }
    }

    struct Unreadable: Error {
        let line: String
    }

    private static func copy(_ form: Form) -> Form {
        let copy = Form()
        (copy.type, copy.isOptional, copy.isList) = (form.type, form.isOptional, form.isList)
        copy.fields = form.fields.mapValues(Self.copy)
        return copy
    }

    /// What is wrong with a record.
    func faults(of record: JSONValue) -> [String] {
        guard case .object(let fields) = record, case .text(let name)? = fields["schema"] else {
            return ["no record: \(record)"]
        }
        guard let form = forms[name] else { return ["\(name) is not documented"] }
        form.isSeen = true
        return Self.faults(of: record, form, name)
    }

    private static func faults(of value: JSONValue, _ form: Form, _ place: String) -> [String] {
        form.isSeen = true
        if form.isList {
            guard case .list(let values) = value else { return ["\(place) is no list"] }
            return values.flatMap { faultsOfOne($0, form, place + "[]") }
        }
        return faultsOfOne(value, form, place)
    }

    private static func faultsOfOne(_ value: JSONValue, _ form: Form, _ place: String) -> [String] {
        guard form.type == "object" else {
            return isOf(form.type, value) ? [] : ["\(place) is no \(form.type): \(value)"]
        }
        guard case .object(let fields) = value else { return ["\(place) is no object"] }
        var faults: [String] = []
        for (name, value) in fields {
            guard let field = form.fields[name] else {
                faults.append("\(place).\(name) is not documented")
                continue
            }
            faults += Self.faults(of: value, field, "\(place).\(name)")
        }
        for (name, field) in form.fields where fields[name] == nil && !field.mayBeAbsent {
            faults.append("\(place).\(name) is missing")
        }
        return faults
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("text", .text), ("boolean", .boolean), ("integer", .integer), ("number", .integer), ("number", .number):
            true
        case ("id", .text(let text)):
            [32, 64].contains(text.count) && text.allSatisfy { "0123456789abcdef".contains($0) }
        case ("base64", .text(let text)): text.wholeMatch(of: /[A-Za-z0-9+\/]+={0,2}/) != nil
        case ("time", .text(let text)):
            text.wholeMatch(of: /-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z/) != nil
        default: false
        }
    }

    /// Documented forms and fields that no record had; those for bytes that are not UTF-8 left aside.
    var unseen: [String] {
        forms.flatMap { name, form in Self.unseen(form, name) }.sorted()
    }

    private static func unseen(_ form: Form, _ place: String) -> [String] {
        guard form.isSeen else { return form.type == "base64" ? [] : [place] }
        return form.fields.flatMap { unseen($0.value, "\(place).\($0.key)") }
    }
}
