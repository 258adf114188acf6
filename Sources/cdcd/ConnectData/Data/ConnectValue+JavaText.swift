import WireCore

extension ConnectValue {
    /// The `toString()` of the Java object that has the value, with dates in UTC.
    ///
    /// The text of a Java array of bytes has its identity; here bytes are always described as a `ByteBuffer`.
    ///
    /// - Parameter schema: of the value; nil if it has none.
    package func javaText(_ schema: Schema?) -> String {
        if case .string(let text) = self { return text }
        var text = ""
        appendJavaText(schema, to: &text)
        return text
    }

    /// Appends what `javaText` returns.
    package func appendJavaText(_ schema: Schema?, to text: inout String) {
        switch self {
        case .null: text += "null"
        case .boolean(let flag): text += flag ? "true" : "false"
        case .integer(let number):
            switch schema?.logicalType {
            case .date: text += JavaDateText.text(number &* 86_400_000)
            case .time, .timestamp: text += JavaDateText.text(number)
            case .decimal, nil: text += String(number)
            }
        case .float32(let number): text += JavaNumber.text(number)
        case .float64(let number): text += JavaNumber.text(number)
        case .string(let string): text += string
        case .bytes(let bytes):
            if let schema, schema.logicalType == .decimal {
                text += UnscaledDecimal.javaText(bytes, scale: schema.decimalScale)
            } else {
                text += "java.nio.HeapByteBuffer[pos=0 lim=\(bytes.count) cap=\(bytes.count)]"
            }
        case .array(let items):
            text += "["
            for index in items.indices {
                if index > 0 { text += ", " }
                items[index].appendJavaText(schema?.valueSchema, to: &text)
            }
            text += "]"
        case .map(let entries):
            text += "{"
            for index in entries.indices {
                if index > 0 { text += ", " }
                entries[index].key.appendJavaText(schema?.keySchema, to: &text)
                text += "="
                entries[index].value.appendJavaText(schema?.valueSchema, to: &text)
            }
            text += "}"
        case .structure(let row):
            text += "Struct{"
            var isFirst = true
            for (field, value) in zip(row.schema.fields, row.values) where !value.isNull {
                if !isFirst { text += "," }
                isFirst = false
                text += field.name
                text += "="
                value.appendJavaText(field.schema, to: &text)
            }
            text += "}"
        case .instant(let milliseconds): text += JavaDateText.text(milliseconds)
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
