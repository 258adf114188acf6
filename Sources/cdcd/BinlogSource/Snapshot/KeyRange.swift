import WireCore

/// A part of a table in the order of its key: the rows after one key, up to and including another. Incremental
/// snapshots read a table in such chunks.
struct KeyRange: Hashable, Sendable {
    /// The columns of the key, in its order.
    let columns: [String]
    /// The key before the first row; nil: the range begins with the table's first row. Has a value for each column.
    var after: [SQLLiteral]?
    /// The key of the last row; nil: the range ends with the table's last row. Has a value for each column.
    var through: [SQLLiteral]?
    /// The maximum number of rows; nil is without a limit.
    var rowsMax: Int?

    /// The text after `FROM table`. Comparisons are written column by column, because the server does not use an index
    /// for comparisons of row constructors.
    var clauses: String {
        var conditions: [String] = []
        if let after { conditions.append(Self.comparison(columns, ">", after, orEqual: false)) }
        if let through { conditions.append(Self.comparison(columns, "<", through, orEqual: true)) }
        let order = columns.map { SQLText.quoted($0) }.joined(separator: ", ")
        return (conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")) + " ORDER BY " + order
            + (rowsMax.map { " LIMIT \($0)" } ?? "")
    }

    /// `((a > 1) OR (a = 1 AND b > 2))`
    private static func comparison(
        _ columns: [String], _ sign: String, _ values: [SQLLiteral], orEqual: Bool
    ) -> String {
        let alternatives = columns.indices.map { last in
            let equal = (0..<last).map { "\(SQLText.quoted(columns[$0])) = \(values[$0].text)" }
            let isOrEqual = orEqual && last == columns.count - 1
            let bound = "\(SQLText.quoted(columns[last])) \(sign)\(isOrEqual ? "=" : "") \(values[last].text)"
            return "(" + (equal + [bound]).joined(separator: " AND ") + ")"
        }
        return "(" + alternatives.joined(separator: " OR ") + ")"
    }
}

/// A literal in the text of a statement.
struct SQLLiteral: Hashable, Sendable {
    let text: String

    /// A number as the server prints it. Returns nil if it has other characters than a number.
    init?(number: UnsafeRawBufferPointer) {
        let characters = Set("0123456789.-+eE".utf8)
        guard !number.isEmpty, number.allSatisfy(characters.contains) else { return nil }
        text = String(decoding: number, as: UTF8.self)
    }

    /// A string in UTF-8. Written in hexadecimal digits, which depend neither on quotes nor on the SQL mode.
    init(utf8: UnsafeRawBufferPointer) { text = "_utf8mb4 X'\(HexText.text(utf8, isUppercase: true))'" }

    /// A binary string, or the bits of a BIT.
    init(bytes: UnsafeRawBufferPointer) { text = "X'\(HexText.text(bytes, isUppercase: true))'" }
}

extension ValueKind {
    /// The value of a key's column as a bound of a range.
    ///
    /// - Parameter cell: the text protocol's cell.
    /// - Returns: nil if the server does not compare such values in the order of the key (it compares those of ENUM and
    ///   SET as texts), or they cannot be in a key.
    func keyLiteral(_ cell: UnsafeRawBufferPointer) -> SQLLiteral? {
        switch self {
        case .boolean, .integer, .unsignedDecimal, .decimal, .year: SQLLiteral(number: cell)
        case .text, .date, .time, .dateTime, .timestamp, .uuid: SQLLiteral(utf8: cell)
        case .bit, .bits, .binary: SQLLiteral(bytes: cell)
        case .float32, .float64, .enumeration, .set, .json, .geometry, .point, .vector: nil
        }
    }
}
