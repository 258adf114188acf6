import MySQLWire
import WireCore

/// A position in the binlog, as a history record or an offset names it.
///
/// Source: Debezium's `BinlogHistoryRecordComparator`.
struct HistoryPosition {
    let document: JSONObject

    private func number(_ name: String) -> Int64 { document[name]?.integerValue ?? 0 }

    /// Whether the position belongs to an unfinished snapshot: `true` in 1.9, `"INITIAL"` and others in 3.6.
    var isInSnapshot: Bool {
        guard let mark = document["snapshot"] else { return false }
        return mark != .null && mark != .bool(false)
    }

    /// The number of events of the transaction before this one.
    var eventCount: Int64 { number("event") }

    /// The executed set; nil without GTIDs.
    var gtidText: String? {
        document["gtids"]?.stringValue.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }

    func gtids(_ flavor: ServerFlavor) throws(HistoryError) -> GTIDPosition? {
        guard let gtidText else { return nil }
        return try Self.gtids(gtidText, flavor)
    }

    static func gtids(_ text: String, _ flavor: ServerFlavor) throws(HistoryError) -> GTIDPosition {
        guard let position = flavor.position(text) else {
            throw .incomparable("'\(text)' is not a set of GTIDs")
        }
        return position
    }

    /// Compares positions without GTIDs.
    func isAtOrBeforeByFile(_ desired: Self) throws(HistoryError) -> Bool {
        if isOfAnotherServer(than: desired) { return number("ts_sec") <= desired.number("ts_sec") }
        let files = (try file(), try desired.file())
        guard files.0.base == files.1.base else {
            throw .incomparable("the binlog's files were named \(files.0.base).* and are now named \(files.1.base).*")
        }
        guard files.0.number == files.1.number else { return files.0.number < files.1.number }
        return isAtOrBeforeInFile(desired)
    }

    /// Compares positions in one file. Of a transaction at the same position, the events before the stored count are
    /// done, and the next one is read again.
    func isAtOrBeforeInFile(_ desired: Self) -> Bool {
        let (position, other) = (number("pos"), desired.number("pos"))
        if position != other { return position < other }
        return eventCount == 0 || eventCount < desired.eventCount
    }

    /// A snapshot's position has no server; it is treated as the other one's if the files have the same base name.
    /// (Debezium compares the times in this case too, but a snapshot's time is that of the connector's clock, which may
    /// be ahead of the server's.)
    private func isOfAnotherServer(than other: Self) -> Bool {
        let (server, otherServer) = (number("server_id"), other.number("server_id"))
        if server == otherServer { return false }
        guard server == 0 || otherServer == 0 else { return true }
        guard let file = binlogFile, let otherFile = other.binlogFile else { return true }
        return file.base != otherFile.base
    }

    private var fileName: String { document["file"]?.stringValue ?? "" }

    /// The parts of `binlog.000007`; nil if the name has no number.
    private var binlogFile: (base: String, number: Int64)? {
        let name = fileName
        let parts = name.lastIndex(of: ".").map { (name[..<$0], name[name.index(after: $0)...]) }
        guard let parts, let number = Int64(parts.1) else { return nil }
        return (String(parts.0), number)
    }

    private func file() throws(HistoryError) -> (base: String, number: Int64) {
        guard let binlogFile else { throw .incomparable("'\(fileName)' is not the name of a binlog file") }
        return binlogFile
    }
}
