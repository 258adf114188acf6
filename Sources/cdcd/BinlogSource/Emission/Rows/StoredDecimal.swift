import ConnectData
import MySQLWire

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

    /// The unscaled value with more digits after the point than are stored, as the schema requires.
    static func rescaled(_ cell: UnsafeRawBufferPointer, precision: Int, scale: Int, to newScale: Int) -> ConnectValue {
        let (isNegative, digits) = PackedDecimal.digits(cell, precision: precision, scale: scale)
        let number = DecimalNumber(isNegative: isNegative, digits: digits, scale: scale)
        return number.rescaled(to: newScale).value(.precise)
    }
}
