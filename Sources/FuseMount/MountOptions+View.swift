import SnapshotView
import SystemInterface

extension MountOptions {
    /// How the view is made that these options ask for.
    ///
    /// - Parameters:
    ///   - userID: who owns what the view adds, unless an option says whose everything is.
    ///   - groupID: the group of the same.
    public func viewOptions(userID: UInt32, groupID: UInt32, clock: any WallClock) -> ViewOptions {
        var options = ViewOptions(
            cacheBytes: cacheBytes, inodeNumbers: inodeNumbers, userID: presentation.userID ?? userID,
            groupID: presentation.groupID ?? groupID, clock: clock)
        options.filter = filter
        options.nameStyle = nameStyle
        options.presentation = presentation
        return options
    }

    /// Applies an option that says what is shown and how.
    mutating func applyView(_ name: String, _ value: String) throws(MountError) {
        switch name {
        case "host": filter.hosts.insert(value)
        case "tag": filter.tags.insert(value)
        case "names": nameStyle = try Self.choice(name, value)
        case "symlinks": presentation.symbolicLinks = try Self.choice(name, value)
        case "umask": presentation.umask = try Self.umask(value)
        case "uid":
            presentation.userID = try Self.account(name, value, what: "user", Accounts.userID)
        default:
            presentation.groupID = try Self.account(name, value, what: "group", Accounts.groupID)
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: String
    ) throws(MountError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        throw invalid(
            "\(name)=\(value)", why: "there is no such choice",
            fix: "choose " + Choice.allCases.map { "\(name)=\($0.rawValue)" }.joined(separator: " or "))
    }

    /// Octal digits, as in mount(8) for vfat.
    private static func umask(_ value: String) throws(MountError) -> UInt16 {
        guard let mask = UInt16(value, radix: 8), mask <= 0o777, value.utf8.first != UInt8(ascii: "+") else {
            throw invalid(
                "umask=\(value)", why: "it is not a number of up to three octal digits",
                fix: "give the permissions that nothing shall have, such as umask=022")
        }
        return mask
    }

    /// A number, or a name that this system knows.
    private static func account(
        _ option: String, _ value: String, what: String, _ find: (String) -> UInt32?
    ) throws(MountError) -> UInt32 {
        let isNumber = value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        // The highest number means "no change" to chown(2), and is nobody's.
        if isNumber, let number = UInt32(value), number != .max { return number }
        if !isNumber, let number = find(value) { return number }
        throw invalid(
            "\(option)=\(value)", why: isNumber ? "no \(what) has such a number" : "there is no \(what) of this name",
            fix: "give a \(what)'s number or name, such as \(option)=1000")
    }
}
