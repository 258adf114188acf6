import ConnectData
import DebeziumPlugins
import Foundation
import MySQLWire
import Testing
import WireCore
import WireStreams

@testable import BinlogSource

@Suite struct MySQLConnectorConfigTests {
    private func config(_ version: String, _ properties: [String: String] = [:]) throws -> MySQLConnectorConfig {
        try MySQLConnectorConfig(
            configuration: ConnectorOptionsTests.right(version).merging(properties) { $1 })
    }

    // MARK: Generations

    @Test func propertyNamesDetermineTheGeneration() {
        func generation(_ names: String...) -> DebeziumGeneration {
            DebeziumGeneration(configuration: Dictionary(uniqueKeysWithValues: names.map { ($0, "x") }))
        }
        #expect(generation("topic.prefix") == .v36)
        #expect(generation("database.server.name") == .v19)
        #expect(generation("database.history.kafka.topic") == .v19)
        #expect(generation("database.server.name", "topic.prefix") == .v36)
        #expect(generation() == .v36)
        #expect(DebeziumGeneration(configuration: ["topic.prefix": "x", "cdcd.debezium.profile": "1.9"]) == .v19)
    }

    @Test func unknownProfileIsRefused() {
        var configuration = ConnectorOptionsTests.right("3.6")
        configuration["cdcd.debezium.profile"] = "2.0"
        let blamed = ConnectorConfigValidation(configuration).result.values.filter { !$0.errors.isEmpty }
        #expect(blamed.map(\.name) == ["cdcd.debezium.profile"])
    }

    @Test func defaultsDifferByGeneration() throws {
        let (new, old) = (try config("3.6"), try config("1.9"))
        #expect(new.connection.tlsMode == .preferred)
        #expect(old.connection.tlsMode == .disabled)
        #expect(new.schemaNameAdjustment == .none)
        #expect(old.schemaNameAdjustment == .avro)
        #expect(new.skippedOperations == .truncate)
        #expect(old.skippedOperations == [])
        #expect(new.hasExtendedHeaders && !old.hasExtendedHeaders)
        #expect(new.tombstonesOnDelete && new.includesSchemaChanges && !new.includesQuery)
    }

    @Test func serverIDIsOptionalInVersion19() throws {
        var properties = ConnectorOptionsTests.right("1.9")
        properties["database.server.id"] = nil
        #expect((5400...6400).contains(try MySQLConnectorConfig(configuration: properties).serverID))
        var newer = ConnectorOptionsTests.right("3.6")
        newer["database.server.id"] = nil
        #expect(throws: ConfigError.self) { try MySQLConnectorConfig(configuration: newer) }
    }

    @Test func missingHistoryTopicFailsTheStartButNotTheValidation() throws {
        var properties = ConnectorOptionsTests.right("3.6")
        properties["schema.history.internal.kafka.topic"] = nil
        #expect(ConnectorConfigValidation(properties).result.errorCount == 0)
        do {
            _ = try MySQLConnectorConfig(configuration: properties)
            Issue.record("started without a history")
        } catch {
            #expect(error.message == "The 'schema.history.internal.kafka.topic' value is invalid: A value is required")
        }
    }

    // MARK: Values

    @Test func modesAreParsed() throws {
        let config = try config("1.9", [
            "snapshot.mode": "schema_only", "snapshot.locking.mode": "none", "decimal.handling.mode": "string",
            "bigint.unsigned.handling.mode": "precise", "time.precision.mode": "connect", "binary.handling.mode": "hex",
            "database.serverTimezone": "Asia/Seoul", "tombstones.on.delete": "false", "skipped.operations": "c, d",
            "database.initial.statements": "SET a = 1; SET b = ';;';",
        ])
        #expect(config.snapshot.mode == .noData)
        #expect(config.snapshot.locking == .none)
        #expect(config.values.decimals == .string)
        #expect(config.values.unsignedBigints == .precise)
        #expect(config.values.times == .connect)
        #expect(config.values.binary == .hex)
        #expect(config.connectionZone == ConnectionZone("Asia/Seoul"))
        #expect(!config.tombstonesOnDelete)
        #expect(config.skippedOperations == [.create, .delete])
        #expect(config.initialStatements == ["SET a = 1", "SET b = ';'"])
    }

    @Test func version36ReadsOnlyConnectionTimeZone() throws {
        #expect(try config("3.6", ["database.serverTimezone": "Asia/Seoul"]).connectionZone == nil)
        #expect(try config("3.6", ["database.connectionTimeZone": "SERVER"]).connectionZone == nil)
        #expect(try config("3.6", ["database.connectionTimeZone": "+09:00"]).connectionZone != nil)
        #expect(throws: ConfigError.self) { try config("3.6", ["database.connectionTimeZone": "Asia/Seul"]) }
    }

    @Test func localTimesAreResolvedAsByJavasCalendar() throws {
        let zone = try #require(ConnectionZone("America/New_York"))
        func hour(_ local: String) -> Int64 {
            let parts = local.split(separator: " ")
            let days = CivilDate.daysSinceEpoch(year: 2026, month: Int64(parts[0]) ?? 0, day: Int64(parts[1]) ?? 0)
            let seconds = days * 86_400 + (Int64(parts[2]) ?? 0) * 3600
            let local = seconds * 1_000_000 + 500_000
            return (zone.instant(ofLocalMicroseconds: local) - local) / 3_600_000_000
        }
        #expect(hour("1 15 12") == 5)
        #expect(hour("7 15 12") == 4)
        // 02:00 to 03:00 is skipped on 8 March: 02:00 is read as 03:00 in summer time.
        #expect(hour("3 8 2") == 5)
        // 01:00 to 02:00 occurs twice on 1 November: the second one is chosen.
        #expect(hour("11 1 1") == 5)
    }

    @Test func keyStoreFormatIsDetectedFromTheFirstBytes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cdcd-stores-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ bytes: [UInt8]) throws -> String {
            let url = folder.appending(path: name)
            try Data(bytes).write(to: url)
            return url.path
        }
        let pem = try file("a.pem", Array("-----BEGIN CERTIFICATE-----".utf8))
        let pkcs12 = try file("a.p12", [0x30, 0x82, 0x01, 0x02])
        let jks = try file("a.jks", [0xFE, 0xED, 0xFE, 0xED])
        let config = try config("3.6", [
            "database.ssl.truststore": pem, "database.ssl.keystore": pkcs12, "database.ssl.keystore.password": "secret",
        ])
        #expect(config.connection.trust == .pem(path: pem))
        #expect(config.connection.identity == .pkcs12(path: pkcs12, password: "secret"))
        #expect(try self.config("3.6", ["database.ssl.keystore": jks]).connection.identity == .jks(path: jks, password: nil))
        do {
            _ = try self.config("3.6", ["database.ssl.keystore": folder.path + "/missing"])
            Issue.record("accepted a missing file")
        } catch let error as ConfigError { #expect(error.name == "database.ssl.keystore") }
    }

    // MARK: Filters

    @Test func filtersMatchWholeNamesIgnoringCase() throws {
        let filter = try config("3.6", [
            "database.include.list": "shop, Other.*", "table.include.list": "SHOP.kept_.*,shop.one,shop.a\\,b",
        ]).filter
        #expect(filter.includes(TableID(database: "shop", table: "kept_a")))
        #expect(filter.includes(TableID(database: "Shop", table: "One")))
        #expect(filter.includes(TableID(database: "shop", table: "a,b")))
        #expect(!filter.includes(TableID(database: "shop", table: "one_more")))
        #expect(!filter.includes(TableID(database: "shops", table: "one")))
        #expect(filter.includesDatabase("OTHER1"))
        #expect(!filter.includesDatabase("mysql"))
    }

    @Test func excludedTablesAndColumnsAreNotCaptured() throws {
        let config = try config("1.9", [
            "table.blacklist": "a.x", "column.exclude.list": "a\\.y\\.secret.*",
        ])
        let y = TableID(database: "a", table: "y")
        #expect(!config.filter.includes(TableID(database: "a", table: "x")))
        #expect(config.filter.includes(y))
        #expect(!config.filter.includesColumn("secret_1", of: y))
        #expect(config.filter.includesColumn("open", of: y))
    }

    @Test func snapshotOrderFollowsTheIncludeList() throws {
        let filter = try config("3.6", ["table.include.list": "d.z,d.b.*,d.*"]).filter
        let tables = ["a", "b2", "z", "b1"].map { TableID(database: "d", table: $0) }
        #expect(filter.snapshotOrder(tables, .v36).map(\.table) == ["z", "b1", "b2", "a"])
        let all = try config("3.6").filter
        #expect(all.snapshotOrder(tables, .v36).map(\.table) == ["a", "b1", "b2", "z"])
    }

    @Test(arguments: [(DebeziumProfile.v36, ["b", "a", "ab"]), (.v19, ["b", "ab", "a"])])
    func snapshotOrderFollowsTheFirstMatchingExpression(_ profile: DebeziumProfile, _ order: [String]) throws {
        let filter = try config("3.6", ["table.include.list": "d.b,b,.*\\.a,d.*"]).filter
        let tables = ["a", "ab", "b"].map { TableID(database: "d", table: $0) }
        #expect(filter.snapshotOrder(tables, profile).map(\.table) == order)
    }

    @Test func tablesOfSeveralDatabasesAreSortedByQualifiedNameInUTF16() throws {
        let tables = ["s", "s.t", "s-t", "s t", "s😀", "s\u{FF5E}"].map { TableID(database: $0, table: "t") }
        #expect(try config("3.6").filter.snapshotOrder(tables, .v36).map(\.database) == [
            "s t", "s-t", "s", "s.t", "s😀", "s\u{FF5E}",
        ])
    }

    @Test func messageKeyColumnsReplaceThePrimaryKey() throws {
        let columns = ["id", "a", "b"].map { ColumnDefinition(name: $0, typeName: "INT", jdbcType: 4) }
        let table = TableDefinition(id: TableID(database: "d", table: "t"), columns: columns, primaryKeyColumnNames: ["id"])
        #expect(try config("3.6").messageKeys.columns(of: table) == ["id"])
        let keys = ["message.key.columns": "d.t:B,a,missing;e.*:x"]
        #expect(try config("3.6", keys).messageKeys.columns(of: table) == ["b", "a"])
        #expect(try config("1.9", keys).messageKeys.columns(of: table) == ["a", "b"])
    }
}
