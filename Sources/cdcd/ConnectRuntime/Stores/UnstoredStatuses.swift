/// The statuses that were appended to the status topic and are not stored yet. A value without I/O.
struct UnstoredStatuses {
    struct Status: Equatable, Sendable {
        var key: String
        var value: [UInt8]?
        var number: UInt64
    }

    /// The last status of each key that is not stored.
    private var latest: [String: Status] = [:]
    private var failed: Set<String> = []
    private var lastNumber: UInt64 = 0

    mutating func add(_ key: String, _ value: [UInt8]?) -> Status {
        lastNumber += 1
        let status = Status(key: key, value: value, number: lastNumber)
        latest[key] = status
        failed.remove(key)
        return status
    }

    mutating func stored(_ status: Status) { if latest[status.key] == status { latest[status.key] = nil } }

    /// Returns whether a retry has to be scheduled: no other status waits for one.
    mutating func failed(_ status: Status) -> Bool {
        // A later status of the key is being written.
        guard latest[status.key] == status else { return false }
        defer { failed.insert(status.key) }
        return failed.isEmpty
    }

    /// The statuses to append again, in the order in which they were set.
    mutating func takeFailed() -> [Status] {
        defer { failed = [] }
        return failed.compactMap { latest[$0] }.sorted { $0.number < $1.number }
    }
}
