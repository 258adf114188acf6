/// A character set of the server, by which the bytes of text columns in the binlog become characters.
///
/// Every set of MySQL 9.7 and MariaDB 11.8 is known. Decoding never fails, and gives what Debezium gives: its mapping
/// of MySQL's sets to Java's encodings (Connector/J's `CharsetMapping`) and Java's replacement of damaged text by
/// U+FFFD. So `koi8u` is read as KOI8-R, `swe7`, `dec8`, `hp8`, `armscii8` and `geostd8` as windows-1252, and `euckr`
/// without the Hangul beyond KS X 1001, as in the topics that are there already.
public struct MySQLCharacterSet: Sendable {
    /// MySQL's name in lower case; `utf8` is `utf8mb3`.
    public let name: String
    let encoding: TextEncoding

    /// The set of that name (in any case), nil where neither server has it.
    public init?(named name: String) {
        let name = name.lowercased()
        guard let encoding = TextEncoding.ofCharacterSet(name) else { return nil }
        self.name = name == "utf8" ? "utf8mb3" : name
        self.encoding = encoding
    }

    /// The set that the numbered collation orders, as in table maps and column definitions; nil where neither server
    /// has it.
    public init?(collation number: Int) {
        var (low, high) = (0, CollationTable.runs.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(CollationTable.runs[middle].last) < number { low = middle + 1 } else { high = middle }
        }
        guard low < CollationTable.runs.count, number >= Int(CollationTable.runs[low].first) else { return nil }
        self.init(named: CollationTable.runs[low].characterSet)
    }

    /// The set of a named collation: its name begins with the set's (`latin1_swedish_ci`, `binary`).
    public init?(collationNamed collation: String) {
        self.init(named: String(collation.prefix { $0 != "_" }))
    }

    /// The text of a cell.
    public func decode(_ bytes: UnsafeRawBufferPointer) -> String { encoding.decode(bytes) }

    /// Whether every string of ASCII bytes means itself.
    public var containsASCII: Bool { encoding.containsASCII }
}

extension MySQLCharacterSet: Hashable {
    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
