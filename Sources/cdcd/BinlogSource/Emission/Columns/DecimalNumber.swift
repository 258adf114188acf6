import ConnectData
import MySQLWire
import WireCore

/// A decimal number of any size: sign, digits and the number of digits after the point.
struct DecimalNumber: Hashable, Sendable {
    var isNegative: Bool
    /// Values 0 to 9, the highest first.
    var digits: [UInt8]
    var scale: Int

    init(isNegative: Bool, digits: [UInt8], scale: Int) {
        self.isNegative = isNegative
        self.digits = digits
        self.scale = scale
    }

    /// Parses `-12.50`, optionally with an exponent. Returns nil for anything else.
    init?(_ text: UnsafeRawBufferPointer) {
        var offset = 0
        var isNegative = false
        if text.count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            isNegative = text[0] == UInt8(ascii: "-")
            offset = 1
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(text.count)
        var scale = 0
        var hasPoint = false
        while offset < text.count {
            let byte = text[offset]
            if byte >= 0x30 && byte <= 0x39 {
                digits.append(byte - 0x30)
                if hasPoint { scale += 1 }
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            offset += 1
        }
        guard !digits.isEmpty else { return nil }
        if offset < text.count {
            guard text[offset] | 0x20 == UInt8(ascii: "e"),
                let exponent = Int(String(decoding: text[(offset + 1)...], as: UTF8.self)), exponent.magnitude < 400
            else { return nil }
            scale -= exponent
            if scale < 0 {
                digits += repeatElement(0, count: -scale)
                scale = 0
            }
        }
        self.init(isNegative: isNegative, digits: digits, scale: scale)
    }

    init?(_ text: String) {
        let number: DecimalNumber? = Array(text.utf8).withUnsafeBytes { DecimalNumber($0) }
        guard let number else { return nil }
        self = number
    }

    /// The number with this many digits after the point, rounded half up (away from zero).
    func rescaled(to newScale: Int) -> DecimalNumber {
        if newScale == scale { return self }
        var result = self
        result.scale = newScale
        if newScale > scale {
            result.digits += repeatElement(0, count: newScale - scale)
            return result
        }
        let cut = scale - newScale
        let kept = digits.count - cut
        let roundsUp = kept >= 0 && digits[kept] >= 5
        result.digits = kept > 0 ? Array(digits[..<kept]) : [0]
        guard roundsUp else { return result }
        var index = result.digits.count - 1
        while index >= 0, result.digits[index] == 9 {
            result.digits[index] = 0
            index -= 1
        }
        if index >= 0 { result.digits[index] += 1 } else { result.digits.insert(1, at: 0) }
        return result
    }

    /// `BigDecimal.unscaledValue().toByteArray()`.
    var unscaledBytes: [UInt8] {
        guard digits.count <= 18 else {
            return UnscaledDecimal.bytes(digits: digits.map { $0 + 0x30 }, isNegative: isNegative)
        }
        var value: Int64 = 0
        for digit in digits { value = value * 10 + Int64(digit) }
        return UnscaledDecimal.bytes(isNegative ? -value : value)
    }

    var plainText: String { DecimalText.plain(isNegative: isNegative, digits: padded, scale: scale) }

    /// At least as many digits as the scale.
    private var padded: [UInt8] {
        digits.count >= scale ? digits : [UInt8](repeating: 0, count: scale - digits.count) + digits
    }

    func write<S: ValueSink & ~Copyable>(_ mode: ValueOptions.DecimalMode, into sink: inout S) {
        switch mode {
        case .precise: unscaledBytes.withUnsafeBytes { sink.bytes($0) }
        case .string:
            var text = plainText
            text.withUTF8 { sink.text(UnsafeRawBufferPointer($0)) }
        case .double: sink.float64(Double(plainText) ?? 0)
        }
    }

    func value(_ mode: ValueOptions.DecimalMode) -> ConnectValue {
        var builder = ValueBuilder()
        write(mode, into: &builder)
        return builder.takeValue()
    }
}
