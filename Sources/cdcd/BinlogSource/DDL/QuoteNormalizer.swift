/// Converts texts in double quotes to single quotes, as Debezium 3.6 does before it parses a statement.
enum QuoteNormalizer {
    /// Apostrophes inside are doubled; doubled double quotes and escapes are kept.
    ///
    /// - Returns: nil if there is no text in double quotes.
    static func singleQuoted(_ text: LexedText) -> String? {
        let bytes = text.bytes
        let apostrophe = UInt8(ascii: "'")
        var result: [UInt8] = []
        var position = 0
        for token in text.tokens
        where token.kind == .string && bytes[token.range.lowerBound] == UInt8(ascii: "\"") {
            result += bytes[position..<token.range.lowerBound]
            result.append(apostrophe)
            for byte in bytes[token.range].dropFirst().dropLast() {
                if byte == apostrophe { result.append(apostrophe) }
                result.append(byte)
            }
            result.append(apostrophe)
            position = token.range.upperBound
        }
        if position == 0 { return nil }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }
}
