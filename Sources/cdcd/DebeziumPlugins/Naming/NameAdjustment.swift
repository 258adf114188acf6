/// How names of schemas and fields are adjusted for a converter: `schema.name.adjustment.mode` and
/// `field.name.adjustment.mode` of connectors, transforms and converters.
package enum NameAdjustment: String, Sendable, CaseIterable {
    case none, avro
    case avroUnicode = "avro_unicode"
}

extension NameAdjustment {
    /// A schema's full name as Avro allows it: letters, digits, `_` and dots, and no digit at the start.
    ///
    /// - Parameter keepsFirstDigit: whether `_` precedes a digit at the start, as in 3.6, or replaces it, as in 1.9.
    package func adjustedName(_ name: String, keepsFirstDigit: Bool = true) -> String {
        self == .none ? name : adjusted(name, allowsDots: true, keepsFirstDigit: keepsFirstDigit)
    }

    /// A field's name as Avro allows it.
    package func adjustedFieldName(_ name: String) -> String {
        self == .none ? name : adjusted(name, allowsDots: false, keepsFirstDigit: true)
    }

    private func adjusted(_ name: String, allowsDots: Bool, keepsFirstDigit: Bool) -> String {
        var result = ""
        for (index, unit) in name.utf16.enumerated() {
            let isAllowed =
                switch unit {
                case 0x41...0x5A, 0x61...0x7A: true
                // In unicode mode `_` is the escape and escapes itself.
                case 0x5F: self != .avroUnicode
                case 0x30...0x39: index > 0
                case 0x2E: allowsDots && index > 0
                default: false
                }
            if isAllowed {
                result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else if self == .avroUnicode {
                let digits = String(unit, radix: 16)
                result += "_u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else if index == 0, (0x30...0x39).contains(unit), keepsFirstDigit {
                result += "_"
                result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                result += "_"
            }
        }
        return result
    }
}
