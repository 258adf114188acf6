import MySQLWire
import WireCore

/// Binary JSON as Debezium renders it while streaming: compact, members in MySQL's order, decimals and doubles without
/// exponents, dates as text, other opaque values in base64.
///
/// Source: `JsonStringFormatter` and `JsonBinary` of Debezium's binlog client.
package struct StreamedJSON: JSONBinaryVisitor, ~Copyable {
    /// The document's text. Returns nil if the document is empty.
    package static func text(of document: UnsafeRawBufferPointer) throws(WireError) -> String? {
        var writer = ByteWriter(capacityBytes: 256)
        guard try write(document, into: &writer) else { return nil }
        return writer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Appends the document's text. Returns false if the document is empty. If it is damaged, a part may be appended.
    static func write(_ document: UnsafeRawBufferPointer, into writer: inout ByteWriter) throws(WireError) -> Bool {
        var renderer = StreamedJSON(writer)
        let outcome = Result { () throws(WireError) in try JSONBinary.walk(document, &renderer) }
        writer = renderer.takeOutput()
        return try outcome.get()
    }

    private var output: ByteWriter

    private init(_ output: consuming ByteWriter) { self.output = output }

    private consuming func takeOutput() -> ByteWriter { output }

    package mutating func beginObject() { output.byte(UInt8(ascii: "{")) }
    package mutating func endObject() { output.byte(UInt8(ascii: "}")) }
    package mutating func beginArray() { output.byte(UInt8(ascii: "[")) }
    package mutating func endArray() { output.byte(UInt8(ascii: "]")) }
    package mutating func separator() { output.byte(UInt8(ascii: ",")) }

    package mutating func name(_ utf8: RawSpan) {
        string(utf8)
        output.byte(UInt8(ascii: ":"))
    }

    package mutating func null() { output.literal("null") }
    package mutating func boolean(_ value: Bool) {
        if value { output.literal("true") } else { output.literal("false") }
    }

    package mutating func integer(_ value: Int64) { output.utf8(String(value)) }
    package mutating func unsignedInteger(_ value: UInt64) { output.utf8(String(value)) }
    package mutating func double(_ value: Double) { output.utf8(JavaNumber.plain(value)) }

    package mutating func string(_ utf8: RawSpan) {
        output.byte(UInt8(ascii: "\""))
        utf8.withUnsafeBytes { output.binlogJSONEscaped($0) }
        output.byte(UInt8(ascii: "\""))
    }

    package mutating func decimal(isNegative: Bool, digits: [UInt8], scale: Int) {
        output.utf8(DecimalText.plain(isNegative: isNegative, digits: digits, scale: scale))
    }

    package mutating func opaque(_ bytes: [UInt8], type: UInt8) {
        output.byte(UInt8(ascii: "\""))
        output.base64(bytes)
        output.byte(UInt8(ascii: "\""))
    }

    // MARK: Dates and times

    package mutating func date(_ value: PackedTemporal) { temporal(value, hasDate: true, hasTime: false) }
    package mutating func dateTime(_ value: PackedTemporal) { temporal(value, hasDate: true, hasTime: true) }
    package mutating func time(_ value: PackedTemporal) { temporal(value, hasDate: false, hasTime: true) }

    /// Debezium takes remainders of signed numbers, except for the seconds of 32 bits: a negative TIME is rendered as
    /// `02:0-3:0-4.00000-5`, and from 2520-08 to 5041-02 and from 7561-11 on the minutes of a DATETIME are negative
    /// (`23:0-33:59` for 23:31:59).
    private mutating func temporal(_ packed: PackedTemporal, hasDate: Bool, hasTime: Bool) {
        let raw = packed.rawValue
        let value = raw >> 24
        output.byte(UInt8(ascii: "\""))
        if hasDate {
            let yearMonth = Int(value >> 22) % (1 << 17)
            let year = yearMonth / 13
            output.utf8(year < 10 ? "000" : year < 100 ? "00" : year < 1000 ? "0" : "")
            output.utf8("\(year)-")
            twoDigits(yearMonth % 13)
            output.byte(UInt8(ascii: "-"))
            twoDigits(Int(value >> 17) % (1 << 5))
        }
        if hasDate && hasTime { output.byte(UInt8(ascii: " ")) }
        if hasTime {
            var hour = Int(value >> 12) % (hasDate ? 1 << 5 : 1 << 10)
            if value < 0 { hour = -hour }
            twoDigits(hour)
            output.byte(UInt8(ascii: ":"))
            twoDigits(Int(Int32(truncatingIfNeeded: value >> 6)) % (1 << 6))
            output.byte(UInt8(ascii: ":"))
            twoDigits(Int(value) % (1 << 6))
            fraction(Int(raw % (1 << 24)))
        }
        output.byte(UInt8(ascii: "\""))
    }

    private mutating func twoDigits(_ number: Int) { output.utf8(number < 10 ? "0\(number)" : "\(number)") }

    /// Six digits without trailing zeros.
    private mutating func fraction(_ microseconds: Int) {
        guard microseconds != 0 else { return }
        output.byte(UInt8(ascii: "."))
        var (limit, rest) = (100_000, microseconds)
        while limit > 1, microseconds < limit {
            output.byte(UInt8(ascii: "0"))
            limit /= 10
        }
        for _ in 0..<6 where rest % 10 == 0 { rest /= 10 }
        output.utf8(String(rest))
    }
}

extension ByteWriter {
    /// Escapes quotes, backslashes and control characters, as `JsonStringFormatter` does. Jackson escapes more, but
    /// only when the whole text becomes part of a message.
    fileprivate mutating func binlogJSONEscaped(_ text: UnsafeRawBufferPointer) {
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            if byte >= 0x20 && byte != 0x22 && byte != 0x5C { continue }
            bytes(UnsafeRawBufferPointer(rebasing: text[start..<index]))
            start = index + 1
            self.byte(UInt8(ascii: "\\"))
            switch byte {
            case 0x22, 0x5C: self.byte(byte)
            case 0x08: self.byte(UInt8(ascii: "b"))
            case 0x09: self.byte(UInt8(ascii: "t"))
            case 0x0A: self.byte(UInt8(ascii: "n"))
            case 0x0C: self.byte(UInt8(ascii: "f"))
            case 0x0D: self.byte(UInt8(ascii: "r"))
            default: utf8("u00\(byte < 0x10 ? "0" : "1")\(String(byte & 15, radix: 16, uppercase: true))")
            }
        }
        bytes(UnsafeRawBufferPointer(rebasing: text[start...]))
    }
}
