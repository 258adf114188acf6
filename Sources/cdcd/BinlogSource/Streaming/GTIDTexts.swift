import MySQLWire

/// The texts of GTIDs, of which one server's transactions all begin alike.
struct GTIDTexts {
    private var last: (source: ServerUUID, text: String)?

    mutating func text(_ gtid: GTID) -> String {
        if let last, last.source == gtid.source { return "\(last.text):\(gtid.number)" }
        let text = gtid.source.description
        last = (gtid.source, text)
        return "\(text):\(gtid.number)"
    }
}
