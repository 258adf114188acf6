import ConnectData
import MySQLWire

/// How the rows of one version of a table become messages: topic, schemas, and a plan for every column.
///
/// Compiled once for each table definition; the work per row is a loop over arrays.
public final class TablePlan: Sendable {
    public let definition: TableDefinition

    /// Throws where a column's type is unknown; the error names table and column.
    public init(_ definition: TableDefinition, configuration: MySQLConnectorConfig) throws {
        self.definition = definition
    }

    /// The plan for reading this table's rows from the binlog.
    ///
    /// Throws where the table map does not fit the definition: Debezium's "internal schema size" error with its remedy.
    public func binlogDecoder(for map: TableMap) throws -> BinlogRowDecoder { BinlogRowDecoder(plan: self) }

    /// The columns that a snapshot selects, in order.
    public var selectedColumns: [String] { definition.columns.map(\.name) }
}

/// A table plan bound to the storage that a table map announces. Made once for each table map.
public final class BinlogRowDecoder: Sendable {
    public let plan: TablePlan

    init(plan: TablePlan) { self.plan = plan }
}
