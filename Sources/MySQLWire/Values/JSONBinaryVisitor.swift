import WireCore

/// Receives the values of a binary JSON document in the document's order. See `JSONBinary.walk`.
///
/// A document is one value. An object is `beginObject`, then for each member `name` and the member's value with
/// `separator` between two members, then `endObject`; an array likewise, without names.
@usableFromInline package protocol JSONBinaryVisitor: ~Copyable {
    mutating func beginObject()
    mutating func endObject()
    mutating func beginArray()
    mutating func endArray()
    /// Between two members of an object or two elements of an array.
    mutating func separator()
    /// The name of the object's member that follows, in UTF-8.
    mutating func name(_ utf8: RawSpan)
    mutating func null()
    mutating func boolean(_ value: Bool)
    mutating func integer(_ value: Int64)
    mutating func unsignedInteger(_ value: UInt64)
    mutating func double(_ value: Double)
    /// A string in UTF-8.
    mutating func string(_ utf8: RawSpan)
    /// A DECIMAL.
    ///
    /// - Parameters:
    ///   - digits: values 0 to 9, the highest first.
    ///   - scale: the number of digits after the decimal point.
    mutating func decimal(isNegative: Bool, digits: [UInt8], scale: Int)
    mutating func date(_ value: PackedTemporal)
    /// A DATETIME or TIMESTAMP.
    mutating func dateTime(_ value: PackedTemporal)
    mutating func time(_ value: PackedTemporal)
    /// A value of another column type, as the server stores it.
    ///
    /// - Parameter type: `enum_field_types`.
    mutating func opaque(_ bytes: [UInt8], type: UInt8)
}

/// A date or time within binary JSON: MySQL's packed 64-bit number.
///
/// Layout: sign | year × 13 + month 17 bits | day 5 | hour 5 (of a TIME 10) | minute 6 | second 6 | microseconds 24
@usableFromInline package struct PackedTemporal: Hashable, Sendable {
    @usableFromInline package let rawValue: Int64

    @usableFromInline package init(rawValue: Int64) { self.rawValue = rawValue }

    @usableFromInline package var dateTime: MySQLDateTime {
        let value = Int(rawValue.magnitude & UInt64(Int64.max))
        let yearMonth = value >> 46 & 0x1_FFFF
        return MySQLDateTime(
            date: MySQLDate(year: yearMonth / 13, month: yearMonth % 13, day: value >> 41 & 31),
            hour: value >> 36 & 31, minute: value >> 30 & 63, second: value >> 24 & 63, microsecond: value & 0xFF_FFFF)
    }

    @usableFromInline package var date: MySQLDate { dateTime.date }

    /// A TIME in microseconds.
    @usableFromInline package var timeMicroseconds: Int64 {
        let value = Int64(rawValue.magnitude & UInt64(Int64.max))
        let seconds = (value >> 36 & 0x3FF) * 3600 + (value >> 30 & 63) * 60 + (value >> 24 & 63)
        let microseconds = seconds * 1_000_000 + value & 0xFF_FFFF
        return rawValue < 0 ? -microseconds : microseconds
    }
}
