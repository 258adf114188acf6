import ConnectData
import MySQLWire

/// The representation of a DATE.
enum DateForm: Sendable, Hashable {
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

    func value(_ date: MySQLDate) -> ConnectValue {
        self == .iso ? .string(ISOText.date(date)) : .integer(Int64(date.epochDays))
    }
}
