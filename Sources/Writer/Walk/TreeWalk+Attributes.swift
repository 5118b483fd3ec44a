import Repository
import SystemInterface

// What cannot be had is reported, and the entry says that it lacks it: the next run asks again, and reports again.

extension TreeWalk {
    /// Reads the extended attributes of an open directory, which is `name` in `above`, into its entry.
    func readAttributes(
        of directory: OpenDirectory, _ name: [UInt8], in above: OpenDirectory?, into entry: inout TreeEntry
    ) throws(RepositoryError) {
        let list = Result { () throws(SystemError) in try ExtendedAttributes.list(at: directory.descriptor) }
        try store(list, of: name, in: above, into: &entry)
    }

    /// Reads the extended attributes of an open file, which is `name` in `directory`, into its entry.
    func readAttributes(
        of file: borrowing FileDescriptor, _ name: [UInt8], in directory: OpenDirectory, into entry: inout TreeEntry
    ) throws(RepositoryError) {
        let list: Result<[ExtendedAttribute], SystemError>
        do throws(SystemError) {
            list = .success(try ExtendedAttributes.list(at: file))
        } catch {
            list = .failure(error)
        }
        try store(list, of: name, in: directory, into: &entry)
    }

    /// Reads the extended attributes of a name, which is not opened, into its entry.
    func readAttributes(
        of name: [UInt8], in directory: OpenDirectory, into entry: inout TreeEntry, reporting: Bool = true
    ) throws(RepositoryError) {
        let list = Result { () throws(SystemError) in
            try ExtendedAttributes.list(at: directory.descriptor, name: name)
        }
        try store(list, of: name, in: directory, into: &entry, reporting: reporting)
    }

    /// Puts attributes into the entry of `name` in `directory`; a source's root has no directory.
    func store(
        _ attributes: Result<[ExtendedAttribute], SystemError>, of name: [UInt8], in directory: OpenDirectory?,
        into entry: inout TreeEntry, reporting: Bool = true
    ) throws(RepositoryError) {
        switch attributes {
        case .success([]):
            entry.extendedAttributes = .inline([])
            return
        case .success(let list):
            let records = list.map { ExtendedAttributeRecord(name: $0.name, value: $0.value) }
            do throws(RepositoryError) {
                entry.extendedAttributes = try ExtendedAttributeSet.store(records, in: session)
                return
            } catch {
                // Whatever else fails, fails the run: it must not cost attributes in silence.
                guard error.code == .invalidArgument else { throw error }
                if reporting { journal.report("its extended attributes are not saved: \(error.reason)") }
            }
        case .failure(let error):
            if reporting, error.errno != .noEntry || !isGone(name, from: directory, entry) {
                journal.report("its extended attributes cannot be read: \(error.errno.message)")
            }
        }
        entry.extendedAttributes = .inline([])
        entry.lacksAttributes = true
    }

    /// Whether what `entry` was made of is not there any more. Some file systems say so of attributes alone, and everybody
    /// is told so who asks by name while /proc is not mounted.
    private func isGone(_ name: [UInt8], from directory: OpenDirectory?, _ entry: TreeEntry) -> Bool {
        guard let directory else { return false }
        do throws(SystemError) {
            let status = try directory.descriptor.statusAt(name)
            return status.inode != entry.inode || status.device != entry.device
        } catch {
            return error.errno == .noEntry
        }
    }
}
