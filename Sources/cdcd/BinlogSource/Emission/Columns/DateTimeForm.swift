import ConnectData

/// The representation of a DATETIME.
enum DateTimeForm: Sendable, Hashable {
    /// `io.debezium.time.Timestamp`.
    case milliseconds
    /// `io.debezium.time.MicroTimestamp`.
    case microseconds
    /// `io.debezium.time.NanoTimestamp`.
    case nanoseconds
    /// `org.apache.kafka.connect.data.Timestamp`.
    case connect
    /// `io.debezium.time.IsoTimestamp`: `2018-06-20T13:37:03Z`.
    case iso

    /// - Parameter digits: the number of fractional digits of the column.
    init(_ precision: ValueOptions.TimePrecision, digits: Int) {
        switch precision {
        case .connect: self = .connect
        case .isostring: self = .iso
        // Debezium 1.9 may keep a length that the column had with another type.
        case .adaptiveTimeMicroseconds: self = digits <= 3 ? .milliseconds : digits <= 6 ? .microseconds : .nanoseconds
        case .microseconds: self = .microseconds
        case .nanoseconds: self = .nanoseconds
        }
    }

    /// Returns nil if the value does not fit into 64 bits: nanoseconds range from 1677 to 2262.
    func value(epochMicroseconds: Int64) -> ConnectValue? {
        switch self {
        case .milliseconds, .connect:
            let (quotient, remainder) = epochMicroseconds.quotientAndRemainder(dividingBy: 1000)
            return .integer(remainder < 0 ? quotient - 1 : quotient)
        case .microseconds: return .integer(epochMicroseconds)
        case .nanoseconds:
            let (product, overflow) = epochMicroseconds.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : .integer(product)
        case .iso: return .string(ISOText.dateTime(epochMicroseconds: epochMicroseconds, digits: nil))
        }
    }
}
