import ConnectData
import MySQLWire

/// Converts a column's DEFAULT to the default of its schema.
///
/// Debezium's conversions are looser than the server's: whole numbers pass through a double (so 9007199254740993
/// becomes …992, and larger values the maximum), BINARY takes the text's bytes unchanged, an ENUM's comma is not
/// escaped. A value that cannot be converted gives no default; Debezium 1.9 fails for some of them.
///
/// Source: Debezium's `MySqlDefaultValueConverter` (3.6: `BinlogDefaultValueConverter`) and `TableSchemaBuilder`.
struct SchemaDefault {
    let options: ValueOptions
    let profile: DebeziumProfile

    /// Returns nil if the column has no default, its default is NULL, or has no representation.
    func value(of column: ColumnDefinition, _ kind: ValueKind) -> ConnectValue? {
        guard column.hasDefaultValue, let expression = column.defaultValueExpression else { return nil }
        let text = Self.literal(expression, kind)
        switch kind {
        case .boolean: return .boolean(Int32(text).map { $0 != 0 } ?? Self.isTrue(text))
        case .integer(let type, _): return integer(text, type)
        case .year: return Int32(text).map { .integer(Int64(TwoDigitYear.adjusted(Int($0)))) }
        case .unsignedDecimal: return DecimalNumber(text).map { .bytes($0.rescaled(to: 0).unscaledBytes) }
        case .decimal(let mode, _, let scale):
            return DecimalNumber(text).map { $0.rescaled(to: scale).value(mode) }
        case .float32: return Double(text).map { .float32(Float($0)) }
        case .float64: return Double(text).map { .float64($0) }
        case .bit: return .boolean(Int16(text).map { $0 != 0 } ?? false)
        case .bits(let length): return bits(text, length: length).map { .bytes($0) }
        case .text, .enumeration, .set, .uuid: return .string(text)
        case .binary(let mode): return BinaryText.value(Array(text.utf8), mode)
        case .date(let form):
            return temporal(TemporalDefault.date(text), column, kind) { form.value(adjusted($0)) }
        case .time(let form):
            let time = TemporalDefault.time(text, losesSign: profile.values.losesSignOfShortTimes)
            return time.flatMap { form.value($0) }
        case .dateTime(let form):
            return temporal(TemporalDefault.dateTime(text), column, kind) {
                form.value(epochMicroseconds: adjusted($0).epochMicroseconds)
            }
        case .timestamp(let digits): return timestamp(text, column, kind, digits)
        // MySQL allows only expressions here, which have no constant value.
        case .json, .geometry, .point, .vector: return nil
        }
    }

    // MARK: Literals

    /// The text without its surroundings: spaces at both ends (except of texts), and the introducer of a text that has
    /// kept its quotes. TRUE and FALSE are numbers if the column is numeric.
    private static func literal(_ expression: String, _ kind: ValueKind) -> String {
        switch kind {
        case .text, .enumeration, .set, .uuid, .binary, .json, .geometry, .point, .vector:
            return withoutIntroducer(expression)
        case .boolean, .bits, .date, .time, .dateTime, .timestamp: return withoutIntroducer(JavaText.trim(expression))
        case .integer, .year, .unsignedDecimal, .decimal, .float32, .float64, .bit:
            let text = withoutIntroducer(JavaText.trim(expression))
            if isTrue(text) { return "1" }
            return text.asciiUppercased() == "FALSE" ? "0" : text
        }
    }

    private static func isTrue(_ text: String) -> Bool { text.asciiUppercased() == "TRUE" }

    /// `x` for `_utf8mb4'x'`.
    private static func withoutIntroducer(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "_"), text.utf8.last == UInt8(ascii: "'"),
            let quote = text.firstIndex(of: "'"), text.index(after: quote) < text.endIndex
        else { return text }
        let name = text[..<quote].utf8.dropFirst()
        let isName = !name.isEmpty && name.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
        }
        return isName ? String(text[text.index(after: quote)...].dropLast()) : text
    }

    // MARK: Numbers

    private func integer(_ text: String, _ type: IntegerType) -> ConnectValue? {
        guard let number = Double(text), number.isFinite else { return nil }
        // Java's Math.round: half up, and larger values become the maximum.
        let rounded = (number + 0.5).rounded(.down)
        let value: Int64 = rounded >= 0x1p63 ? .max : rounded < -0x1p63 ? .min : Int64(rounded)
        switch type {
        case .int16: return .integer(Int64(Int16(truncatingIfNeeded: value)))
        case .int32: return .integer(Int64(Int32(truncatingIfNeeded: value)))
        case .int64: return .integer(value)
        }
    }

    /// `101`: little-endian bytes, one for each eight digits; an empty text is zero.
    private func bits(_ digits: String, length: Int) -> [UInt8]? {
        var rest = digits[...]
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            guard let byte = Int32(rest.suffix(8), radix: 2) else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: byte))
            rest = rest.dropLast(8)
        }
        let count = (length + 7) / 8
        return Array((bytes + repeatElement(0, count: count)).prefix(count))
    }

    // MARK: Times

    /// A zero or partial date, or one that cannot be parsed: no default if NULL is allowed, otherwise the epoch.
    private func temporal<Value>(
        _ reading: TemporalDefault.Reading<Value>, _ column: ColumnDefinition, _ kind: ValueKind,
        _ convert: (Value) -> ConnectValue?
    ) -> ConnectValue? {
        switch reading {
        case .value(let value): convert(value)
        case .zero, .unreadable: column.isOptional ? nil : kind.fallback
        }
    }

    private func adjusted(_ date: MySQLDate) -> MySQLDate {
        var date = date
        if options.adjustsYears { date.year = TwoDigitYear.adjusted(date.year) }
        return date
    }

    private func adjusted(_ value: MySQLDateTime) -> MySQLDateTime {
        var value = value
        value.date = adjusted(value.date)
        return value
    }

    /// The definition represents CURRENT_TIMESTAMP by the epoch.
    private func timestamp(
        _ text: String, _ column: ColumnDefinition, _ kind: ValueKind, _ digits: Int
    ) -> ConnectValue? {
        switch TemporalDefault.timestamp(text) {
        case .unreadable: return nil
        case .zero: return column.isOptional ? nil : kind.fallback
        case .value(let value):
            // All written digits if the column has no fraction.
            let shown = profile.values.timestampsKeepZeros && digits > 0 ? digits : nil
            var builder = ValueBuilder()
            ISOText.write(epochMicroseconds: adjusted(value).epochMicroseconds, digits: shown, into: &builder)
            return builder.takeValue()
        }
    }
}
