/// Help as a terminal shows it: examples first, at most 80 columns wide.
public enum HelpText {
    /// The help on a topic, with a newline at its end. A name that is not declared gives the program's help.
    public static func render(_ program: ProgramDeclaration, _ topic: HelpTopic) -> String {
        switch topic {
        case .program: text(of: sections(of: program))
        case .group(let name): text(of: sections(of: name, in: program))
        case .command(let name):
            text(of: program.command(named: name).map { sections(of: $0, in: program) } ?? sections(of: program))
        }
    }

    private static func text(of sections: [String]) -> String {
        sections.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static func sections(of program: ProgramDeclaration) -> [String] {
        [heading(program.name, program.summary), examples(program.examples)]
            + [usage("\(program.name) [OPTION]... COMMAND [ARGUMENT]...")]
            + TextLayout.paragraphs(program.discussion)
            + commands(program.visibleCommands)
            + options(program.globalOptions, heading: "Global options, before or after the command")
            + [definitions("Environment", program.environment.map { ($0.name, $0.meaning) })]
            + [definitions("Exit codes", program.exitCodes.map { ($0.code, $0.meaning) })]
            + ["`\(program.name) help COMMAND` shows examples and options of a command."]
    }

    private static func sections(of group: String, in program: ProgramDeclaration) -> [String] {
        let members = program.commands(under: group.split(separator: " ").map(String.init))
        return [usage("\(program.name) \(group) COMMAND [ARGUMENT]...")] + commands(members)
            + ["`\(program.name) help \(group) COMMAND` shows examples and options of a command."]
    }

    private static func sections(of command: CommandDeclaration, in program: ProgramDeclaration) -> [String] {
        [heading("\(program.name) \(command.name)", command.summary), examples(command.examples)]
            + [usage("\(program.name) \(command.usage)")]
            + TextLayout.paragraphs(command.discussion)
            + [definitions("Arguments", command.arguments.map { ($0.name, help(of: $0)) })]
            + options(command.options, heading: "Options")
            + lists(of: command)
            + options(program.globalOptions, heading: "Global options")
    }

    /// What help says of an argument, the allowed words included.
    static func help(of argument: ArgumentDeclaration) -> String {
        let words = argument.completion.words.map { "`\($0)`" }.joined(separator: ", ")
        return words.isEmpty ? argument.help : "\(argument.help): \(words)"
    }

    private static func heading(_ name: String, _ summary: String) -> String {
        TextLayout.wrap("\(name) - \(summary)", hangingIndent: 4).joined(separator: "\n")
    }

    private static func usage(_ text: String) -> String {
        TextLayout.wrap("Usage: \(text)", hangingIndent: 11).joined(separator: "\n")
    }

    private static func examples(_ examples: [CommandDeclaration.Example]) -> String {
        guard !examples.isEmpty else { return "" }
        let lines = examples.flatMap { example in
            TextLayout.commandLine(example.command, indent: 2) + TextLayout.wrap(example.explanation, indent: 6)
        }
        return (["Examples:"] + lines).joined(separator: "\n")
    }

    private static func commands(_ commands: [CommandDeclaration]) -> [String] {
        grouped(commands, by: \.group).map { group, members in
            definitions(group ?? "Commands", members.map { ($0.name, $0.summary) })
        }
    }

    private static func options(_ options: [OptionDeclaration], heading: String) -> [String] {
        grouped(options, by: \.group).map { group, members in
            definitions(group ?? heading, members.map { (term(of: $0), $0.completeHelp) })
        }
    }

    /// What may stand in the lists that the command's options take.
    private static func lists(of command: CommandDeclaration) -> [String] {
        command.options.map { option in
            definitions(listHeading(of: option), option.completion.listed.map { ($0.usage, $0.completeHelp) })
        }
    }

    /// The heading over what an option's list may hold: `Values of -o, --options`.
    static func listHeading(of option: OptionDeclaration) -> String {
        "Values of " + option.spellings.joined(separator: ", ")
    }

    private static func term(of option: OptionDeclaration) -> String {
        let short = option.short.map { "-\($0), " } ?? "    "
        return short + "--\(option.long)" + (option.valueName.map { " \($0)" } ?? "")
    }

    private static func definitions(_ heading: String, _ entries: [(term: String, text: String)]) -> String {
        guard !entries.isEmpty else { return "" }
        return (["\(heading):"] + entries.flatMap { TextLayout.definition($0.term, $0.text) }).joined(separator: "\n")
    }

    /// The elements under their headings: the plain heading first, the others in the order of their first element.
    static func grouped<Element>(
        _ elements: [Element], by group: (Element) -> String?
    ) -> [(group: String?, members: [Element])] {
        var found: [(group: String?, members: [Element])] = [(nil, [])]
        for element in elements {
            let name = group(element)
            if let index = found.firstIndex(where: { $0.group == name }) {
                found[index].members.append(element)
            } else {
                found.append((name, [element]))
            }
        }
        return found.filter { !$0.members.isEmpty }
    }
}
