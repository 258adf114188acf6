import MySQLTestSupport
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

extension ConnectorTests {
    /// Compares the table maps of a real server with the schema from its own statements. In `ConnectorTests` because
    /// `binlog_row_metadata` is a global variable, which other tests of this suite set.
    @Suite(.serialized) struct TableMapTests {}
}

extension ConnectorTests.TableMapTests {
    private static let database = "table_maps"

    private static let tables = [
        """
        CREATE TABLE numbers (a tinyint, b tinyint unsigned, c bool, d smallint zerofill, e mediumint unsigned, f int,
          g integer unsigned, h int zerofill, i bigint, j bigint unsigned, k serial, l float unsigned, m float(30),
          n double unsigned, o double precision, p real, q decimal(10,2) unsigned, r numeric(65,30), s dec, t fixed(5) zerofill,
          u year, v bit, w bit(64), x int1 unsigned, y int8, z boolean, aa int signed)
        """,
        """
        CREATE TABLE times (a date, b time, c time(6), d datetime, e datetime(3), f timestamp NULL, g timestamp(6) NULL,
          h year, PRIMARY KEY (a, h))
        """,
        """
        CREATE TABLE texts (a char(10), b varchar(20), c tinytext, d text, e mediumtext, f longtext, g nchar(5),
          h national varchar(9), i enum('a','b,c','it''s','back\\\\slash','가','x ',"double"), j set('p','q'), k json,
          l binary(4), m varbinary(300), n tinyblob, o blob, p mediumblob, q longblob, r char(3) binary, s long, t long varbinary,
          u char(5) byte, v character varying(7), w text(100), x varchar(9) unicode, y varchar(9) ascii, z varchar(300))
        """,
        """
        CREATE TABLE shapes (id int PRIMARY KEY, a geometry, b point, c linestring, d polygon, e multipoint,
          f multilinestring, g multipolygon, h geometrycollection, v vector(3))
        """,
        """
        CREATE TABLE odd (`Größe` int, `a b` int UNSIGNED, `c``d` varchar(5), `select` int, g int AS (1 + 1) STORED,
          h varchar(9) AS (concat('(', `select`)) VIRTUAL, i int INVISIBLE, PRIMARY KEY (`select`, `Größe`))
        """,
        "CREATE TABLE prefixed (a int, b text, c varchar(30), PRIMARY KEY (b(5), a, c(3)))",
        "CREATE TABLE uniquely (a int UNIQUE, b int NOT NULL, c int NOT NULL, UNIQUE KEY (c), UNIQUE KEY (b))",
        "CREATE TABLE uniquely_by_prefix (a varchar(9) NOT NULL, b int NOT NULL, UNIQUE KEY (a(3)), UNIQUE KEY (b))",
        "CREATE TABLE binary_table (a char(3), b text, c enum('x'), d varchar(9) CHARACTER SET latin1) CHARACTER SET binary",
    ]

    /// Statements after which the schema must still equal the server's table maps.
    private static let changes = [
        "ALTER TABLE numbers MODIFY A int unsigned, CHANGE b b2 smallint, MODIFY q decimal(12,2), ADD bb bigint unsigned FIRST",
        "ALTER TABLE texts MODIFY i enum('b','a'), CHANGE j jj set('z','y','x') CHARACTER SET latin1, MODIFY b varchar(30) "
            + "CHARACTER SET euckr",
        "ALTER TABLE odd DROP PRIMARY KEY, ADD PRIMARY KEY (`a b`)",
        "ALTER TABLE odd RENAME COLUMN `Größe` TO `größe`, RENAME COLUMN `a b` TO `Select 2`",
        "ALTER TABLE uniquely MODIFY c int NULL", "ALTER TABLE uniquely DROP INDEX c",
        "RENAME TABLE times TO times_2", "CREATE TABLE like_texts LIKE texts",
    ]

    private func characterSets(_ connection: MySQLConnection) throws -> [String] {
        try connection.queryText("SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS ORDER BY 1").rows
            .compactMap { $0.first ?? nil }
    }

    /// A table with every kind of text column in a character set that the column, the table or the database names.
    private static func textColumns(_ attribute: String, options: String) -> String {
        ["char(5)", "varchar(9)", "tinytext", "text", "mediumtext", "longtext", "enum(\(options))", "set(\(options))"]
            .enumerated().map { "c\($0.offset) \($0.element)\(attribute)" }.joined(separator: ", ")
    }

    private func statements(_ sets: [String]) -> [String] {
        var statements = Self.tables.map(\.self)
        for set in sets {
            let options = "'a','ä','가','日'".split(separator: ",").prefix(set == "binary" ? 1 : 4).joined(separator: ",")
            statements += [
                "CREATE TABLE by_column_\(set) (id int PRIMARY KEY, \(Self.textColumns(" CHARACTER SET \(set)", options: options)))",
                "CREATE TABLE by_table_\(set) (id int PRIMARY KEY, \(Self.textColumns("", options: options))) CHARSET \(set)",
            ]
        }
        return statements
    }

    /// Runs statements, each followed by a row of every table, and returns the decoder for every table map.
    private func check(
        _ profile: DebeziumProfile, metadata: String, _ body: (BinlogRowDecoder, TableMapMetadata) throws -> Void
    ) throws {
        let options = MySQLConfiguration(address: try #require(RealServers.mysql), user: "root")
        let connection = try MySQLConnection.connect(options)
        defer { connection.close() }
        for statement in [
            "SET NAMES utf8mb4", "SET GLOBAL binlog_row_metadata = \(metadata)", "DROP DATABASE IF EXISTS \(Self.database)",
            "CREATE DATABASE \(Self.database) CHARACTER SET utf8mb4", "USE \(Self.database)", "SET SESSION sql_mode = ''",
        ] { try connection.execute(statement) }
        defer { _ = try? connection.execute("SET GLOBAL binlog_row_metadata = MINIMAL") }
        let status = try BinlogStatus(reading: connection)
        for statement in statements(try characterSets(connection)) + Self.changes {
            try connection.execute(statement)
            for row in try connection.queryText("SHOW TABLES").rows {
                let table = row.first.flatMap { $0 } ?? ""
                if table.hasPrefix("by_"), !statement.contains("\(table) ") { continue }
                try connection.execute("DELETE FROM \(table)")
                try connection.execute("INSERT INTO \(table) VALUES ()")
            }
        }
        try connection.execute("DROP TABLE IF EXISTS the_end")
        var configuration = try MySQLConnectorConfig(configuration: [
            "topic.prefix": "p", "database.hostname": "h", "database.user": "u", "database.server.id": "1",
            "schema.history.internal.kafka.topic": "h", "schema.history.internal.kafka.bootstrap.servers": "h:1",
        ])
        configuration.profile = profile
        var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
        _ = try schema.apply("SET character_set_server=utf8mb4", defaultDatabase: "")
        _ = try schema.apply("CREATE DATABASE \(Self.database) CHARACTER SET utf8mb4", defaultDatabase: "")
        let stream = try ReplicationStream(
            try MySQLConnection.connect(options), serverID: 77_031,
            start: .position(file: status.file, position: UInt64(status.position)), heartbeatMilliseconds: 100,
            silenceMilliseconds: 5000)
        defer { stream.canceller.cancel() }
        var decoder = BinlogDecoder(hasChecksums: stream.hasChecksums)
        while true {
            switch try decoder.decodeOne(try stream.next()).body {
            case .query(let query) where query.statement.contains("the_end"): return
            case .query(let query) where query.database == Self.database:
                _ = try schema.apply(query.statement, defaultDatabase: query.database)
            case .tableMap(let map) where map.database == Self.database:
                let definition = try #require(schema.table(TableID(database: map.database, table: map.table)))
                let plan = try TablePlan(definition, configuration: configuration)
                try body(try plan.binlogDecoder(for: map), try map.metadata())
            default: break
            }
        }
    }

    @Test(arguments: [DebeziumProfile.v36, .v19], ["MINIMAL", "FULL"])
    func tableMapsEqualTheSchemaForAllTypesAndCharacterSets(_ profile: DebeziumProfile, metadata: String) throws {
        var tables: Set<String> = []
        var differences: [String: [String]] = [:]
        try check(profile, metadata: metadata) { decoder, found in
            let table = decoder.plan.definition.id.table
            tables.insert(table)
            #expect(found.columnNames.isEmpty == (metadata == "MINIMAL"))
            if !decoder.characterSetConflicts.isEmpty { differences[table] = decoder.characterSetConflicts }
            if let key = decoder.conflictingKey { differences[table, default: []] += ["key \(key)"] }
        }
        #expect(tables.count > 80)
        // The table map has another unique key than the first one, which Debezium uses; it does not state that it is
        // not a primary key.
        let uniquely = metadata == "FULL" ? differences.filter { $0.key.hasPrefix("uniquely") } : [:]
        #expect(differences.filter { uniquely[$0.key] == nil } == [:])
    }
}
