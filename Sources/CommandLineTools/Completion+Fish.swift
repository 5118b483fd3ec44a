extension Completion {
    /// A fish script of `complete` lines, with functions that tell them where on the line the cursor is.
    static func fish(_ program: ProgramDeclaration) -> String {
        let name = "_" + functionName([program.name])
        let lines =
            program.globalOptions.map { fishOption($0, program, condition: nil) }
            + program.visibleCommands.flatMap { command in
                command.options.map { fishOption($0, program, condition: "\(name)_in \(quoted(command.name))") }
            }
            + fishWords(program, name) + fishArguments(program, name)
        return """
            # Completion of \(program.name) for fish, made by `\(program.name) completion fish`.
            \(fishFunctions(program, name))
            complete -c \(program.name) -e
            complete -c \(program.name) -f
            \(lines.joined(separator: "\n"))

            """
    }

    private static func fishFunctions(_ program: ProgramDeclaration, _ name: String) -> String {
        """
        # The command on the line, then the number of words after it.
        function \(name)_state
            set -l paths \(quoted(commandPaths(program)))
            set -l valued \(quoted(program.valueSpellings))
            set -l command
            set -l count 0
            set -l is_value no
            set -l is_ended no
            set -l tokens (commandline -opc)
            for token in $tokens[2..-1]
                if test $is_value = yes
                    set is_value no
                else if test $is_ended = no; and test "x$token" = x--
                    set is_ended yes
                else if test $is_ended = no; and string match -q -- '-?*' $token
                    contains -- $token $valued; and set is_value yes
                else if test $count = 0; and contains -- (string join ' ' -- $command $token) $paths
                    set -a command $token
                else
                    set count (math $count + 1)
                end
            end
            echo (string join ' ' -- $command)
            echo $count
        end
        function \(name)_in
            set -l state (\(name)_state)
            test "$state[1]" = "$argv[1]"
        end
        function \(name)_at
            set -l state (\(name)_state)
            test "$state[1]" = "$argv[1]"; and test $state[2] $argv[2] $argv[3]
        end
        """
    }

    private static func fishOption(
        _ option: OptionDeclaration, _ program: ProgramDeclaration, condition: String?
    ) -> String {
        var line = "complete -c \(program.name)"
        if let condition { line += " -n \"\(condition)\"" }
        if let short = option.short { line += " -s \(short)" }
        line += " -l \(option.long)"
        // `-x` keeps names of files out, which `-r` alone lets in.
        if !option.isFlag { line += option.completion == .file ? " -r" : " -x" }
        return line + fishAction(option.completion) + " -d \(fishQuoted(plain(option.completeHelp)))"
    }

    private static func fishWords(_ program: ProgramDeclaration, _ name: String) -> [String] {
        let prefixes = [[]] + program.groupNames.map { $0.split(separator: " ").map(String.init) }
        let ofGroups = prefixes.flatMap { prefix in
            program.nextWords(after: prefix).map { entry in
                "complete -c \(program.name) -n \"\(name)_at '\(prefix.joined(separator: " "))' -eq 0\""
                    + " -a \(fishQuoted(entry.word)) -d \(fishQuoted(plain(entry.summary)))"
            }
        }
        let afterHelp = program.nextWords(after: []).map { entry in
            "complete -c \(program.name) -n \"\(name)_at help -eq 0\" -a \(fishQuoted(entry.word))"
        }
        return ofGroups + afterHelp
    }

    private static func fishArguments(_ program: ProgramDeclaration, _ name: String) -> [String] {
        arguments(program).filter { $0.completion != .none }.map { entry in
            let place = entry.isRepeated ? "-ge" : "-eq"
            return "complete -c \(program.name) -n \"\(name)_at '\(entry.command.name)' \(place) \(entry.index)\""
                + fishAction(entry.completion)
        }
    }

    private static func fishAction(_ completion: ValueCompletion) -> String {
        switch completion {
        case .none: ""
        case .file: " -F"
        case .directory: " -a '(__fish_complete_directories)'"
        case .values(let words): " -a \(fishQuoted(words.joined(separator: " ")))"
        case .list(let values):
            " -a \(fishQuoted("(__fish_append , \(values.flatMap(fishListed).joined(separator: " ")))"))"
        }
    }

    /// A word of a list for each form in which it can be finished, with its description behind a tab.
    private static func fishListed(_ value: ListedValue) -> [String] {
        let forms = value.completion.words.isEmpty ? [value.typed] : value.completion.words.map { value.typed + $0 }
        return forms.map { fishQuoted($0) + "\\t" + fishQuoted(plain(value.help)) }
    }

    /// Text in single quotes, in which fish, unlike the others, knows `\'` and `\\`.
    private static func fishQuoted(_ text: String) -> String {
        "'" + text.flatMap { ("'\\".contains($0) ? "\\" : "") + String($0) } + "'"
    }
}
