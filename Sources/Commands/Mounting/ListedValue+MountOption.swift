import CommandLineTools
import FuseMount

extension ListedValue {
    /// An option of the mount as help, manual page and completion show it.
    init(_ option: MountOption) {
        let (valueName, completion): (String?, ValueCompletion) =
            switch option.value {
            case .none: (nil, .none)
            case .text(let name): (name, .none)
            case .file: ("FILE", .file)
            case .words(let words): ("WORD", .values(words))
            }
        self.init(name: option.name, valueName: valueName, help: option.help, completion: completion)
    }
}
