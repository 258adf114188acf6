import WireCore

/// QUERY_EVENT: thread u32 | seconds u32 | database length u8 | error u16 | status length u16 | status variables |
/// database NUL | statement to the end
///
/// EXECUTE_LOAD_QUERY_EVENT, a LOAD DATA: the same with file id u32 | clause begin u32 | clause end u32 |
/// duplicates u8 before the status variables. Begin and end, in bytes of the statement, enclose
/// `[LOCAL] INFILE 'name' [REPLACE | IGNORE] INTO`, which a replica replaces.
package struct QueryEvent: Equatable, Sendable {
    package let threadID: UInt32
    package let database: String
    package let errorCode: UInt16
    /// Decoded from the client's character set, if that is known. A LOAD DATA has an empty file name.
    package let statement: String
    package let session: Session

    /// Q_SQL_MODE_CODE; nil if it was not sent.
    package var sqlMode: UInt64? { session.sqlMode }

    /// The status variables, on which the statement's meaning depends; nil if a variable was not sent.
    package struct Session: Equatable, Sendable {
        package var sqlMode: UInt64?
        /// Numbers of collations: `character_set_client`, `collation_connection`, `collation_server`.
        package var clientCollation: Int?
        package var connectionCollation: Int?
        package var serverCollation: Int?
        /// `collation_database`, the default for what the statement creates.
        package var databaseCollation: Int?
        /// The collation of a bare `CHARACTER SET utf8mb4`.
        package var utf8mb4Collation: Int?
        package var timeZone: String?
        /// The databases of all tables that the statement read or wrote, including those of triggers, stored routines
        /// and views. nil if the server did not send them: MariaDB, more than 16 databases, and tables with foreign
        /// keys.
        package var updatedDatabases: [String]?
        /// Whether a TIMESTAMP column without NULL or NOT NULL is an ordinary nullable one.
        package var explicitDefaultsForTimestamp: Bool?
    }

    init(body: UnsafeRawBufferPointer) throws(WireError) { try self.init(body, isLoadData: false) }

    /// EXECUTE_LOAD_QUERY_EVENT.
    init(loadDataBody body: UnsafeRawBufferPointer) throws(WireError) { try self.init(body, isLoadData: true) }

    private init(_ body: UnsafeRawBufferPointer, isLoadData: Bool) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        threadID = try reader.littleEndian(UInt32.self)
        try reader.skip(4)
        let databaseBytes = Int(try reader.byte())
        errorCode = try reader.littleEndian(UInt16.self)
        let statusBytes = Int(try reader.littleEndian(UInt16.self))
        let fileClause = isLoadData ? try FileClause(&reader) : nil
        var status = try reader.slice(statusBytes)
        session = try Session(&status)
        database = try reader.span(databaseBytes).repairedUTF8()
        try reader.skip(1)
        let clientCollation = session.clientCollation
        let textOffset = reader.absoluteOffset
        let text = reader.rest()
        if let fileClause {
            let bytes = try fileClause.replaced(in: text.array(), at: textOffset)
            // The server writes the names of table and columns in UTF-8; the expressions of SET are as the client sent
            // them.
            statement = String(validating: bytes, as: UTF8.self)
                ?? bytes.withUnsafeBytes { Self.text($0, clientCollation) }
        } else {
            statement = text.withUnsafeBytes { Self.text($0, clientCollation) }
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ clientCollation: Int?) -> String {
        // The statement of almost all events; every client's character set has the same letters.
        if bytes.elementsEqual("BEGIN".utf8) { return "BEGIN" }
        let set = clientCollation.flatMap { MySQLCharacterSet(collation: $0) }
        return set?.decode(bytes) ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// Locates the file clause of a LOAD DATA statement. The file name is left out: it has no meaning for a reader of the
/// binlog, and the server writes it with backslashes whatever the session's `sql_mode`.
private struct FileClause {
    private let range: Range<UInt32>
    private let duplicates: String

    @_lifetime(reader: copy reader)
    init(_ reader: inout ByteReader) throws(WireError) {
        try reader.skip(4)
        let place = reader.absoluteOffset
        let begin = try reader.littleEndian(UInt32.self)
        let end = try reader.littleEndian(UInt32.self)
        guard begin <= end else { throw WireError(.badLength(Int(end)), at: place) }
        range = begin..<end
        switch try reader.byte() {
        case 0: duplicates = ""
        case 1: duplicates = " IGNORE"
        case 2: duplicates = " REPLACE"
        default: throw WireError(.invalidValue("unknown handling of duplicates"), at: place + 8)
        }
    }

    func replaced(in statement: [UInt8], at offset: Int) throws(WireError) -> [UInt8] {
        let (begin, end) = (Int(range.lowerBound), Int(range.upperBound))
        guard end <= statement.count else { throw WireError(.badLength(end), at: offset) }
        return statement[..<begin] + Array(" INFILE ''\(duplicates) INTO".utf8) + statement[end...]
    }
}

extension QueryEvent.Session {
    /// Reads code u8 and value of each variable, up to the first unknown code.
    @_lifetime(reader: copy reader)
    fileprivate init(_ reader: inout ByteReader) throws(WireError) {
        while !reader.isAtEnd {
            switch try reader.byte() {
            case 0: try reader.skip(4)  // Q_FLAGS2_CODE
            case 1: sqlMode = try reader.littleEndian(UInt64.self)
            case 2: try reader.skip(Int(try reader.byte()) + 1)  // Q_CATALOG_CODE
            case 3: try reader.skip(4)  // Q_AUTO_INCREMENT
            case 4:
                clientCollation = Int(try reader.littleEndian(UInt16.self))
                connectionCollation = Int(try reader.littleEndian(UInt16.self))
                serverCollation = Int(try reader.littleEndian(UInt16.self))
            case 5:
                let count = Int(try reader.byte())
                timeZone = try reader.span(count).repairedUTF8()
            case 6: try reader.skip(Int(try reader.byte()))  // Q_CATALOG_NZ_CODE
            case 7: try reader.skip(2)  // Q_LC_TIME_NAMES_CODE
            case 8: databaseCollation = Int(try reader.littleEndian(UInt16.self))
            case 9: try reader.skip(8)  // Q_TABLE_MAP_FOR_UPDATE_CODE
            case 10: try reader.skip(4)  // Q_MASTER_DATA_WRITTEN_CODE
            case 11:  // Q_INVOKER: user and host
                try reader.skip(Int(try reader.byte()))
                try reader.skip(Int(try reader.byte()))
            case 12:  // Q_UPDATED_DB_NAMES; 254 means that they are not named
                let count = try reader.byte()
                if count != 254 { updatedDatabases = try Self.names(count, &reader) }
            case 13: try reader.skip(3)  // Q_MICROSECONDS
            case 16: explicitDefaultsForTimestamp = try reader.byte() != 0
            case 17: try reader.skip(8)  // Q_DDL_LOGGED_WITH_XID
            case 18: utf8mb4Collation = Int(try reader.littleEndian(UInt16.self))
            case 19, 20: try reader.skip(1)  // Q_SQL_REQUIRE_PRIMARY_KEY, Q_DEFAULT_TABLE_ENCRYPTION
            case 128: try reader.skip(3)  // MariaDB's Q_HRNOW
            case 129: try reader.skip(8)  // MariaDB's Q_XID
            default: return
            }
        }
    }

    @_lifetime(reader: copy reader)
    private static func names(_ count: UInt8, _ reader: inout ByteReader) throws(WireError) -> [String] {
        var names: [String] = []
        for _ in 0..<count { names.append(String(decoding: try reader.nullTerminated(), as: UTF8.self)) }
        return names
    }
}
