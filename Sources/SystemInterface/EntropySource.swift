import CLinux
import Glibc

/// Gives random bytes. Only the command line makes a real one: everything below is handed its source.
public protocol EntropySource: Sendable {
    /// `count` bytes that nobody can guess.
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's generator (getrandom(2)); it waits at early boot until it has been seeded.
public struct SystemEntropy: EntropySource {
    /// getrandom(2) never gives fewer bytes than asked for up to this count.
    private static let requestBytesMax = 256

    /// The kernel's generator.
    public init() {}

    /// `count` bytes that nobody can guess. A kernel without getrandom(2) traps: there is no safe way on.
    public func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let result = retryingInterrupts {
                    getrandom(room.baseAddress, min(room.count, Self.requestBytesMax), 0)
                }
                guard case .success(let given) = result else { preconditionFailure("getrandom(2) failed") }
                filled += given
            }
        }
    }
}
