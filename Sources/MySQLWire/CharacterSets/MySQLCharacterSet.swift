/// A character set of the server: decodes the bytes of text columns, statements and options.
///
/// Supports every character set of MySQL 9.7 and MariaDB 11.8. Characters are those to which the server itself
/// converts. Decoding never fails: malformed bytes, and codes that the server cannot convert, become U+FFFD.
package struct MySQLCharacterSet: Sendable {
    /// MySQL's name in lower case; `utf8` is `utf8mb3`.
    package let name: String
    /// The encoding of its bytes.
    package let encoding: TextEncoding

    /// The character set with that name, in any case. Returns nil if neither server has it.
    package init?(named name: String) {
        let name = name.lowercased()
        guard let encoding = TextEncoding.ofCharacterSet(name) else { return nil }
        self.name = name == "utf8" ? "utf8mb3" : name
        self.encoding = encoding
    }

    /// The character set of the collation with this number, as in table maps and column definitions. Returns nil if
    /// neither server has the collation.
    package init?(collation number: Int) {
        var (low, high) = (0, CollationTable.runs.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(CollationTable.runs[middle].last) < number { low = middle + 1 } else { high = middle }
        }
        guard low < CollationTable.runs.count, number >= Int(CollationTable.runs[low].first) else { return nil }
        self.init(named: CollationTable.runs[low].characterSet)
    }

    /// The character set of a named collation: the collation's name begins with it (`latin1_swedish_ci`, `binary`).
    package init?(collationNamed collation: String) {
        self.init(named: String(collation.prefix { $0 != "_" }))
    }

    /// The text of a cell.
    package func decode(_ bytes: UnsafeRawBufferPointer) -> String { encoding.decode(bytes) }

    /// Whether all ASCII bytes have their ASCII meaning.
    package var containsASCII: Bool { encoding.containsASCII }
}

extension MySQLCharacterSet: Hashable {
    package static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
