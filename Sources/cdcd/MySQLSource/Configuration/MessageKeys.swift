import ConnectData

/// `message.key.columns`: tables whose key is another than the primary key.
public struct MessageKeys: Sendable {
    struct Rule: Sendable {
        let tables: JavaPattern
        let columns: [String]
    }

    private let rules: [Rule]
    private let keepsListedOrder: Bool

    init(rules: [Rule] = [], keepsListedOrder: Bool = true) {
        self.rules = rules
        self.keepsListedOrder = keepsListedOrder
    }

    /// Reads `expression:column,column;expression:column`.
    init(_ text: String, keepsListedOrder: Bool) throws {
        rules = try Self.parts(text, of: ";").map { part in
            guard let colon = part.firstIndex(of: ":") else {
                throw ConfigError(name: "message.key.columns", value: text, reason: "\(part) has no column list")
            }
            let columns = part[part.index(after: colon)...].split(separator: ",").map(Self.trimmed)
            return Rule(
                tables: try JavaPattern(Self.trimmed(part[..<colon]), caseInsensitive: true), columns: columns)
        }
        self.keepsListedOrder = keepsListedOrder
    }

    private static func parts(_ text: String, of separator: Character) -> [Substring] { text.split(separator: separator) }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The names of the table's key columns, in the key's order; names that the table does not have are left out.
    func columns(of table: TableDefinition) -> [String] {
        guard let rule = rules.first(where: { $0.tables.matchesWhole(table.id.description) }) else {
            return table.primaryKeyColumnNames
        }
        let listed = rule.columns.compactMap { name in table.index(ofColumn: name) }
        return (keepsListedOrder ? listed : listed.sorted()).map { table.columns[$0].name }
    }
}
