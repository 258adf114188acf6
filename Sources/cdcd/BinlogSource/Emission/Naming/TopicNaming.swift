/// The names of topics.
struct TopicNaming: Sendable {
    private let prefix: String
    private let delimiter: String
    private let lengthMax: Int?

    init(_ configuration: MySQLConnectorConfig) {
        prefix = configuration.logicalName
        delimiter = configuration.topicDelimiter
        lengthMax = configuration.profile.records.topicLengthMax
    }

    /// The topic of the table's rows: `prefix.database.table`.
    func topic(_ table: TableID) -> String { sanitized(unsanitized(table)) }

    func unsanitized(_ table: TableID) -> String {
        [prefix, table.database, table.table].joined(separator: delimiter)
    }

    /// The topic of schema changes.
    var schemaChanges: String { sanitized(prefix) }

    /// Every character that Kafka does not allow becomes `_` (two for characters that Java stores as two UTF-16 units).
    private func sanitized(_ name: String) -> String {
        var bytes: [UInt8] = []
        for unit in name.utf16 {
            switch unit {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2D, 0x5F: bytes.append(UInt8(unit))
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        if let lengthMax, bytes.count > lengthMax { bytes.removeLast(bytes.count - lengthMax) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
