import Storage

/// What is set aside for a storage that is full.
extension Repository {
    /// Less room than this, in bytes, may not do for the few objects of a forget or a hold.
    private static let roomBytesMin: UInt64 = 64 << 10

    /// Creates a few small objects, where there is no room for them with what the storage has set aside: what frees room in
    /// the end, and what keeps a snapshot from that.
    ///
    /// What fails for want of room all the same is done once more.
    public func usingReserve<Result>(
        _ body: () throws(RepositoryError) -> Result
    ) throws(RepositoryError) -> Result {
        if let room = store.bytesAvailable(), room < Self.roomBytesMin { try releaseReserve() }
        do throws(RepositoryError) {
            return try body()
        } catch {
            guard error.code == .storage(.noSpace) else { throw error }
            try releaseReserve()
            return try body()
        }
    }

    /// Gives up what the storage has set aside.
    package func releaseReserve() throws(RepositoryError) {
        do throws(StorageError) {
            try store.releaseReserve()
        } catch {
            throw RepositoryError(error)
        }
    }

    /// Has the storage set something aside again. Where that fails, what was done stands all the same.
    public func makeReserve() {
        do throws(StorageError) {
            try store.makeReserve()
        } catch {
            warn("\(error); a prune may need free space")
        }
    }
}
