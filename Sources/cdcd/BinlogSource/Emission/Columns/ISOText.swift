import ConnectData
import MySQLWire
import WireCore

/// Dates and times as ISO 8601 texts in UTC, formatted in place.
enum ISOText {
    /// `9999-12-31T23:59:59.123456Z`, and the room for eight digits at the end.
    private static let roomBytes = 40

    static let epoch = "1970-01-01T00:00:00Z"

    /// `2018-06-20Z`. Years have four digits.
    static func write<S: ValueSink & ~Copyable>(_ date: MySQLDate, into sink: inout S) {
        sink.formattedText(atMost: roomBytes) { start in
            var text = Text(end: start)
            text.date(date)
            text.character("Z")
            return text.end
        }
    }

    /// `13:37:03.5Z`, for a time below 24 hours.
    static func write<S: ValueSink & ~Copyable>(timeMicroseconds microseconds: Int64, into sink: inout S) {
        sink.formattedText(atMost: roomBytes) { start in
            var text = Text(end: start)
            text.clock(microseconds, nil)
            text.character("Z")
            return text.end
        }
    }

    /// `2018-06-20T13:37:03.5Z` with this many digits after the point; nil: without trailing zeros.
    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(epochMicroseconds: Int64, digits: Int?, into sink: inout S) {
        var (day, rest) = epochMicroseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        if rest < 0 { (day, rest) = (day - 1, rest + 86_400_000_000) }
        let date = MySQLDate(epochDays: Int(day))
        sink.formattedText(atMost: roomBytes) { start in
            var text = Text(end: start)
            text.date(date)
            text.character("T")
            text.clock(rest, digits)
            text.character("Z")
            return text.end
        }
    }

    private struct Text {
        var end: UnsafeMutablePointer<UInt8>

        @inline(__always)
        mutating func character(_ character: Unicode.Scalar) {
            end.pointee = UInt8(ascii: character)
            end += 1
        }

        /// Two digits of a number's text, counted from the first.
        @inline(__always)
        private mutating func pair(_ index: UInt64, of digits: UInt64) {
            let pair = UInt16(truncatingIfNeeded: digits &>> (index &* 16))
            UnsafeMutableRawPointer(end).storeBytes(of: pair.littleEndian, as: UInt16.self)
            end += 2
        }

        mutating func date(_ date: MySQLDate) {
            // Of damaged values the last digits.
            let number = date.year % 10_000 &* 10_000 &+ date.month % 100 &* 100 &+ date.day % 100
            let digits = IntegerText.digits(UInt32(truncatingIfNeeded: number))
            pair(0, of: digits)
            pair(1, of: digits)
            character("-")
            pair(2, of: digits)
            character("-")
            pair(3, of: digits)
        }

        /// - Parameter count: the number of fractional digits; nil: without trailing zeros.
        mutating func clock(_ microsecondsOfDay: Int64, _ count: Int?) {
            let (second, microsecond) = microsecondsOfDay.quotientAndRemainder(dividingBy: 1_000_000)
            let seconds = UInt32(truncatingIfNeeded: second)
            let minutes = seconds / 60
            let hours = minutes / 60
            let digits = IntegerText.digits(hours &* 10_000 &+ (minutes % 60) &* 100 &+ seconds % 60)
            pair(1, of: digits)
            character(":")
            pair(2, of: digits)
            character(":")
            pair(3, of: digits)
            fraction(UInt32(truncatingIfNeeded: microsecond), count)
        }

        private mutating func fraction(_ microseconds: UInt32, _ count: Int?) {
            var length = count ?? 6
            if count == nil {
                var rest = microseconds
                while length > 0, rest % 10 == 0 {
                    rest /= 10
                    length -= 1
                }
            }
            guard length > 0 else { return }
            character(".")
            // The digits after the count are overwritten.
            IntegerText.writeDigits(microseconds, 6, to: end)
            end += min(6, length)
        }
    }
}
