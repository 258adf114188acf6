/// Texts in double quotes become texts in single ones, as Debezium 3.6 has them before it reads a statement.
enum QuoteNormalizer {
    /// Apostrophes inside are doubled; doubled double quotes and escapes stay as they are.
    static func singleQuoted(_ text: String, sqlMode: SQLMode) -> String {
        guard text.utf8.contains(UInt8(ascii: "\"")) else { return text }
        let bytes = [UInt8](text.utf8)
        let apostrophe = UInt8(ascii: "'")
        var result: [UInt8] = []
        var position = 0
        for token in DDLLexer.tokens(of: bytes, sqlMode: sqlMode).tokens
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
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }
}
