import WireCore

/// MySQL's binary JSON (`json_binary.h`), as JSON columns store it.
///
/// Documents come from a server, so every offset and count is checked, and nesting is limited. A crafted document could
/// refer to the same bytes repeatedly; no more values are visited than a document of its length can hold.
@usableFromInline package enum JSONBinary {
    /// The maximum nesting that is accepted. MySQL itself refuses more than 100.
    @usableFromInline package static let depthMax = 110

    /// Passes the document's values to the visitor, in order.
    ///
    /// - Returns: false if the document is empty, as in rows from before the column was added.
    /// - Throws: a `WireError` if the document is damaged; the visitor has then received part of it.
    @inlinable
    package static func walk<Visitor: JSONBinaryVisitor & ~Copyable>(
        _ document: UnsafeRawBufferPointer, _ visitor: inout Visitor
    ) throws(WireError) -> Bool {
        guard let type = document.first else { return false }
        var walker = JSONBinaryWalker(documentBytes: document.count)
        try walker.value(type: type, in: UnsafeRawBufferPointer(rebasing: document[1...]), depth: 0, &visitor)
        return true
    }
}

@usableFromInline
struct JSONBinaryWalker {
    /// The maximum number of values, and of bytes of names and texts, that may still follow.
    @usableFromInline var valuesLeft: Int
    @usableFromInline var textBytesLeft: Int

    /// In a valid document every value has at least one byte of its own, and every name and text its own bytes.
    @inlinable
    init(documentBytes: Int) {
        valuesLeft = documentBytes
        textBytesLeft = documentBytes
    }

    /// Visits the value that begins `bytes`; the bytes after it belong to other values.
    @inlinable
    mutating func value<Visitor: JSONBinaryVisitor & ~Copyable>(
        type: UInt8, in bytes: UnsafeRawBufferPointer, depth: Int, _ visitor: inout Visitor
    ) throws(WireError) {
        guard depth <= JSONBinary.depthMax else { throw WireError(.badLength(depth), at: 0) }
        guard valuesLeft > 0 else { throw WireError(.invalidValue("JSON values that share their bytes"), at: 0) }
        valuesLeft -= 1
        var reader = ByteReader(bytes)
        switch type {
        case 0x00: try container(isObject: true, isLarge: false, bytes, depth, &visitor)
        case 0x01: try container(isObject: true, isLarge: true, bytes, depth, &visitor)
        case 0x02: try container(isObject: false, isLarge: false, bytes, depth, &visitor)
        case 0x03: try container(isObject: false, isLarge: true, bytes, depth, &visitor)
        case 0x04:
            switch try reader.byte() {
            case 0: visitor.null()
            case 1: visitor.boolean(true)
            case 2: visitor.boolean(false)
            case let code: throw WireError(.invalidValue("JSON literal \(code)"), at: 0)
            }
        case 0x05: visitor.integer(Int64(try reader.littleEndian(Int16.self)))
        case 0x06: visitor.unsignedInteger(UInt64(try reader.littleEndian(UInt16.self)))
        case 0x07: visitor.integer(Int64(try reader.littleEndian(Int32.self)))
        case 0x08: visitor.unsignedInteger(UInt64(try reader.littleEndian(UInt32.self)))
        case 0x09: visitor.integer(try reader.littleEndian(Int64.self))
        case 0x0A: visitor.unsignedInteger(try reader.littleEndian(UInt64.self))
        case 0x0B: visitor.double(Double(bitPattern: try reader.littleEndian(UInt64.self)))
        case 0x0C:
            let count = try Self.variableLength(&reader)
            let text = try reader.span(count)
            try takeText(count)
            visitor.string(text)
        case 0x0F:
            let kind = try reader.byte()
            let count = try Self.variableLength(&reader)
            try takeText(count)
            try Self.opaque(kind, try reader.array(count), &visitor)
        default: throw WireError(.invalidValue("JSON type \(type)"), at: 0)
        }
    }

    /// Seven bits per byte, the lowest first; at most five bytes.
    @inlinable @_lifetime(reader: copy reader)
    static func variableLength(_ reader: inout ByteReader) throws(WireError) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 35, by: 7) {
            let byte = try reader.byte()
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw WireError(.varintTooLong, at: reader.absoluteOffset)
    }

    @inlinable
    mutating func takeText(_ count: Int) throws(WireError) {
        textBytesLeft -= count
        guard textBytesLeft >= 0 else { throw WireError(.invalidValue("JSON texts that share their bytes"), at: 0) }
    }

    /// Layout: element count | size in bytes | for objects: offset and u16 length of each key | type u8 and value or
    /// offset of each element | keys | values. Counts, sizes and offsets have two or (large) four bytes.
    @inlinable
    mutating func container<Visitor: JSONBinaryVisitor & ~Copyable>(
        isObject: Bool, isLarge: Bool, _ bytes: UnsafeRawBufferPointer, _ depth: Int, _ visitor: inout Visitor
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
        if isObject { visitor.beginObject() } else { visitor.beginArray() }
        for index in 0..<count {
            if index > 0 { visitor.separator() }
            if isObject {
                let offset = Int(try keys.littleEndian(byteCount: width))
                let length = Int(try keys.littleEndian(UInt16.self))
                let name = try Self.part(of: whole, from: offset)
                guard length <= name.count else { throw WireError(.badLength(length), at: offset) }
                try takeText(length)
                visitor.name(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: name[..<length])))
            }
            let type = try reader.byte()
            if Self.isInline(type, isLarge) {
                let place = reader.offset
                try reader.skip(width)
                let inlined = UnsafeRawBufferPointer(rebasing: whole[place..<place + width])
                try value(type: type, in: inlined, depth: depth + 1, &visitor)
            } else {
                let offset = Int(try reader.littleEndian(byteCount: width))
                // A value never precedes its container's own header, so a crafted document cannot cause a loop.
                guard offset >= reader.offset else { throw WireError(.badLength(offset), at: reader.offset) }
                try value(type: type, in: try Self.part(of: whole, from: offset), depth: depth + 1, &visitor)
            }
        }
        if isObject { visitor.endObject() } else { visitor.endArray() }
    }

    @inlinable
    static func isInline(_ type: UInt8, _ isLarge: Bool) -> Bool {
        switch type {
        case 0x04, 0x05, 0x06: true
        case 0x07, 0x08: isLarge
        default: false
        }
    }

    @inlinable
    static func part(
        of bytes: UnsafeRawBufferPointer, from offset: Int
    ) throws(WireError) -> UnsafeRawBufferPointer {
        guard offset <= bytes.count else { throw WireError(.badLength(offset), at: 0) }
        return UnsafeRawBufferPointer(rebasing: bytes[offset...])
    }

    // MARK: Opaque values

    @inlinable
    static func opaque<Visitor: JSONBinaryVisitor & ~Copyable>(
        _ kind: UInt8, _ bytes: [UInt8], _ visitor: inout Visitor
    ) throws(WireError) {
        switch ColumnType(rawValue: kind) {
        case .newDecimal?: try decimal(bytes, &visitor)
        case .date?: visitor.date(try temporal(bytes))
        case .dateTime?, .timestamp?: visitor.dateTime(try temporal(bytes))
        case .time?: visitor.time(try temporal(bytes))
        default: visitor.opaque(bytes, type: kind)
        }
    }

    /// The server's buffer for decimals: nine groups of nine digits. It rounds the digits before the point up to whole
    /// groups, so a DECIMAL(65,30) has a precision of 66 here.
    @usableFromInline static let decimalPrecisionMax: UInt8 = 81

    /// precision u8 | scale u8 | the packed decimal
    @inlinable
    static func decimal<Visitor: JSONBinaryVisitor & ~Copyable>(
        _ bytes: [UInt8], _ visitor: inout Visitor
    ) throws(WireError) {
        guard bytes.count > 2, (1...decimalPrecisionMax).contains(bytes[0]), bytes[1] <= min(30, bytes[0]),
            bytes.count - 2 == PackedDecimal.storedBytes(precision: Int(bytes[0]), scale: Int(bytes[1]))
        else { throw WireError(.badLength(bytes.count), at: 0) }
        let scale = Int(bytes[1])
        let (isNegative, digits) = bytes.withUnsafeBytes {
            PackedDecimal.digits(UnsafeRawBufferPointer(rebasing: $0[2...]), precision: Int(bytes[0]), scale: scale)
        }
        visitor.decimal(isNegative: isNegative, digits: digits, scale: scale)
    }

    /// An i64, little-endian.
    @inlinable
    static func temporal(_ bytes: [UInt8]) throws(WireError) -> PackedTemporal {
        guard bytes.count >= 8 else { throw WireError(.badLength(bytes.count), at: 0) }
        var raw: Int64 = 0
        for index in 0..<8 { raw |= Int64(bytes[index]) << Int64(index * 8) }
        return PackedTemporal(rawValue: raw)
    }
}
