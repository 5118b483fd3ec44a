/// The form in which mount(8) starts the program for an entry of fstab(5) of type `fuse.pastfs`.
///
/// mount.fuse3(8) runs `pastfs SOURCE MOUNTPOINT -o OPTIONS`. What is no option of the mount but of the program has an
/// underscore for each hyphen: `passphrase_file=PATH`.
package enum MountTableForm {
    private static let programOptions = ["passphrase_file", "passphrase_command", "cache_directory", "log_file"]
    /// What mount(8) and mount.fuse3(8) add unless they are told otherwise, and what a read-only mount of ours never is.
    private static let dropped: Set<String> = ["rw", "dev", "suid"]

    /// The same command line in the program's own form; other command lines as they are.
    package static func translated(_ arguments: [[UInt8]]) -> [[UInt8]] {
        guard arguments.count >= 2, let source = arguments.first, source.first == UInt8(ascii: "/"),
            arguments[1].first == UInt8(ascii: "/")
        else { return arguments }
        var result = [bytes("mount"), bytes("--repository"), source, arguments[1]]
        var rest = arguments.dropFirst(2)
        while let word = rest.popFirst() {
            guard word == bytes("-o"), let list = rest.popFirst() else {
                result.append(word)
                continue
            }
            result += options(list)
        }
        return result
    }

    private static func options(_ list: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var kept: [[UInt8]] = []
        for option in list.split(separator: UInt8(ascii: ",")) {
            let name = String(decoding: option.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            if programOptions.contains(name), option.count > name.utf8.count {
                let long = name.replacing("_", with: "-")
                result.append(bytes("--\(long)=") + option.dropFirst(name.utf8.count + 1))
            } else if !dropped.contains(name) {
                kept.append(Array(option))
            }
        }
        if !kept.isEmpty { result += [bytes("-o"), Array(kept.joined(separator: [UInt8(ascii: ",")]))] }
        return result
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
