/// Texts in PEM form (RFC 7468) that have lost their line breaks.
enum PEMText {
    /// The text with the lines that OpenSSL requires. In a file of properties, blanks often replace the line breaks,
    /// which Kafka's own parser accepts.
    static func lines(of text: String) -> [UInt8] {
        var output: [UInt8] = []
        var rest = Substring(text)
        while let begin = label("BEGIN", in: rest), let end = label("END", in: rest[begin.upperBound...]) {
            let body = rest[begin.upperBound..<end.lowerBound]
            output += Array(rest[begin].utf8) + [newline]
            if body.contains(":") {
                // Headers of an older form of encrypted keys, whose lines are significant.
                output += body.drop(while: \.isWhitespace).utf8
            } else {
                let characters = body.utf8.filter { $0 > 0x20 }
                for start in stride(from: 0, to: characters.count, by: lineBytes) {
                    output += characters[start..<min(start + lineBytes, characters.count)] + [newline]
                }
            }
            output += Array(rest[end].utf8) + [newline]
            rest = rest[end.upperBound...]
        }
        return output
    }

    private static let newline = UInt8(ascii: "\n")
    private static let lineBytes = 64

    /// The next `-----BEGIN NAME-----` or `-----END NAME-----`.
    private static func label(_ word: String, in text: Substring) -> Range<Substring.Index>? {
        guard let start = text.firstRange(of: "-----\(word) "),
            let end = text[start.upperBound...].firstRange(of: "-----")
        else { return nil }
        return start.lowerBound..<end.upperBound
    }
}
