import BinlogSource
import MySQLTestSupport
import WireCore

@testable import MySQLWire

/// A server's binlog in memory, as encoded events. The layouts are those documented in MySQLWire, which are tested
/// with captured conversations of real servers.
struct ScriptedBinlog {
    /// The server on which transactions are first committed: this one, or one that it replicates.
    enum Source: Int, CaseIterable {
        case server = 0
        case other = 1

        var uuid: String {
            self == .server ? ScriptedBinlog.serverText : "4e11fa47-71ca-11e1-9e33-c80aa9429562"
        }

        /// As `gtid.source.*` names it.
        func name(_ flavor: ServerFlavor) -> String { flavor == .mySQL ? uuid : "\(rawValue)-\(rawValue + 1)" }
    }

    static let serverText = "3e11fa47-71ca-11e1-9e33-c80aa9429562"

    struct Event {
        var bytes: [UInt8]
        var file: String
        var start: Int64
        /// The transaction that it belongs to; nil for what belongs to a file.
        var transaction: TransactionID?
    }

    private(set) var events: [Event] = []
    private(set) var file = "binlog.000001"
    private(set) var position: Int64 = 4
    let usesGTIDs: Bool
    let flavor: ServerFlavor
    private let serverID: UInt32
    private var source = Source.server
    private var transaction: TransactionID?
    /// The number of transactions of each source.
    private var numbers: [UInt64] = [0, 0]
    private(set) var executedGTIDs: ExecutedGTIDs
    /// Seconds since the epoch.
    private var time: UInt32 = 1_700_000_000
    private var tableNumbers: [String: UInt64] = [:]
    private var nextTableNumber: UInt64 = 100

    init(usesGTIDs: Bool, flavor: ServerFlavor = .mySQL, serverID: UInt32 = 1) {
        self.usesGTIDs = usesGTIDs
        self.flavor = flavor
        self.serverID = serverID
        executedGTIDs = ExecutedGTIDs(flavor == .mySQL ? .mySQL(GTIDSet()) : .mariaDB(MariaDBGTIDList()))
        beginFile()
    }

    /// The transactions so far, as Debezium stores them.
    var executed: String? { usesGTIDs && !executedGTIDs.position.isEmpty ? executedGTIDs.text : nil }

    // MARK: Writing

    private mutating func append(_ type: EventType, _ body: [UInt8], isInTransaction: Bool = true) {
        var writer = ByteWriter()
        let count = EventHeader.bytes + body.count
        writer.littleEndian(time)
        writer.littleEndian(type.rawValue)
        writer.littleEndian(isInTransaction ? serverID + UInt32(source.rawValue) : serverID)
        writer.littleEndian(UInt32(count))
        writer.littleEndian(UInt32(position) + UInt32(count))
        writer.littleEndian(UInt16(0))
        writer.bytes(body)
        events.append(
            Event(bytes: writer.array(), file: file, start: position, transaction: isInTransaction ? transaction : nil))
        position += Int64(count)
    }

    private mutating func beginFile() {
        position = 4
        append(.formatDescription, Self.formatDescription, isInTransaction: false)
    }

    private static var formatDescription: [UInt8] {
        var postHeaders = [UInt8](repeating: 0, count: 41)
        postHeaders[18] = 8
        let version = [UInt8]("8.4.0".utf8)
        return [4, 0] + version + [UInt8](repeating: 0, count: 50 - version.count) + [0, 0, 0, 0, 19] + postHeaders
            + [0, 0, 0, 0, 0]
    }

    /// Begins the next file.
    mutating func rotate() {
        let next = "binlog.00000\((Int(file.suffix(1)) ?? 0) + 1)"
        append(.rotate, Self.rotation(to: next, 4), isInTransaction: false)
        file = next
        beginFile()
    }

    private static func rotation(to file: String, _ position: Int64) -> [UInt8] {
        var writer = ByteWriter()
        writer.littleEndian(UInt64(position))
        writer.utf8(file)
        return writer.array()
    }

    /// The contents of a GTID event.
    enum Announcement { case statement, transaction, preparedXA, completedXA }

    /// GTID or ANONYMOUS_GTID, or MariaDB's GTID: a transaction begins.
    mutating func announce(_ announcement: Announcement = .transaction, from source: Source = .server) {
        self.source = source
        numbers[source.rawValue] += 1
        time += 1
        switch flavor {
        case .mySQL: announceOnMySQL()
        case .mariaDB: announceOnMariaDB(announcement)
        }
    }

    private mutating func announceOnMySQL() {
        let number = numbers[source.rawValue]
        if let uuid = ServerUUID(source.uuid) { transaction = .mySQL(GTID(source: uuid, number: number)) }
        if let transaction { executedGTIDs.insert(transaction) }
        var writer = ByteWriter()
        writer.littleEndian(UInt8(1))
        let digits = Array(source.uuid.utf8.filter { $0 != UInt8(ascii: "-") })
        for index in stride(from: 0, to: 32, by: 2) {
            writer.littleEndian(UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) ?? 0)
        }
        writer.littleEndian(number)
        writer.littleEndian(UInt8(2))
        writer.zeros(16)
        for place in 0..<7 { writer.littleEndian(UInt8(truncatingIfNeeded: UInt64(time) * 1_000_000 >> (place * 8))) }
        append(usesGTIDs ? .gtid : .anonymousGTID, writer.array())
    }

    private mutating func announceOnMariaDB(_ announcement: Announcement) {
        let (number, domain) = (numbers[source.rawValue], UInt32(source.rawValue))
        let gtid = MariaDBGTID(domain: domain, serverID: serverID + domain, number: number)
        transaction = .mariaDB(gtid)
        executedGTIDs.insert(.mariaDB(gtid))
        var writer = ByteWriter()
        writer.littleEndian(number)
        writer.littleEndian(domain)
        switch announcement {
        case .statement: writer.littleEndian(UInt8(0x01))
        case .transaction: writer.littleEndian(UInt8(0x04))
        case .preparedXA: writer.littleEndian(UInt8(0x44))
        case .completedXA: writer.littleEndian(UInt8(0x84))
        }
        writer.zeros(6)
        append(.mariaDBGTID, writer.array())
    }

    /// GTID and BEGIN; on MariaDB the GTID is both.
    mutating func begin(from source: Source = .server) {
        announce(.transaction, from: source)
        if flavor == .mySQL { query("BEGIN") }
    }

    /// GTID and XA START; on MariaDB the GTID is both.
    mutating func beginXA() {
        announce(.preparedXA)
        if flavor == .mySQL { query("XA START \(Self.xaIdentifier)") }
    }

    /// XA COMMIT or XA ROLLBACK of a prepared transaction.
    mutating func completeXA(_ verb: String) {
        announce(.completedXA)
        query("XA \(verb) \(Self.xaIdentifier)")
    }

    mutating func query(_ statement: String, database: String = "db") {
        append(.query, Self.query(statement, database))
    }

    /// BEGIN_LOAD_QUERY, APPEND_BLOCK and EXECUTE_LOAD_QUERY of a `LOAD DATA INFILE 'x' INTO TABLE …`.
    mutating func loadData(into table: String) {
        append(.beginLoadQuery, [1, 0, 0, 0, 0x31])
        append(.appendBlock, [1, 0, 0, 0, 0x0A])
        append(
            .executeLoadQuery,
            Self.query(
                "LOAD DATA INFILE 'x' INTO TABLE \(table)", "db", file: [1, 0, 0, 0, 9, 0, 0, 0, 25, 0, 0, 0, 0]))
    }

    private static func query(_ statement: String, _ database: String, file: [UInt8] = []) -> [UInt8] {
        var writer = ByteWriter()
        writer.littleEndian(UInt32(7))
        writer.littleEndian(UInt32(0))
        writer.littleEndian(UInt8(database.utf8.count))
        writer.littleEndian(UInt16(0))
        writer.littleEndian(UInt16(0))
        writer.bytes(file)
        writer.utf8(database)
        writer.littleEndian(UInt8(0))
        writer.utf8(statement)
        return writer.array()
    }

    /// A statement in a transaction of its own.
    mutating func statement(_ text: String, from source: Source = .server) {
        announce(.statement, from: source)
        query(text)
    }

    /// The table gets a new number, as after every change of its definition.
    mutating func forgetTable(_ table: String) { tableNumbers[table] = nil }

    /// TABLE_MAP and WRITE_ROWS of a table that has INT columns only.
    mutating func insert(into table: String, of database: String = "db", _ rows: [[Int32]]) {
        let number: UInt64
        if let known = tableNumbers[table] {
            number = known
        } else {
            number = nextTableNumber
            nextTableNumber += 1
            tableNumbers[table] = number
        }
        let columns = rows[0].count
        append(.tableMap, Self.tableMap(number, database, table, columns))
        append(.writeRows, Self.writeRows(number, columns, rows))
    }

    private static func tableMap(_ number: UInt64, _ database: String, _ table: String, _ columns: Int) -> [UInt8] {
        var writer = ByteWriter()
        for place in 0..<6 { writer.littleEndian(UInt8(truncatingIfNeeded: number >> (place * 8))) }
        writer.littleEndian(UInt16(1))
        for name in [database, table] {
            writer.littleEndian(UInt8(name.utf8.count))
            writer.utf8(name)
            writer.littleEndian(UInt8(0))
        }
        writer.littleEndian(UInt8(columns))
        writer.bytes([UInt8](repeating: 3, count: columns))
        writer.littleEndian(UInt8(0))
        writer.zeros((columns + 7) / 8)
        return writer.array()
    }

    private static func writeRows(_ number: UInt64, _ columns: Int, _ rows: [[Int32]]) -> [UInt8] {
        var writer = ByteWriter()
        for place in 0..<6 { writer.littleEndian(UInt8(truncatingIfNeeded: number >> (place * 8))) }
        writer.littleEndian(UInt16(1))
        writer.littleEndian(UInt16(2))
        writer.littleEndian(UInt8(columns))
        writer.bytes([UInt8](repeating: 0xFF, count: (columns + 7) / 8))
        for row in rows {
            writer.zeros((columns + 7) / 8)
            for value in row { writer.littleEndian(UInt32(bitPattern: value)) }
        }
        return writer.array()
    }

    mutating func commit() { append(.xid, [1, 0, 0, 0, 0, 0, 0, 0]) }

    /// XA_PREPARE_LOG_EVENT of the transaction `X'78',X'',1`.
    mutating func prepare(isOnePhase: Bool) {
        append(.xaPrepare, [isOnePhase ? 1 : 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x78])
    }

    /// The server has nothing to send for a while.
    mutating func idle() {
        events.append(Event(bytes: Self.heartbeat, file: file, start: position, transaction: nil))
    }

    static let xaIdentifier = "X'78',X'',1"

    // MARK: Reading

    /// The first events of a dump: a rotation to the start position, and the format description.
    private static func head(_ file: String, _ position: Int64) -> [[UInt8]] {
        [artificial(.rotate, rotation(to: file, position)), artificial(.formatDescription, formatDescription)]
    }

    private static var heartbeat: [UInt8] { artificial(.heartbeat, Array("binlog.000001".utf8)) }

    private static func artificial(_ type: EventType, _ body: [UInt8]) -> [UInt8] {
        EventBytes.make(type, body, flags: 0x20)
    }

    /// What the server sends to a replica that has executed these transactions.
    func dump(after executed: GTIDPosition) -> [[UInt8]] {
        func isExecuted(_ transaction: TransactionID) -> Bool {
            switch (executed, transaction) {
            case (.mySQL(let set), .mySQL(let gtid)): set.contains(gtid)
            case (.mariaDB(let list), .mariaDB(let gtid)): list.contains(gtid)
            case (.mySQL, .mariaDB), (.mariaDB, .mySQL): false
            }
        }
        let first = events.first { event in event.transaction.map { !isExecuted($0) } ?? false }
        guard let start = first ?? events.last else { return [] }
        // Reads the whole file and skips executed transactions.
        let rest = events.filter { event in
            event.file >= start.file && !(event.transaction.map(isExecuted) ?? false)
        }
        return Self.head(start.file, 4) + rest.dropFirst().map(\.bytes)
    }

    func dump(after executed: GTIDSet) -> [[UInt8]] { dump(after: .mySQL(executed)) }

    /// What the server sends from a position on.
    func dump(file: String, position: Int64) -> [[UInt8]] {
        Self.head(file, position)
            + events.filter { $0.file > file || $0.file == file && $0.start >= max(position, 123) }.map(\.bytes)
    }
}
