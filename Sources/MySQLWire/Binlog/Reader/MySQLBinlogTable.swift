import WireCore

/// A table in the binlog, as the server describes it before its row events.
public final class MySQLBinlogTable: Sendable {
    public let database: String
    public let name: String
    public let columns: [Column]
    let map: TableMap
    let decoder: RowValueDecoder
    /// For messages.
    var fullName: String { "\(database).\(name)" }

    public struct Column: Equatable, Sendable {
        /// nil unless the server sends names: `binlog_row_metadata=FULL`.
        public let name: String?
        /// For example `DECIMAL(10,2)` or `VARCHAR of 80 bytes`; the binlog does not distinguish text from bytes here.
        public let type: String
        public let isNullable: Bool
        /// nil for columns that are not numeric, and if the server does not send it.
        public let isUnsigned: Bool?
        /// Whether the column belongs to the primary key; nil unless `binlog_row_metadata=FULL`.
        public let isPrimaryKey: Bool?
    }

    /// Throws if the optional metadata does not match the columns.
    init(_ map: TableMap) throws(WireError) {
        self.map = map
        database = map.database
        name = map.table
        let metadata = try map.metadata()
        func element<T>(_ list: [T], _ index: Int) -> T? { index < list.count ? list[index] : nil }
        let hasNames = !metadata.columnNames.isEmpty
        columns = map.columns.indices.map { index in
            Column(
                name: element(metadata.columnNames, index), type: map.columns[index].description,
                isNullable: map.isNullable[index], isUnsigned: element(metadata.isUnsigned, index) ?? nil,
                isPrimaryKey: hasNames ? metadata.primaryKey?.contains(index) ?? false : nil)
        }
        decoder = RowValueDecoder(map.columns, metadata)
    }
}
