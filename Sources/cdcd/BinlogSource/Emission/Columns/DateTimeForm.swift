import ConnectData

/// The representation of a DATETIME.
enum DateTimeForm: Sendable, Hashable, BitwiseCopyable {
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

    /// Returns false, and writes nothing, if the value does not fit into 64 bits: nanoseconds range from 1677 to 2262.
    @inline(__always)
    func write<S: ValueSink & ~Copyable>(epochMicroseconds: Int64, into sink: inout S) -> Bool {
        switch self {
        case .milliseconds, .connect:
            let (quotient, remainder) = epochMicroseconds.quotientAndRemainder(dividingBy: 1000)
            sink.integer(remainder < 0 ? quotient - 1 : quotient)
        case .microseconds: sink.integer(epochMicroseconds)
        case .nanoseconds:
            let (product, overflow) = epochMicroseconds.multipliedReportingOverflow(by: 1000)
            if overflow { return false }
            sink.integer(product)
        case .iso: ISOText.write(epochMicroseconds: epochMicroseconds, digits: nil, into: &sink)
        }
        return true
    }

    /// Returns nil if the value cannot be represented.
    func value(epochMicroseconds: Int64) -> ConnectValue? {
        var builder = ValueBuilder()
        return write(epochMicroseconds: epochMicroseconds, into: &builder) ? builder.takeValue() : nil
    }
}
