import MySQLWire
import WireCore

/// The statements that the history already has although they lie after the offset from which streaming begins: the task
/// ended between an append to the history and the commit of its offset, or the offset was set back. They are read and
/// applied again, and must not be recorded a second time.
public struct RecordedStatements: Sendable {
    private struct Record: Sendable {
        var gtids: GTIDSet?
        var file: String?
        var position: Int64?
        var database: String?
        var ddl: String?
    }

    /// In the order of the history.
    private var records: [Record] = []
    /// Transactions that the server has purged: they are in the executed sets of the stream, not in the records'.
    var purged = GTIDSet()

    public var isEmpty: Bool { records.isEmpty }
    public var count: Int { records.count }

    init() {}

    mutating func append(_ record: HistoryRecord, at position: HistoryPosition) {
        records.append(
            Record(
                // A set that cannot be read is at no place of a stream.
                gtids: try? position.gtids(), file: record.position["file"]?.stringValue,
                position: record.position["pos"]?.integerValue, database: record.databaseName, ddl: record.ddl))
    }

    /// Leaves out of the changes of a statement those at their head that the history has at the same place, and forgets
    /// these.
    ///
    /// - Parameters:
    ///   - offset: what the records of the changes would store.
    ///   - executed: the GTIDs executed before the statement; nil if the stream is not followed by GTIDs. Then file and
    ///     position must be equal, which are those of one server.
    mutating func removeRecorded(
        from changes: [SchemaChange], at offset: SourceOffset, executed: GTIDSet?
    ) -> ArraySlice<SchemaChange> {
        var rest = changes[...]
        guard let index = records.firstIndex(where: { isAtPlace($0, offset, executed) }) else { return rest }
        while index < records.count, let change = rest.first, isAtPlace(records[index], offset, executed),
            records[index].ddl == change.ddl, records[index].database == change.database {
            records.remove(at: index)
            rest = rest.dropFirst()
        }
        return rest
    }

    private func isAtPlace(_ record: Record, _ offset: SourceOffset, _ executed: GTIDSet?) -> Bool {
        guard let executed else { return record.file == offset.file && record.position == offset.position }
        // The executed set also has what the server purged before the task started.
        guard let gtids = record.gtids else { return false }
        return gtids.isSubset(of: executed) && executed.subtracting(gtids).isSubset(of: purged)
    }
}
