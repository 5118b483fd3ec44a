import Repository
import SystemInterface

/// Reads batches of small files into one buffer, and hands their contents on together. For one thread.
final class SmallFileReader {
    private let session: WriteSession
    private let fileBytesMax: Int
    private let meter: ReadMeter
    private let buffer: UnsafeMutableRawBufferPointer

    init(session: WriteSession, fileBytesMax: Int, meter: ReadMeter) {
        self.session = session
        self.fileBytesMax = fileBytesMax
        self.meter = meter
        buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: WriterLimits.batchBytesTarget + 2 * fileBytesMax, alignment: 4096)
    }

    deinit {
        buffer.deallocate()
    }

    func read(_ requests: [ReadBatch.Request]) -> [ReadBatch.Outcome] {
        var outcomes: [ReadBatch.Outcome] = []
        var lengths: [Int] = []
        var places: [Int] = []
        var filled = 0
        for request in requests {
            // Files that have grown since may not have room; the walk reads them by itself.
            guard !meter.isStopped, filled + fileBytesMax < buffer.count else {
                outcomes.append(.unsettled)
                continue
            }
            let (outcome, count) = read(request, at: filled)
            outcomes.append(outcome)
            if count > 0 {
                lengths.append(count)
                places.append(outcomes.count - 1)
                filled += count
            }
        }
        store(filled, lengths, places, &outcomes)
        return outcomes
    }

    /// Stores what was read, a chunk a file, and completes the outcomes of those files with its name.
    private func store(_ filled: Int, _ lengths: [Int], _ places: [Int], _ outcomes: inout [ReadBatch.Outcome]) {
        guard filled > 0 else { return }
        do throws(RepositoryError) {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<filled]).assumingMemoryBound(to: UInt8.self)
            let ids = try session.add(Span(_unsafeElements: bytes), lengths: lengths)
            for (id, place) in zip(ids, places) {
                guard case .read(let status, _, let attributes) = outcomes[place] else { continue }
                outcomes[place] = .read(status: status, content: .chunk(id), attributes: attributes)
            }
        } catch {
            for place in places { outcomes[place] = .failed(error) }
        }
    }

    /// Reads one file to the buffer from `start` on; returns how many bytes it has there.
    private func read(_ request: ReadBatch.Request, at start: Int) -> (ReadBatch.Outcome, count: Int) {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try OpenDirectory.openFile(request.name, in: request.directory)
        } catch {
            return (.notOpened(error), 0)
        }
        do throws(SystemError) {
            let before = try file.status()
            guard before.type == .regular, before.size > 0, before.size < UInt64(fileBytesMax), !before.mayHaveHoles
            else { return (.unsettled, 0) }
            // Room for a byte more: an answer of exactly the size is the whole file.
            let count = Int(before.size)
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + count + 1])
            var filled = try file.pread(into: room, at: 0)
            while filled > 0, filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: room[filled...])
                let more = try file.pread(into: rest, at: UInt64(filled))
                if more == 0 { break }
                filled += more
            }
            meter.read(filled)
            let after = try file.status()
            guard filled == count, after.size == before.size, after.modified == before.modified,
                after.changed == before.changed
            else { return (.unsettled, 0) }
            let attributes: Result<[ExtendedAttribute], SystemError>
            do throws(SystemError) {
                attributes = .success(try ExtendedAttributes.list(at: file))
            } catch {
                attributes = .failure(error)
            }
            return (.read(status: after, content: .none, attributes: attributes), count)
        } catch {
            return (.notRead(error), 0)
        }
    }
}

extension FileStatus {
    /// Blocks that don't suffice for the size tell of holes, or of compression: the kernel is asked where data stands.
    var mayHaveHoles: Bool { blocks < size / 512 }
}
