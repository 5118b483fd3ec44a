extension Completion {
    /// A bash script that defines and registers the function `_NAME`.
    ///
    /// It compares candidates itself, since `compgen -W` expands them, and leaves names of files to readline, which
    /// quotes them. Bash breaks words at `=` and `:` (COMP_WORDBREAKS in bash(1)); the walk puts them together.
    static func bash(_ program: ProgramDeclaration) -> String {
        let function = functionName([program.name])
        return """
            # Completion of \(program.name) for bash, made by `\(program.name) completion bash`.
            \(function)() {
                local current=${COMP_WORDS[COMP_CWORD]-} command='' option='' prefix='' kind='' key='' word
                local -a words=() candidates=()
                local -i index=1 ended=0
                COMPREPLY=()
            \(bashWalk(program))
                if [[ -n $option ]]; then
                    case "$command $option" in
            \(bashValueCases(program).joined(separator: "\n"))
                    esac
            \(bashListWalk(program))
                elif [[ $ended -eq 0 && $current == -* ]]; then
                    case $command in
            \(bashOptionCases(program).joined(separator: "\n"))
                    esac
                else
                    case "$command ${#words[@]} ${words[*]}" in
            \((bashWordCases(program) + bashArgumentCases(program)).joined(separator: "\n"))
                    esac
                fi
                case $kind in
                    file) compopt -o default ;;
                    directory) compopt -o dirnames -o filenames ;;
                esac
                for word in "${candidates[@]}"; do
                    [[ $word == "$current"* ]] && COMPREPLY+=("$prefix$word")
                done
                return 0
            }
            complete -F \(function) \(program.name)

            """
    }

    /// Reads the words before the cursor: which command, how many arguments, and whether an option awaits its value.
    private static func bashWalk(_ program: ProgramDeclaration) -> String {
        """
            while ((index < COMP_CWORD)); do
                word=${COMP_WORDS[index]-}
                index+=1
                if ((ended)); then
                    words+=("$word")
                    continue
                fi
                case $word in
                    --) ended=1 ;;
                    \(bashPattern(program.valueSpellings)))
                        [[ ${COMP_WORDS[index]-} == '=' ]] && index+=1
                        ((index >= COMP_CWORD)) && option=$word
                        index+=1
                        while ((index <= COMP_CWORD)) && [[ ${COMP_WORDS[index]-} == '=' ]]; do
                            ((index + 1 >= COMP_CWORD)) && option=$word key=${COMP_WORDS[index - 1]##*,}
                            index+=2
                        done
                        ;;
                    :) index+=1 ;;
                    -?*) ;;
                    *) words+=("$word") ;;
                esac
            done
            if [[ -n $option && $current == '=' ]]; then
                current=''
            elif [[ -z $option && $ended -eq 0 && $current == --*=* ]]; then
                option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
            fi
            while ((${#words[@]})); do
                case "$command${command:+ }${words[0]}" in
                    \(bashPattern(commandPaths(program))))
                        command+="${command:+ }${words[0]}"
                        words=("${words[@]:1}")
                        ;;
                    *) break ;;
                esac
            done
        """
    }

    private static func bashPattern(_ words: [String]) -> String {
        words.isEmpty ? "''" : words.map { quoted($0) }.joined(separator: " | ")
    }

    private static func bashCase(_ patterns: [String], _ completion: ValueCompletion) -> String? {
        let action: String
        switch completion {
        case .none: return nil
        case .file: action = "kind=file"
        case .directory: action = "kind=directory"
        case .values(let words): action = "candidates=(\(quoted(words)))"
        case .list(let values): action = "kind=list candidates=(\(quoted(values.map(\.typed))))"
        }
        return "            \(patterns.joined(separator: " | "))) \(action) ;;"
    }

    private static func bashValueCases(_ program: ProgramDeclaration) -> [String] {
        let ofCommands = program.visibleCommands.flatMap { command in
            command.options.compactMap { option in
                bashCase(option.spellings.map { quoted("\(command.name) \($0)") }, option.completion)
            }
        }
        let global = program.globalOptions.compactMap { option in
            bashCase(option.spellings.map { "*" + quoted(" \($0)") }, option.completion)
        }
        return ofCommands + global
    }

    /// In a list: finds the word that is being typed, and offers what may follow its equals sign.
    private static func bashListWalk(_ program: ProgramDeclaration) -> String {
        let cases = program.visibleCommands.flatMap { command in
            command.options.flatMap { option in
                option.completion.listed.compactMap { value in
                    bashCase(
                        option.spellings.map { quoted("\(command.name) \($0) \(value.name)") }, value.completion)
                }
            }
        }
        return """
                    if [[ $kind == list ]]; then
                        [[ $current == *,* ]] && key='' prefix+=${current%,*}, current=${current##*,}
                        [[ $current == *=* ]] && key=${current%%=*} prefix+=${current%%=*}= current=${current#*=}
                        [[ -n $key ]] && kind='' candidates=()
                        case "$command $option $key" in
            \((cases + ["            *) ;;"]).joined(separator: "\n"))
                        esac
                        compopt -o nospace
                    fi
            """
    }

    private static func bashOptionCases(_ program: ProgramDeclaration) -> [String] {
        let global = program.globalOptions.flatMap(\.spellings)
        let ofCommands = program.visibleCommands.filter { !$0.options.isEmpty }.compactMap { command in
            bashCase([quoted(command.name)], .values(command.options.flatMap(\.spellings) + global))
        }
        return ofCommands + [bashCase(["*"], .values(global))].compactMap { $0 }
    }

    private static func bashWordCases(_ program: ProgramDeclaration) -> [String] {
        let prefixes = [[]] + program.groupNames.map { $0.split(separator: " ").map(String.init) }
        return prefixes.flatMap { prefix in
            let words = ValueCompletion.values(program.nextWords(after: prefix).map(\.word))
            let name = prefix.joined(separator: " ")
            let afterHelp = "help \(prefix.count) \(name)"
            return [bashCase([quoted("\(name) 0 ")], words), bashCase([quoted(afterHelp)], words)].compactMap { $0 }
        }
    }

    private static func bashArgumentCases(_ program: ProgramDeclaration) -> [String] {
        arguments(program).compactMap { entry in
            let pattern = entry.isRepeated ? "\(entry.command.name) " : "\(entry.command.name) \(entry.index) "
            return bashCase([quoted(pattern) + (entry.isRepeated ? "[0-9]*" : "*")], entry.completion)
        }
    }
}
