import MySQLWire

/// The options of an ENUM or SET column as written in statements.
struct OptionList {
    /// Each option with the texts that it may represent, which depends on whether the session treated backslashes as
    /// escapes.
    private let options: [[String]]
    /// Whether every option is a quoted text.
    private let isReadable: Bool

    /// - Parameter quoted: the options with their quotes.
    init(_ quoted: [String]) {
        options = quoted.map { [Self.text($0, escapes: true), Self.text($0, escapes: false)] }
        isReadable = quoted.allSatisfy { $0.hasPrefix("'") || $0.hasPrefix("\"") }
    }

    /// Whether a table map's options may be these. Only certain differences count: a server writes `?` for characters
    /// that the column's character set lacks, and some characters of older sets are mapped differently by the server.
    ///
    /// - Parameters:
    ///   - stored: the table map's options, in the column's character set.
    ///   - set: that character set; nil if it is unknown.
    func isConsistent(with stored: [[UInt8]], in set: MySQLCharacterSet?) -> Bool {
        guard isReadable else { return true }
        guard stored.count == options.count else { return false }
        guard let set else { return true }
        let texts = Self.texts(stored, in: set)
        for (index, text) in texts.enumerated() where !options[index].contains(text) {
            let isASCII = ([text] + options[index]).allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
            let isCertain = (isASCII || Self.unicodeSets.contains(set.name)) && !text.contains("?")
            if isCertain || options.contains(where: { $0.contains(text) }) { return false }
        }
        return true
    }

    /// The options as text; the server removes trailing spaces.
    static func texts(_ stored: [[UInt8]], in set: MySQLCharacterSet?) -> [String] {
        stored.map { bytes in
            trimmed(bytes.withUnsafeBytes { set?.decode($0) ?? String(decoding: $0, as: UTF8.self) })
        }
    }

    private static let unicodeSets: Set = ["utf8mb4", "utf8mb3", "ucs2", "utf16", "utf16le", "utf32"]

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    private static func text(_ quoted: String, escapes: Bool) -> String {
        var text = String.UnicodeScalarView()
        var rest = quoted.unicodeScalars[...]
        guard let quote = rest.popFirst() else { return "" }
        while let scalar = rest.popFirst() {
            if scalar == quote {
                // A doubled quote, or the end.
                guard rest.first == quote else { break }
                rest.removeFirst()
                text.append(quote)
            } else if escapes, scalar == "\\", let escaped = rest.popFirst() {
                text.append(contentsOf: Self.unescaped(escaped))
            } else {
                text.append(scalar)
            }
        }
        return trimmed(String(text))
    }

    /// MySQL's string escapes: the character after the backslash.
    private static func unescaped(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        switch scalar {
        case "n": "\n".unicodeScalars
        case "t": "\t".unicodeScalars
        case "r": "\r".unicodeScalars
        case "b": "\u{8}".unicodeScalars
        case "0": "\0".unicodeScalars
        case "Z": "\u{1A}".unicodeScalars
        case "%", "_": "\\\(scalar)".unicodeScalars
        default: String(scalar).unicodeScalars
        }
    }
}
