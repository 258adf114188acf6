/// Texts in PEM form (RFC 7468) as Kafka's own parser accepts them: blocks may be indented, stand in one line, as in a
/// file of properties, or between other text.
enum PEMText {
    /// The blocks of the text with the lines that OpenSSL requires; everything else is left out.
    static func lines(of text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        while let begin = label("BEGIN", in: text, from: start), let end = label("END", in: text, from: begin.upperBound) {
            let body = text[begin.upperBound..<end.lowerBound]
            output += name(text[begin]) + [newline]
            if body.contains(UInt8(ascii: ":")) {
                // Headers of an older form of encrypted keys, whose lines are significant.
                output += body.drop { $0 <= blank }
            } else {
                let characters = body.filter { $0 > blank }
                for start in stride(from: 0, to: characters.count, by: lineBytes) {
                    output += characters[start..<min(start + lineBytes, characters.count)] + [newline]
                }
            }
            output += name(text[end]) + [newline]
            start = end.upperBound
        }
        return output
    }

    static func lines(of text: String) -> [UInt8] { lines(of: Array(text.utf8)) }

    private static let newline = UInt8(ascii: "\n")
    private static let blank = UInt8(ascii: " ")
    private static let lineBytes = 64

    /// OpenSSL's own form of a certificate, which has settings of trust behind the certificate, is read as one.
    private static func name(_ label: ArraySlice<UInt8>) -> [UInt8] {
        for word in ["BEGIN", "END"] where label.elementsEqual("-----\(word) TRUSTED CERTIFICATE-----".utf8) {
            return Array("-----\(word) CERTIFICATE-----".utf8)
        }
        return Array(label)
    }

    /// The next `-----BEGIN NAME-----` or `-----END NAME-----`.
    private static func label(_ word: String, in text: [UInt8], from start: Int) -> Range<Int>? {
        guard let first = position(of: Array("-----\(word) ".utf8), in: text, from: start),
            let last = position(of: Array("-----".utf8), in: text, from: first + word.utf8.count + 6)
        else { return nil }
        return first..<last + 5
    }

    private static func position(of pattern: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard text.count - start >= pattern.count else { return nil }
        return (start...text.count - pattern.count).first { offset in
            text[offset] == pattern[0] && text[offset..<offset + pattern.count].elementsEqual(pattern)
        }
    }
}
