import CommandLineTools
import SystemInterface

/// The program: reads the command line, runs the command, and says what became of it.
public enum Program {
    /// Runs what `arguments` ask for, the words after the program's name, and returns the exit code.
    ///
    /// `name` is what the program was started as: mount(8) has a name of its own for it.
    public static func run(name: [UInt8], arguments: [[UInt8]], environment: [String: [UInt8]]) -> Int32 {
        Signals.ignoreBrokenPipe()
        Signals.ignoreFileSizeLimit()
        do throws(SystemError) {
            try StandardStream.occupyClosed()
        } catch {
            Console(isJSON: false).fail(Failure("cannot begin", error))
            return ExitCode.failed.rawValue
        }
        do throws(Failure) {
            guard let form = try MountTableForm(programName: name, arguments: arguments) else {
                return run(arguments, environment)
            }
            return MountTableForm.exitCode(run(form.arguments, environment))
        } catch {
            Console(isJSON: false).fail(error)
            return MountTableForm.exitCode(error.exitCode.rawValue)
        }
    }

    private static func run(_ arguments: [[UInt8]], _ environment: [String: [UInt8]]) -> Int32 {
        do throws(UsageError) {
            let invocation = try Parser.parse(
                PastFSProgram.declaration, arguments: arguments, environment: environment)
            return run(invocation, arguments, environment)
        } catch {
            let console = Console(isJSON: Parser.mentions(GlobalOptions.json.long, in: arguments))
            let failure = Failure(error)
            console.fail(failure)
            return failure.exitCode.rawValue
        }
    }

    private static func run(
        _ invocation: Invocation, _ arguments: [[UInt8]], _ environment: [String: [UInt8]]
    ) -> Int32 {
        switch invocation {
        case .help(let topic):
            return end(Console(isJSON: false)) { console in
                try console.write(Array(HelpText.render(PastFSProgram.declaration, topic).utf8))
                return .done
            }
        case .version:
            return end(Console(isJSON: Parser.mentions(GlobalOptions.json.long, in: arguments))) { console in
                try VersionCommand.show(on: console)
            }
        case .command(let command):
            guard let type = PastFSProgram.commands.first(where: { $0.declaration.name == command.command.name }) else {
                preconditionFailure("every declared command is in the list of commands")
            }
            let context = CommandContext(command: command, arguments: arguments, environment: environment)
            return end(context.console) { _ in
                let code = try attempting("cannot \(type.declaration.summary)") {
                    _ = try ProgressMode(context)
                    return try type.run(context)
                }
                context.memory.save()
                context.reportWarnings()
                return code
            }
        }
    }

    private static func end(_ console: Console, _ body: (Console) throws -> ExitCode) -> Int32 {
        do {
            let code = try body(console)
            console.status(nil)
            try console.flush()
            return code.rawValue
        } catch {
            console.status(nil)
            // What was found before the failure is a result too; if it cannot be written, the failure is what counts.
            try? console.flush()
            let failure = Failure("cannot go on", error)
            console.fail(failure)
            return failure.exitCode.rawValue
        }
    }
}
