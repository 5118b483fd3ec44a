/// Lays out text for a terminal of 80 columns.
enum TextLayout {
    /// The width of a line, in characters.
    static let columnsMax = 80
    /// Where the text of a definition begins.
    static let definitionColumn = 27

    /// Words in lines of at most `columnsMax`, the first with one indent and the others with another. A word that fits
    /// no line is broken.
    static func wrap(_ text: String, indent: Int = 0, hangingIndent: Int? = nil) -> [String] {
        var lines: [String] = []
        var line = spaces(indent)
        var isEmpty = true
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            var word = word
            if !isEmpty, line.count + 1 + word.count > columnsMax {
                lines.append(line)
                line = spaces(hangingIndent ?? indent)
                isEmpty = true
            }
            while line.count + word.count + (isEmpty ? 0 : 1) > columnsMax {
                let room = columnsMax - line.count
                lines.append(line + word.prefix(room))
                word = word.dropFirst(room)
                line = spaces(hangingIndent ?? indent)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return isEmpty ? lines : lines + [line]
    }

    /// A term and, beside it or below it when it is long, its meaning.
    static func definition(_ term: String, _ text: String) -> [String] {
        let meaning = wrap(text, indent: definitionColumn)
        let head = "  " + term
        guard head.count + 2 <= definitionColumn, let first = meaning.first else {
            return wrap(term, indent: 2, hangingIndent: 6) + meaning
        }
        return [head + first.dropFirst(head.count)] + meaning.dropFirst()
    }

    /// Paragraphs with an empty line between them; one that begins with a space is kept line by line.
    static func paragraphs(_ text: String) -> [String] {
        blocks(text).map { block in
            (block.first == " " ? block.split(separator: "\n").map(String.init) : wrap(block)).joined(separator: "\n")
        }
    }

    /// The paragraphs of a text as they are written.
    static func blocks(_ text: String) -> [String] {
        var blocks: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy({ $0 == " " }) { blocks.append([]) } else { blocks[blocks.count - 1].append(line) }
        }
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
    }

    /// A command line that a shell reads as one, in lines of at most `columnsMax` where it has spaces outside quotes.
    static func commandLine(_ command: String, indent: Int) -> [String] {
        var lines: [String] = []
        var line = spaces(indent)
        for word in shellWords(command) {
            if line.count > indent, line.count + 1 + word.count + 2 > columnsMax {
                lines.append(line + " \\")
                line = spaces(indent + 4) + word
            } else {
                line += (line.count > indent ? " " : "") + word
            }
        }
        return lines + [line]
    }

    private static func shellWords(_ command: String) -> [String] {
        var words: [String] = [""]
        var quote: Character?
        for character in command {
            if quote == nil, character == " " {
                words.append("")
                continue
            }
            if character == quote { quote = nil } else if quote == nil, "'\"".contains(character) { quote = character }
            words[words.count - 1].append(character)
        }
        return words.filter { !$0.isEmpty }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
