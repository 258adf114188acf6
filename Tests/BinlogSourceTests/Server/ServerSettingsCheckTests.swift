import MySQLWire
import Testing

@testable import BinlogSource

@Suite struct ServerSettingsCheckTests {
    private func check(_ changes: [String: String], version: String = "9.7.4", streams: Bool = true) throws {
        var variables = [
            "log_bin": "ON", "binlog_format": "ROW", "binlog_row_image": "FULL", "binlog_row_value_options": "",
            "binlog_transaction_compression": "OFF",
        ]
        variables.merge(changes) { $1 }
        try ServerSettingsCheck.check(
            ServerProperties(version: version, variables: variables), .mySQL, profile: .v36, streams: streams, at: "db:3306")
    }

    @Test func serverThatLogsFullRowsIsAccepted() throws { try check([:]) }

    @Test func settingsThatWouldLoseRowsAreRefusedWithARemedy() throws {
        let cases: [(String, String, String, String)] = [
            ("log_bin", "OFF", "does not write a binlog", "Remove skip-log-bin"),
            ("binlog_format", "MIXED", "to use a ROW binlog_format, which", "SET PERSIST binlog_format = 'ROW';"),
            ("binlog_row_image", "MINIMAL", "to use a FULL binlog_row_image, which", "SET PERSIST binlog_row_image = 'FULL';"),
            ("binlog_row_value_options", "PARTIAL_JSON", "JSON", "SET PERSIST binlog_row_value_options = '';"),
            ("binlog_transaction_compression", "ON", "compresses", "SET PERSIST binlog_transaction_compression = OFF;"),
        ]
        for (name, value, summary, remedy) in cases {
            let error = #expect(throws: ConnectorError.self) { try check([name: value]) }
            #expect(error?.summary.contains(summary) == true)
            #expect(error?.remedy?.contains(remedy) == true)
            // A snapshot alone needs no binlog.
            try check([name: value], streams: false)
        }
    }

    @Test func mariaDBIsRefusedByName() throws {
        let error = #expect(throws: ConnectorError.self) { try check([:], version: "11.8.9-MariaDB") }
        #expect(error?.summary == "The server at db:3306 is MariaDB (11.8.9-MariaDB), and this connector reads MySQL")
        #expect(error?.cause == "io.debezium.connector.mysql.MySqlConnector with MariaDB is not supported yet")
        #expect(error?.remedy == "Name a MySQL server in database.hostname and database.port.")
    }

    /// `gtid.source.includes` names the first server.
    @Test func deliveredTransactionsOfExcludedSourcesAreNotReadAgain() throws {
        let (first, second) = ("55e628cd-e852-11f1-a40e-02fc00000001", "66e628cd-e852-11f1-a40e-02fc00000002")
        let facts = ServerProperties(
            version: "9.7.4",
            variables: ["gtid_executed": "\(first):1-9,\(second):1-4", "gtid_purged": "\(second):1-2"])
        var sources = GTIDSourceFilter()
        sources.names.included = try PatternList(first)
        let delivered = try #require(GTIDSet("\(first):1-5,\(second):3-7"))
        // Numbers 5 to 7 are on another server only.
        #expect(
            try ServerInspection.executed(delivered, by: facts, sources).description == "\(first):1-5,\(second):1-4")
    }
}
