import MySQLWire

/// Dates and times as ISO 8601 texts in UTC, written directly into the string's memory.
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

        /// `digits` nil: without trailing zeros.
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

    /// The maximum length: `9999-12-31T23:59:59.123456Z`.
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

    /// `13:37:03.5Z`, for a time below 24 hours.
    static func time(_ microseconds: Int64) -> String {
        text {
            $0.clock(Int(microseconds / 1_000_000))
            $0.fraction(Int(microseconds % 1_000_000), nil)
        }
    }

    /// `2018-06-20T13:37:03.5Z` with this many digits after the point; nil: without trailing zeros.
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
