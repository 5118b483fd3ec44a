import FuseMount

/// The form in which mount(8) starts the program for an entry of fstab(5) of type `fuse.pastfs`.
///
/// As mount(8) documents it for its helpers, `mount.fuse.pastfs SOURCE MOUNTPOINT [-sfnv] [-N NAMESPACE] [-o OPTIONS]
/// [-t TYPE]`. Where that name is not installed, mount.fuse3(8) runs `pastfs SOURCE MOUNTPOINT -o OPTIONS` instead. What
/// is no option of the mount but of the program has an underscore for each hyphen: `passphrase_file=PATH`.
struct MountTableForm {
    /// The name under which the program is a helper of mount(8), in `/sbin`.
    static let helperName = "mount.fuse.pastfs"

    private static let programOptions = ["passphrase_file", "passphrase_command", "cache_directory", "log_file"]
    /// What mount(8) and mount.fuse3(8) add unless they are told otherwise, and what a read-only mount of ours never is.
    private static let dropped: Set<String> = ["rw", "dev", "suid"]

    /// The same command line in the program's own form.
    let arguments: [[UInt8]]

    /// Reads a command line; nil when it is one of the program's own form.
    ///
    /// `programName` is what the program was started as, with or without directories.
    init?(programName: [UInt8], arguments: [[UInt8]]) throws(Failure) {
        let slash = UInt8(ascii: "/")
        let isHelper = programName.split(separator: slash).last?.elementsEqual(Self.helperName.utf8) ?? false
        guard isHelper || (arguments.count >= 2 && arguments[..<2].allSatisfy { $0.first == slash }) else { return nil }
        var reader = Reader()
        try reader.read(arguments)
        guard reader.operands.count == 2 else { throw Self.misused("a source and a mount point are needed") }
        self.arguments =
            [Self.bytes(MountCommand.declaration.name)] + (reader.isFake ? [Self.bytes("--dry-run")] : [])
            + (reader.isVerbose ? [Self.bytes("--verbose")] : [])
            + Self.options(reader.options, isTolerant: reader.isTolerant)
            + [Self.bytes("--repository"), reader.operands[0], Self.bytes("--"), reader.operands[1]]
    }

    /// What mount(8) wants to be told for an exit code of ours (EXIT STATUS in mount(8)).
    static func exitCode(_ code: Int32) -> Int32 {
        switch code {
        case ExitCode.done.rawValue: 0
        // Incorrect invocation.
        case ExitCode.usage.rawValue: 1
        // User interrupt.
        case ExitCode.signal(.interrupt).rawValue: 8
        // Mount failure.
        default: 32
        }
    }

    static func misused(_ why: String) -> Failure {
        Failure(
            .usage, "the command line is not understood", why: why,
            fix: "let mount(8) start it: `mount -t fuse.\(PastFSProgram.name) REPOSITORY MOUNTPOINT -o OPTIONS`")
    }

    private static func options(_ list: [UInt8], isTolerant: Bool) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var kept: [[UInt8]] = []
        for option in list.split(separator: UInt8(ascii: ",")) {
            let name = String(decoding: option.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            if programOptions.contains(name), option.count > name.utf8.count {
                result.append(bytes("--\(name.replacing("_", with: "-"))") + option.dropFirst(name.utf8.count))
            } else if !dropped.contains(name), !isTolerant || MountOption.isKnown(name) {
                kept.append(Array(option))
            }
        }
        if !kept.isEmpty { result += [bytes("-o"), Array(kept.joined(separator: [UInt8(ascii: ",")]))] }
        return result
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}

/// Takes such a command line apart.
private struct Reader {
    private(set) var operands: [[UInt8]] = []
    /// Everything given with `-o`, with commas between.
    private(set) var options: [UInt8] = []
    /// `-f`: everything but the mounting.
    private(set) var isFake = false
    private(set) var isVerbose = false
    /// `-s`: what is unknown is passed over.
    private(set) var isTolerant = false

    mutating func read(_ arguments: [[UInt8]]) throws(Failure) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.first == UInt8(ascii: "-"), word.count > 1 else {
                operands.append(word)
                continue
            }
            try read(letters: word.dropFirst(), followedBy: &rest)
        }
    }

    /// One word of letters, of which the last may take a value: the rest of the word, or the next one.
    private mutating func read(
        letters: ArraySlice<UInt8>, followedBy rest: inout ArraySlice<[UInt8]>
    ) throws(Failure) {
        var letters = letters
        while let letter = letters.popFirst() {
            switch Character(UnicodeScalar(letter)) {
            case "f": isFake = true
            case "s": isTolerant = true
            case "v": isVerbose = true
            // There is no table of mounts to write to.
            case "n": break
            case "o", "N", "t":
                guard let value = letters.isEmpty ? rest.popFirst() : Array(letters) else {
                    throw MountTableForm.misused("-\(UnicodeScalar(letter)) needs a value")
                }
                // mount(8) has changed to the namespace of -N already, and -t says what is known.
                if letter == UInt8(ascii: "o") { options += (options.isEmpty ? [] : [UInt8(ascii: ",")]) + value }
                return
            default:
                throw MountTableForm.misused(
                    "mount(8) gives its helpers no option -\(Printable.line(String(UnicodeScalar(letter))))")
            }
        }
    }
}
