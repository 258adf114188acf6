import WireCore
import WireTestSupport

@testable import MySQLWire

/// A binary JSON document as text for golden files.
struct JSONDescription: JSONBinaryVisitor {
    /// Returns nil if the document is empty.
    static func of(_ document: UnsafeRawBufferPointer) throws(WireError) -> String? {
        var description = JSONDescription()
        return try JSONBinary.walk(document, &description) ? description.text : nil
    }

    private var text = ""

    mutating func beginObject() { text += "{" }
    mutating func endObject() { text += "}" }
    mutating func beginArray() { text += "[" }
    mutating func endArray() { text += "]" }
    mutating func separator() { text += "," }
    mutating func null() { text += "null" }
    mutating func boolean(_ value: Bool) { text += "\(value)" }
    mutating func integer(_ value: Int64) { text += "\(value)" }
    mutating func unsignedInteger(_ value: UInt64) { text += "\(value)" }
    mutating func double(_ value: Double) { text += "\(value)" }
    mutating func date(_ value: PackedTemporal) { text += CellText.text(value.date) }
    mutating func dateTime(_ value: PackedTemporal) { text += CellText.text(value.dateTime) }
    mutating func time(_ value: PackedTemporal) { text += "\(value.timeMicroseconds) µs" }
    mutating func opaque(_ bytes: [UInt8], type: UInt8) { text += "type \(type) 0x\(bytes.hex)" }

    mutating func name(_ utf8: RawSpan) {
        string(utf8)
        text += ":"
    }

    mutating func string(_ utf8: RawSpan) {
        text += utf8.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.debugDescription
    }

    mutating func decimal(isNegative: Bool, digits: [UInt8], scale: Int) {
        text += DecimalText.plain(isNegative: isNegative, digits: digits, scale: scale)
    }
}
