/// Why a value of a row could not be converted to the requested type.
public struct MySQLConversionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// New reasons may be added.
    @nonexhaustive
    public enum Reason: Equatable, Sendable {
        case noSuchColumn
        /// The value is NULL and the requested type is not optional.
        case null
        /// The value is not exactly representable in the requested type.
        case notRepresentable(requested: String)
    }

    public let reason: Reason
    public let column: String

    public var description: String {
        switch reason {
        case .noSuchColumn: "the result has no column \(column)"
        case .null: "the column \(column) is NULL"
        case .notRepresentable(let type): "the value of the column \(column) cannot be represented as \(type)"
        }
    }
}
