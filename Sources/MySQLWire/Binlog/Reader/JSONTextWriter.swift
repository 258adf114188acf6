import WireCore

/// A JSON document as MySQL prints it: a space after `,` and `:`, members in the order of the document, dates and times
/// with six fractional digits, other values in base64 (`base64:typeN:…`).
struct JSONTextWriter: JSONBinaryVisitor {
    private(set) var text = ""

    mutating func beginObject() { text += "{" }
    mutating func endObject() { text += "}" }
    mutating func beginArray() { text += "[" }
    mutating func endArray() { text += "]" }
    mutating func separator() { text += ", " }
    mutating func null() { text += "null" }
    mutating func boolean(_ value: Bool) { text += value ? "true" : "false" }
    mutating func integer(_ value: Int64) { text += String(value) }
    mutating func unsignedInteger(_ value: UInt64) { text += String(value) }
    mutating func double(_ value: Double) { text += "\(value)" }

    mutating func name(_ utf8: RawSpan) {
        string(utf8)
        text += ": "
    }

    mutating func string(_ utf8: RawSpan) {
        text += "\""
        for scalar in utf8.withUnsafeBytes({ String(decoding: $0, as: UTF8.self) }).unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{08}": text += "\\b"
            case "\u{0C}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{00}"..<"\u{20}": text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    mutating func decimal(isNegative: Bool, digits: [UInt8], scale: Int) {
        text += DecimalText.plain(isNegative: isNegative, digits: digits, scale: scale)
    }

    mutating func date(_ value: PackedTemporal) { text += "\"\(value.date)\"" }

    mutating func dateTime(_ value: PackedTemporal) {
        var seconds = value.dateTime
        seconds.microsecond = 0
        text += "\"\(seconds).\(ClockText.padded(value.dateTime.microsecond, 6))\""
    }

    mutating func time(_ value: PackedTemporal) {
        let fraction = value.timeMicroseconds % 1_000_000
        let seconds = MySQLTime(microseconds: value.timeMicroseconds - fraction)
        let sign = value.timeMicroseconds < 0 && seconds.microseconds == 0 ? "-" : ""
        text += "\"\(sign)\(seconds).\(ClockText.padded(Int(fraction.magnitude), 6))\""
    }

    mutating func opaque(_ bytes: [UInt8], type: UInt8) {
        var writer = ByteWriter()
        writer.base64(bytes)
        text += "\"base64:type\(type):" + writer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } + "\""
    }
}
