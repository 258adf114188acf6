import WireCore

extension ConnectValue {
    /// The `toString()` of the Java object that has the value, with dates in UTC.
    ///
    /// The text of a Java array of bytes has its identity; here bytes are always described as a `ByteBuffer`.
    ///
    /// - Parameter schema: of the value; nil if it has none.
    package func javaText(_ schema: Schema?) -> String {
        switch self {
        case .null: return "null"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number):
            switch schema?.logicalType {
            case .date: return JavaDateText.text(number &* 86_400_000)
            case .time, .timestamp: return JavaDateText.text(number)
            case .decimal, nil: return String(number)
            }
        case .float32(let number): return JavaNumber.text(number)
        case .float64(let number): return JavaNumber.text(number)
        case .string(let text): return text
        case .bytes(let bytes):
            if let schema, schema.logicalType == .decimal {
                return UnscaledDecimal.javaText(bytes, scale: schema.decimalScale)
            }
            return "java.nio.HeapByteBuffer[pos=0 lim=\(bytes.count) cap=\(bytes.count)]"
        case .array(let items):
            return "[\(items.map { $0.javaText(schema?.valueSchema) }.joined(separator: ", "))]"
        case .map(let entries):
            let texts = entries.map { "\($0.key.javaText(schema?.keySchema))=\($0.value.javaText(schema?.valueSchema))" }
            return "{\(texts.joined(separator: ", "))}"
        case .structure(let row):
            let fields = zip(row.schema.fields, row.values).filter { !$1.isNull }
            return "Struct{\(fields.map { "\($0.name)=\($1.javaText($0.schema))" }.joined(separator: ","))}"
        case .instant(let milliseconds): return JavaDateText.text(milliseconds)
        }
    }
}

extension ConnectRecord {
    /// The `toString()` of Java's `ConnectRecord`.
    package var javaText: String {
        let headers = headers.map { header in
            "ConnectHeader(key=\(header.name), value=\(header.value.javaText(header.schema)), "
                + "schema=\(header.schema?.javaDescription ?? "null"))"
        }
        return "ConnectRecord{topic='\(topic)', kafkaPartition=\(partition.map { "\($0)" } ?? "null"), "
            + "key=\(key.javaText(keySchema)), keySchema=\(keySchema?.javaDescription ?? "null"), "
            + "value=\(value.javaText(valueSchema)), valueSchema=\(valueSchema?.javaDescription ?? "null"), "
            + "timestamp=\(timestampMilliseconds.map { "\($0)" } ?? "null"), "
            + "headers=ConnectHeaders(headers=\(headers.isEmpty ? "" : "[\(headers.joined(separator: ", "))]"))}"
    }
}

/// The texts of Java's `java.util.Date`.
private enum JavaDateText {
    /// `EEE MMM dd HH:mm:ss zzz yyyy`, with a year that is not padded.
    static func text(_ milliseconds: Int64) -> String {
        let fields = CalendarFields(milliseconds, in: .utc)
        let seconds = fields.millisecondOfDay / 1000
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
        return "\(EnglishDateNames.weekdays[0][Int(fields.weekday) - 1]) "
            + "\(EnglishDateNames.months[0][Int(fields.month) - 1]) \(twoDigits(fields.dayOfMonth)) \(time) UTC \(fields.year)"
    }

    private static func twoDigits(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
}
