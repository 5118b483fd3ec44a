import Repository
import SystemInterface

extension TreeWalk {
    /// The extended attributes of an open directory.
    func attributes(of directory: OpenDirectory) throws(RepositoryError) -> ExtendedAttributeSet {
        try store(Result { () throws(SystemError) in try ExtendedAttributes.list(at: directory.descriptor) })
    }

    /// The extended attributes of an open file.
    func attributes(of file: borrowing FileDescriptor) throws(RepositoryError) -> ExtendedAttributeSet {
        let list: Result<[ExtendedAttribute], SystemError>
        do throws(SystemError) {
            list = .success(try ExtendedAttributes.list(at: file))
        } catch {
            list = .failure(error)
        }
        return try store(list)
    }

    /// The extended attributes of a name, which is not opened.
    func attributes(
        of name: [UInt8], in directory: OpenDirectory, reporting: Bool = true
    ) throws(RepositoryError) -> ExtendedAttributeSet {
        try store(
            Result { () throws(SystemError) in
                try ExtendedAttributes.list(at: directory.descriptor, name: name)
            }, reporting: reporting)
    }

    /// Puts attributes into the form of an entry; those that can't be had or held are reported, and left out.
    func store(
        _ attributes: Result<[ExtendedAttribute], SystemError>, reporting: Bool = true
    ) throws(RepositoryError) -> ExtendedAttributeSet {
        switch attributes {
        case .success([]): return .inline([])
        case .success(let list):
            let records = list.map { ExtendedAttributeRecord(name: $0.name, value: $0.value) }
            do throws(RepositoryError) {
                return try ExtendedAttributeSet.store(records, in: session)
            } catch {
                // Whatever else fails, fails the run: it must not cost attributes in silence.
                guard error.code == .invalidArgument else { throw error }
                if reporting { journal.report("its extended attributes are not saved: \(error.reason)") }
            }
        case .failure(let error):
            if reporting, error.errno != .noEntry {
                journal.report("its extended attributes cannot be read: \(error.errno.message)")
            }
        }
        return .inline([])
    }
}
