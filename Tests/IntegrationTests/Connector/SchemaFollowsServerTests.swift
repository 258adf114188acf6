import MySQLWire
import Testing

@testable import BinlogSource

/// The same statements on a real server and on the schema model: both are equal after each statement.
@Suite(.serialized, .enabled(if: RealServers.mysql != nil, "CDCD_TEST_MYSQL names no MySQL server"))
struct SchemaFollowsServerTests {
    private static let database = "cdcd_schema_follows"

    private static let statements = [
        "CREATE TABLE a (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, v varchar(20) DEFAULT 'x', e enum('a','b''c'), s set('x','y'))",
        "CREATE TABLE b (x int, y varchar(5) NOT NULL, z json, PRIMARY KEY (y, x)) COMMENT 'b' PARTITION BY KEY(x) PARTITIONS 2",
        "ALTER TABLE a ADD COLUMN n decimal(10,2) NOT NULL DEFAULT 1 FIRST, ADD m datetime(3) AFTER id",
        "ALTER TABLE a MODIFY v text, CHANGE n number bigint unsigned NULL AFTER v",
        "ALTER TABLE a RENAME COLUMN v TO w, RENAME COLUMN number TO v",
        "ALTER TABLE a ADD COLUMN (p point NOT NULL SRID 0, q tinyint(1) DEFAULT 1), ADD SPATIAL INDEX (p), ADD INDEX (q)",
        "ALTER TABLE a DROP COLUMN q, DROP INDEX p, ALTER COLUMN m SET DEFAULT '2026-01-01', ALGORITHM=COPY",
        "ALTER TABLE a RENAME COLUMN v TO w, RENAME COLUMN w TO v",
        "ALTER TABLE b DROP PRIMARY KEY, ADD PRIMARY KEY (x), ADD UNIQUE KEY u (x, y), ADD CONSTRAINT c CHECK (x > 0)",
        "CREATE TABLE c LIKE a", "CREATE TABLE d AS SELECT id, v FROM a WHERE id > 5",
        "RENAME TABLE a TO t1, b TO a, t1 TO b",
        "CREATE TABLE f (g int GENERATED ALWAYS AS (1 + 1) STORED, h varchar(9) AS (concat('(', g)) VIRTUAL, i int INVISIBLE)",
        "ALTER TABLE f MODIFY i bigint NOT NULL FIRST, ADD j timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
        "CREATE UNIQUE INDEX k ON d (id)", "DROP INDEX k ON d", "ALTER TABLE d ADD PRIMARY KEY (id)",
        "DROP INDEX `PRIMARY` ON d", "TRUNCATE TABLE d", "CREATE VIEW vw AS SELECT * FROM d", "DROP VIEW vw",
        "CREATE TABLE `we ird``x` (`a b` int, `c``d` int, PRIMARY KEY (`c``d`))",
        "ALTER TABLE `we ird``x` CHANGE `a b` `é` char(3) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL",
        "CREATE TABLE g (a bit(3), b binary(4), c varbinary(5), d float(7,3), e double, f year, g time(2), h date, i longblob, "
            + "j mediumtext, k national varchar(4), l boolean, m serial, n vector(3), o multipolygon, p real, q numeric(5))",
        "ALTER TABLE g CONVERT TO CHARACTER SET utf8mb4, COMMENT 'new', DROP a, DROP COLUMN b",
        "ALTER TABLE g RENAME TO h, ADD COLUMN last int", "DROP TABLE IF EXISTS h, nope", "DROP TABLE a, b, c",
    ]

    /// Table, columns in order with their nullability, and the primary key.
    private struct Facts: Equatable {
        var columns: [String]
        var types: [String]
        var key: [String]
    }

    @Test(arguments: [DebeziumProfile.v36, .v19])
    func schemaEqualsTheServersAfterEveryStatement(_ profile: DebeziumProfile) throws {
        var options = MySQLConfiguration(address: try #require(RealServers.mysql), user: "root", password: "")
        options.tlsMode = .preferred
        let connection = try MySQLConnection.connect(options)
        defer { connection.close() }
        let name = Self.database
        try connection.execute("DROP DATABASE IF EXISTS \(name)")
        try connection.execute("CREATE DATABASE \(name) CHARACTER SET utf8mb4")
        try connection.execute("USE \(name)")
        var schema = DatabaseSchema(rules: SchemaRules(profile: profile))
        for statement in Self.statements {
            try connection.execute(statement)
            // For CREATE … SELECT the server logs the CREATE TABLE.
            let isQuery = statement.contains(" AS SELECT id")
            let shownTable = isQuery ? try connection.queryText("SHOW CREATE TABLE d").rows.first?[1] : nil
            let logged = shownTable.map { $0 + " START TRANSACTION" } ?? statement
            _ = try schema.apply(logged, defaultDatabase: name)
            let server = try facts(of: connection)
            let model = Dictionary(
                uniqueKeysWithValues: schema.tables.map { ($0.id.table, Self.facts(of: $0)) })
            #expect(Set(model.keys) == Set(server.keys), "\(statement)")
            for (table, expected) in server {
                let ours = try #require(model[table], "\(table) after \(statement)")
                #expect(ours.columns == expected.columns, "\(table) after \(statement)")
                if !expected.key.isEmpty { #expect(ours.key == expected.key, "\(table) after \(statement)") }
                // Parsing the server's SHOW CREATE TABLE gives the same columns.
                let text = try #require(
                    try connection.queryText("SHOW CREATE TABLE `\(table.replacing("`", with: "``"))`").rows.first?[1])
                var fresh = DatabaseSchema(rules: SchemaRules(profile: profile))
                let changes = try fresh.apply(text, defaultDatabase: name)
                let shown = try #require(changes.first?.tables.first?.definition, "\(text)")
                #expect(Self.facts(of: shown).columns == expected.columns)
                #expect(Self.facts(of: shown).types == expected.types, "\(text)")
            }
        }
        try connection.execute("DROP DATABASE \(name)")
    }

    private func facts(of connection: MySQLConnection) throws -> [String: Facts] {
        let rows = try connection.queryText(
            "SELECT table_name, column_name, is_nullable, data_type, column_key, column_type FROM information_schema.columns "
                + "JOIN information_schema.tables USING (table_schema, table_name) "
                + "WHERE table_schema = '\(Self.database)' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position").rows
        var facts: [String: Facts] = [:]
        for row in rows {
            let table = row[0] ?? ""
            facts[table, default: Facts(columns: [], types: [], key: [])].columns.append(row[1] ?? "")
            let isUnsigned = (row[5] ?? "").contains("unsigned")
            facts[table]?.types.append(
                "\((row[3] ?? "").uppercased())\(isUnsigned ? " UNSIGNED" : "")\(row[2] == "YES" ? "" : " NOT NULL")")
        }
        let keys = try connection.queryText(
            "SELECT table_name, column_name FROM information_schema.key_column_usage WHERE table_schema = "
                + "'\(Self.database)' AND constraint_name = 'PRIMARY' ORDER BY table_name, ordinal_position").rows
        for row in keys { facts[row[0] ?? ""]?.key.append(row[1] ?? "") }
        return facts
    }

    private static func facts(of table: TableDefinition) -> Facts {
        Facts(
            columns: table.columns.map(\.name),
            types: table.columns.map { "\($0.typeName == "GEOMETRYCOLLECTION" ? "GEOMCOLLECTION" : $0.typeName)"
                + ($0.isOptional ? "" : " NOT NULL") },
            key: table.primaryKeyColumnNames)
    }
}
