import CommandLineTools
import Testing

@Suite("Help")
struct HelpTextTests {
    @Test("The program's help has examples, commands, options, variables and exit codes")
    func program() {
        let expected = """
            pack - keep boxes in a shelf

            Examples:
              pack -r /shelf put hammer
                  put a hammer into a box

            Usage: pack [OPTION]... COMMAND [ARGUMENT]...

            A box is named by what it holds.

            Boxes are never opened.

            Commands:
              put                      put things into a new box
              exchange                 let two boxes change places
              completion               print a script for a shell
              help                     show help for a command

            Keys:
              key list                 list keys
              key add                  add a key

            Global options, before or after the command:
              -r, --repository DIRECTORY
                                       the shelf [environment: PACK_REPOSITORY]
                  --json               give results as JSON Lines [environment: PACK_JSON]
              -v, --verbose            say more [repeatable]
              -h, --help               show this help and end
                  --version            show the version and end

            Environment:
              NO_COLOR                 no colours, whatever its value

            Exit codes:
              0                        done
              128+n                    ended by signal n

            `pack help COMMAND` shows examples and options of a command.

            """
        #expect(HelpText.render(SampleProgram.declaration, .program) == expected)
    }

    @Test("A command's help has examples first")
    func command() {
        let expected = """
            pack put - put things into a new box

            Examples:
              pack put hammer nails
                  put two things into a box
              pack put --label 'heavy and long' --label tools --size-limit 256MiB --kind \\
                  wood /srv/things/hammer
                  say more of the box

            Usage: pack put [OPTION]... PATH...

            Things are taken as they are. What does not fit is left, and the command ends
            with 3: see `pack help`.

              a line that is kept
              as it is

            The end.

            Arguments:
              PATH                     what to put

            Options:
              -l, --label LABEL        write this on the box [repeatable]
              -n, --dry-run            change nothing, and say what would be done
                  --kind KIND          what the box is made of: `wood`, `paper`
                                       [environment: PACK_KIND]
                  --list FILE          read what to put from this file

            Limits:
                  --size-limit SIZE    make no box that is larger than this, whatever it is
                                       that is put into it
              -c, --count-limit N      at most N boxes

            Global options:
              -r, --repository DIRECTORY
                                       the shelf [environment: PACK_REPOSITORY]
                  --json               give results as JSON Lines [environment: PACK_JSON]
              -v, --verbose            say more [repeatable]
              -h, --help               show this help and end
                  --version            show the version and end

            """
        #expect(HelpText.render(SampleProgram.declaration, .command("put")) == expected)
    }

    @Test("A group's help lists its commands")
    func group() {
        let expected = """
            Usage: pack key COMMAND [ARGUMENT]...

            Keys:
              key list                 list keys
              key add                  add a key

            `pack help key COMMAND` shows examples and options of a command.

            """
        #expect(HelpText.render(SampleProgram.declaration, .group("key")) == expected)
    }

    @Test("Help on a command that does not exist is the program's")
    func unknownCommand() {
        let program = SampleProgram.declaration
        #expect(HelpText.render(program, .command("nothing")) == HelpText.render(program, .program))
    }
}
