/// A column type in a table map whose cells cannot be read, so that no row of the table can.
package enum UnreadableColumn: Hashable, Sendable, CustomStringConvertible {
    /// MYSQL_TYPE_DECIMAL, the format of before MySQL 5.0.
    case oldDecimal
    /// MariaDB's COMPRESSED columns.
    case compressed
    /// A type that no stored column has.
    case notStored(UInt8)
    /// A type that is not part of `enum_field_types` here.
    case unknown(UInt8)

    package var description: String {
        switch self {
        case .oldDecimal: "a DECIMAL column in the format of before MySQL 5.0"
        case .compressed: "MariaDB's COMPRESSED columns"
        case .notStored(let code): "a column of the type \(code), which no stored column has"
        case .unknown(let code): "a column of the unknown type \(code)"
        }
    }
}
