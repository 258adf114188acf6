import MySQLWire

/// All base tables that are visible to the account, and when their definitions were changed.
struct TableListing {
    private(set) var tables: [TableID] = []
    /// The server's time of each table's last change, which every ALTER TABLE renews; only compared for equality.
    /// Missing if the server does not show it in the list, and for the last second's changes, since another one may
    /// follow in the same second.
    private(set) var changeTimes: [TableID: String] = [:]
    let showsChangeTimes: Bool

    init(reading connection: MySQLConnection) throws(MySQLError) {
        showsChangeTimes = ServerFlavor.hasTransactionalCatalog(serverVersion: connection.serverVersion)
        let time = showsChangeTimes
            ? ", IF(CREATE_TIME < NOW() - INTERVAL 1 SECOND, CREATE_TIME, NULL)" : ""
        let result = try connection.queryText(
            "SELECT TABLE_SCHEMA, TABLE_NAME\(time) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'")
        tables.reserveCapacity(result.rows.count)
        for row in result.rows {
            guard row.count >= 2, let database = row[0], let name = row[1] else { continue }
            let table = TableID(database: database, table: name)
            tables.append(table)
            if row.count > 2, let time = row[2] { changeTimes[table] = time }
        }
    }
}
