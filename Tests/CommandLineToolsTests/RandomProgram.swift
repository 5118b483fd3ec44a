import CommandLineTools
import TestSupport

/// Programs with texts that mean something to shells and to roff.
enum RandomProgram {
    private static let pieces = [
        "'", "\"", "\\", "`", "$(exit 9)", "$HOME", ".", "'SH", ".TH x", "[", "]", ":", "(", ")", "{a,b}", "*", "~",
        "^",
        "-", "--", "#", ";", "&", "|", "<", ">", "!", "é", "日本", "word", "a", "longer", "\\fB", "\\n", "%s", "a/b",
        "pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopicsilicovolcanoconiosis",
    ]

    static func make(seed: UInt64) -> ProgramDeclaration {
        var random = SeededGenerator(seed: seed)
        let global = options(prefix: "g", count: 2, shorts: Array("xy"), &random)
        let commands = (0..<random.number(in: 1...5)).map { number in
            CommandDeclaration(
                name: number % 3 == 2 ? "group verb\(number)" : "verb\(number)", summary: text(&random),
                discussion: text(&random) + "\n\n" + text(&random),
                examples: [.init("prog verb\(number) " + text(&random, unbroken: false), text(&random))],
                arguments: [
                    ArgumentDeclaration(
                        name: "THING", help: text(&random), kind: .repeated(minimum: number % 2), completion: .file)
                ],
                options: options(prefix: "c\(number)", count: random.number(in: 0...4), shorts: Array("abcd"), &random),
                group: number % 2 == 0 ? nil : "More")
        }
        return ProgramDeclaration(
            name: "prog", version: "1", summary: text(&random), discussion: text(&random), globalOptions: global,
            commands: commands, exitCodes: [.init("0", text(&random))], environment: [.init("V", text(&random))])
    }

    private static func options(
        prefix: String, count: Int, shorts: [Character], _ random: inout SeededGenerator
    ) -> [OptionDeclaration] {
        (0..<count).map { number in
            // Even ones are flags everywhere, so that no letter takes a value in one place only.
            OptionDeclaration(
                long: "\(prefix)-option\(number)", short: Bool.random(using: &random) ? shorts[number] : nil,
                valueName: number % 2 == 0 ? nil : "VALUE", help: text(&random), isRepeatable: number > 1,
                completion: number == 1 ? .values(["one", "t'wo", "th ree"]) : .none)
        }
    }

    /// Words with spaces between them; a command line has none that are wider than a terminal or open a quotation.
    private static func text(_ random: inout SeededGenerator, unbroken: Bool = true) -> String {
        let pieces = unbroken ? pieces : pieces.filter { $0.count < 40 && !$0.contains("'") && !$0.contains("\"") }
        let count = random.number(in: 1...14)
        return (0..<count).map { _ in pieces[random.number(in: 0...(pieces.count - 1))] }.joined(separator: " ") + " x"
    }
}
