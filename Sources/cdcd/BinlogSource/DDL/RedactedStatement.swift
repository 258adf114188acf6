/// A statement for logs, errors and states: on one line, without comments and without its values.
///
/// Values may be personal data or secrets, and logs and states have more readers than tables. The whole statement is in
/// the binlog, at the position that the message names.
enum RedactedStatement {
    /// - Parameter hidesNumbers: false for schema changes, whose numbers are lengths and options rather than values.
    static func text(_ statement: String, charactersMax: Int = 200, hidesNumbers: Bool = true) -> String {
        var scanner = Scanner(bytes: Array(statement.utf8), hidesNumbers: hidesNumbers)
        scanner.run(untilBytes: charactersMax * 4)
        let text = String(decoding: scanner.shown, as: UTF8.self)
        let isCut = scanner.isUncertain || scanner.position < scanner.bytes.count || text.count > charactersMax
        return isCut ? text.prefix(charactersMax) + " …" : text
    }

    private struct Scanner {
        let bytes: [UInt8]
        let hidesNumbers: Bool
        var position = 0
        var shown: [UInt8] = []
        /// The end of a literal depends on a setting that is unknown here, so the rest is not shown.
        var isUncertain = false

        init(bytes: [UInt8], hidesNumbers: Bool) {
            self.bytes = bytes
            self.hidesNumbers = hidesNumbers
        }

        private func byte(_ ahead: Int = 0) -> UInt8 {
            position + ahead < bytes.count ? bytes[position + ahead] : 0
        }

        mutating func run(untilBytes limit: Int) {
            while position < bytes.count, shown.count < limit, !isUncertain {
                let first = byte()
                switch first {
                case 0x00...0x20, 0x7F: skipBlank()
                case UInt8(ascii: "'"), UInt8(ascii: "\""): skipLiteral(first)
                case UInt8(ascii: "`"): copyQuotedName()
                case UInt8(ascii: "#"): skipLine()
                case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-") && byte(2) <= 0x20: skipLine()
                case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): skipComment()
                case _ where Self.isPartOfName(first): copyWord()
                default:
                    shown.append(first)
                    position += 1
                }
            }
            while shown.last == 0x20 { shown.removeLast() }
        }

        private mutating func skipBlank() {
            separate()
            position += 1
        }

        private mutating func separate() {
            if let last = shown.last, last != 0x20 { shown.append(0x20) }
        }

        private mutating func skipLiteral(_ quote: UInt8) {
            shown.append(UInt8(ascii: "?"))
            position += 1
            while position < bytes.count {
                let next = byte()
                if next == UInt8(ascii: "\\") {
                    // With NO_BACKSLASH_ESCAPES the literal ends here, otherwise it continues.
                    if byte(1) == quote { isUncertain = true }
                    position += 2
                } else if next == quote, byte(1) == quote {
                    position += 2
                } else {
                    position += 1
                    if next == quote { return }
                }
            }
            position = min(position, bytes.count)
        }

        private mutating func copyQuotedName() {
            repeat {
                // A line break in a name must not break the log's line.
                shown.append(byte() < 0x20 ? 0x20 : byte())
                position += 1
            } while position < bytes.count && byte() != UInt8(ascii: "`")
            if position < bytes.count {
                shown.append(byte())
                position += 1
            }
        }

        private mutating func skipLine() {
            while position < bytes.count, byte() != 0x0A { position += 1 }
        }

        private mutating func skipComment() {
            position += 2
            while position < bytes.count, byte() != UInt8(ascii: "*") || byte(1) != UInt8(ascii: "/") { position += 1 }
            position = min(position + 2, bytes.count)
            separate()
        }

        /// A word or a number, which may contain letters too (`0xFF`, `1e5`).
        private mutating func copyWord() {
            let start = position
            let isNumber = (0x30...0x39).contains(byte())
            while position < bytes.count, Self.isPartOfName(byte()) || isNumber && byte() == UInt8(ascii: ".") {
                position += 1
            }
            if isNumber, hidesNumbers { shown.append(UInt8(ascii: "?")) } else { shown += bytes[start..<position] }
        }

        private static func isPartOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: true
            default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            }
        }
    }
}
