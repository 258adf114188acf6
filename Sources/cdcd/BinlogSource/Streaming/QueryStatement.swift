/// What the text of a QUERY event means for the stream of rows, told by its first words.
enum QueryStatement: Hashable, Sendable {
    case begin
    case commit
    case rollback
    /// `SAVEPOINT x` and `RELEASE SAVEPOINT x`.
    case savepoint
    case rollbackToSavepoint
    /// The identifier as written, so that the parts of one transaction can be told from another's.
    case xaStart(String)
    case xaEnd
    case xaPrepare(String)
    case xaCommit(String)
    case xaRollback(String)
    /// A change of rows that was logged as its statement: `INSERT`, `UPDATE`, `DELETE`, `REPLACE`, `LOAD`, one of them
    /// behind a `WITH` or MariaDB's `ANALYZE`, or what calls a function that changes rows (servers log it as `SELECT
    /// f()`).
    case rowChange(String)
    /// Everything else: statements that may change a schema.
    case other

    init(_ text: String) {
        var words = Words(text.utf8[...])
        self.init(&words, isWithinSetStatement: false)
    }

    private init(_ words: inout Words, isWithinSetStatement: Bool) {
        let first = words.next()
        // The usual one first.
        if first == "BEGIN" {
            self = .begin
            return
        }
        switch first {
        case "COMMIT": self = .commit
        case "START": self = words.next() == "TRANSACTION" ? .begin : .other
        case "ROLLBACK": self = words.next() == "TO" ? .rollbackToSavepoint : .rollback
        case "SAVEPOINT", "RELEASE": self = .savepoint
        case "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "SELECT", "DO", "CALL", "VALUES":
            self = .rowChange(first)
        case "ANALYZE":
            let second = words.next()
            self = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "SELECT"].contains(second) ? .rowChange(second) : .other
        case "" where words.rest.hasPrefix("("): self = .rowChange("SELECT")
        case "XA": self = Self.xa(words.next(), identifier: words.rest)
        case "SET":
            // MariaDB's SET STATEMENT … FOR, before the statement proper, which is no other of its kind.
            guard !isWithinSetStatement, words.next() == "STATEMENT", words.skip(past: "FOR") else {
                self = .other
                return
            }
            self.init(&words, isWithinSetStatement: true)
        default: self = .other
        }
    }

    private static func xa(_ verb: String, identifier: String) -> QueryStatement {
        switch verb {
        case "START", "BEGIN": .xaStart(identifier)
        case "END": .xaEnd
        case "PREPARE": .xaPrepare(identifier)
        case "COMMIT": .xaCommit(identifier)
        case "ROLLBACK": .xaRollback(identifier)
        default: .other
        }
    }

    /// Reads words of letters in upper case, passing over blanks and comments.
    private struct Words {
        private var bytes: Substring.UTF8View

        init(_ bytes: Substring.UTF8View) { self.bytes = bytes }

        /// What is left, without leading blanks and comments.
        var rest: String {
            var copy = self
            copy.skipBlanks()
            return String(Substring(copy.bytes)).trimmedStatement()
        }

        mutating func next() -> String {
            skipBlanks()
            var word = ""
            while let byte = bytes.first, Self.isLetter(byte) {
                word.unicodeScalars.append(Unicode.Scalar(byte & 0xDF))
                bytes.removeFirst()
            }
            return word
        }

        /// Goes behind the next occurrence of the word; false where there is none.
        mutating func skip(past word: String) -> Bool {
            while !bytes.isEmpty {
                if next() == word { return true }
                if let byte = bytes.first, !Self.isLetter(byte) { bytes.removeFirst() }
            }
            return false
        }

        private mutating func skipBlanks() {
            while let byte = bytes.first {
                if byte <= 0x20 {
                    bytes.removeFirst()
                } else if bytes.starts(with: "/*".utf8), !bytes.starts(with: "/*!".utf8) {
                    bytes = bytes.dropFirst(2)
                    while !bytes.isEmpty, !bytes.starts(with: "*/".utf8) { bytes.removeFirst() }
                    bytes = bytes.dropFirst(2)
                } else if bytes.starts(with: "#".utf8) || bytes.starts(with: "-- ".utf8) {
                    while let next = bytes.first, next != 0x0A { bytes.removeFirst() }
                } else {
                    return
                }
            }
        }

        private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) && byte & 0x40 != 0 }
    }
}

extension String {
    /// Without blanks at both ends, and without a final semicolon.
    fileprivate func trimmedStatement() -> String {
        var view = self[...]
        while let last = view.last, last.isWhitespace || last == ";" { view.removeLast() }
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        return String(view)
    }
}
