import Repository
import SystemInterface

extension TreeRestorer {
    /// Restores anything but a directory under its name; something that is there gives way only when it may, and only
    /// when all of what replaces it is there.
    mutating func restoreLeaf(_ entry: TreeEntry, in target: TargetDirectory) throws {
        do {
            try make(entry, as: entry.name, in: target)
        } catch let error as SystemError where error.errno == .alreadyExists && overwrites {
            try replace(entry, in: target)
        }
        if entry.isHardLinked { places.remember(entry, at: journal.names) }
        journal.advance()
    }

    private mutating func replace(_ entry: TreeEntry, in target: TargetDirectory) throws {
        let name = try makeTemporary(entry, in: target)
        do throws(SystemError) {
            try target.descriptor.renameAt(name, to: target.descriptor, entry.name, replacing: true)
        } catch {
            try? target.descriptor.unlinkAt(name)
            throw error
        }
        // Two names of one inode are left as they are by rename(2).
        try? target.descriptor.unlinkAt(name)
    }

    private mutating func makeTemporary(_ entry: TreeEntry, in target: TargetDirectory) throws -> [UInt8] {
        while true {
            temporaryCount += 1
            let name = Array(".pastfs-restore-\(Host.processID)-\(temporaryCount)".utf8)
            do {
                try make(entry, as: name, in: target)
                return name
            } catch let error as SystemError where error.errno == .alreadyExists {
                continue
            }
        }
    }

    private mutating func make(_ entry: TreeEntry, as name: [UInt8], in target: TargetDirectory) throws {
        if entry.isHardLinked, let place = places.place(for: entry), try link(place, as: name, in: target) {
            journal.statistics.hardLinks += 1
            return
        }
        if entry.type == .regular {
            try makeFile(entry, as: name, in: target)
        } else {
            try makeSpecial(entry, as: name, in: target)
        }
        count(entry)
    }

    private func count(_ entry: TreeEntry) {
        switch entry.type {
        case .regular: journal.statistics.files += 1
        case .symbolicLink: journal.statistics.symbolicLinks += 1
        case .directory: break
        default: journal.statistics.others += 1
        }
    }

    /// Makes a file that only its owner can read until it is whole. One that cannot be made whole is not left behind.
    private func makeFile(_ entry: TreeEntry, as name: [UInt8], in target: TargetDirectory) throws {
        if entry.content == .unreadable {
            throw RepositoryError(.notSaved, "the file could not be read when the backup was made")
        }
        let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
        let file = try target.descriptor.openAt(name, flags, mode: 0o600)
        do {
            try files.write(entry, to: file)
            try metadata.apply(entry, to: file, givenAccessControl: target.givesAccessControl)
            try file.close()
        } catch {
            try? target.descriptor.unlinkAt(name)
            throw error
        }
    }

    private func makeSpecial(_ entry: TreeEntry, as name: [UInt8], in target: TargetDirectory) throws {
        if entry.type == .symbolicLink {
            try target.descriptor.symbolicLinkAt(name, target: entry.symbolicLinkTarget)
        } else {
            let device = entry.deviceNumber ?? DeviceNumber(major: 0, minor: 0)
            try target.descriptor.makeNodeAt(name, type: entry.type, permissions: 0o600, device: device)
        }
        do {
            try metadata.apply(entry, to: name, in: target)
        } catch {
            try? target.descriptor.unlinkAt(name)
            throw error
        }
    }

    /// Gives something that is restored already a further name; false where the file system has no room for one more.
    private func link(
        _ place: HardLinkPlaces.Place, as name: [UInt8], in target: TargetDirectory
    ) throws -> Bool {
        do throws(SystemError) {
            if place.names.dropLast().elementsEqual(journal.names.dropLast()) {
                try target.descriptor.linkAt(place.names.last ?? [], to: target.descriptor, name)
            } else {
                try link(place, from: stack[0], as: name, in: target)
            }
            return true
        } catch {
            guard error.errno == .tooManyLinks || error.errno == .otherDevice else { throw error }
            journal.report("this is a copy and no hard link: \(error.errno.message)")
            return false
        }
    }

    /// Goes to the first name from the destination on, through no link.
    private func link(
        _ place: HardLinkPlaces.Place, from root: RestoreFrame, as name: [UInt8], in target: TargetDirectory
    ) throws(SystemError) {
        guard var directory = root.target else { return }
        for step in place.names.dropLast() {
            directory = try TargetDirectory(existing: step, in: directory)
        }
        try directory.descriptor.linkAt(place.names.last ?? [], to: target.descriptor, name)
    }
}
