import CommandLineTools

/// A program that has one of everything that can be declared.
enum SampleProgram {
    static let declaration = ProgramDeclaration(
        name: "pack", version: "1.2",
        summary: "keep boxes in a shelf",
        discussion: "A box is named by what it holds.\n\nBoxes are never opened.",
        examples: [.init("pack -r /shelf put hammer", "put a hammer into a box")],
        globalOptions: [
            OptionDeclaration(
                long: "repository", short: "r", valueName: "DIRECTORY", help: "the shelf",
                environmentVariable: "PACK_REPOSITORY", completion: .directory),
            OptionDeclaration(long: "json", help: "give results as JSON Lines", environmentVariable: "PACK_JSON"),
            OptionDeclaration(long: "verbose", short: "v", help: "say more", isRepeatable: true),
        ],
        commands: [put, exchange, keyList, keyAdd, completion, hidden],
        exitCodes: [.init("0", "done"), .init("128+n", "ended by signal n")],
        environment: [.init("NO_COLOR", "no colours, whatever its value")])

    static let put = CommandDeclaration(
        name: "put", summary: "put things into a new box",
        discussion: """
            Things are taken as they are. What does not fit is left, and the command ends
            with 3: see `pack help`.

              a line that is kept
              as it is

            The end.
            """,
        examples: [
            .init("pack put hammer nails", "put two things into a box"),
            .init(
                "pack put --label 'heavy and long' --label tools --size-limit 256MiB --kind wood /srv/things/hammer",
                "say more of the box"),
        ],
        arguments: [
            ArgumentDeclaration(name: "PATH", help: "what to put", kind: .repeated(minimum: 1), completion: .file)
        ],
        options: [
            OptionDeclaration(
                long: "label", short: "l", valueName: "LABEL", help: "write this on the box", isRepeatable: true),
            OptionDeclaration(long: "dry-run", short: "n", help: "change nothing, and say what would be done"),
            OptionDeclaration(
                long: "size-limit", valueName: "SIZE",
                help: "make no box that is larger than this, whatever it is that is put into it", group: "Limits"),
            OptionDeclaration(
                long: "count-limit", short: "c", valueName: "N", help: "at most N boxes", group: "Limits"),
            OptionDeclaration(
                long: "kind", valueName: "KIND", help: "what the box is made of", environmentVariable: "PACK_KIND",
                completion: .values(["wood", "paper"])),
            OptionDeclaration(
                long: "list", valueName: "FILE", help: "read what to put from this file", completion: .file),
        ])

    static let exchange = CommandDeclaration(
        name: "exchange", summary: "let two boxes change places",
        examples: [.init("pack exchange 1 2", "box 1 goes where box 2 was")],
        arguments: [
            ArgumentDeclaration(name: "ONE", help: "a box"),
            ArgumentDeclaration(name: "OTHER", help: "another box"),
            ArgumentDeclaration(name: "SHELF", help: "where they are", kind: .optional, completion: .directory),
        ],
        options: [
            OptionDeclaration(
                long: "manner", short: "m", valueName: "LIST", help: "how it is done", isRepeatable: true,
                completion: .list([
                    ListedValue(name: "slowly", help: "take time"),
                    ListedValue(
                        name: "order", valueName: "ORDER", help: "which goes first: [see] `put`",
                        completion: .values(["up", "down"])),
                    ListedValue(name: "note", valueName: "FILE", help: "write it down", completion: .file),
                ]))
        ])

    static let keyList = CommandDeclaration(name: "key list", summary: "list keys", group: "Keys")

    static let keyAdd = CommandDeclaration(
        name: "key add", summary: "add a key",
        options: [OptionDeclaration(long: "name", valueName: "NAME", help: "its name")], group: "Keys")

    static let completion = CommandDeclaration(
        name: "completion", summary: "print a script for a shell",
        arguments: [
            ArgumentDeclaration(name: "SHELL", help: "the shell", completion: .values(["bash", "zsh", "fish"]))
        ])

    static let hidden = CommandDeclaration(name: "debug", summary: "show what is inside", isHidden: true)
}
