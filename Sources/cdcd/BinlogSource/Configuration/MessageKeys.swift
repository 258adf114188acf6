import ConnectData

/// `message.key.columns`: tables whose key differs from the primary key.
package struct MessageKeys: Sendable {
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
    init(_ text: String, keepsListedOrder: Bool) throws(JavaPattern.SyntaxError) {
        var rules: [Rule] = []
        for part in text.split(separator: ";") {
            guard Self.isWellFormed(part), let colon = part.firstIndex(of: ":") else { continue }
            let columns = part[part.index(after: colon)...].split(separator: ",").map { JavaText.trim($0) }
            let tables = try JavaPattern(JavaText.trim(part[..<colon]), caseInsensitive: true)
            rules.append(Rule(tables: tables, columns: columns))
        }
        self.rules = rules
        self.keepsListedOrder = keepsListedOrder
    }

    /// Whether a part has one colon, with something on both sides.
    static func isWellFormed(_ part: Substring) -> Bool {
        let sides = part.split(separator: ":", omittingEmptySubsequences: false).map { JavaText.trim($0) }
        return sides.count == 2 && sides.allSatisfy { !$0.isEmpty }
    }

    /// The names of the table's key columns, in the key's order; names that the table does not have are ignored.
    func columns(of table: TableDefinition) -> [String] {
        guard let rule = rules.first(where: { $0.tables.matchesWholeWithoutLimit(table.id.description) }) else {
            return table.primaryKeyColumnNames
        }
        let listed = rule.columns.compactMap { name in table.index(ofColumn: name) }
        return (keepsListedOrder ? listed : listed.sorted()).map { table.columns[$0].name }
    }
}
