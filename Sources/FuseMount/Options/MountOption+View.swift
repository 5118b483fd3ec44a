import SnapshotView
import SystemInterface

extension MountOption {
    /// The options that say what is shown and how, in the order of help.
    static let ofView: [MountOption] = [
        MountOption("host", .text("NAME"), help: "show only this host's snapshots; several are alternatives") {
            (options, text) throws(Refusal) in options.filter.hosts.insert(text)
        },
        MountOption("tag", .text("TAG"), help: "show only snapshots with this tag; of several, all must be there") {
            (options, text) throws(Refusal) in options.filter.tags.insert(text)
        },
        MountOption(
            "names", .words(ViewOptions.NameStyle.allCases.map(\.rawValue)),
            help: "how snapshots are called: by the time in UTC, in local time, or as Samba wants it"
        ) { (options, text) throws(Refusal) in
            options.nameStyle = ViewOptions.NameStyle(rawValue: text) ?? options.nameStyle
        },
        MountOption("uid", .text("USER"), help: "let everything belong to this user, a number or a name") {
            (options, text) throws(Refusal) in
            options.presentation.userID = try account("uid", text, what: "user", Accounts.userID)
        },
        MountOption("gid", .text("GROUP"), help: "let everything belong to this group, a number or a name") {
            (options, text) throws(Refusal) in
            options.presentation.groupID = try account("gid", text, what: "group", Accounts.groupID)
        },
        MountOption("umask", .text("MASK"), help: "show these permissions, in octal, of nothing") {
            (options, text) throws(Refusal) in options.presentation.umask = try mask(text)
        },
        MountOption(
            "symlinks", .words(Presentation.SymbolicLinks.allCases.map(\.rawValue)),
            help: "whether links may lead out of their snapshot"
        ) { (options, text) throws(Refusal) in
            options.presentation.symbolicLinks =
                Presentation.SymbolicLinks(rawValue: text) ?? options.presentation.symbolicLinks
        },
    ]

    /// Octal digits, as in mount(8) for vfat.
    private static func mask(_ text: String) throws(Refusal) -> UInt16 {
        guard let mask = UInt16(text, radix: 8), mask <= 0o777, text.utf8.first != UInt8(ascii: "+") else {
            throw Refusal(
                "it is not a number of up to three octal digits",
                fix: "give the permissions that nothing shall have, such as umask=022")
        }
        return mask
    }

    /// A number, or a name that this system knows.
    private static func account(
        _ option: String, _ text: String, what: String, _ find: (String) -> UInt32?
    ) throws(Refusal) -> UInt32 {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // The highest number means "no change" to chown(2), and is nobody's.
        if isNumber, let number = UInt32(text), number != .max { return number }
        if !isNumber, let number = find(text) { return number }
        throw Refusal(
            isNumber ? "no \(what) has such a number" : "there is no \(what) of this name",
            fix: "give a \(what)'s number or name, such as \(option)=1000")
    }
}
