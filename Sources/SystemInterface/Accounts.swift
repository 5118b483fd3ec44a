import Glibc
import Synchronization

/// The names of users and groups, as the system's databases have them (passwd(5), group(5), nsswitch.conf(5)).
///
/// Answers are kept for the life of the process: a walk asks for the same few numbers millions of times. A name that is
/// not UTF-8 counts as none.
public enum Accounts {
    private static let userNames = Mutex<[UInt32: String?]>([:])
    private static let groupNames = Mutex<[UInt32: String?]>([:])
    private static let userIDs = Mutex<[String: UInt32?]>([:])
    private static let groupIDs = Mutex<[String: UInt32?]>([:])

    /// Entries grow with a group's members; what does not fit here is given up on.
    private static let entryBytesMax = 1 << 22
    private static let firstRoomBytes = 4096

    /// The name of a user, or nil when there is none (getpwuid_r(3)).
    public static func userName(_ userID: UInt32) -> String? {
        cached(userNames, userID) {
            var entry = passwd()
            return lookUp {
                getpwuid_r(userID, &entry, $0, $1, $2)
            } result: {
                text(entry.pw_name)
            }
        }
    }

    /// The name of a group, or nil when there is none (getgrgid_r(3)).
    public static func groupName(_ groupID: UInt32) -> String? {
        cached(groupNames, groupID) {
            var entry = group()
            return lookUp {
                getgrgid_r(groupID, &entry, $0, $1, $2)
            } result: {
                text(entry.gr_name)
            }
        }
    }

    /// The number of the user of this name, or nil when there is none (getpwnam_r(3)).
    public static func userID(_ name: String) -> UInt32? {
        cached(userIDs, name) {
            var entry = passwd()
            return lookUp {
                getpwnam_r(name, &entry, $0, $1, $2)
            } result: {
                entry.pw_uid
            }
        }
    }

    /// The number of the group of this name, or nil when there is none (getgrnam_r(3)).
    public static func groupID(_ name: String) -> UInt32? {
        cached(groupIDs, name) {
            var entry = group()
            return lookUp {
                getgrnam_r(name, &entry, $0, $1, $2)
            } result: {
                entry.gr_gid
            }
        }
    }

    /// Where the user's files are, or nil when the user is not known (getpwuid_r(3)).
    public static func homeDirectory(_ userID: UInt32) -> FilePath? {
        var entry = passwd()
        return lookUp {
            getpwuid_r(userID, &entry, $0, $1, $2)
        } result: {
            entry.pw_dir.map { FilePath(Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))) }
        }
    }

    /// The name of the user that the process acts for, or the number where there is no name.
    public static func currentUserName() -> String {
        let number = geteuid()
        return userName(number) ?? String(number)
    }

    /// Looks up outside the lock: a directory service may take seconds, and nobody else has to wait for it.
    private static func cached<Key: Hashable & Sendable, Value: Sendable>(
        _ cache: borrowing Mutex<[Key: Value?]>, _ key: Key, _ lookUp: () -> Value?
    ) -> Value? {
        if let known = cache.withLock({ $0[key] }) { return known }
        let value = lookUp()
        cache.withLock { $0[key] = .some(value) }
        return value
    }

    /// Runs a lookup with a buffer that grows for as long as it answers ERANGE; `result` reads the entry before the buffer
    /// that it points into is gone.
    private static func lookUp<Entry, Value>(
        _ call: (UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>) -> Int32,
        result: () -> Value?
    ) -> Value? {
        var room = firstRoomBytes
        while room <= entryBytesMax {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: room)
            defer { buffer.deallocate() }
            var found: UnsafeMutablePointer<Entry>?
            switch call(buffer, room, &found) {
            case 0: return found == nil ? nil : result()
            case EINTR: continue
            case ERANGE: room *= 2
            default: return nil
            }
        }
        return nil
    }

    private static func text(_ name: UnsafePointer<CChar>?) -> String? {
        guard let name else { return nil }
        let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }
}
