import ConnectData
import MySQLWire
import WireCore

/// Dates and times as ISO 8601 texts in UTC, formatted in place.
enum ISOText {
    /// The maximum length: `9999-12-31T23:59:59.123456Z`, and years of five digits, which damaged values may have.
    private static let bytesMax = 32

    static let epoch = "1970-01-01T00:00:00Z"

    /// `2018-06-20Z`. Years have four digits.
    static func write<S: ValueSink & ~Copyable>(_ date: MySQLDate, into sink: inout S) {
        sink.formattedText(atMost: bytesMax) { start in
            var digits = Digits(end: start)
            digits.date(date)
            digits.character("Z")
            return digits.end
        }
    }

    /// `13:37:03.5Z`, for a time below 24 hours.
    static func write<S: ValueSink & ~Copyable>(timeMicroseconds microseconds: Int64, into sink: inout S) {
        sink.formattedText(atMost: bytesMax) { start in
            var digits = Digits(end: start)
            digits.clock(UInt64(microseconds / 1_000_000))
            digits.fraction(UInt64(microseconds % 1_000_000), nil)
            digits.character("Z")
            return digits.end
        }
    }

    /// `2018-06-20T13:37:03.5Z` with this many digits after the point; nil: without trailing zeros.
    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(epochMicroseconds: Int64, digits count: Int?, into sink: inout S) {
        var (day, rest) = epochMicroseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        if rest < 0 { (day, rest) = (day - 1, rest + 86_400_000_000) }
        let date = MySQLDate(epochDays: Int(day))
        sink.formattedText(atMost: bytesMax) { start in
            var digits = Digits(end: start)
            digits.date(date)
            digits.character("T")
            digits.clock(UInt64(rest / 1_000_000))
            digits.fraction(UInt64(rest % 1_000_000), count)
            digits.character("Z")
            return digits.end
        }
    }

    private struct Digits {
        var end: UnsafeMutablePointer<UInt8>

        mutating func character(_ character: Unicode.Scalar) {
            end.pointee = UInt8(ascii: character)
            end += 1
        }

        mutating func number(_ value: UInt64, _ count: Int) {
            IntegerText.writeDigits(value, count, to: end)
            end += count
        }

        mutating func date(_ date: MySQLDate) {
            number(UInt64(truncatingIfNeeded: date.year), 4)
            character("-")
            number(UInt64(truncatingIfNeeded: date.month), 2)
            character("-")
            number(UInt64(truncatingIfNeeded: date.day), 2)
        }

        mutating func clock(_ seconds: UInt64) {
            number(seconds / 3600, 2)
            character(":")
            number(seconds / 60 % 60, 2)
            character(":")
            number(seconds % 60, 2)
        }

        /// - Parameter count: nil: without trailing zeros.
        mutating func fraction(_ microseconds: UInt64, _ count: Int?) {
            var (rest, length) = (microseconds, 6)
            if let count {
                while length > count {
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
            character(".")
            number(rest, length)
        }
    }
}
