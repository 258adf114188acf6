/// The tables of a snapshot.
struct SnapshotTables: Hashable, Sendable {
    /// The tables whose definitions are written to the history, in Debezium's order.
    var eligible: [TableID]
    /// The tables whose rows are read, in that order.
    var captured: [TableID]
    /// The databases of the eligible tables, in the order of their first table.
    var databases: [String]

    init(all: [TableID], configuration: MySQLConnectorConfig) {
        let filter = configuration.filter
        captured = filter.snapshotOrder(all, configuration.profile)
        let history = configuration.history
        if history.storesOnlyCapturedTables {
            eligible = captured
        } else {
            eligible = all.filter { table in
                !TableFilter.isBuiltIn(table.database)
                    && (!history.storesOnlyCapturedDatabases || filter.includesDatabase(table.database))
            }.sorted()
        }
        var seen: Set<String> = []
        databases = eligible.map(\.database).filter { seen.insert($0).inserted }
    }

    /// The eligible and the captured tables, each once.
    var all: [TableID] {
        var seen: Set<TableID> = []
        return (eligible + captured).filter { seen.insert($0).inserted }
    }
}
