import WireCore

/// MySQL's binary JSON (`json_binary.h`) rendered as Debezium renders it while streaming: compact, members in MySQL's
/// order, decimals and doubles without exponents, dates as text, other opaque values in base64.
///
/// Documents come from a server, so every offset and count is checked, and nesting is limited. A crafted document could
/// refer to the same bytes again and again; no more is rendered than a document of its length can hold.
public enum JSONBinary {
    /// MySQL itself refuses more than 100.
    public static let depthMax = 110

    /// The document's text. An empty document (of a column that was added later) gives nil.
    public static func render(_ document: UnsafeRawBufferPointer) throws(WireError) -> String? {
        guard let type = document.first else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: document[1...])
        var renderer = JSONBinaryRenderer(documentBytes: document.count)
        try renderer.value(type: type, in: body, depth: 0)
        return renderer.text
    }
}

private struct JSONBinaryRenderer: ~Copyable {
    private var output = ByteWriter(capacityBytes: 256)
    /// How many values and how many bytes of names and texts may still come.
    private var valuesLeft: Int
    private var textBytesLeft: Int

    /// Every value of a sound document has a byte of its own at least, every name and text its own bytes.
    init(documentBytes: Int) {
        valuesLeft = documentBytes
        textBytesLeft = documentBytes
    }

    var text: String { output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// Renders the value whose bytes begin `bytes`; what follows them belongs to others.
    mutating func value(type: UInt8, in bytes: UnsafeRawBufferPointer, depth: Int) throws(WireError) {
        guard depth <= JSONBinary.depthMax else { throw WireError(.badLength(depth), at: 0) }
        guard valuesLeft > 0 else { throw WireError(.invalidValue("JSON values that share their bytes"), at: 0) }
        valuesLeft -= 1
        var reader = ByteReader(bytes)
        switch type {
        case 0x00: try container(isObject: true, isLarge: false, bytes, depth)
        case 0x01: try container(isObject: true, isLarge: true, bytes, depth)
        case 0x02: try container(isObject: false, isLarge: false, bytes, depth)
        case 0x03: try container(isObject: false, isLarge: true, bytes, depth)
        case 0x04: try literal(try reader.byte())
        case 0x05: output.utf8(String(try reader.littleEndian(Int16.self)))
        case 0x06: output.utf8(String(try reader.littleEndian(UInt16.self)))
        case 0x07: output.utf8(String(try reader.littleEndian(Int32.self)))
        case 0x08: output.utf8(String(try reader.littleEndian(UInt32.self)))
        case 0x09: output.utf8(String(try reader.littleEndian(Int64.self)))
        case 0x0A: output.utf8(String(try reader.littleEndian(UInt64.self)))
        case 0x0B: output.utf8(JavaNumber.plain(Double(bitPattern: try reader.littleEndian(UInt64.self))))
        case 0x0C:
            let count = try Self.variableLength(&reader)
            try string(try reader.span(count))
        case 0x0F:
            let kind = try reader.byte()
            let count = try Self.variableLength(&reader)
            textBytesLeft -= count
            guard textBytesLeft >= 0 else { throw WireError(.badLength(count), at: 0) }
            try opaque(kind, try reader.array(count))
        default: throw WireError(.invalidValue("JSON type \(type)"), at: 0)
        }
    }

    private mutating func literal(_ code: UInt8) throws(WireError) {
        switch code {
        case 0: output.literal("null")
        case 1: output.literal("true")
        case 2: output.literal("false")
        default: throw WireError(.invalidValue("JSON literal \(code)"), at: 0)
        }
    }

    /// Seven bits a byte, the lowest first; at most five bytes.
    @_lifetime(reader: copy reader)
    private static func variableLength(_ reader: inout ByteReader) throws(WireError) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try reader.byte()
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw WireError(.varintTooLong, at: reader.absoluteOffset)
    }

    /// Layout: element count | size in bytes | for objects: offset and u16 length of each key | type u8 and value or
    /// offset of each element | keys | values. Counts, sizes and offsets have two or (large) four bytes.
    private mutating func container(
        isObject: Bool, isLarge: Bool, _ bytes: UnsafeRawBufferPointer, _ depth: Int
    ) throws(WireError) {
        let width = isLarge ? 4 : 2
        var reader = ByteReader(bytes)
        let count = Int(try reader.littleEndian(byteCount: width))
        let size = Int(try reader.littleEndian(byteCount: width))
        guard size <= bytes.count else { throw WireError(.badLength(size), at: width) }
        let entryBytes = (isObject ? width + 2 : 0) + 1 + width
        guard count * entryBytes <= size else { throw WireError(.badLength(count), at: 0) }
        let whole = UnsafeRawBufferPointer(rebasing: bytes[..<size])
        var keys = try reader.slice(isObject ? count * (width + 2) : 0)
        output.byte(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        for index in 0..<count {
            if index > 0 { output.byte(UInt8(ascii: ",")) }
            if isObject {
                let offset = Int(try keys.littleEndian(byteCount: width))
                let length = Int(try keys.littleEndian(UInt16.self))
                let name = try Self.part(of: whole, from: offset)
                guard length <= name.count else { throw WireError(.badLength(length), at: offset) }
                try string(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: name[..<length])))
                output.byte(UInt8(ascii: ":"))
            }
            let type = try reader.byte()
            if Self.isInline(type, isLarge) {
                let place = reader.offset
                try reader.skip(width)
                let inlined = UnsafeRawBufferPointer(rebasing: whole[place..<place + width])
                try value(type: type, in: inlined, depth: depth + 1)
            } else {
                let offset = Int(try reader.littleEndian(byteCount: width))
                // A value never lies before its container's own header, so a crafted document cannot loop.
                guard offset >= reader.offset else { throw WireError(.badLength(offset), at: reader.offset) }
                try value(type: type, in: try Self.part(of: whole, from: offset), depth: depth + 1)
            }
        }
        output.byte(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    private static func isInline(_ type: UInt8, _ isLarge: Bool) -> Bool {
        switch type {
        case 0x04, 0x05, 0x06: true
        case 0x07, 0x08: isLarge
        default: false
        }
    }

    private static func part(
        of bytes: UnsafeRawBufferPointer, from offset: Int
    ) throws(WireError) -> UnsafeRawBufferPointer {
        guard offset <= bytes.count else { throw WireError(.badLength(offset), at: 0) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset...])
    }

    private mutating func string(_ bytes: RawSpan) throws(WireError) {
        textBytesLeft -= bytes.byteCount
        guard textBytesLeft >= 0 else { throw WireError(.invalidValue("JSON texts that share their bytes"), at: 0) }
        output.byte(UInt8(ascii: "\""))
        bytes.withUnsafeBytes { output.binlogJSONEscaped($0) }
        output.byte(UInt8(ascii: "\""))
    }

    // MARK: Opaque values

    private mutating func opaque(_ kind: UInt8, _ bytes: [UInt8]) throws(WireError) {
        switch ColumnType(rawValue: kind) {
        case .newDecimal?: try decimal(bytes)
        case .date?: try dateTime(bytes, hasDate: true, hasTime: false)
        case .dateTime?, .timestamp?: try dateTime(bytes, hasDate: true, hasTime: true)
        case .time?: try dateTime(bytes, hasDate: false, hasTime: true)
        default:
            output.byte(UInt8(ascii: "\""))
            output.base64(bytes)
            output.byte(UInt8(ascii: "\""))
        }
    }

    /// The server's buffer for decimals: nine groups of nine digits. It rounds the digits before the point up to whole
    /// groups, so that a DECIMAL(65,30) has a precision of 66 here.
    private static let decimalPrecisionMax: UInt8 = 81

    /// precision u8 | scale u8 | the packed decimal
    private mutating func decimal(_ bytes: [UInt8]) throws(WireError) {
        guard bytes.count > 2, (1...Self.decimalPrecisionMax).contains(bytes[0]), bytes[1] <= min(30, bytes[0]),
            bytes.count - 2 == PackedDecimal.storedBytes(precision: Int(bytes[0]), scale: Int(bytes[1]))
        else { throw WireError(.badLength(bytes.count), at: 0) }
        let scale = Int(bytes[1])
        let (isNegative, digits) = bytes.withUnsafeBytes {
            PackedDecimal.digits(UnsafeRawBufferPointer(rebasing: $0[2...]), precision: Int(bytes[0]), scale: scale)
        }
        output.utf8(DecimalText.plain(isNegative: isNegative, digits: digits, scale: scale))
    }

    /// A packed i64: date and time above 24 bits of microseconds. Debezium takes remainders of signed numbers, those
    /// above the seconds of 32 bits: a negative TIME comes out as `02:0-3:0-4.00000-5`, and from 2520-08 to
    /// 5041-02 and from 7561-11 on the minutes of a DATETIME are negative (`23:0-33:59` for 23:31:59).
    private mutating func dateTime(_ bytes: [UInt8], hasDate: Bool, hasTime: Bool) throws(WireError) {
        guard bytes.count >= 8 else { throw WireError(.badLength(bytes.count), at: 0) }
        var raw: Int64 = 0
        for index in 0..<8 { raw |= Int64(bytes[index]) << Int64(index * 8) }
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

    /// Six digits without the zeros at the end.
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
    /// Escapes as the binlog client of Debezium does (`JsonStringFormatter`): quotes, backslashes and control
    /// characters, everything else as it is. Jackson escapes more, but only when the whole text becomes a message.
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
