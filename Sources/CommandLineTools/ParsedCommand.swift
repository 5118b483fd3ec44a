/// A command line that fits its declaration: the command, and what was given for each option and argument.
///
/// Values are bytes as the kernel handed them over: a path need not be UTF-8. To ask for a name that is not declared,
/// or for a flag's value, is an error of the program and traps.
public struct ParsedCommand: Sendable {
    /// Where an option's value comes from.
    public enum Source: Sendable, Equatable {
        /// From the command line.
        case commandLine
        /// From the option's environment variable.
        case environment
    }

    /// The command to run.
    public let command: CommandDeclaration
    let options: [OptionDeclaration]
    let occurrences: [String: (source: Source, values: [[UInt8]])]
    let argumentValues: [String: [[UInt8]]]

    /// Whether a flag is set.
    public func flag(_ long: String) -> Bool { count(long) > 0 }

    /// How often a flag is given.
    public func count(_ long: String) -> Int {
        precondition(option(long).isFlag, "--\(long) takes a value")
        return occurrences[long]?.values.count ?? 0
    }

    /// The value of an option, or none when it is not given; the last one of several.
    public func value(_ long: String) -> [UInt8]? { values(long).last }

    /// The values of an option, in the order given.
    public func values(_ long: String) -> [[UInt8]] {
        precondition(!option(long).isFlag, "--\(long) takes no value")
        return occurrences[long]?.values ?? []
    }

    /// Where the option's value comes from, or none when it is not given.
    public func source(_ long: String) -> Source? {
        _ = option(long)
        return occurrences[long]?.source
    }

    /// The value of a required argument.
    public func argument(_ name: String) -> [UInt8] {
        precondition(declaration(of: name).kind == .required, "\(name) is not a required argument")
        guard let value = argumentValues[name]?.first else {
            preconditionFailure("the parser gives each required argument a value")
        }
        return value
    }

    /// The value of an optional argument, or none when it is not given.
    public func optionalArgument(_ name: String) -> [UInt8]? { arguments(name).first }

    /// The values of an argument, in the order given.
    public func arguments(_ name: String) -> [[UInt8]] {
        _ = declaration(of: name)
        return argumentValues[name] ?? []
    }

    /// An error of this command for what its declaration cannot say, such as two options that exclude each other.
    public func usageError(
        _ message: String, code: UsageError.Code = .conflict, suggestion: String? = nil
    ) -> UsageError {
        UsageError(code, message, suggestion: suggestion, topic: .command(command.name))
    }

    func option(_ long: String) -> OptionDeclaration {
        guard let option = options.first(where: { $0.long == long }) else {
            preconditionFailure("\(command.name) declares no option --\(long)")
        }
        return option
    }

    private func declaration(of name: String) -> ArgumentDeclaration {
        guard let argument = command.arguments.first(where: { $0.name == name }) else {
            preconditionFailure("\(command.name) declares no argument \(name)")
        }
        return argument
    }
}
