/// Completion scripts for shells, made of the declaration. They run the program never, and so need no key.
public enum Completion {
    /// A shell that a script can be made for.
    public enum Shell: String, Sendable, CaseIterable {
        /// GNU Bash 4.4 or later; the bash-completion package is not needed.
        case bash
        /// Zsh 5 with `compinit`.
        case zsh
        /// Fish 3.
        case fish
    }

    /// The script for a shell, with a newline at its end.
    public static func script(for shell: Shell, _ program: ProgramDeclaration) -> String {
        switch shell {
        case .bash: bash(program)
        case .zsh: zsh(program)
        case .fish: fish(program)
        }
    }

    /// Text in single quotes, in which these shells take every character as itself; an apostrophe is put outside.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// Words in single quotes with spaces between them.
    static func quoted(_ words: [String]) -> String { words.map { quoted($0) }.joined(separator: " ") }

    /// A name in the alphabet of shell functions: `key list` of `pastfs` is `_pastfs_key_list`.
    static func functionName(_ words: [String]) -> String {
        words.map { word in "_" + String(word.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }) }.joined()
    }

    /// Text of a declaration without its backquotes, for a menu.
    static func plain(_ text: String) -> String { text.replacing("`", with: "") }

    /// All names and beginnings of names of commands: `backup`, `key`, `key list`.
    static func commandPaths(_ program: ProgramDeclaration) -> [String] {
        program.groupNames + program.visibleCommands.map(\.name)
    }

    /// For each argument its command, its place from 0, and whether it is for that place and all that follow.
    static func arguments(
        _ program: ProgramDeclaration
    ) -> [(command: CommandDeclaration, index: Int, isRepeated: Bool, completion: ValueCompletion)] {
        program.visibleCommands.flatMap { command in
            command.arguments.enumerated().map { index, argument in
                let isRepeated = if case .repeated = argument.kind { true } else { false }
                return (command, index, isRepeated, argument.completion)
            }
        }
    }
}
