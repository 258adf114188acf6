import MySQLWire
import WireCore

/// Where the rows of each table number go, decided once for each table map.
package struct TableRoutes {
    package enum Route {
        /// Not captured: its rows are passed over.
        case filtered
        /// Captured, but the schema does not know it.
        case unknown(TableID)
        case captured(BinlogRowDecoder)
    }

    private struct Entry {
        /// Compared by identity: the decoder makes a new one only when the announced layout changes.
        let map: TableMap
        let route: Route
    }

    /// Table numbers grow until the binlog rotates; routes that are dropped are decided again.
    private static let entryCountMax = 10_000

    private let configuration: MySQLConnectorConfig
    private var differences: TableMapDifferences
    private var entries: [UInt64: Entry] = [:]
    private var plans: [TableID: TablePlan] = [:]
    /// The entry that was asked for last: row events of one table come in runs.
    private var last: Entry?

    /// - Parameter primaryKey: the columns of a table's primary key on the server now.
    package init(
        configuration: MySQLConnectorConfig, logger: Logger, primaryKey: @escaping (TableID) throws -> [String]
    ) {
        self.configuration = configuration
        differences = TableMapDifferences(logger: logger, primaryKey: primaryKey)
    }

    /// Throws where the table's definition cannot be compiled or does not fit the map.
    package mutating func route(for map: TableMap, in schema: DatabaseSchema) throws -> Route {
        if let last, last.map === map { return last.route }
        if let known = entries[map.tableID], known.map === map {
            last = known
            return known.route
        }
        let entry = Entry(map: map, route: try resolve(map, schema))
        if entries.count >= Self.entryCountMax { entries.removeAll(keepingCapacity: true) }
        entries[map.tableID] = entry
        last = entry
        return entry.route
    }

    private mutating func resolve(_ map: TableMap, _ schema: DatabaseSchema) throws -> Route {
        let id = TableID(database: map.database, table: map.table)
        guard configuration.filter.includes(id) else { return .filtered }
        guard let definition = schema.table(id) else { return .unknown(id) }
        let plan: TablePlan
        if let known = plans[definition.id] {
            plan = known
        } else {
            plan = try TablePlan(definition, configuration: configuration)
            plans[definition.id] = plan
        }
        let decoder = try plan.binlogDecoder(for: map)
        try differences.check(decoder)
        return .captured(decoder)
    }

    /// A statement changed definitions: all routes are decided again.
    mutating func forget() {
        entries.removeAll(keepingCapacity: true)
        plans.removeAll(keepingCapacity: true)
        last = nil
    }

    /// A new file begins: table numbers start again.
    mutating func forgetNumbers() {
        entries.removeAll(keepingCapacity: true)
        last = nil
    }
}
