/// How a cell of a snapshot's SELECT becomes a value: chosen once for each column. Trivial on purpose, as
/// `StoredConversion`.
enum TextConversion: Sendable, Hashable {
    case boolean
    case integer
    case unsignedDecimal
    case float32
    /// Single precision that goes out as a double.
    case float32Widened
    case float64
    case decimal(ValueOptions.DecimalMode, scale: Int)
    case bit
    case bits
    /// The connection is in utf8mb4, whatever the column's character set.
    case text
    case binary(ValueOptions.BinaryMode)
    case date(DateForm)
    case time(TimeForm)
    case dateTime(DateTimeForm)
    case timestamp
    case year
    case geometry
    case point
    case vector

    init(_ kind: ValueKind) {
        switch kind {
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .unsignedDecimal: self = .unsignedDecimal
        case .float32: self = .float32
        case .float64(let isSingle): self = isSingle ? .float32Widened : .float64
        case .decimal(let mode, _, let scale): self = .decimal(mode, scale: scale)
        case .bit: self = .bit
        case .bits: self = .bits
        case .text, .enumeration, .set, .json, .uuid: self = .text
        case .binary(let mode): self = .binary(mode)
        case .date(let form): self = .date(form)
        case .time(let form): self = .time(form)
        case .dateTime(let form): self = .dateTime(form)
        case .timestamp: self = .timestamp
        case .year: self = .year
        case .geometry: self = .geometry
        case .point: self = .point
        case .vector: self = .vector
        }
    }
}
