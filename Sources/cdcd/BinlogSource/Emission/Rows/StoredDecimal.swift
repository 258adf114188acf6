import ConnectData
import MySQLWire
import WireCore

/// Unsigned BIGINTs as `Decimal`.
enum UnsignedDecimal {
    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(_ number: UInt64, into sink: inout S) {
        if let signed = Int64(exactly: number) { return sink.decimal(unscaled: signed) }
        // A ninth byte for the sign.
        withUnsafeTemporaryAllocation(byteCount: 9, alignment: 1) { buffer in
            buffer[0] = 0
            buffer.storeBytes(of: number.bigEndian, toByteOffset: 1, as: UInt64.self)
            sink.bytes(UnsafeRawBufferPointer(buffer))
        }
    }
}

/// DECIMALs of row events.
enum StoredDecimal {
    private static let powers: [Double] = (0...22).map { index in
        (0..<index).reduce(1.0) { power, _ in power * 10 }
    }

    @inline(__always)
    static func write<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, _ mode: ValueOptions.DecimalMode, precision: Int, scale: Int, into sink: inout S
    ) {
        if precision <= 18 {
            let unscaled = PackedDecimal.unscaledInt64(cell, precision: precision, scale: scale)
            switch mode {
            case .precise: return sink.decimal(unscaled: unscaled)
            case .string: return write(unscaled, scale: scale, into: &sink)
            case .double:
                // Both numbers are exact up to 2^53 and 10^22, so their quotient is correctly rounded.
                if unscaled.magnitude < 1 << 53 { return sink.float64(Double(unscaled) / powers[scale]) }
            }
        }
        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
        DecimalNumber(isNegative: isNegative, digits: digits, scale: scale).write(mode, into: &sink)
    }

    /// Digits with a point before the last `scale` of them.
    @inline(__always)
    private static func write<S: ValueSink & ~Copyable>(_ unscaled: Int64, scale: Int, into sink: inout S) {
        sink.formattedText(atMost: IntegerText.roomBytes + 16) { start in
            var end = start
            if unscaled < 0 {
                end.pointee = UInt8(ascii: "-")
                end += 1
            }
            let power = IntegerText.power(ofTen: scale)
            let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
            end = IntegerText.write(UInt64(whole), to: end)
            guard scale > 0 else { return end }
            end.pointee = UInt8(ascii: ".")
            IntegerText.writeDigits(fraction, scale, to: end + 1)
            return end + 1 + scale
        }
    }

    /// The unscaled value with more digits after the point than are stored, as the schema requires.
    static func writeRescaled<S: ValueSink & ~Copyable>(
        _ cell: UnsafeRawBufferPointer, precision: Int, scale: Int, to newScale: Int, into sink: inout S
    ) {
        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
        DecimalNumber(isNegative: isNegative, digits: digits, scale: scale).rescaled(to: newScale)
            .write(.precise, into: &sink)
    }
}
