import ConnectData
import MySQLWire

/// A column's DEFAULT as the default of its schema.
///
/// Debezium's conversions are looser than the server's: whole numbers pass through a double (so 9007199254740993
/// becomes …992, and what is too large the largest), BINARY takes the text's bytes as they stand, an ENUM's comma is
/// not escaped. What cannot be converted gives no default.
struct SchemaDefault {
    let options: ValueOptions
    let profile: DebeziumProfile

    /// Nil where the column has no default, its default is NULL, or has no representation.
    func value(of column: ColumnDefinition, _ kind: ValueKind) -> ConnectValue? {
        guard column.hasDefaultValue, let text = column.defaultValueExpression else { return nil }
        switch kind {
        case .boolean: return Self.number(text).map { .boolean($0 != 0) }
        case .integer(let type, _): return integer(text, type)
        case .year:
            let year = Self.number(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
            return year.map { .integer(Int64(TwoDigitYear.adjusted($0))) }
        case .unsignedDecimal: return DecimalNumber(text).map { .bytes($0.rescaled(to: 0).unscaledBytes) }
        case .decimal(let mode, _, let scale):
            return DecimalNumber(text).map { $0.rescaled(to: scale).value(mode) }
        case .float32: return Float(text).map { .float32($0) }
        case .float64: return Double(text).map { .float64($0) }
        case .bit: return bits(text, length: 1).map { .boolean($0[0] != 0) }
        case .bits(let length): return bits(text, length: length).map { .bytes($0) }
        case .text, .enumeration, .set, .uuid: return .string(text)
        case .binary(let mode): return BinaryText.value(Array(text.utf8), mode)
        case .date(let form): return date(text, column, form)
        case .time(let form): return Self.time(text).flatMap { form.value($0) }
        case .dateTime(let form): return dateTime(text, column, kind, form)
        case .timestamp(let digits): return timestamp(text, column, kind, digits)
        // MySQL allows only expressions here, which have no value of their own.
        case .json, .geometry, .point, .vector: return nil
        }
    }

    private static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "true": 1
        case "false": 0
        default: Double(text)
        }
    }

    private func integer(_ text: String, _ type: SchemaType) -> ConnectValue? {
        guard let number = Self.number(text), number.isFinite else { return nil }
        // Java's Math.round: half up, and what is too large becomes the largest.
        let rounded = (number + 0.5).rounded(.down)
        let value: Int64 = rounded >= 0x1p63 ? .max : rounded < -0x1p63 ? .min : Int64(rounded)
        switch type {
        case .int16: return .integer(Int64(Int16(truncatingIfNeeded: value)))
        case .int32: return .integer(Int64(Int32(truncatingIfNeeded: value)))
        default: return .integer(value)
        }
    }

    /// `b'101'` or `101`: little-endian bytes.
    private func bits(_ text: String, length: Int) -> [UInt8]? {
        var digits = Substring(text)
        if digits.first == "b" || digits.first == "B" { digits = digits.dropFirst() }
        digits = digits.drop { $0 == "'" }
        if digits.last == "'" { digits = digits.dropLast() }
        guard digits.count <= 64, let value = UInt64(digits, radix: 2) else { return nil }
        return (0..<(length + 7) / 8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }

    // MARK: Times

    /// A zero or partial date: no default where NULL is allowed, else the epoch.
    private func zero(_ column: ColumnDefinition, _ kind: ValueKind) -> ConnectValue? {
        column.isOptional ? nil : kind.fallback
    }

    private func adjusted(_ date: MySQLDate) -> MySQLDate {
        var date = date
        if options.adjustsYears { date.year = TwoDigitYear.adjusted(date.year) }
        return date
    }

    private func date(_ text: String, _ column: ColumnDefinition, _ form: DateForm) -> ConnectValue? {
        // A time of day behind the date is left out.
        let day = text.prefix { $0 != " " }
        guard let date = Array(day.utf8).withUnsafeBytes(TextTemporal.date) else { return nil }
        guard date.isDayOfCalendar else { return zero(column, .date(form)) }
        return form.value(adjusted(date))
    }

    private static func time(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes(TextTemporal.time) }

    private static func parsed(_ text: String) -> MySQLDateTime? {
        if let value = Array(text.utf8).withUnsafeBytes(TextTemporal.dateTime) { return value }
        return Array(text.utf8).withUnsafeBytes(TextTemporal.date).map { MySQLDateTime(date: $0) }
    }

    private func dateTime(
        _ text: String, _ column: ColumnDefinition, _ kind: ValueKind, _ form: DateTimeForm
    ) -> ConnectValue? {
        guard var value = Self.parsed(text) else { return nil }
        guard value.date.isDayOfCalendar else { return zero(column, kind) }
        value.date = adjusted(value.date)
        return form.value(epochMicroseconds: value.epochMicroseconds)
    }

    /// CURRENT_TIMESTAMP stands in the definition as the epoch.
    private func timestamp(
        _ text: String, _ column: ColumnDefinition, _ kind: ValueKind, _ digits: Int
    ) -> ConnectValue? {
        guard let value = Self.parsed(text) else { return nil }
        guard value.date.isDayOfCalendar, value.epochMicroseconds != 0 else { return zero(column, kind) }
        return .string(
            ISOText.dateTime(
                epochMicroseconds: value.epochMicroseconds, digits: profile.timestampsKeepZeros ? digits : nil))
    }
}

extension MySQLDate {
    /// Whether there is such a day: no part is zero, and the month has so many days.
    var isDayOfCalendar: Bool {
        guard !isZeroOrPartial, month <= 12 else { return false }
        return day <= 28 || day <= daysOfMonth
    }

    private var daysOfMonth: Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
