/// File systems that the kernel makes up: what is in them is no one's data, and reading some of it has effects.
enum PseudoFileSystem {
    /// The name of the file system with this magic number (statfs(2), linux/magic.h), or nil for one that holds data.
    static func name(magic: UInt64) -> String? {
        names[magic & 0xFFFF_FFFF]
    }

    private static let names: [UInt64: String] = [
        0x9FA0: "proc",
        0x6265_6572: "sysfs",
        0x0027_E0EB: "cgroup",
        0x6367_7270: "cgroup2",
        0x1CD1: "devpts",
        0x6462_6720: "debugfs",
        0x7472_6163: "tracefs",
        0x7363_6673: "securityfs",
        0xF97C_FF8C: "selinuxfs",
        0x4341_5D53: "smackfs",
        0x5A3C_69F0: "apparmorfs",
        0x6573_5543: "fusectl",
        0x1980_0202: "mqueue",
        0x6265_6570: "configfs",
        0xCAFE_4A11: "bpf",
        0x4249_4E4D: "binfmt_misc",
        0xDE5E_81E4: "efivarfs",
        0x6165_676C: "pstore",
        0x6E73_6673: "nsfs",
        0x6759_6969: "rpc_pipefs",
    ]
}
