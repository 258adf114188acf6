import ConnectData
import MySQLWire

/// The representation of a DATE.
enum DateForm: Sendable, Hashable, BitwiseCopyable {
    /// `io.debezium.time.Date`: days since the epoch.
    case days
    /// `org.apache.kafka.connect.data.Date`: the same number.
    case connect
    /// `io.debezium.time.IsoDate`: `2018-06-20Z`.
    case iso

    init(_ precision: ValueOptions.TimePrecision) {
        switch precision {
        case .connect: self = .connect
        case .isostring: self = .iso
        case .adaptiveTimeMicroseconds, .microseconds, .nanoseconds: self = .days
        }
    }

    @inline(__always)
    func write<S: ValueSink & ~Copyable>(_ date: MySQLDate, into sink: inout S) {
        if self == .iso { ISOText.write(date, into: &sink) } else { sink.integer(Int64(date.epochDays)) }
    }

    func value(_ date: MySQLDate) -> ConnectValue {
        var builder = ValueBuilder()
        write(date, into: &builder)
        return builder.takeValue()
    }
}
