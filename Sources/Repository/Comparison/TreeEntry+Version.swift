extension TreeEntry {
    /// Whether both show the same version of a file, link or device: content, type, permissions, owner, time of the last
    /// change to the content, extended attributes, target and device number.
    ///
    /// Names and inodes are not compared, nor is the time at which the inode changed last: a hard link made elsewhere
    /// moves it, and saves nothing new.
    public func isSameVersion(as other: TreeEntry) -> Bool {
        type == other.type && size == other.size && modified == other.modified && content == other.content
            && hasSameOwnRecord(as: other)
    }

    /// Whether both, of one type and no directories, hold the same: bytes, a link's target, a device's number.
    func hasSameContent(as other: TreeEntry) -> Bool {
        size == other.size && content == other.content && symbolicLinkTarget == other.symbolicLinkTarget
            && deviceNumber == other.deviceNumber
    }

    /// Whether both directories are the same but for what they hold. Times do not count: they tell of entries that came
    /// and went, which is seen in the entries.
    public func isSameDirectory(as other: TreeEntry) -> Bool {
        type == other.type && hasSameOwnRecord(as: other)
    }

    private func hasSameOwnRecord(as other: TreeEntry) -> Bool {
        permissions == other.permissions && userID == other.userID && groupID == other.groupID
            && deviceNumber == other.deviceNumber && symbolicLinkTarget == other.symbolicLinkTarget
            && extendedAttributes == other.extendedAttributes
    }
}
