import Coding
import Storage
import SystemInterface

/// What a collector creates: docs/consistency.md has the protocol, and why each step is needed.
extension Repository {
    /// Begins generation `number` with `plan`; false if somebody else has begun it, or an earlier attempt of this run that
    /// another has taken over.
    package func begin(
        generation number: UInt64, _ plan: QuarantinePlan, entropy: any EntropySource
    ) throws(RepositoryError) -> Bool {
        let name = ObjectName(.quarantine, number: number)
        let record = try readable(plan, plan.encode(), as: name, QuarantinePlan.init(decoding:))
        guard case .won = try createFirst(name, try sealRecord(record, as: name, entropy)) else { return false }
        return true
    }

    /// Decides what generation `number` deletes, unless that is decided already: what is.
    package func decide(
        generation number: UInt64, _ plan: SweepPlan, entropy: any EntropySource
    ) throws(RepositoryError) -> SweepPlan {
        let name = ObjectName(.quarantine, number: number, part: .sweep)
        let record = try readable(plan, plan.encode(), as: name, SweepPlan.init(decoding:))
        switch try createFirst(name, try sealRecord(record, as: name, entropy)) {
        case .won: return plan
        case .taken(let bytes): return try openRecord(bytes, as: name, SweepPlan.init(decoding:))
        }
    }

    /// Sees to it that what a generation deletes is stored twice: while it cannot be read, nobody can write or delete.
    ///
    /// Called before anything is deleted. Does nothing where the plan cannot be read: then the copy is what was read.
    package func copySweepPlan(of generation: UInt64) throws(RepositoryError) {
        let name = ObjectName(.quarantine, number: generation, part: .sweep)
        let read: [UInt8]?
        do {
            read = try readIfPresent(name)
        } catch {
            guard let copy = try? copyOfSweepPlan(generation) else { throw error }
            read = copy.bytes
        }
        guard let bytes = read, (try? openRecord(bytes, as: name, SweepPlan.init(decoding:))) != nil else { return }
        do {
            try createPersistently(ObjectName(.quarantine, number: generation, part: .copy), bytes)
        } catch {
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
    }

    /// `record`, if it reads as what it is to say: a plan that nobody can read would stop every writer and collector.
    private func readable<Plan: Equatable>(
        _ plan: Plan, _ record: [UInt8], as name: ObjectName, _ decode: ([UInt8]) throws(CodingError) -> Plan
    ) throws(RepositoryError) -> [UInt8] {
        do {
            guard try decode(record) == plan else {
                throw RepositoryError(.internalFailure, object: name.path, "it would not say what it is to say")
            }
        } catch let error as RepositoryError {
            throw error
        } catch {
            throw RepositoryError(.internalFailure, object: name.path, "it could not be read: \(error)")
        }
        return record
    }

    /// Says that nothing is left to do for generation `number`.
    package func close(
        generation number: UInt64, by identity: RunIdentity, entropy: any EntropySource
    ) throws(RepositoryError) {
        let name = ObjectName(.quarantine, number: number, part: .closed)
        let bytes = try sealRecord(identity.encode(), as: name, entropy)
        do {
            try createPersistently(name, bytes)
        } catch {
            // Whoever has closed it, and whether that can be read: it is closed.
            guard error.code == .alreadyExists else { throw RepositoryError(error) }
        }
    }

    /// Deletes an object, and tries once more after a failure; false if it is not there. May be repeated by anyone.
    @discardableResult
    package func delete(_ name: ObjectName) throws(RepositoryError) -> Bool {
        do throws(StorageError) {
            do throws(StorageError) {
                try store.delete(name)
            } catch {
                guard error.mayHideSuccess, error.code != .notFound else { throw error }
                try store.delete(name)
            }
            return true
        } catch {
            guard error.code == .notFound else { throw RepositoryError(error) }
            return false
        }
    }
}
