import MySQLWire
import WireCore

/// Binds each table id to the decoder of its rows, once for each table map.
package struct TableBindings {
    package enum Binding {
        /// Not captured: its rows are skipped.
        case filtered
        /// Captured, but not in the schema.
        case unknown(TableID)
        case captured(BinlogRowDecoder)
    }

    private struct Entry {
        /// Compared by identity: the decoder creates a new one only when the announced layout changes.
        let map: TableMap
        let binding: Binding
    }

    /// Table ids grow until the binlog rotates; bindings that are dropped are created again.
    private static let entryCountMax = 10_000

    private let configuration: MySQLConnectorConfig
    private var differences: TableMapDifferences
    private var entries: [UInt64: Entry] = [:]
    private var plans: [TableID: TablePlan] = [:]
    /// The last used entry: consecutive row events often have the same table.
    private var last: Entry?

    /// - Parameter primaryKey: the columns of a table's current primary key on the server.
    package init(
        configuration: MySQLConnectorConfig, logger: Logger, primaryKey: @escaping (TableID) throws -> [String]
    ) {
        self.configuration = configuration
        differences = TableMapDifferences(logger: logger, primaryKey: primaryKey)
    }

    /// The binding that was used last, if it is the map's.
    func lastBinding(for map: TableMap) -> Binding? {
        guard let last, last.map === map else { return nil }
        return last.binding
    }

    /// Throws if the table's definition cannot be compiled or does not fit the map.
    package mutating func binding(for map: TableMap, in schema: DatabaseSchema) throws -> Binding {
        if let binding = lastBinding(for: map) { return binding }
        if let known = entries[map.tableID], known.map === map {
            last = known
            return known.binding
        }
        let entry = Entry(map: map, binding: try resolve(map, schema))
        if entries.count >= Self.entryCountMax { entries.removeAll(keepingCapacity: true) }
        entries[map.tableID] = entry
        last = entry
        return entry.binding
    }

    private mutating func resolve(_ map: TableMap, _ schema: DatabaseSchema) throws -> Binding {
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

    /// A statement changed definitions: all bindings are created again.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        plans.removeAll(keepingCapacity: true)
        last = nil
    }

    /// A new file begins: table ids are assigned again.
    mutating func removeTableIDs() {
        entries.removeAll(keepingCapacity: true)
        last = nil
    }
}
