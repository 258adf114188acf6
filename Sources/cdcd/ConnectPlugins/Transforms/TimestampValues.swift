import ConnectData

/// The forms of a timestamp between which `TimestampConverter` converts.
enum TimestampType: String, Sendable {
    case string, unix
    case date = "Date"
    case time = "Time"
    case timestamp = "Timestamp"

    /// The type of the values of a schema.
    static func of(_ schema: Schema) -> Result<TimestampType, DataError> {
        switch (schema.logicalType, schema.type) {
        case (.timestamp, _): .success(.timestamp)
        case (.date, _): .success(.date)
        case (.time, _): .success(.time)
        case (_, .string): .success(.string)
        case (_, .int64): .success(.unix)
        default:
            .failure(
                DataError(
                    "Schema \(schema.javaDescription) does not correspond to a known timestamp type format",
                    as: .connect))
        }
    }

    func schema(isOptional: Bool) -> Schema {
        switch self {
        case .string: Schema(.string, isOptional: isOptional)
        case .unix: Schema(.int64, isOptional: isOptional)
        case .date: Schema(.int32, isOptional: isOptional, name: LogicalType.date.rawValue, version: 1)
        case .time: Schema(.int32, isOptional: isOptional, name: LogicalType.time.rawValue, version: 1)
        case .timestamp: Schema(.int64, isOptional: isOptional, name: LogicalType.timestamp.rawValue, version: 1)
        }
    }

    /// The instant without what the type does not have, in milliseconds since the epoch.
    func truncated(_ milliseconds: Int64) -> Int64 {
        let dayMilliseconds: Int64 = 86_400_000
        let inDay = milliseconds % dayMilliseconds + (milliseconds % dayMilliseconds < 0 ? dayMilliseconds : 0)
        return switch self {
        case .string, .unix, .timestamp: milliseconds
        case .date: milliseconds &- inDay
        case .time: inDay
        }
    }

    /// As Java's messages name the type.
    fileprivate var described: (type: String, className: String) {
        switch self {
        case .string: ("string timestamp", "String")
        case .unix: ("Unix timestamp", "Long")
        case .date, .time, .timestamp: (rawValue, "java.util.Date")
        }
    }
}

/// The unit of timestamps that are numbers.
enum UnixPrecision: String, Sendable {
    case seconds, milliseconds, microseconds, nanoseconds

    /// As Java's `TimeUnit` converts: rounded towards zero, limited to 64 bits.
    func milliseconds(_ number: Int64) -> Int64 {
        switch self {
        case .seconds: Self.product(number, 1000)
        case .milliseconds: number
        case .microseconds: number / 1000
        case .nanoseconds: number / 1_000_000
        }
    }

    func number(_ milliseconds: Int64) -> Int64 {
        switch self {
        case .seconds: milliseconds / 1000
        case .milliseconds: milliseconds
        case .microseconds: Self.product(milliseconds, 1000)
        case .nanoseconds: Self.product(milliseconds, 1_000_000)
        }
    }

    private static func product(_ a: Int64, _ b: Int64) -> Int64 {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? a < 0 ? .min : .max : product
    }
}

/// Reads and writes timestamps.
final class TimestampValues {
    /// nil if the configuration has none.
    private var format: SimpleDateFormat?
    private let pattern: String
    private let precision: UnixPrecision

    init(format: SimpleDateFormat?, pattern: String, precision: UnixPrecision) {
        self.format = format
        self.pattern = pattern
        self.precision = precision
    }

    /// The instant of a value that is not null, in milliseconds since the epoch.
    ///
    /// - Parameter schema: nil if the value has none.
    func milliseconds(
        _ value: ConnectValue, _ schema: Schema?, _ type: TimestampType
    ) throws(DataError) -> Int64 {
        switch (type, value) {
        case (.string, .string(let text)):
            guard format != nil else {
                throw DataError("TimestampConverter has no format for the timestamp \(text)", as: .nullPointer)
            }
            guard let milliseconds = format?.parse(text) else {
                throw DataError("Could not parse timestamp: value (\(text)) does not match pattern (\(pattern))")
            }
            return milliseconds
        case (.unix, .integer(let number)): return precision.milliseconds(number)
        case (.date, .integer(let days)): return days &* 86_400_000
        case (.time, .integer(let milliseconds)), (.timestamp, .integer(let milliseconds)),
            (.timestamp, .instant(let milliseconds)):
            return milliseconds
        default:
            let (name, className) = type.described
            throw DataError(
                "Expected \(name) to be a \(className), but found class \(value.javaClassName(schema))")
        }
    }

    /// The value of an instant, in the encoded form of the type's schema.
    func value(_ milliseconds: Int64, _ type: TimestampType) -> ConnectValue {
        switch type {
        case .string: return .string(format?.format(milliseconds) ?? "")
        case .unix: return .integer(precision.number(milliseconds))
        case .date:
            let days = type.truncated(milliseconds) / 86_400_000
            return .integer(Int64(Int32(truncatingIfNeeded: days)))
        case .time, .timestamp: return .integer(type.truncated(milliseconds))
        }
    }
}
