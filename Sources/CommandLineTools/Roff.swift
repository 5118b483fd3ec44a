/// A manual page under construction. Every text passes through `escaped`, so that none can become a request.
struct Roff {
    private(set) var text: String

    init(title: String, date: String, source: String, manual: String) {
        text = ".\\\" Made of the declarations of the program: edit those.\n"
        request("TH", title.uppercased(), "1", date, source, manual)
        text += ".nh\n.ad l\n"
    }

    mutating func section(_ heading: String) { request("SH", heading) }

    mutating func name(_ name: String, _ summary: String) {
        section("NAME")
        text += Self.escaped(name) + " \\- " + Self.escaped(summary) + "\n"
    }

    mutating func synopsis(_ command: String, _ rest: String) {
        text += "\\fB\(Self.escaped(command))\\fR \(Self.escaped(rest))\n"
    }

    mutating func paragraphs(_ source: String) {
        for block in TextLayout.blocks(source) {
            text += ".PP\n"
            if block.first == " " {
                verbatim(block.split(separator: "\n").map(String.init))
            } else {
                filled(block)
            }
        }
    }

    mutating func examples(_ examples: [CommandDeclaration.Example]) {
        guard !examples.isEmpty else { return }
        section("EXAMPLES")
        for example in examples {
            text += ".PP\n"
            verbatim(TextLayout.commandLine(example.command, indent: 0))
            text += ".RS 4\n"
            filled(example.explanation)
            text += ".RE\n"
        }
    }

    mutating func options(_ options: [OptionDeclaration], heading: String) {
        for (group, members) in HelpText.grouped(options, by: \.group) {
            section((group ?? heading).uppercased())
            for option in members {
                let spellings = option.spellings.map { "\\fB\(Self.escaped($0))\\fR" }.joined(separator: ", ")
                let value = option.valueName.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
                text += ".TP\n\(spellings)\(value)\n"
                filled(option.completeHelp)
            }
        }
    }

    mutating func definitions(_ heading: String, _ entries: [(term: String, text: String)]) {
        guard !entries.isEmpty else { return }
        section(heading)
        for entry in entries { definition(bold: entry.term, entry.text) }
    }

    mutating func definition(bold term: String, _ meaning: String) {
        text += ".TP\n\\fB\(Self.escaped(term))\\fR\n"
        filled(meaning)
    }

    mutating func seeAlso(_ pages: [String]) {
        guard !pages.isEmpty else { return }
        section("SEE ALSO")
        text += pages.map { "\\fB\(Self.escaped($0))\\fR(1)" }.joined(separator: ",\n") + "\n"
    }

    private mutating func filled(_ paragraph: String) {
        let words = paragraph.split(whereSeparator: { $0 == " " || $0 == "\n" }).joined(separator: " ")
        text += "\\&" + Self.marked(words) + "\n"
    }

    private mutating func verbatim(_ lines: [String]) {
        text += ".nf\n"
        for line in lines { text += "\\&" + Self.escaped(line) + "\n" }
        text += ".fi\n"
    }

    private mutating func request(_ name: String, _ arguments: String...) {
        text += ".\(name)" + arguments.map { " \"\(Self.escaped($0))\"" }.joined() + "\n"
    }

    /// Text with what stands in backquotes in bold; a backquote without its other half is itself.
    private static func marked(_ source: String) -> String {
        let parts = source.split(separator: "`", omittingEmptySubsequences: false)
        var result = ""
        for (index, part) in parts.enumerated() {
            let isCode = index % 2 == 1 && index < parts.count - 1
            let isLoneQuote = index % 2 == 1 && !isCode
            result +=
                (isLoneQuote ? "\\(ga" : "") + (isCode ? "\\fB\(escaped(String(part)))\\fR" : escaped(String(part)))
        }
        return result
    }

    /// Text in which each character stands for itself, at the beginning of a line and in a quoted argument too;
    /// groff_char(7). The hyphen is written as a minus sign, so that options can be copied and searched.
    static func escaped(_ source: String) -> String {
        var result = ""
        for (index, scalar) in source.unicodeScalars.enumerated() {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "`": result += "\\(ga"
            case "'": result += "\\(aq"
            case "." where index == 0: result += "\\&."
            case "\n", "\t": result += " "
            case _ where scalar.value > 0x7E: result += "\\[u\(hexadecimal(scalar.value))]"
            case _ where scalar.value < 0x20: break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
