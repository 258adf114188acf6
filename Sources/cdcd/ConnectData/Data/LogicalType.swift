/// Connect's own logical types, which converters recognize by their exact names.
package enum LogicalType: String, Sendable {
    case decimal = "org.apache.kafka.connect.data.Decimal"
    case date = "org.apache.kafka.connect.data.Date"
    case time = "org.apache.kafka.connect.data.Time"
    case timestamp = "org.apache.kafka.connect.data.Timestamp"
}

extension Schema {
    /// The logical type, if it is one of Connect's own.
    package var logicalType: LogicalType? { name.flatMap(LogicalType.init(rawValue:)) }

    /// The scale of a `Decimal`; 0 if the parameter is missing or not a number.
    package var decimalScale: Int { parameter("scale").flatMap { Int($0) }.map { Int(Int32(clamping: $0)) } ?? 0 }
}
