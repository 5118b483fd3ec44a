/// A queue between threads that holds no more than a limit: who pushes waits for room, who pops waits for an element.
///
/// Elements leave in the order in which they came. Any number of threads may push and pop.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private let lock: ConditionLock<Contents>

    /// An empty queue whose elements' costs, whatever they count, stay within `limit` in sum.
    public init(limit: Int) {
        precondition(limit > 0, "a queue needs room")
        lock = ConditionLock(Contents(limit: limit))
    }

    /// Adds an element, and waits for room if need be; false, and the element is dropped, once the queue is closed.
    ///
    /// An element that costs more than the limit is let into an empty queue.
    @discardableResult
    public func push(_ element: Element, cost: Int = 1) -> Bool {
        precondition(cost >= 0, "a cost cannot be negative")
        let isAccepted = lock.wait { contents -> Bool? in
            if contents.isClosed { return false }
            guard contents.hasRoom(for: cost) else { return nil }
            contents.append(element, cost)
            return true
        }
        if isAccepted { lock.broadcast() }
        return isAccepted
    }

    /// Adds an element if there is room for it now; false, and the element is dropped, if not or once the queue is closed.
    public func tryPush(_ element: Element, cost: Int = 1) -> Bool {
        precondition(cost >= 0, "a cost cannot be negative")
        let isAccepted = lock.withLock { contents in
            guard !contents.isClosed, contents.hasRoom(for: cost) else { return false }
            contents.append(element, cost)
            return true
        }
        if isAccepted { lock.broadcast() }
        return isAccepted
    }

    /// The element that came first, waiting for one if need be; nil when the queue is closed and empty.
    public func pop() -> Element? {
        let element = lock.wait { contents -> Element?? in
            if let element = contents.removeFirst() { return .some(element) }
            return contents.isClosed ? .some(nil) : nil
        }
        if element != nil { lock.broadcast() }
        return element
    }

    /// Lets nothing in any more; what is queued can still be popped.
    public func close() {
        lock.withLock { $0.isClosed = true }
        lock.broadcast()
    }

    /// Lets nothing in any more, and drops what is queued.
    public func cancel() {
        // The elements are freed outside the lock: their deinits may do anything.
        let dropped = lock.withLock { contents in
            contents.isClosed = true
            return contents.removeAll()
        }
        lock.broadcast()
        _ = dropped
    }

    /// How many elements wait, at the moment of asking.
    public var count: Int { lock.withLock { $0.count } }

    /// What they cost in sum, at the moment of asking.
    public var cost: Int { lock.withLock { $0.cost } }

    /// The elements: popped ones leave a gap at the front, which is closed when it is half of the array.
    private struct Contents: Sendable {
        private struct Item {
            let element: Element
            let cost: Int
        }

        private let limit: Int
        private var items: [Item?] = []
        private var front = 0
        private(set) var cost = 0
        var isClosed = false

        init(limit: Int) {
            self.limit = limit
        }

        var count: Int { items.count - front }

        func hasRoom(for extra: Int) -> Bool {
            count == 0 || extra <= limit - cost
        }

        mutating func append(_ element: Element, _ cost: Int) {
            items.append(Item(element: element, cost: cost))
            self.cost += cost
        }

        mutating func removeFirst() -> Element? {
            guard front < items.count, let item = items[front] else { return nil }
            items[front] = nil
            front += 1
            cost -= item.cost
            if front * 2 >= items.count {
                items.removeFirst(front)
                front = 0
            }
            return item.element
        }

        mutating func removeAll() -> [Element] {
            defer {
                items = []
                front = 0
                cost = 0
            }
            return items.compactMap { $0?.element }
        }
    }
}
