import WireCore

/// Groups the consecutive records of one statement, which have one position, and drops repetitions: a statement that is
/// read again is recorded again, and applying it twice (`RENAME COLUMN`) is an error.
struct StatementGroups {
    private struct Group {
        let position: JSONObject
        var records: [HistoryRecord]
    }

    /// Identifies a record's statement on any server. With GTIDs by the executed set; file and position differ between
    /// servers and are used only without. For long texts the hashes are sufficient in addition to time and server.
    private struct Identity: Hashable {
        let place: [JSONValue?]
        let gtidHash: Int?
        let ddlHash: Int
        let databaseName: String?

        init(_ record: HistoryRecord) {
            let position = record.position
            gtidHash = HistoryPosition(document: position).gtidText?.hashValue
            let names = ["event", "ts_sec", "server_id"] + (gtidHash == nil ? ["file", "pos"] : [])
            place = names.map { position[$0] }
            ddlHash = record.ddl.hashValue
            databaseName = record.databaseName
        }
    }

    private var current: Group?
    /// The records of the preceding statements.
    private var seen: Set<Identity> = []

    /// - Returns: the records that are complete now, in order: those of the statement that precedes the record if the
    ///   record ends it.
    mutating func add(_ record: HistoryRecord) -> [HistoryRecord] {
        if current?.position == record.position {
            current?.records.append(record)
            return []
        }
        let ended = finish()
        // A snapshot's statements have one position, and applying them again has no effect: they are not collected.
        if HistoryPosition(document: record.position).isInSnapshot { return ended + [record] }
        current = Group(position: record.position, records: [record])
        return ended
    }

    /// - Returns: the records of the last statement, without repetitions.
    mutating func finish() -> [HistoryRecord] {
        guard let group = current.take() else { return [] }
        let identities = group.records.map { Identity($0) }
        let records = Self.withoutRepetitions(zip(group.records, identities).filter { !seen.contains($0.1) })
        seen.formUnion(identities)
        return records
    }

    private typealias IdentifiedRecord = (record: HistoryRecord, identity: Identity)

    /// Reduces `a a b b` (two workers), `a b a b` (read again) and `a a b` (the first append was interrupted) to one
    /// `a` and one `b`. `RENAME TABLE a TO b, b TO a, a TO b` has none of these forms.
    private static func withoutRepetitions(_ records: [IdentifiedRecord]) -> [HistoryRecord] {
        var result: [IdentifiedRecord] = []
        for record in records where result.last?.identity != record.identity { result.append(record) }
        let start = result.indices.dropFirst().last { isMade(result[..<$0], ofPrefixesOf: result[$0...]) } ?? 0
        return result[start...].map(\.record)
    }

    private static func isMade(
        _ records: ArraySlice<IdentifiedRecord>, ofPrefixesOf statement: ArraySlice<IdentifiedRecord>
    ) -> Bool {
        var next = statement.startIndex
        for record in records {
            if next == statement.endIndex || record.identity != statement[next].identity { next = statement.startIndex }
            guard record.identity == statement[next].identity else { return false }
            next += 1
        }
        return true
    }
}
