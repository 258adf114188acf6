import ConnectData
import MySQLWire

/// How a DATE is represented.
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

/// How a TIME is represented.
enum TimeForm: Sendable, Hashable {
    /// `io.debezium.time.MicroTime`.
    case microseconds
    /// `io.debezium.time.NanoTime`.
    case nanoseconds
    /// `org.apache.kafka.connect.data.Time`: milliseconds of a day.
    case connect
    /// `io.debezium.time.IsoTime`: `13:37:03Z`.
    case iso

    init(_ precision: ValueOptions.TimePrecision) {
        switch precision {
        case .connect: self = .connect
        case .isostring: self = .iso
        case .adaptiveTimeMicroseconds, .microseconds: self = .microseconds
        case .nanoseconds: self = .nanoseconds
        }
    }

    static let dayMicroseconds: Int64 = 86_400_000_000

    /// Nil if the form has no such value: the last two have only the times of a day, 24:00:00 included, and
    /// nanoseconds must fit into 64 bits.
    func value(_ microseconds: Int64) -> ConnectValue? {
        switch self {
        case .microseconds: return .integer(microseconds)
        case .nanoseconds:
            let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : .integer(product)
        case .connect:
            guard (0...Self.dayMicroseconds).contains(microseconds) else { return nil }
            return .integer(microseconds / 1000)
        case .iso:
            guard (0...Self.dayMicroseconds).contains(microseconds) else { return nil }
            return .string(ISOText.time(microseconds % Self.dayMicroseconds))
        }
    }
}

/// How a DATETIME is represented.
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

    /// - Parameter digits: those of the column's fraction.
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

    /// Nil if 64 bits do not hold it: nanoseconds reach from 1677 to 2262.
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

/// Dates and times as ISO 8601 texts in UTC, written straight into the string's memory.
enum ISOText {
    private struct Digits {
        var bytes: UnsafeMutableBufferPointer<UInt8>
        var count = 0

        mutating func character(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }

        mutating func number(_ value: Int, _ digits: Int) {
            var rest = value
            for index in stride(from: count + digits - 1, through: count, by: -1) {
                bytes[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            count += digits
        }

        mutating func date(_ date: MySQLDate) {
            number(date.year, 4)
            character(UInt8(ascii: "-"))
            number(date.month, 2)
            character(UInt8(ascii: "-"))
            number(date.day, 2)
        }

        mutating func clock(_ seconds: Int) {
            number(seconds / 3600, 2)
            character(UInt8(ascii: ":"))
            number(seconds / 60 % 60, 2)
            character(UInt8(ascii: ":"))
            number(seconds % 60, 2)
        }

        /// `digits` nil: as many as there are without zeros at the end.
        mutating func fraction(_ microseconds: Int, _ digits: Int?) {
            var (rest, length) = (microseconds, 6)
            if let digits {
                while length > digits {
                    rest /= 10
                    length -= 1
                }
            } else {
                while length > 0, rest % 10 == 0 {
                    rest /= 10
                    length -= 1
                }
            }
            guard length > 0 else { return }
            character(UInt8(ascii: "."))
            number(rest, length)
        }
    }

    /// The longest text: `9999-12-31T23:59:59.123456Z`.
    private static let bytesMax = 32

    private static func text(_ write: (inout Digits) -> Void) -> String {
        String(unsafeUninitializedCapacity: bytesMax) { buffer in
            var digits = Digits(bytes: buffer)
            write(&digits)
            digits.character(UInt8(ascii: "Z"))
            return digits.count
        }
    }

    static let epoch = "1970-01-01T00:00:00Z"

    /// `2018-06-20Z`. Years have four digits.
    static func date(_ date: MySQLDate) -> String { text { $0.date(date) } }

    /// `13:37:03.5Z`, of a time below 24 hours.
    static func time(_ microseconds: Int64) -> String {
        text {
            $0.clock(Int(microseconds / 1_000_000))
            $0.fraction(Int(microseconds % 1_000_000), nil)
        }
    }

    /// `2018-06-20T13:37:03.5Z` with this many digits after the point, or none of the zeros at the end.
    static func dateTime(epochMicroseconds: Int64, digits: Int?) -> String {
        let value = MySQLDateTime(epochMicroseconds: epochMicroseconds)
        return text {
            $0.date(value.date)
            $0.character(UInt8(ascii: "T"))
            $0.clock(value.hour * 3600 + value.minute * 60 + value.second)
            $0.fraction(value.microsecond, digits)
        }
    }
}

/// Years of two digits, as `enable.time.adjuster` completes them: 0–69 are 2000–2069, 70–99 are 1970–1999.
enum TwoDigitYear {
    @inline(__always)
    static func adjusted(_ year: Int) -> Int {
        year >= 100 || year < 0 ? year : year < 70 ? year + 2000 : year + 1900
    }
}
