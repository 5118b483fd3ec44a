import CommandLineTools

/// The options that every command has, and the variables that no option names.
enum GlobalOptions {
    static let repository = OptionDeclaration(
        long: "repository", short: "r", valueName: "PATH", help: "the repository's directory",
        environmentVariable: "PASTFS_REPOSITORY", completion: .directory)
    static let passphraseFile = OptionDeclaration(
        long: "passphrase-file", valueName: "FILE",
        help: "read the passphrase from this file; a newline at its end does not count",
        environmentVariable: "PASTFS_PASSPHRASE_FILE", completion: .file)
    static let passphraseCommand = OptionDeclaration(
        long: "passphrase-command", valueName: "COMMAND",
        help: "take the passphrase from what this command prints, run by `/bin/sh -c`",
        environmentVariable: "PASTFS_PASSPHRASE_COMMAND")
    static let cacheDirectory = OptionDeclaration(
        long: "cache-directory", valueName: "PATH",
        help: "where the local catalog is kept, which can be deleted at any time; `$XDG_CACHE_HOME/pastfs` or "
            + "`~/.cache/pastfs` if not given",
        environmentVariable: "PASTFS_CACHE_DIRECTORY", completion: .directory)
    static let json = OptionDeclaration(long: "json", help: "print JSON Lines: results, messages and errors")
    static let progress = OptionDeclaration(
        long: "progress", valueName: "HOW",
        help: "`auto` (on a terminal only), `none`, or `lines=30s` for a line every 30 seconds")
    static let verbose = OptionDeclaration(long: "verbose", short: "v", help: "say more", isRepeatable: true)
    static let noColor = OptionDeclaration(long: "no-color", help: "use no colours")

    static let all = [
        repository, passphraseFile, passphraseCommand, cacheDirectory, json, progress, verbose, noColor,
    ]

    static let environment: [ProgramDeclaration.EnvironmentVariable] = [
        .init(
            "PASTFS_PASSPHRASE",
            "the passphrase itself, if nothing else gives one; other processes of the same user can see it"),
        .init("XDG_CACHE_HOME", "where caches are kept, ~/.cache if not set"),
        .init(
            "XDG_STATE_HOME",
            "where it is kept what was seen of repositories, which is no cache; ~/.local/state if not set"),
        .init("NO_COLOR", "no colours, whatever its value"),
    ]
}
