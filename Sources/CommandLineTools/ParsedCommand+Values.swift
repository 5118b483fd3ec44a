extension ParsedCommand {
    /// The value of an option as text, or none when it is not given; throws `.invalidValue` when it is not UTF-8.
    public func text(_ long: String) throws(UsageError) -> String? { try texts(long).last }

    /// The values of an option as text, in the order given; throws `.invalidValue` when one is not UTF-8.
    public func texts(_ long: String) throws(UsageError) -> [String] {
        var found: [String] = []
        for bytes in values(long) { found.append(try text(bytes, of: origin(long))) }
        return found
    }

    /// The values of an argument as text, in the order given; throws `.invalidValue` when one is not UTF-8.
    public func argumentTexts(_ name: String) throws(UsageError) -> [String] {
        var found: [String] = []
        for bytes in arguments(name) { found.append(try text(bytes, of: name)) }
        return found
    }

    /// The value of an option as a whole number, or none when it is not given.
    ///
    /// Decimal digits, with a sign if wanted. Throws `.invalidValue` for anything else, and outside `range`.
    public func integer(_ long: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let bytes = value(long) else { return nil }
        let limits = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let text = String(validating: bytes, as: UTF8.self), let number = Int(text), range.contains(number) else {
            throw invalid(bytes, of: origin(long), wanted: limits)
        }
        return number
    }

    /// The value of an option as a size in bytes (see `ByteSize.parse`), or none when it is not given.
    ///
    /// Throws `.invalidValue` for what is not a size, and outside `range`.
    public func byteSize(_ long: String, in range: ClosedRange<UInt64>) throws(UsageError) -> UInt64? {
        guard let bytes = value(long) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self), let size = ByteSize.parse(text) else {
            throw invalid(bytes, of: origin(long), wanted: "a size such as 4096, 256MiB or 1G")
        }
        guard range.contains(size) else {
            let limits = "\(ByteSize.describe(range.lowerBound)) to \(ByteSize.describe(range.upperBound))"
            throw invalid(bytes, of: origin(long), wanted: "a size from \(limits)")
        }
        return size
    }

    /// The name under which a message speaks of an option's value: the option, or the variable that gave it.
    private func origin(_ long: String) -> String {
        if source(long) == .environment, let variable = option(long).environmentVariable { return variable }
        return "--\(long)"
    }

    private func text(_ bytes: [UInt8], of origin: String) throws(UsageError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw invalid(bytes, of: origin, wanted: "text in UTF-8")
        }
        return text
    }

    private func invalid(_ bytes: [UInt8], of origin: String, wanted: String) -> UsageError {
        usageError("\(origin) needs \(wanted), not \(PrintableText.quoted(bytes))", code: .invalidValue)
    }
}
