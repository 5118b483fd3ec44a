/// Every limit of the pipeline: together they bound what a run holds in memory and how many directories it keeps open.
enum WriterLimits {
    /// How many batches of small files the walk may be ahead by.
    static let batchesAheadMax = 8
    /// The most files of one batch.
    static let batchFilesMax = 32
    /// A batch is closed when its files have this many bytes.
    static let batchBytesTarget = 512 << 10
    /// How many entries may wait for a file that stands before them.
    static let waitingEntriesMax = 8_192
    /// In how many directories files may be read ahead: each is open until they have been dealt with.
    static let directoriesAheadMax = 128
    /// How many blocks of a large file are being read or named at the same time.
    static let blocksMax = 3
    /// How many of the largest chunks a block has room for.
    static let blockChunksMax = 4
    /// How many names a scout may be ahead of the walk by: some 20 MB.
    static let scoutedNamesMax = 65_536
    /// A directory with more names is left to the walk.
    static let scoutedDirectoryNamesMax = 16_384
    /// For how many seconds the walk goes by what the scout saw.
    static let scoutedSecondsMax: Int64 = 30
    /// How many threads read ahead at most: they wait for the storage of the source, seldom for the processor.
    static let readersMax = 4
    /// Of how many inodes with several names is kept what they were saved as: what fills a dictionary of 2^22 places.
    static let hardLinkedInodesMax = 3 << 20
    /// How many bytes of them are kept beside that: lists of segments, and attributes.
    static let hardLinkDetailBytesMax = 128 << 20
    /// For how many seconds a page of a file may be dirty: 35 as kernels are set up, and some for the writing.
    static let writebackSecondsMin: Int64 = 60
    /// How much of that is for the writing.
    static let writebackSecondsSpare: Int64 = 25
    /// The most that is made of it, whatever a machine is set to.
    static let writebackSecondsMax: Int64 = 3_600
    /// How many seconds a run waits in all for programs to give up their leases on files. The kernel takes one away after
    /// `fs.lease-break-time`, 45 seconds if nobody has set it.
    static let leaseSecondsMax = 60.0
}
