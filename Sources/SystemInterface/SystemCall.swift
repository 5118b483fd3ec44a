import Glibc

// Every system call passes through these functions: errno is read in one place, and EINTR is retried in one place.

/// Runs a call that answers -1 and sets errno, again for as long as a signal interrupts it.
@inline(__always)
package func retryingInterrupts<Value: SignedInteger>(_ body: () -> Value) -> Result<Value, Errno> {
    while true {
        let value = body()
        if value != -1 { return .success(value) }
        let reason = Errno.current
        if reason != .interrupted { return .failure(reason) }
    }
}

/// Runs a call on a descriptor; throws with the call's name and `path`.
@inline(__always)
@discardableResult
func systemCall<Value: SignedInteger>(
    _ call: StaticString, path: @autoclosure () -> FilePath? = nil, _ body: () -> Value
) throws(SystemError) -> Value {
    switch retryingInterrupts(body) {
    case .success(let value): return value
    case .failure(let reason): throw SystemError(call: call.description, path: path(), errno: reason)
    }
}

/// Runs a call on a name or path; throws with both. A name that holds NUL, which C would cut short, is EINVAL.
@inline(__always)
@discardableResult
func systemCall<Value: SignedInteger>(
    _ call: StaticString, name: [UInt8], _ body: (UnsafePointer<CChar>) -> Value
) throws(SystemError) -> Value {
    let result = withCString(name) { pointer in retryingInterrupts { body(pointer) } } ?? .failure(.invalidArgument)
    switch result {
    case .success(let value): return value
    case .failure(let reason): throw SystemError(call: call.description, path: FilePath(name), errno: reason)
    }
}

/// Passes `bytes` with a NUL behind them, on the stack when they are short; nil, without a call, when they hold a NUL.
@inline(__always)
func withCString<Value>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Value) -> Value? {
    let count = bytes.count
    return withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { buffer -> Value? in
        guard let start = buffer.baseAddress else { return nil }
        if count > 0 {
            let isClean = bytes.withUnsafeBytes { source -> Bool in
                guard let from = source.baseAddress, memchr(from, 0, count) == nil else { return false }
                start.copyMemory(from: from, byteCount: count)
                return true
            }
            guard isClean else { return nil }
        }
        start.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
        return body(UnsafePointer(start.assumingMemoryBound(to: CChar.self)))
    }
}
