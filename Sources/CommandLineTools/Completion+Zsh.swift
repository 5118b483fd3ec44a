extension Completion {
    /// A zsh script that works as an autoloaded file `_NAME` and when it is sourced; zshcompsys(1), `_arguments`.
    static func zsh(_ program: ProgramDeclaration) -> String {
        let function = functionName([program.name])
        let nodes = [[]] + commandPaths(program).map { $0.split(separator: " ").map(String.init) }
        let functions = nodes.map { zshFunction($0, program) }.joined(separator: "\n")
        return """
            #compdef \(program.name)
            # Completion of \(program.name) for zsh, made by `\(program.name) completion zsh`.
            \(functions)
            if [[ ${funcstack[1]-} == \(function) ]]; then
                \(function) "$@"
            else
                compdef \(function) \(program.name)
            fi

            """
    }

    private static func zshFunction(_ path: [String], _ program: ProgramDeclaration) -> String {
        let name = functionName([program.name] + path)
        guard let command = program.command(named: path.joined(separator: " ")) else {
            return zshGroup(name, path, program)
        }
        let words = program.nextWords(after: []).map(\.word)
        let specifications =
            (program.globalOptions + command.options).map(zshOption)
            + (command == .help
                ? [quoted("*:command:(\(words.joined(separator: " ")))")] : command.arguments.map(zshArgument))
        return """
            \(name)() {
                _arguments -s -S \(continued(specifications))
            }
            """
    }

    private static func zshGroup(_ name: String, _ path: [String], _ program: ProgramDeclaration) -> String {
        let next = program.nextWords(after: path)
        let words = next.map { quoted("\($0.word):\(plain($0.summary))") }.joined(separator: "\n                ")
        let cases = next.map { entry in
            "            (\(entry.word)) \(functionName([program.name] + path + [entry.word])) ;;"
        }
        return """
            \(name)() {
                local curcontext=$curcontext state line
                local -a words_of_group
                typeset -A opt_args
                _arguments -s -S -A "-*" -C \(continued(program.globalOptions.map(zshOption) + [quoted("1: :->word"), quoted("*:: :->rest")])) && return 0
                case $state in
                    (word)
                        words_of_group=(
                            \(words)
                        )
                        _describe -t commands command words_of_group
                        ;;
                    (rest)
                        case $line[1] in
            \(cases.map { "        " + $0 }.joined(separator: "\n"))
                        esac
                        ;;
                esac
            }
            """
    }

    private static func continued(_ specifications: [String]) -> String {
        specifications.map { "\\\n        \($0)" }.joined(separator: " ")
    }

    /// One option in the form of `_arguments`: `'(-t --tag)'{-t+,--tag=}'[help]:TAG:_files'`.
    private static func zshOption(_ option: OptionDeclaration) -> String {
        let help = "[\(zshEscaped(plain(option.completeHelp), "[]:"))]"
        let value = option.valueName.map { ":\(zshEscaped($0, ":")):\(zshAction(option.completion))" } ?? ""
        let names = option.spellings.map { spelling in
            option.isFlag ? spelling : spelling + (spelling.hasPrefix("--") ? "=" : "+")
        }
        let head = option.isRepeatable ? "*" : "(\(option.spellings.joined(separator: " ")))"
        let alternatives = names.count > 1 ? "{\(names.joined(separator: ","))}" : names.joined()
        return quoted(head) + alternatives + quoted(help + value)
    }

    private static func zshArgument(_ argument: ArgumentDeclaration) -> String {
        let place =
            switch argument.kind {
            case .required: ":"
            case .optional: "::"
            case .repeated: "*:"
            }
        return quoted(place + zshEscaped(argument.name, ":") + ":" + zshAction(argument.completion))
    }

    private static func zshAction(_ completion: ValueCompletion) -> String {
        switch completion {
        case .none: " "
        case .file: "_files"
        case .directory: "_files -/"
        case .values(let words): "(\(words.map { zshEscaped($0, ":() ") }.joined(separator: " ")))"
        // The space keeps `_arguments` from adding words of its own. Of escapes it takes those of colons away, and no
        // other: that is left to `_values`.
        case .list(let values):
            " _values -s , value \(quoted(values.map(zshListed)))".replacing(":", with: "\\:")
        }
    }

    /// One word of a list in the form of `_values`: `cache[help]:SIZE: `.
    private static func zshListed(_ value: ListedValue) -> String {
        let help = "[\(zshEscaped(plain(value.completeHelp), "[]"))]"
        return value.name + help
            + (value.valueName.map { ":\(zshEscaped($0, ":")):\(zshAction(value.completion))" } ?? "")
    }

    private static func zshEscaped(_ text: String, _ special: String) -> String {
        String(text.flatMap { ($0 == "\\" || special.contains($0) ? "\\" : "") + String($0) })
    }
}
