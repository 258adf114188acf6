import ConnectData
import MySQLWire

extension UnsafeRawBufferPointer {
    /// An unsigned little-endian number of `count` bytes (at most 8, no more than there are).
    @inline(__always)
    func littleEndian(_ count: Int) -> Int64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(self[index]) &<< UInt64(index &* 8) }
        return Int64(bitPattern: value)
    }

    @inline(__always) var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: littleEndian(4))) }
    @inline(__always) var double: Double { Double(bitPattern: UInt64(bitPattern: littleEndian(8))) }
}

/// Cells as text and bytes.
enum CellText {
    static func padded(_ cell: UnsafeRawBufferPointer, to count: Int) -> [UInt8] {
        guard cell.count < count else { return [UInt8](cell) }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count { buffer.initializeElement(at: index, to: index < cell.count ? cell[index] : 0) }
            filled = count
        }
    }

    /// The chosen options in the order of the definition.
    static func set(_ bits: UInt64, _ options: [String]) -> String {
        var text = ""
        for (index, option) in options.enumerated() where index < 64 && bits & (1 << UInt64(index)) != 0 {
            if !text.isEmpty { text += "," }
            text += option
        }
        return text
    }

    /// Sixteen bytes as `550e8400-e29b-41d4-a716-446655440000`. MariaDB strips zeros at the end.
    static func uuid(_ cell: UnsafeRawBufferPointer) -> String {
        guard cell.count <= 16 else { return JavaUTF8.decode(cell) }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in padded(cell, to: 16).enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Unsigned BIGINTs as `Decimal`.
enum UnsignedDecimal {
    static func value(_ number: UInt64) -> ConnectValue {
        number <= UInt64(Int64.max)
            ? .bytes(TwosComplement.bytes(Int64(number)))
            : .bytes([0] + (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - $0 * 8)) })
    }
}

/// DECIMALs of row events.
enum StoredDecimal {
    private static let powers: [Double] = (0...22).map { index in
        (0..<index).reduce(1.0) { power, _ in power * 10 }
    }

    @inline(__always)
    static func value(
        _ cell: UnsafeRawBufferPointer, _ mode: ValueOptions.DecimalMode, precision: Int, scale: Int
    ) -> ConnectValue {
        if precision <= 18 {
            let unscaled = PackedDecimal.unscaledInt64(cell, precision: precision, scale: scale)
            switch mode {
            case .precise: return .bytes(TwosComplement.bytes(unscaled))
            // Both numbers are exact up to 2^53 and 10^22, so their quotient is correctly rounded.
            case .double where unscaled.magnitude < 1 << 53: return .float64(Double(unscaled) / powers[scale])
            default: break
            }
        }
        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
        return DecimalNumber(isNegative: isNegative, digits: digits, scale: scale).value(mode)
    }

    /// The unscaled value with more digits after the point than are stored, as the schema has them.
    static func rescaled(_ cell: UnsafeRawBufferPointer, precision: Int, scale: Int, to newScale: Int) -> ConnectValue {
        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
        let number = DecimalNumber(isNegative: isNegative, digits: digits, scale: scale)
        return number.rescaled(to: newScale).value(.precise)
    }
}

/// Spatial values: MySQL puts a SRID (u32 little-endian) before the well-known binary.
enum Geometry {
    static func value(_ cell: UnsafeRawBufferPointer, _ schema: Schema, isPoint: Bool) -> CellResult {
        guard cell.count >= 4 + 5 else { return .damaged("its geometry has only \(cell.count) bytes") }
        let number = cell.littleEndian(4)
        let srid = number == 0 ? ConnectValue.null : .integer(Int64(Int32(truncatingIfNeeded: number)))
        let binary = UnsafeRawBufferPointer(rebasing: cell[4...])
        guard isPoint else {
            return .value(.structure(Struct(schema: schema, values: [.bytes([UInt8](binary)), srid])))
        }
        // byte order u8 (1: little-endian) | type u32 | x f64 | y f64
        guard binary.count >= 21, binary[0] == 1 else { return .damaged("its point has \(binary.count) bytes") }
        let x = UnsafeRawBufferPointer(rebasing: binary[5..<13]).double
        let y = UnsafeRawBufferPointer(rebasing: binary[13..<21]).double
        return .value(
            .structure(Struct(schema: schema, values: [.float64(x), .float64(y), .bytes([UInt8](binary)), srid])))
    }
}

/// VECTOR: little-endian single floats.
enum FloatVector {
    static func value(_ cell: UnsafeRawBufferPointer) -> CellResult {
        guard cell.count % 4 == 0 else { return .damaged("its vector has \(cell.count) bytes") }
        return .value(
            .array((0..<cell.count / 4).map { index in
                .float32(UnsafeRawBufferPointer(rebasing: cell[(index * 4)..<(index * 4 + 4)]).float)
            }))
    }
}
