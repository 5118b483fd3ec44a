import Repository
import SystemInterface

extension TreeWalk {
    /// The extended attributes of an open directory.
    func attributes(of directory: OpenDirectory) -> ExtendedAttributeSet {
        store(Result { () throws(SystemError) in try ExtendedAttributes.list(at: directory.descriptor) })
    }

    /// The extended attributes of an open file.
    func attributes(of file: borrowing FileDescriptor) -> ExtendedAttributeSet {
        do throws(SystemError) {
            return store(.success(try ExtendedAttributes.list(at: file)))
        } catch {
            return store(.failure(error))
        }
    }

    /// The extended attributes of a name, which is not opened.
    func attributes(
        of name: [UInt8], in directory: OpenDirectory, reporting: Bool = true
    ) -> ExtendedAttributeSet {
        store(
            Result { () throws(SystemError) in
                try ExtendedAttributes.list(at: directory.descriptor, name: name)
            }, reporting: reporting)
    }

    /// Puts attributes into the form of an entry; those that can't be had or held are reported, and left out.
    private func store(
        _ attributes: Result<[ExtendedAttribute], SystemError>, reporting: Bool = true
    ) -> ExtendedAttributeSet {
        switch attributes {
        case .success([]): return .inline([])
        case .success(let list):
            let records = list.map { ExtendedAttributeRecord(name: $0.name, value: $0.value) }
            do throws(RepositoryError) {
                return try ExtendedAttributeSet.store(records, in: session)
            } catch {
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
