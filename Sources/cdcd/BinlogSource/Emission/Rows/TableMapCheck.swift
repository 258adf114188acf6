import MySQLWire
import WireCore

/// Compares a table map's description of the columns with the table's definition in the schema history.
///
/// If the two differ, the history lacks a change of the table: one made with `sql_log_bin=0`, on a replica or in a
/// restored copy, or by a statement that was skipped. Rows would be decoded wrongly without an error. The check runs
/// once for each distinct table map, never for a row. Data that the server does not send cannot be compared: names,
/// options and keys are sent with `binlog_row_metadata=FULL` only.
struct TableMapCheck {
    static let remedy =
        "The schema history lacks a change of the table. Stop the connector, delete its offsets "
        + "(DELETE /connectors/NAME/offsets) and its schema history topic, and start it again: it takes a new snapshot"

    private let definition: TableDefinition
    private let metadata: TableMapMetadata
    /// Describes the columns whose text is decoded with another character set than the schema history's.
    private(set) var characterSetConflicts: [String] = []

    /// Throws if the columns cannot be read, or differ in number or name.
    init(_ definition: TableDefinition, _ map: TableMap) throws(PlanError) {
        self.definition = definition
        if let column = map.unreadableColumn {
            throw PlanError(
                table: definition.id, "it has \(column)",
                remedy: column == .oldDecimal ? "Rewrite the table: ALTER TABLE … FORCE" : nil)
        }
        do throws(WireError) {
            metadata = try map.metadata()
        } catch {
            throw PlanError(table: definition.id, "the optional metadata of its table map is damaged: \(error)")
        }
        guard map.columnCount == definition.columns.count else {
            throw PlanError(
                table: definition.id,
                "internal schema size \(definition.columns.count), but row size \(map.columnCount)",
                remedy: Self.remedy)
        }
        for (index, name) in metadata.columnNames.enumerated() where index < definition.columns.count {
            let column = definition.columns[index]
            // MODIFY may write a name in another case, which Debezium 1.9 does not track.
            guard column.name.lowercased() == name.lowercased() else {
                throw conflict(column, "column \(index + 1) is named \(column.name)", "it is \(name) on the server")
            }
        }
    }

    /// The kind by which the column's cells are decoded. Throws if its signedness or its options differ.
    mutating func checked(_ kind: ValueKind, ofColumn index: Int) throws(PlanError) -> ValueKind {
        let column = definition.columns[index]
        if index < metadata.isUnsigned.count, let isUnsigned = metadata.isUnsigned[index], !kind.isYear {
            guard column.isUnsigned == isUnsigned else {
                throw conflict(
                    column, "it is \(column.isUnsigned ? "unsigned" : "signed")",
                    "\(isUnsigned ? "unsigned" : "signed") on the server")
            }
        }
        let collation = index < metadata.collations.count ? metadata.collations[index] : nil
        if index < metadata.options.count, let options = metadata.options[index] {
            let set = collation.flatMap { MySQLCharacterSet(collation: $0) }
            guard OptionList(column.enumValues).isConsistent(with: options, in: set) else {
                throw conflict(
                    column, "its options are \(column.enumValues.joined(separator: ","))",
                    "'\(OptionList.texts(options, in: set).joined(separator: "','"))' on the server")
            }
        }
        guard case .text(let known) = kind, let collation else { return kind }
        return .text(characterSet(of: column, known, collation))
    }

    /// The table map's character set; the history's if the server's is not a character set of text.
    private mutating func characterSet(
        of column: ColumnDefinition, _ known: MySQLCharacterSet, _ collation: Int
    ) -> MySQLCharacterSet {
        guard let stored = MySQLCharacterSet(collation: collation) else {
            characterSetConflicts.append(
                "\(column.name) (\(known.name), but the unknown collation \(collation) on the server)")
            return known
        }
        if stored == known || (stored.isUTF8 && known.isUTF8) { return known }
        characterSetConflicts.append("\(column.name) (\(known.name), but \(stored.name) on the server)")
        // Bytes without a character set are decoded with the history's character set.
        return stored.name == "binary" ? known : stored
    }

    /// The names of the key's columns on the server if the messages' key may not be unique; nil if the two are the same
    /// or the server does not send the key.
    ///
    /// - Parameter key: the columns of the messages' key, taken from the schema history.
    func conflictingKey(with key: [String]) -> [String]? {
        guard let places = metadata.primaryKey else { return nil }
        let names = places.map { definition.columns[$0].name }
        let known = Set(key.map { $0.lowercased() })
        return names.allSatisfy { known.contains($0.lowercased()) } ? nil : names
    }

    /// The stored type cannot hold such a column, or holds more digits than its schema.
    func typeConflict(ofColumn index: Int, _ storage: ColumnStorage) -> PlanError {
        let column = definition.columns[index]
        return conflict(column, "it is \(column.typeText)", "the server stores \(storage)")
    }

    private func conflict(_ column: ColumnDefinition, _ history: String, _ server: String) -> PlanError {
        PlanError(
            table: definition.id, column: column.name,
            "in the schema history \(history), but \(server)", remedy: Self.remedy)
    }
}

extension ColumnDefinition {
    /// `DECIMAL(10,2) UNSIGNED`.
    fileprivate var typeText: String {
        let numbers = [length, scale].compactMap { $0 }.map(String.init).joined(separator: ",")
        var words = typeName.split(separator: " ").map(String.init)
        if !numbers.isEmpty, !words.isEmpty { words[0] += "(\(numbers))" }
        return words.joined(separator: " ")
    }

    /// Whether the type is unsigned; ZEROFILL implies it.
    fileprivate var isUnsigned: Bool {
        typeName.uppercased().split { $0 == " " || $0 == "(" || $0 == ")" }.contains {
            $0 == "UNSIGNED" || $0 == "ZEROFILL" || $0 == "SERIAL"
        }
    }
}

extension ValueKind {
    /// YEAR is unsigned without the word UNSIGNED.
    fileprivate var isYear: Bool { self == .year }
}

extension MySQLCharacterSet {
    /// Text in utf8mb3 is valid utf8mb4.
    var isUTF8: Bool { name == "utf8mb4" || name == "utf8mb3" }
}
