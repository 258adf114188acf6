import MySQLWire
import WireCore

/// Evaluates differences between table maps and the schema history, and reports each once for each version of a table.
struct TableMapDifferences {
    private struct Difference: Equatable {
        var definition: TableDefinition
        var characterSets: [String]
        var key: [String]?
    }

    private let logger: Logger
    private let primaryKey: (TableID) throws -> [String]
    /// The last report of each table.
    private var reported: [TableID: Difference] = [:]

    /// - Parameter primaryKey: the columns of a table's current primary key on the server.
    init(logger: Logger, primaryKey: @escaping (TableID) throws -> [String]) {
        self.logger = logger
        self.primaryKey = primaryKey
    }

    /// Throws a `PlanError` if the key of the messages is not that of the table.
    mutating func check(_ decoder: BinlogRowDecoder) throws {
        guard decoder.conflictingKey != nil || !decoder.characterSetConflicts.isEmpty else { return }
        let definition = decoder.plan.definition
        let difference = Difference(
            definition: definition, characterSets: decoder.characterSetConflicts, key: decoder.conflictingKey)
        guard reported[definition.id] != difference else { return }
        if let key = difference.key { try check(key, of: definition) }
        if !difference.characterSets.isEmpty {
            logger.warn(
                "Columns of the table \(definition.id) have other character sets in the schema history than on the server: "
                    + "\(difference.characterSets.joined(separator: ", ")). Their text is decoded with the server's.")
        }
        reported[definition.id] = difference
    }

    /// The table map contains the first suitable unique key of a table without a primary key, and the schema history
    /// may have another one: only the server can determine which is right.
    private func check(_ key: [String], of definition: TableDefinition) throws {
        let current = try primaryKey(definition.id)
        if current.isEmpty { return }
        let (known, stored) = (Self.list(definition.primaryKeyColumnNames), Self.list(key))
        if current.map({ $0.lowercased() }) == key.map({ $0.lowercased() }) {
            throw PlanError(
                table: definition.id, column: key.first,
                "in the schema history the table's key is \(known), but on the server it is \(stored)",
                remedy: TableMapCheck.remedy)
        }
        logger.warn(
            "The key of the table \(definition.id) is \(known) in the schema history, but \(stored) in the binlog and "
                + "\(Self.list(current)) on the server now. Messages have the schema history's key.")
    }

    private static func list(_ names: [String]) -> String { "(\(names.joined(separator: ", ")))" }
}
