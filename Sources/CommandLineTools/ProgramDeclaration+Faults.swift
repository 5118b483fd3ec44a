extension ProgramDeclaration {
    /// What is wrong with the declaration itself, as sentences; a test of every program expects none.
    ///
    /// The rules keep a command line readable without the declaration: a spelling takes a value everywhere or
    /// nowhere, no name means two things, no command's name begins another's, and what is repeated comes last.
    public func faults() -> [String] {
        commandNameFaults() + spellingFaults() + commands.flatMap { argumentFaults(of: $0) } + textFaults()
    }

    private func commandNameFaults() -> [String] {
        var faults: [String] = []
        for (index, command) in commands.enumerated() {
            if command.words.isEmpty { faults.append("a command has no name") }
            for other in commands[(index + 1)...] where other.name == command.name {
                faults.append("the command \(command.name) is declared twice")
            }
            for other in commands where other.words.count > command.words.count {
                guard other.words.starts(with: command.words) else { continue }
                faults.append("the command \(command.name) is the beginning of \(other.name)")
            }
        }
        return faults
    }

    private func spellingFaults() -> [String] {
        var faults: [String] = []
        var isFlagBySpelling: [String: Bool] = [:]
        for option in globalOptions + commands.flatMap(\.options) {
            for spelling in option.spellings {
                if let isFlag = isFlagBySpelling[spelling], isFlag != option.isFlag {
                    faults.append("\(spelling) takes a value in one place and none in another")
                }
                isFlagBySpelling[spelling] = option.isFlag
            }
            if !option.long.allSatisfy(isNameCharacter) || option.long.count < 2 {
                faults.append("--\(option.long) is not two or more of a-z, 0-9 and -")
            }
            if let short = option.short, !(short.isASCII && (short.isLetter || short.isNumber)) {
                faults.append("-\(short) is not an ASCII letter or digit")
            }
            if option.isFlag && option.completion != .none { faults.append("the flag --\(option.long) has values") }
        }
        for option in globalOptions where !option.completion.listed.isEmpty {
            faults.append("--\(option.long) takes a list, which only an option of a command does")
        }
        for value in commands.flatMap(\.options).flatMap(\.completion.listed) where !value.completion.listed.isEmpty {
            faults.append("\(value.name) is a list in a list")
        }
        for scope in [globalOptions] + commands.map({ globalOptions + $0.options }) {
            var seen: Set<String> = []
            for spelling in scope.flatMap(\.spellings) where !seen.insert(spelling).inserted {
                faults.append("\(spelling) means two things in one place")
            }
        }
        return faults
    }

    private func argumentFaults(of command: CommandDeclaration) -> [String] {
        var faults: [String] = []
        if Set(command.arguments.map(\.name)).count != command.arguments.count {
            faults.append("\(command.name) has two arguments of one name")
        }
        for (index, argument) in command.arguments.enumerated() {
            let following = command.arguments[(index + 1)...]
            if case .repeated = argument.kind, !following.isEmpty {
                faults.append("\(command.name): \(argument.name) is repeated, and is not the last argument")
            }
            if argument.kind == .optional, following.contains(where: { $0.countMin > 0 }) {
                faults.append("\(command.name): what follows the optional \(argument.name) must be optional")
            }
        }
        return faults
    }

    private func textFaults() -> [String] {
        var faults: [String] = []
        for command in commands where command.summary.isEmpty || command.summary.hasSuffix(".") {
            faults.append("\(command.name): the summary is empty or ends in a full stop")
        }
        for option in globalOptions + commands.flatMap(\.options)
        where option.help.isEmpty || option.help.hasSuffix(".") {
            faults.append("--\(option.long): the help is empty or ends in a full stop")
        }
        let topics: [HelpTopic] = [.program] + commands.map { .command($0.name) }
        for option in commands.flatMap(\.options) {
            for value in option.completion.listed where value.help.isEmpty || value.help.hasSuffix(".") {
                faults.append("\(value.usage) of --\(option.long): the help is empty or ends in a full stop")
            }
        }
        for topic in topics {
            for line in HelpText.render(self, topic).split(separator: "\n") where line.count > TextLayout.columnsMax {
                faults.append("this line of help is too wide: \(line)")
            }
        }
        return faults
    }

    private func isNameCharacter(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character) || character == "-"
    }
}
