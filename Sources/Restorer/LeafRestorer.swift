import Repository
import SystemInterface

/// Puts files, links, fifos, sockets and devices into a directory; for one thread.
struct LeafRestorer {
    let context: RestoreContext
    let files: FileWriter
    let metadata: MetadataRestorer
    let present: PresentItem
    var done = RestoreStatistics()
    /// What was made of the entry at hand, or found to be the same, where others may be further names of it.
    private var place: FileStatus?

    init(_ context: RestoreContext) {
        self.context = context
        files = FileWriter(source: context.source, journal: context.journal)
        metadata = MetadataRestorer(context: context)
        present = PresentItem(context)
    }

    /// Restores the entries of a batch; what happens to one of them concerns no other.
    ///
    /// Throws only what ends the run.
    mutating func restore(_ batch: LeafBatch) throws(RestoreError) {
        for item in batch.items {
            try context.journal.checkStopped()
            var isRestored = false
            place = nil
            do {
                isRestored = try restore(item.entry, in: batch)
            } catch {
                try context.journal.absorb(error, path: batch.path.appending(item.entry.name))
            }
            item.place?.settle(isRestored ? place : nil)
        }
        let last = batch.items.last.map { batch.path.appending($0.entry.name) } ?? batch.path
        context.journal.advance(done, path: last)
        done = RestoreStatistics()
    }

    /// Restores an entry under its name; says whether it is there now as the snapshot has it.
    private mutating func restore(_ entry: TreeEntry, in batch: LeafBatch) throws -> Bool {
        let target = batch.target
        if target.isNew {
            do {
                _ = try make(entry, as: entry.name, in: batch, .final)
                tell(.created, entry, batch)
                return true
            } catch let error as SystemError where error.errno == .alreadyExists {
                // The file system takes two names for one, or somebody else is here.
            }
        }
        guard let status = try target.status(of: entry.name) else {
            try put(entry, in: batch, replacing: false)
            tell(.created, entry, batch)
            return true
        }
        try NameConflict(context: context).check(entry, status, in: target, of: batch.directory)
        switch try present.decision(entry, status, in: target, path: batch.path.appending(entry.name)) {
        case .keep(let isSame):
            done.kept += 1
            tell(.kept, entry, batch)
            place = status
            return isSame
        case .replace:
            try put(entry, in: batch, replacing: true)
            done.replaced += 1
            tell(.replaced, entry, batch)
            return true
        }
    }

    private func tell(_ action: RestoreAction, _ entry: TreeEntry, _ batch: LeafBatch) {
        guard let observer = context.journal.observer else { return }
        observer.restoreDid(action, path: batch.path.appending(entry.name), isDirectory: false)
    }

    /// How something is made.
    private enum Making {
        /// Under its own name, where nobody else can come to it before it is whole.
        case final
        /// Under a temporary name, because something may have its own.
        case temporary
        /// Under a temporary name, to give it that of something else, which is to be there until this is on the disk.
        case replacement
    }

    /// Makes an entry under a name of its own, and gives it its name when all of it is there.
    private mutating func put(_ entry: TreeEntry, in batch: LeafBatch, replacing: Bool) throws {
        let directory = batch.target
        let temporary = TemporaryName.make(context.entropy)
        // What does not get its final name is given back.
        let making = replacing ? Making.replacement : .temporary
        guard let made = try make(entry, as: temporary, in: batch, making) else { return }
        do {
            try give(entry, its: temporary, in: batch, replacing: replacing)
        } catch {
            try? directory.descriptor.unlinkAt(temporary)
            throw error
        }
        // As long as it is open, nothing else can have its number.
        guard let status = try directory.status(of: entry.name), try made.status().isSameInode(as: status) else {
            throw ItemError(reason: "somebody else has put something in its place")
        }
    }

    private func give(_ entry: TreeEntry, its temporary: [UInt8], in batch: LeafBatch, replacing: Bool) throws {
        let directory = batch.target
        do throws(SystemError) {
            try rename(temporary, to: entry.name, in: directory, replacing: replacing)
        } catch {
            guard error.errno == .isDirectory, context.options.deletes else { throw error }
            // The snapshot has no directory of this name.
            try ExtraneousItems(context, sourceDepths: batch.sourceDepths).removeInTheWay(
                entry.name, in: directory, path: batch.path.appending(entry.name))
            try rename(temporary, to: entry.name, in: directory, replacing: true)
        }
    }

    private func rename(
        _ temporary: [UInt8], to name: [UInt8], in directory: TargetDirectory, replacing: Bool
    ) throws(SystemError) {
        do throws(SystemError) {
            try directory.descriptor.renameAt(temporary, to: directory.descriptor, name, replacing: replacing)
        } catch {
            // Not every file system can promise to replace nothing.
            guard error.errno == .invalidArgument, !replacing else { throw error }
            try directory.renameWhereFree(temporary, to: name)
        }
    }

    /// Makes an entry as `name`. What is not made under its final name is given back open, to know it by.
    private mutating func make(
        _ entry: TreeEntry, as name: [UInt8], in batch: LeafBatch, _ making: Making
    ) throws -> FileDescriptor? {
        let path = { batch.path.appending(entry.name) }
        guard entry.type == .regular else {
            let place = try makeSpecial(entry, as: name, in: batch.target, path: path)
            if entry.type == .symbolicLink { done.symbolicLinks += 1 } else { done.others += 1 }
            return place
        }
        let file = try makeFile(entry, as: name, in: batch.target, making, path: path)
        done.files += 1
        return file
    }

    /// Makes a file that nobody else can read until it is whole. One that cannot be made whole is not left behind.
    private mutating func makeFile(
        _ entry: TreeEntry, as name: [UInt8], in target: TargetDirectory, _ making: Making, path: () -> FilePath
    ) throws -> FileDescriptor? {
        try entry.checkSaved()
        // In a directory that nobody else can enter it has the permissions that it is to have from the start.
        let mode = target.isNew ? entry.permissions & 0o777 : 0o600
        let verifies = context.options.verifies
        let flags: OpenFlags = [verifies ? .readWrite : .writeOnly, .create, .exclusive, .noFollow]
        context.sync?.willMakeFile()
        let file = try target.descriptor.openBeneath(name, flags, mode: UInt32(mode))
        do {
            // Another run knows by the lock that it is no leftover (`TargetDirectory.mayBeInUse`).
            if making != .final { _ = try? file.tryLock(exclusive: true) }
            let bytes = try files.write(entry, to: file)
            if verifies { try verify(entry, file) }
            let made = MetadataRestorer.Made(
                ownsAsProcess: target.ownsAsProcess, hasAccessControl: target.givesAccessControl,
                permissions: target.givesAccessControl ? nil : context.umask.map { mode & ~$0 })
            try metadata.apply(entry, to: file, made: made, path: path())
            if entry.isHardLinked { self.place = try file.status() }
            if making == .replacement, context.options.isDurable { try file.syncData() }
            let known = making == .final ? nil : try file.duplicate()
            // Some file systems tell only now that something could not be written.
            try file.close()
            done.bytes += bytes
            return known
        } catch {
            try? target.descriptor.unlinkAt(name)
            throw error
        }
    }

    private mutating func verify(_ entry: TreeEntry, _ file: borrowing FileDescriptor) throws {
        guard try FileVerifier(source: context.source, journal: context.journal).holds(entry, file) else {
            throw ItemError(reason: "what was read back is not what was written; the file is removed")
        }
        done.verified += 1
    }

    private mutating func makeSpecial(
        _ entry: TreeEntry, as name: [UInt8], in target: TargetDirectory, path: () -> FilePath
    ) throws -> FileDescriptor {
        if entry.type == .symbolicLink {
            try target.descriptor.symbolicLinkAt(name, target: entry.symbolicLinkTarget)
        } else {
            let device = entry.deviceNumber ?? DeviceNumber(major: 0, minor: 0)
            try target.descriptor.makeNodeAt(name, type: entry.type, permissions: 0o600, device: device)
        }
        do {
            let place = try target.descriptor.openBeneath(name, [.pathOnly, .noFollow], resolution: .beneath)
            let status = try place.status()
            // What has another name is something that was put in its place.
            guard status.type == entry.type, status.linkCount == 1 else {
                throw ItemError(reason: "somebody else has put something in its place")
            }
            try metadata.apply(entry, toPlace: place, path: path())
            self.place = status
            return place
        } catch {
            try? target.descriptor.unlinkAt(name)
            throw error
        }
    }
}
