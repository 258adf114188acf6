import WireCore

/// Gathers the records of one statement, which have one position and stand side by side, and leaves out repetitions:
/// a statement may be recorded twice, and to apply it twice (`RENAME COLUMN`) is an error.
struct StatementGroups {
    struct Group {
        let position: JSONObject
        fileprivate(set) var records: [HistoryRecord]
    }

    /// What tells statements apart. The set of GTIDs may be long, and its hash is enough beside the rest.
    private struct Place: Hashable {
        let file: String?
        let numbers: [Int64?]
        let gtidHash: Int

        init(_ position: JSONObject) {
            file = position["file"]?.stringValue
            numbers = ["pos", "event", "ts_sec", "server_id"].map { position[$0]?.integerValue }
            gtidHash = position["gtids"]?.stringValue.hashValue ?? 0
        }
    }

    private var current: Group?
    /// The places of the statements before.
    private var seen: Set<Place> = []

    /// - Returns: the group that the record ended.
    mutating func add(_ record: HistoryRecord) -> Group? {
        if current?.position == record.position {
            current?.records.append(record)
            return nil
        }
        defer { current = Group(position: record.position, records: [record]) }
        return finish()
    }

    /// - Returns: the last group, without repetitions; nil if there is none or all of it is one.
    mutating func finish() -> Group? {
        guard var group = current.take() else { return nil }
        // A snapshot's statements have one position, and to apply them again changes nothing.
        if HistoryPosition(document: group.position).isInSnapshot { return group }
        guard seen.insert(Place(group.position)).inserted else { return nil }
        group.records = Self.withoutRepetitions(group.records)
        return group
    }

    /// Of `a a b b` and of `a b a b` one `a` and one `b`.
    private static func withoutRepetitions(_ records: [HistoryRecord]) -> [HistoryRecord] {
        var result: [HistoryRecord] = []
        for record in records {
            if let last = result.last, isSame(last, record) { continue }
            result.append(record)
        }
        let half = result.count / 2
        let isDoubled = result.count == 2 * half && zip(result[..<half], result[half...]).allSatisfy(isSame)
        return isDoubled ? Array(result[..<half]) : result
    }

    private static func isSame(_ first: HistoryRecord, _ second: HistoryRecord) -> Bool {
        first.ddl == second.ddl && first.databaseName == second.databaseName
    }
}
